//! The few DER readers and writers needed beside the libraries: for keys, and to give a certificate
//! a subject with several organizations.
//!
//! rcgen keeps one value an attribute type, while Kubernetes reads every organization as a group.
//! So the signed part is rebuilt with the wanted subject, and signed again.

use rcgen::{KeyPair, SigningKey};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::Fault;

/// The certificate `der` with its subject replaced, signed anew by `signer`.
pub(crate) fn with_subject(der: &[u8], subject: &[u8], signer: &KeyPair) -> Result<Vec<u8>, Fault> {
    let (_, certificate) =
        X509Certificate::from_der(der).map_err(|_malformed| Fault::MalformedCertificate)?;
    let (_, outer) = open(der).ok_or(Fault::MalformedCertificate)?;
    let (rest, content) = open(outer).ok_or(Fault::MalformedCertificate)?;
    let (algorithm, _) = split(rest).ok_or(Fault::MalformedCertificate)?;
    let old = certificate.tbs_certificate.subject.as_raw();
    let start = position(content, old).ok_or(Fault::MalformedCertificate)?;
    let (before, from) = content.split_at_checked(start).ok_or(Fault::MalformedCertificate)?;
    let after = from.get(old.len()..).ok_or(Fault::MalformedCertificate)?;

    let content = element(SEQUENCE, &[before, subject, after].concat());
    let signature = signer.sign(&content).map_err(Fault::Unsigned)?;
    let signature = element(BIT_STRING, &[&[0], signature.as_slice()].concat());
    Ok(element(SEQUENCE, &[&content, algorithm, &signature].concat()))
}

/// A subject of organizations, then the common name, as Go writes it.
pub(crate) fn subject(common_name: &str, organizations: &[&str]) -> Vec<u8> {
    let mut names = Vec::new();
    for organization in organizations {
        names.extend(attribute(ORGANIZATION, organization));
    }
    names.extend(attribute(COMMON_NAME, common_name));
    element(SEQUENCE, &names)
}

fn attribute(oid: &[u8], value: &str) -> Vec<u8> {
    let pair = [element(OBJECT_IDENTIFIER, oid), element(UTF8_STRING, value.as_bytes())].concat();
    element(SET, &element(SEQUENCE, &pair))
}

/// One element in DER.
pub(crate) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len().to_be_bytes();
    let significant: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    match (significant.as_slice(), u8::try_from(significant.len())) {
        ([], _) => out.push(0),
        ([short @ 0..=0x7f], _) => out.push(*short),
        (long, count) => {
            out.push(0x80 | count.unwrap_or(0));
            out.extend_from_slice(long);
        }
    }
    out.extend_from_slice(content);
    out
}

/// The content of the first element of `bytes`, if it is a `tag`, and what follows it.
pub(crate) fn take(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (rest, content) = open(bytes)?;
    (bytes.first() == Some(&tag)).then_some((rest, content))
}

/// Significant bits of an unsigned number.
pub(crate) fn bits(number: &[u8]) -> usize {
    let mut digits = number.iter().skip_while(|byte| **byte == 0);
    let Some(first) = digits.next() else { return 0 };
    let top = usize::try_from(u8::BITS - first.leading_zeros()).unwrap_or_default();
    digits.count().saturating_mul(8).saturating_add(top)
}

/// The modulus of an RSA public key (RFC 8017 §A.1.1).
pub(crate) fn rsa_modulus(key: &[u8]) -> Option<&[u8]> {
    let (_, key) = take(key, SEQUENCE)?;
    let (_, modulus) = take(key, INTEGER)?;
    Some(modulus)
}

/// The first element of `bytes` as (what follows it, its content).
fn open(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (whole, rest) = split(bytes)?;
    let first = *whole.get(1)?;
    let header = if first < 0x80 { 2 } else { 2 + usize::from(first & 0x7f) };
    Some((rest, whole.get(header..)?))
}

/// The first element of `bytes` with its header, and what follows it.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let first = *bytes.get(1)?;
    let (header, length) = if first < 0x80 {
        (2, usize::from(first))
    } else {
        let count = usize::from(first & 0x7f);
        let digits = bytes.get(2..2_usize.checked_add(count)?)?;
        if count > 4 {
            return None;
        }
        (2 + count, digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)))
    };
    bytes.split_at_checked(header.checked_add(length)?)
}

/// Where the subject stands. The last occurrence counts: a self-issued certificate carries the
/// same name as issuer first.
fn position(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).rposition(|window| window == needle)
}

pub(crate) const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
const UTF8_STRING: u8 = 0x0c;
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const ORGANIZATION: &[u8] = &[0x55, 0x04, 0x0a];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_shortest() {
        assert_eq!(element(4, &[]), [4, 0]);
        assert_eq!(element(4, &[7; 127])[..2], [4, 127]);
        assert_eq!(element(4, &[7; 128])[..3], [4, 0x81, 128]);
        assert_eq!(element(4, &[7; 300])[..4], [4, 0x82, 1, 44]);
    }

    #[test]
    fn cut_short_bytes_open_to_nothing() {
        for bytes in [&[][..], &[0x30], &[0x30, 5, 1], &[0x30, 0x82, 1], &[0x30, 0xff, 1, 1]] {
            assert_eq!(open(bytes), None, "{bytes:?}");
        }
        assert_eq!(open(&[0x30, 1, 9, 8]), Some((&[8][..], &[9][..])));
    }
}
