//! Certificates of every kind, right and wrong.

use std::sync::LazyLock;

use authn::{Authenticator, ClientCertificates, PeerCertificates};
use rcgen::{KeyPair, PublicKeyData, SigningKey};
use rustls_pki_types::CertificateDer;

use crate::der::{OCTETS, SEQUENCE, SET, UTF8, oid, sequence, tagged};

pub(crate) const CN: &str = "2.5.4.3";
pub(crate) const O: &str = "2.5.4.10";
pub(crate) const OU: &str = "2.5.4.11";
pub(crate) const UID: &str = "1.3.6.1.4.1.57683.2";

pub(crate) const BEGIN: &str = "260101000000Z";
pub(crate) const END: &str = "270101000000Z";

static AUTHORITY_KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate().unwrap());
static INTERMEDIATE_KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate().unwrap());
static CLIENT_KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate().unwrap());

pub(crate) fn authority_key() -> &'static KeyPair {
    &AUTHORITY_KEY
}

pub(crate) fn intermediate_key() -> &'static KeyPair {
    &INTERMEDIATE_KEY
}

/// An attribute of a name: its kind, its type, its bytes.
#[derive(Clone)]
pub(crate) struct Attribute(pub(crate) &'static str, pub(crate) u8, pub(crate) Vec<u8>);

pub(crate) fn utf8(kind: &'static str, text: &str) -> Attribute {
    Attribute(kind, UTF8, text.into())
}

/// What a certificate is to say.
#[derive(Clone)]
pub(crate) struct Wanted {
    pub(crate) version: u8,
    pub(crate) serial: u8,
    pub(crate) issuer: Vec<Attribute>,
    pub(crate) begin: &'static str,
    pub(crate) end: &'static str,
    pub(crate) subject: Vec<Attribute>,
    pub(crate) extensions: Vec<Vec<u8>>,
    pub(crate) key: &'static KeyPair,
}

impl Wanted {
    /// A client named `jane`, from the authority.
    pub(crate) fn client() -> Self {
        Self {
            version: 3,
            serial: 7,
            issuer: vec![utf8(CN, "authority")],
            begin: BEGIN,
            end: END,
            subject: vec![utf8(CN, "jane")],
            extensions: vec![],
            key: &CLIENT_KEY,
        }
    }

    /// The authority.
    pub(crate) fn authority() -> Self {
        Self {
            serial: 1,
            subject: vec![utf8(CN, "authority")],
            extensions: vec![basic_constraints(true, None)],
            key: &AUTHORITY_KEY,
            ..Self::client()
        }
    }

    /// An authority below the authority.
    pub(crate) fn intermediate() -> Self {
        Self {
            serial: 2,
            subject: vec![utf8(CN, "intermediate")],
            key: &INTERMEDIATE_KEY,
            ..Self::authority()
        }
    }

    /// The client, from the intermediate authority.
    pub(crate) fn client_below() -> Self {
        Self { issuer: vec![utf8(CN, "intermediate")], ..Self::client() }
    }

    pub(crate) fn subject(self, subject: &[Attribute]) -> Self {
        Self { subject: subject.to_vec(), ..self }
    }

    pub(crate) fn extensions(self, extensions: &[Vec<u8>]) -> Self {
        Self { extensions: extensions.to_vec(), ..self }
    }

    pub(crate) fn time(self, begin: &'static str, end: &'static str) -> Self {
        Self { begin, end, ..self }
    }

    pub(crate) fn version(self, version: u8) -> Self {
        Self { version, ..self }
    }

    /// The certificate, signed by the authority.
    pub(crate) fn signed(&self) -> CertificateDer<'static> {
        self.signed_by(&AUTHORITY_KEY)
    }

    pub(crate) fn signed_by(&self, key: &KeyPair) -> CertificateDer<'static> {
        let mut parts = vec![
            tagged(2, &[self.serial]),
            algorithm(key),
            name(&self.issuer),
            sequence(&[tagged(0x17, self.begin.as_bytes()), tagged(0x17, self.end.as_bytes())]),
            name(&self.subject),
            self.key.subject_public_key_info(),
        ];
        if self.version > 1 {
            parts.insert(0, tagged(0xa0, &tagged(2, &[self.version - 1])));
        }
        if !self.extensions.is_empty() {
            parts.push(tagged(0xa3, &sequence(&self.extensions)));
        }
        let signed = sequence(&parts);
        let signature = [vec![0], key.sign(&signed).unwrap()].concat();
        sequence(&[signed, algorithm(key), tagged(3, &signature)]).into()
    }
}

