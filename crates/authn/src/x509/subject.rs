//! The user in a certificate's subject: the last common name, every organization in order as a
//! group, and Kubernetes' own attribute for the UID.

use std::collections::BTreeMap;

use model::UserInfo;
use sha2::{Digest, Sha256};
use x509_parser::asn1_rs::{Any, Oid, Tag, oid};
use x509_parser::x509::X509Name;

use super::X509Failure;
use crate::identity::CREDENTIAL_ID;

/// The user that `subject` names; `None` without a common name, which is no opinion rather than a
/// failure, as upstream has it. `der` is the whole certificate.
pub(super) fn user(subject: &X509Name<'_>, der: &[u8]) -> Result<Option<UserInfo>, X509Failure> {
    let mut read = Read::default();
    for attribute in subject.iter_attributes() {
        let value = text(attribute.attr_value())?;
        read.take(attribute.attr_type(), value);
    }
    let Some(name) = read.name.filter(|name| !name.is_empty()) else { return Ok(None) };
    let uid = uid(read.uids)?;
    let extra = BTreeMap::from([(CREDENTIAL_ID.to_owned(), vec![credential_id(der)])]);
    Ok(Some(UserInfo { name, uid, groups: read.groups, extra }))
}

#[derive(Default)]
struct Read {
    name: Option<String>,
    groups: Vec<String>,
    uids: Vec<String>,
}

impl Read {
    fn take(&mut self, kind: &Oid<'_>, value: String) {
        if *kind == COMMON_NAME {
            self.name = Some(value);
        } else if *kind == ORGANIZATION {
            self.groups.push(value);
        } else if *kind == UID {
            self.uids.push(value);
        }
    }
}

fn uid(mut uids: Vec<String>) -> Result<String, X509Failure> {
    match (uids.pop(), uids.is_empty()) {
        (None, _) => Ok(String::new()),
        (Some(_), false) => Err(X509Failure::Subject("it has more than one UID")),
        (Some(uid), true) if uid.is_empty() => Err(X509Failure::Subject("its UID is empty")),
        (Some(uid), true) => Ok(uid),
    }
}

fn credential_id(der: &[u8]) -> String {
    format!("X509SHA256={:x}", Sha256::digest(der))
}

/// An attribute's text, in the types and with the checks of Go's reader: what Go refuses to read,
/// kube-apiserver never sees.
fn text(value: &Any<'_>) -> Result<String, X509Failure> {
    let bytes = value.data;
    let ascii = |is_taken: fn(&u8) -> bool| {
        bytes.iter().all(is_taken).then(|| String::from_utf8_lossy(bytes).into_owned())
    };
    let text = match value.tag() {
        Tag::Utf8String => String::from_utf8(bytes.to_vec()).ok(),
        Tag::PrintableString => ascii(|byte| is_printable(*byte)),
        Tag::Ia5String => ascii(u8::is_ascii),
        Tag::NumericString => ascii(|byte| byte.is_ascii_digit() || *byte == b' '),
        // Read as Latin-1, as everybody does.
        Tag::T61String => Some(bytes.iter().copied().map(char::from).collect()),
        Tag::BmpString => bmp(bytes),
        _ => None,
    };
    text.ok_or(X509Failure::Subject("an attribute is not text of a supported type"))
}

/// Go's idea of a `PrintableString`: `*` and `&` are in it, since they are in real certificates.
fn is_printable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" '()+,-./:=?*&".contains(&byte)
}

fn bmp(bytes: &[u8]) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let pairs = pairs.strip_suffix(&[[0, 0]]).unwrap_or(pairs);
    pairs
        .iter()
        .map(|pair| match u16::from_be_bytes(*pair) {
            0xfdd0..=0xfdef | 0xfffe..=0xffff => None,
            // A surrogate is no character.
            point => char::from_u32(u32::from(point)),
        })
        .collect()
}

const COMMON_NAME: Oid<'static> = oid!(2.5.4.3);
const ORGANIZATION: Oid<'static> = oid!(2.5.4.10);
/// `k8s.io/apimachinery` `pkg/apis/asn1`: a user's UID.
const UID: Oid<'static> = oid!(1.3.6.1.4.1.57683.2);
