//! An authority that signs client certificates with any subject and any extensions.

use authn::{Authenticator, ClientCertificates};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use rustls_pki_types::CertificateDer;

const SEQUENCE: u8 = 0x30;

/// `ecdsa-with-SHA256`, as an algorithm identifier.
const ECDSA_WITH_SHA256: &[u8] =
    &[0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];

/// `id-ecPublicKey` on `prime256v1`, as an algorithm identifier.
const P256: &[u8] = &[
    0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
    0xce, 0x3d, 0x03, 0x01, 0x07,
];

/// `CN=authority`, without the sequence around it.
const NAME: &[u8] = b"\x31\x12\x30\x10\x06\x03\x55\x04\x03\x0c\x09authority";

/// Basic constraints of an authority, critical.
const IS_AUTHORITY: &[u8] = &[
    0x30, 0x0f, 0x06, 0x03, 0x55, 0x1d, 0x13, 0x01, 0x01, 0xff, 0x04, 0x05, 0x30, 0x03, 0x01, 0x01,
    0xff,
];

/// An authority with a fresh key.
pub struct Authority(EcdsaKeyPair);

impl Authority {
    /// Makes a key.
    pub fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key"))
    }

    /// An authenticator that takes what this authority signed.
    pub fn authenticator(&self) -> Authenticator {
        let own = self.signed(NAME, IS_AUTHORITY);
        let certificates = ClientCertificates::new(vec![own], Vec::new()).expect("an authority");
        Authenticator { certificates: Some(certificates), ..Authenticator::default() }
    }

    /// A certificate of this authority, for its own key; subject and extensions are the contents
    /// of their sequences.
    pub fn signed(&self, subject: &[u8], extensions: &[u8]) -> CertificateDer<'static> {
        let key = [&[0], self.0.public_key().as_ref()].concat();
        let mut parts = vec![
            tagged(0xa0, &tagged(2, &[2])),
            tagged(2, &[7]),
            ECDSA_WITH_SHA256.to_vec(),
            tagged(SEQUENCE, NAME),
            sequence(&[tagged(0x17, b"260101000000Z"), tagged(0x17, b"270101000000Z")]),
            tagged(SEQUENCE, subject),
            sequence(&[P256.to_vec(), tagged(3, &key)]),
        ];
        if !extensions.is_empty() {
            parts.push(tagged(0xa3, &tagged(SEQUENCE, extensions)));
        }
        let signed = sequence(&parts);
        let signature = self.0.sign(&SystemRandom::new(), &signed).expect("a signature");
        let signature = tagged(3, &[&[0], signature.as_ref()].concat());
        sequence(&[signed, ECDSA_WITH_SHA256.to_vec(), signature]).into()
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tagged(SEQUENCE, &parts.concat())
}

fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let [.., middle, high, low] = content.len().to_be_bytes();
    let header = match content.len() {
        0..=0x7f => vec![tag, low],
        0x80..=0xff => vec![tag, 0x81, low],
        0x100..=0xffff => vec![tag, 0x82, high, low],
        _ => vec![tag, 0x83, middle, high, low],
    };
    [header, content.to_vec()].concat()
}
