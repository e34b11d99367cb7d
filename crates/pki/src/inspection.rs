//! Everything a scanner wants to know of a certificate: its [`Facts`], and what is behind them.
//! Reading proves nothing of the issuer; only whether a certificate signed itself is checked.

use std::fmt;
use std::time::{Duration, SystemTime};

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use sha2::{Digest, Sha256};
use x509_parser::prelude::{FromDer, GeneralName, ParsedExtension, X509Certificate};

use crate::{Facts, Fault, KeyAlgorithm, SignatureAlgorithm, chain};

/// A public key, known by the SHA-256 of its `SubjectPublicKeyInfo`: two certificates, or a
/// certificate and a private key, belong together if these are equal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpkiHash([u8; 32]);

impl SpkiHash {
    /// The hash of a `SubjectPublicKeyInfo` in DER.
    pub fn of(spki: &[u8]) -> Self {
        Self(Sha256::digest(spki).into())
    }
}

impl fmt::Display for SpkiHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for SpkiHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SpkiHash({self})")
    }
}

/// Basic constraints, where a certificate has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Constraints {
    /// Whether it says `CA:TRUE`.
    pub is_authority: bool,
    /// How many authorities may follow below it, if that is limited.
    pub path_length: Option<u32>,
}

/// One certificate, looked at closely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// What it says of itself.
    pub facts: Facts,
    /// The serial number, in lower-case hexadecimal without leading zeros.
    pub serial: String,
    /// The algorithm and size of its key.
    pub key: KeyAlgorithm,
    /// Its key, to compare with others.
    pub spki: SpkiHash,
    /// How it is signed.
    pub signature: SignatureAlgorithm,
    /// Identifier of its own key, in lower-case hexadecimal.
    pub subject_key_id: Option<String>,
    /// Identifier of its issuer's key, written the same way.
    pub authority_key_id: Option<String>,
    /// Its basic constraints, if it has any.
    pub constraints: Option<Constraints>,
    /// Whether it names itself as issuer and its own key made its signature. A signature that
    /// cannot be checked does not count against it.
    pub is_self_signed: bool,
    /// Email addresses among the subject alternative names.
    pub emails: Vec<String>,
    /// URIs among the subject alternative names.
    pub uris: Vec<String>,
}

impl Inspection {
    /// Looks at the first certificate of a PEM text.
    pub fn of_pem(pem: &str) -> Result<Self, Fault> {
        let der = CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|_absent| Fault::NoCertificate)?;
        Self::of_der(&der)
    }

    /// Looks at a certificate in DER; bytes after it are refused.
    pub fn of_der(der: &[u8]) -> Result<Self, Fault> {
        let facts = Facts::of_der(der)?;
        let (_, certificate) =
            X509Certificate::from_der(der).map_err(|_malformed| Fault::MalformedCertificate)?;
        let (emails, uris) = addresses(&certificate)?;
        Ok(Self {
            facts,
            serial: serial(certificate.raw_serial()),
            key: KeyAlgorithm::of(certificate.public_key()),
            spki: SpkiHash::of(certificate.public_key().raw),
            signature: SignatureAlgorithm::of(&certificate.signature_algorithm),
            subject_key_id: subject_key_id(&certificate).map(hexadecimal),
            authority_key_id: authority_key_id(&certificate).map(hexadecimal),
            constraints: constraints(&certificate)?,
            is_self_signed: chain::is_self_signed(&certificate),
            emails,
            uris,
        })
    }

    /// From start to end; nothing if it ends before it starts.
    pub fn lifetime(&self) -> Duration {
        self.facts.not_after.duration_since(self.facts.not_before).unwrap_or_default()
    }

    /// How long it still holds; nothing once it has ended.
    pub fn remaining(&self, now: SystemTime) -> Duration {
        self.facts.not_after.duration_since(now).unwrap_or_default()
    }

    /// Which part of its lifetime is left, from 0 to 1.
    pub fn fraction_left(&self, now: SystemTime) -> f64 {
        let whole = self.lifetime().as_secs_f64();
        if whole > 0.0 { (self.remaining(now).as_secs_f64() / whole).min(1.0) } else { 0.0 }
    }

    /// Whether it holds at `now`; both ends count, as RFC 5280 §4.1.2.5 has it.
    pub fn holds(&self, now: SystemTime) -> bool {
        self.facts.not_before <= now && now <= self.facts.not_after
    }
}

fn addresses(certificate: &X509Certificate<'_>) -> Result<(Vec<String>, Vec<String>), Fault> {
    let extension =
        certificate.subject_alternative_name().map_err(|_twice| Fault::MalformedCertificate)?;
    let (mut emails, mut uris) = (Vec::new(), Vec::new());
    for name in extension.iter().flat_map(|extension| &extension.value.general_names) {
        if let GeneralName::RFC822Name(name) = name {
            emails.push((*name).to_owned());
        } else if let GeneralName::URI(name) = name {
            uris.push((*name).to_owned());
        }
    }
    Ok((emails, uris))
}

fn constraints(certificate: &X509Certificate<'_>) -> Result<Option<Constraints>, Fault> {
    let extension =
        certificate.basic_constraints().map_err(|_twice| Fault::MalformedCertificate)?;
    Ok(extension.map(|extension| Constraints {
        is_authority: extension.value.ca,
        path_length: extension.value.path_len_constraint,
    }))
}

pub(crate) fn subject_key_id<'a>(certificate: &'a X509Certificate<'_>) -> Option<&'a [u8]> {
    certificate.extensions().iter().find_map(|extension| {
        if let ParsedExtension::SubjectKeyIdentifier(id) = extension.parsed_extension() {
            Some(id.0)
        } else {
            None
        }
    })
}

pub(crate) fn authority_key_id<'a>(certificate: &'a X509Certificate<'_>) -> Option<&'a [u8]> {
    certificate.extensions().iter().find_map(|extension| {
        if let ParsedExtension::AuthorityKeyIdentifier(id) = extension.parsed_extension() {
            id.key_identifier.as_ref().map(|id| id.0)
        } else {
            None
        }
    })
}

fn serial(raw: &[u8]) -> String {
    let digits = hexadecimal(raw);
    let shortest = digits.trim_start_matches('0');
    if shortest.is_empty() { "0".to_owned() } else { shortest.to_owned() }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]).filter_map(digit).collect()
}

fn digit(nibble: u8) -> Option<char> {
    char::from_digit(u32::from(nibble), 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_are_written_shortest() {
        let check = |raw: &[u8], expected: &str| assert_eq!(serial(raw), expected);
        check(&[], "0");
        check(&[0], "0");
        check(&[0, 0x9a, 1], "9a01");
        check(&[0x0f], "f");
    }

    #[test]
    fn garbage_is_a_fault() {
        assert_eq!(Inspection::of_pem("garbage"), Err(Fault::NoCertificate));
        assert_eq!(Inspection::of_der(&[0x30, 1, 2]), Err(Fault::MalformedCertificate));
    }
}
