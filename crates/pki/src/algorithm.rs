//! Algorithms of keys and signatures, by the names people use, and which of them are too weak.

use std::fmt;

use x509_parser::prelude::{AlgorithmIdentifier, FromDer, SubjectPublicKeyInfo};
use x509_parser::public_key::PublicKey;
use x509_parser::signature_algorithm::RsaSsaPssParams;

use crate::der;

/// What kind of key it is, and how large.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyAlgorithm {
    /// RSA with a modulus of so many bits.
    Rsa {
        /// Bits of the modulus.
        bits: usize,
    },
    /// A key on an elliptic curve.
    Ec(Curve),
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
    /// DSA with a prime of so many bits (0 if the certificate does not say).
    Dsa {
        /// Bits of the prime.
        bits: usize,
    },
    /// Anything else, by its object identifier.
    Other(String),
}

/// An elliptic curve.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Curve {
    /// NIST P-224.
    P224,
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
    /// Any other, by its object identifier; empty if it is written out in full.
    Other(String),
}

impl KeyAlgorithm {
    /// Reads a `SubjectPublicKeyInfo` in DER.
    pub fn of_spki(spki: &[u8]) -> Option<Self> {
        let (rest, spki) = SubjectPublicKeyInfo::from_der(spki).ok()?;
        rest.is_empty().then(|| Self::of(&spki))
    }

    pub(crate) fn of(spki: &SubjectPublicKeyInfo<'_>) -> Self {
        let identifier = spki.algorithm.algorithm.to_id_string();
        match identifier.as_str() {
            RSA | RSA_PSS => Self::Rsa { bits: rsa_bits(spki) },
            EC => Self::Ec(Curve::of(&spki.algorithm)),
            ED25519 => Self::Ed25519,
            ED448 => Self::Ed448,
            DSA => Self::Dsa { bits: dsa_bits(&spki.algorithm).unwrap_or_default() },
            _ => Self::Other(identifier),
        }
    }

    /// Whether it is too weak to be kept: RSA below 2048 bits, a curve below 256, any DSA.
    /// Nothing is said of what is not known.
    pub fn is_weak(&self) -> bool {
        match self {
            Self::Rsa { bits } => *bits < 2048,
            Self::Ec(curve) => curve.bits().is_some_and(|bits| bits < 256),
            Self::Dsa { .. } => true,
            Self::Ed25519 | Self::Ed448 | Self::Other(_) => false,
        }
    }
}

impl Curve {
    fn of(algorithm: &AlgorithmIdentifier<'_>) -> Self {
        let parameters = algorithm.parameters.as_ref();
        let named = parameters.and_then(|parameters| parameters.as_oid().ok());
        let identifier = named.map(|named| named.to_id_string()).unwrap_or_default();
        match identifier.as_str() {
            "1.3.132.0.33" => Self::P224,
            "1.2.840.10045.3.1.7" => Self::P256,
            "1.3.132.0.34" => Self::P384,
            "1.3.132.0.35" => Self::P521,
            _ => Self::Other(identifier),
        }
    }

    /// Bits of the curve, where they are known.
    pub fn bits(&self) -> Option<usize> {
        match self {
            Self::P224 => Some(224),
            Self::P256 => Some(256),
            Self::P384 => Some(384),
            Self::P521 => Some(521),
            Self::Other(identifier) => {
                SMALL_CURVES.iter().find(|(known, _)| known == identifier).map(|(_, bits)| *bits)
            }
        }
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(out, "RSA {bits}"),
            Self::Ec(curve) => write!(out, "EC {curve}"),
            Self::Ed25519 => out.write_str("Ed25519"),
            Self::Ed448 => out.write_str("Ed448"),
            Self::Dsa { bits: 0 } => out.write_str("DSA"),
            Self::Dsa { bits } => write!(out, "DSA {bits}"),
            Self::Other(identifier) => write!(out, "unknown key {identifier}"),
        }
    }
}

impl fmt::Display for Curve {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::P224 => out.write_str("P-224"),
            Self::P256 => out.write_str("P-256"),
            Self::P384 => out.write_str("P-384"),
            Self::P521 => out.write_str("P-521"),
            Self::Other(identifier) if identifier.is_empty() => out.write_str("of its own curve"),
            Self::Other(identifier) => write!(out, "curve {identifier}"),
        }
    }
}

/// How a certificate is signed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignatureAlgorithm {
    /// The name (`ECDSA-SHA256`), or the object identifier of an unknown one.
    pub name: String,
    /// Whether its digest is broken: MD2, MD5 or SHA-1.
    pub is_weak: bool,
}

impl SignatureAlgorithm {
    pub(crate) fn of(algorithm: &AlgorithmIdentifier<'_>) -> Self {
        let identifier = algorithm.algorithm.to_id_string();
        if identifier == RSA_PSS_SIGNATURE {
            return Self::of_pss(algorithm);
        }
        let known = SIGNATURES.iter().find(|(known, _, _)| *known == identifier);
        known.map_or(Self { name: identifier, is_weak: false }, |(_, name, is_weak)| Self {
            name: (*name).to_owned(),
            is_weak: *is_weak,
        })
    }

