//! One JSON Web Key: whether it can verify a signature, and the form the verifier takes. A key has one
//! kind, and an algorithm works with one kind, so a key is never taken for what it is not.

use base64::Engine;
use serde::Deserialize;
use thiserror::Error;

use super::algorithm::{Algorithm, Kind};
use super::{BASE64URL, der};

/// Why a key cannot verify a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unusable {
    /// It is meant for encryption.
    #[error("the key is not for signatures")]
    NotForSignatures,
    /// It is symmetric, or of a kind or curve that Kubernetes does not take.
    #[error("the key's kind or curve is not supported")]
    Kind,
    /// It is an RSA key of less than 2048 or more than 8192 bits.
    #[error("an RSA key must have 2048 to 8192 bits")]
    Size,
    /// Its numbers are absent, not base64url or out of range.
    #[error("the key is broken")]
    Broken,
}

#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) kid: String,
    kind: Kind,
    /// What the verifier takes: an uncompressed point, or a PKCS #1 public key.
    public: Vec<u8>,
}

impl Key {
    pub(super) fn verifies(&self, algorithm: Algorithm, signed: &[u8], signature: &[u8]) -> bool {
        let verify = |signature: &[u8]| {
            algorithm.verifier().verify_signature(&self.public, signed, signature).is_ok()
        };
        if self.kind != algorithm.kind() {
            return false;
        }
        match self.kind.coordinate() {
            None => verify(signature),
            Some(width) => der::ecdsa_signature(signature, width).is_some_and(|der| verify(&der)),
        }
    }
}

impl Kind {
    /// The bytes of a coordinate of an elliptic curve.
    fn coordinate(self) -> Option<usize> {
        match self {
            Self::Rsa => None,
            Self::P256 => Some(32),
            Self::P384 => Some(48),
            Self::P521 => Some(66),
        }
    }
}

/// A key as it is written. A key whose members have other types becomes one without members, and
/// so an unusable one: it must not spoil the set.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct RawKey {
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    pub(super) kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl RawKey {
    pub(super) fn usable(&self) -> Result<Key, Unusable> {
        if self.usage.as_deref().is_some_and(|usage| usage != "sig" && !usage.is_empty()) {
            return Err(Unusable::NotForSignatures);
        }
        let (kind, public) = match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => (Kind::Rsa, self.rsa()?),
            ("EC", Some("P-256")) => (Kind::P256, self.point(Kind::P256)?),
            ("EC", Some("P-384")) => (Kind::P384, self.point(Kind::P384)?),
            ("EC", Some("P-521")) => (Kind::P521, self.point(Kind::P521)?),
            _ => return Err(Unusable::Kind),
        };
        Ok(Key { kid: self.kid.clone().unwrap_or_default(), kind, public })
    }

    fn rsa(&self) -> Result<Vec<u8>, Unusable> {
        let (modulus, exponent) = (bytes(self.n.as_deref())?, bytes(self.e.as_deref())?);
        if !RSA_BITS.contains(&bits(&modulus)) {
            return Err(Unusable::Size);
        }
        // With an exponent of one every message is its own signature.
        if bits(&exponent) < 2 || exponent.last().is_none_or(|last| last % 2 == 0) {
            return Err(Unusable::Broken);
        }
        der::rsa_key(&modulus, &exponent).ok_or(Unusable::Broken)
    }

    fn point(&self, kind: Kind) -> Result<Vec<u8>, Unusable> {
        let (x, y) = (bytes(self.x.as_deref())?, bytes(self.y.as_deref())?);
        if kind.coordinate() != Some(x.len()) || x.len() != y.len() {
            return Err(Unusable::Broken);
        }
        Ok([[UNCOMPRESSED].as_slice(), &x, &y].concat())
    }
}

fn bytes(text: Option<&str>) -> Result<Vec<u8>, Unusable> {
    let text = text.ok_or(Unusable::Broken)?.trim_end_matches('=');
    BASE64URL.decode(text).map_err(|_ignored| Unusable::Broken)
}

/// How many bits a big-endian number has.
fn bits(number: &[u8]) -> usize {
    let digits: Vec<u8> = number.iter().copied().skip_while(|byte| *byte == 0).collect();
    let unused = digits.first().map_or(0, |first| first.leading_zeros());
    (digits.len() * 8).saturating_sub(usize::try_from(unused).unwrap_or(0))
}

const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
const UNCOMPRESSED: u8 = 4;