fn name(attributes: &[Attribute]) -> Vec<u8> {
    let attributes = attributes.iter().map(|Attribute(kind, tag, bytes)| {
        tagged(SET, &tagged(SEQUENCE, &[oid(kind), tagged(*tag, bytes)].concat()))
    });
    sequence(&attributes.collect::<Vec<_>>())
}

fn algorithm(key: &KeyPair) -> Vec<u8> {
    let is = |algorithm| key.is_compatible(algorithm);
    if is(&rcgen::PKCS_ECDSA_P256_SHA256) {
        sequence(&[oid("1.2.840.10045.4.3.2")])
    } else if is(&rcgen::PKCS_ECDSA_P384_SHA384) {
        sequence(&[oid("1.2.840.10045.4.3.3")])
    } else if is(&rcgen::PKCS_ED25519) {
        sequence(&[oid("1.3.101.112")])
    } else {
        sequence(&[oid("1.2.840.113549.1.1.11"), tagged(5, &[])])
    }
}

fn extension(kind: &str, is_critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if is_critical { tagged(1, &[0xff]) } else { vec![] };
    sequence(&[oid(kind), critical, tagged(OCTETS, value)])
}

pub(crate) fn basic_constraints(is_authority: bool, path_length: Option<u8>) -> Vec<u8> {
    let is_authority = if is_authority { tagged(1, &[0xff]) } else { vec![] };
    let path_length = path_length.map(|most| tagged(2, &[most])).unwrap_or_default();
    extension("2.5.29.19", true, &sequence(&[is_authority, path_length]))
}

pub(crate) const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
pub(crate) const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";
pub(crate) const ANY_USE: &str = "2.5.29.37.0";

pub(crate) fn uses(kinds: &[&str]) -> Vec<u8> {
    let kinds: Vec<Vec<u8>> = kinds.iter().map(|kind| oid(kind)).collect();
    extension("2.5.29.37", false, &sequence(&kinds))
}

/// A key usage with these bits: 0x80 signs, 0x04 signs certificates, 0x02 signs revocation lists.
pub(crate) fn key_usage(bits: u8) -> Vec<u8> {
    let unused = u8::try_from(bits.trailing_zeros()).unwrap();
    extension("2.5.29.15", true, &tagged(3, &[unused, bits]))
}

pub(crate) fn unknown(is_critical: bool) -> Vec<u8> {
    extension("1.3.6.1.4.1.99999.1", is_critical, &[5, 0])
}

/// Name constraints that permit nothing but one domain.
pub(crate) fn name_constraints() -> Vec<u8> {
    let permitted = sequence(&[tagged(0x82, b"example.com")]);
    extension("2.5.29.30", true, &sequence(&[tagged(0xa0, &permitted)]))
}

/// An authenticator that takes certificates of these authorities.
pub(crate) fn taking(authorities: &[CertificateDer<'static>]) -> Authenticator {
    let certificates = ClientCertificates::new(authorities.to_vec(), vec![]).unwrap();
    Authenticator { certificates: Some(certificates), ..Authenticator::default() }
}

pub(crate) fn presenting(chain: &[CertificateDer<'static>]) -> PeerCertificates {
    PeerCertificates::new(chain.to_vec())
}