    /// RSA-PSS names its digest in its parameters; without them it is SHA-1 (RFC 4055 §3.1).
    fn of_pss(algorithm: &AlgorithmIdentifier<'_>) -> Self {
        let (name, is_weak) = match pss_digest(algorithm).as_deref() {
            Some(SHA1) => ("RSA-PSS-SHA1", true),
            Some(SHA256) => ("RSA-PSS-SHA256", false),
            Some(SHA384) => ("RSA-PSS-SHA384", false),
            Some(SHA512) => ("RSA-PSS-SHA512", false),
            Some(_) | None => ("RSA-PSS", false),
        };
        Self { name: name.to_owned(), is_weak }
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.name)
    }
}

/// Whether RSA-PSS is used as libraries check it: one digest for all, and a salt of its length.
pub(crate) fn is_plain_pss(algorithm: &AlgorithmIdentifier<'_>) -> bool {
    let Some(parameters) = algorithm.parameters.as_ref() else { return false };
    let Ok(parameters) = RsaSsaPssParams::try_from(parameters) else { return false };
    let digest = parameters.hash_algorithm_oid().to_id_string();
    let mask = parameters.mask_gen_algorithm().ok().map(|mask| mask.hash.to_id_string());
    let length = match digest.as_str() {
        SHA256 => 32,
        SHA384 => 48,
        SHA512 => 64,
        _ => return false,
    };
    mask.as_ref() == Some(&digest) && parameters.salt_length() == length
}

fn pss_digest(algorithm: &AlgorithmIdentifier<'_>) -> Option<String> {
    let Some(parameters) = algorithm.parameters.as_ref() else { return Some(SHA1.to_owned()) };
    let parameters = RsaSsaPssParams::try_from(parameters).ok()?;
    Some(parameters.hash_algorithm_oid().to_id_string())
}

fn rsa_bits(spki: &SubjectPublicKeyInfo<'_>) -> usize {
    match spki.parsed() {
        Ok(PublicKey::RSA(key)) => der::bits(key.modulus),
        // RSA-PSS keys are not parsed there, though they are written the same way.
        _ => der::rsa_modulus(&spki.subject_public_key.data).map(der::bits).unwrap_or_default(),
    }
}

/// The prime is the first of the parameters (RFC 3279 §2.3.2).
fn dsa_bits(algorithm: &AlgorithmIdentifier<'_>) -> Option<usize> {
    let parameters = algorithm.parameters.as_ref()?;
    let (_, prime) = der::take(parameters.data, der::INTEGER)?;
    Some(der::bits(prime))
}

const RSA: &str = "1.2.840.113549.1.1.1";
const RSA_PSS: &str = RSA_PSS_SIGNATURE;
const RSA_PSS_SIGNATURE: &str = "1.2.840.113549.1.1.10";
const EC: &str = "1.2.840.10045.2.1";
const ED25519: &str = "1.3.101.112";
const ED448: &str = "1.3.101.113";
const DSA: &str = "1.2.840.10040.4.1";

const SHA1: &str = "1.3.14.3.2.26";
const SHA256: &str = "2.16.840.1.101.3.4.2.1";
const SHA384: &str = "2.16.840.1.101.3.4.2.2";
const SHA512: &str = "2.16.840.1.101.3.4.2.3";

/// Curves outside the four, as far as their size matters (SEC 2).
const SMALL_CURVES: [(&str, usize); 4] = [
    ("1.2.840.10045.3.1.1", 192),
    ("1.3.132.0.8", 160),
    ("1.3.132.0.32", 224),
    ("1.3.132.0.10", 256),
];

const SIGNATURES: [(&str, &str, bool); 17] = [
    ("1.2.840.113549.1.1.2", "RSA-MD2", true),
    ("1.2.840.113549.1.1.4", "RSA-MD5", true),
    ("1.2.840.113549.1.1.5", "RSA-SHA1", true),
    ("1.3.14.3.2.29", "RSA-SHA1", true),
    ("1.2.840.113549.1.1.14", "RSA-SHA224", false),
    ("1.2.840.113549.1.1.11", "RSA-SHA256", false),
    ("1.2.840.113549.1.1.12", "RSA-SHA384", false),
    ("1.2.840.113549.1.1.13", "RSA-SHA512", false),
    ("1.2.840.10040.4.3", "DSA-SHA1", true),
    ("2.16.840.1.101.3.4.3.2", "DSA-SHA256", false),
    ("1.2.840.10045.4.1", "ECDSA-SHA1", true),
    ("1.2.840.10045.4.3.1", "ECDSA-SHA224", false),
    ("1.2.840.10045.4.3.2", "ECDSA-SHA256", false),
    ("1.2.840.10045.4.3.3", "ECDSA-SHA384", false),
    ("1.2.840.10045.4.3.4", "ECDSA-SHA512", false),
    ("1.3.101.112", "Ed25519", false),
    ("1.3.101.113", "Ed448", false),
];
