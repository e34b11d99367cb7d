//! Whether one certificate was issued by another: names, key identifiers, rights, times and the
//! signature itself. One step of a chain; whoever walks a chain asks once a step.

use std::time::{Duration, SystemTime};

use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::algorithm::is_plain_pss;
use crate::inspection::{authority_key_id, subject_key_id};
use crate::{Curve, KeyAlgorithm, SignatureAlgorithm};

/// Which of the two certificates a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    /// The one that was issued.
    Child,
    /// The one that should have issued it.
    Issuer,
}

/// Why one certificate does not follow from another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainFault {
    /// One of the two is no certificate.
    #[error("malformed certificate ({0:?})")]
    Malformed(Link),
    /// The child names another issuer.
    #[error("issued by {named}, not by {given}")]
    WrongIssuer {
        /// The issuer the child names.
        named: String,
        /// The subject of the certificate given as issuer.
        given: String,
    },
    /// The names agree, the key identifiers do not: an authority of the same name with a new key.
    #[error("issued with another key of the same authority")]
    OtherKey,
    /// The issuer does not say `CA:TRUE`.
    #[error("the issuer is no authority")]
    NotAnAuthority,
    /// The issuer has key usages, and `keyCertSign` is not among them.
    #[error("the issuer may not sign certificates")]
    MayNotSign,
    /// The child is an authority below one that may have none below it.
    #[error("the issuer may have no authority below it")]
    PathTooLong,
    /// One of the two does not hold yet.
    #[error("not yet valid ({0:?})")]
    NotYetValid(Link),
    /// One of the two holds no more.
    #[error("expired ({0:?})")]
    Expired(Link),
    /// The issuer's key did not make the signature.
    #[error("the signature is not the issuer's")]
    BadSignature,
    /// Nothing here can check such a signature; all else is in order.
    #[error("a signature by {0} cannot be checked")]
    Unknown(String),
}

/// Whether `child` follows from `issuer` at `now` (both in DER). The first fault found is told,
/// in the order of the variants.
pub fn verify(child: &[u8], issuer: &[u8], now: SystemTime) -> Result<(), ChainFault> {
    let child = parse(child, Link::Child)?;
    let issuer = parse(issuer, Link::Issuer)?;
    same_name(&child, &issuer)?;
    same_key(&child, &issuer)?;
    may_issue(&child, &issuer)?;
    holds(&child, now, Link::Child)?;
    holds(&issuer, now, Link::Issuer)?;
    signed(&child, &issuer)
}

/// How much longer `child` lasts than `issuer` (both in DER): nobody accepts it for that time.
pub fn outlives(child: &[u8], issuer: &[u8]) -> Option<Duration> {
    let end = |der| -> Option<SystemTime> {
        let certificate = parse(der, Link::Child).ok()?;
        Some(certificate.validity().not_after.to_datetime().into())
    };
    end(child)?.duration_since(end(issuer)?).ok().filter(|longer| !longer.is_zero())
}

/// Whether a certificate names itself as issuer and made its own signature, as far as that can
/// be checked.
pub(crate) fn is_self_signed(certificate: &X509Certificate<'_>) -> bool {
    same_name(certificate, certificate).is_ok()
        && same_key(certificate, certificate).is_ok()
        && signed(certificate, certificate) != Err(ChainFault::BadSignature)
}

fn parse(der: &[u8], link: Link) -> Result<X509Certificate<'_>, ChainFault> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        Ok(_) | Err(_) => Err(ChainFault::Malformed(link)),
    }
}

/// Names are compared byte by byte, as Go does.
fn same_name(child: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> Result<(), ChainFault> {
    if child.issuer().as_raw() == issuer.subject().as_raw() {
        return Ok(());
    }
    let (named, given) = (child.issuer().to_string(), issuer.subject().to_string());
    Err(ChainFault::WrongIssuer { named, given })
}

/// Identifiers are only compared where both are there.
fn same_key(child: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> Result<(), ChainFault> {
    match (authority_key_id(child), subject_key_id(issuer)) {
        (Some(wanted), Some(given)) if wanted != given => Err(ChainFault::OtherKey),
        _ => Ok(()),
    }
}

fn may_issue(child: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> Result<(), ChainFault> {
    let malformed = |_twice| ChainFault::Malformed(Link::Issuer);
    let constraints = issuer.basic_constraints().map_err(malformed)?;
    let constraints = constraints.map(|extension| extension.value);
    let Some(constraints) = constraints.filter(|constraints| constraints.ca) else {
        return Err(ChainFault::NotAnAuthority);
    };
    let usages = issuer.key_usage().map_err(malformed)?;
    if usages.is_some_and(|extension| !extension.value.key_cert_sign()) {
        return Err(ChainFault::MayNotSign);
    }
    // A self-issued certificate does not count towards the length (RFC 5280 §4.2.1.9).
    let is_below = child.is_ca() && child.subject().as_raw() != child.issuer().as_raw();
    if is_below && constraints.path_len_constraint == Some(0) {
        return Err(ChainFault::PathTooLong);
    }
    Ok(())
}

fn holds(certificate: &X509Certificate<'_>, now: SystemTime, link: Link) -> Result<(), ChainFault> {
    let validity = certificate.validity();
    if now < SystemTime::from(validity.not_before.to_datetime()) {
        return Err(ChainFault::NotYetValid(link));
    }
    if now > SystemTime::from(validity.not_after.to_datetime()) {
        return Err(ChainFault::Expired(link));
    }
    Ok(())
}

fn signed(child: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> Result<(), ChainFault> {
    // The outer algorithm is not signed, so it must repeat the inner one (RFC 5280 §4.1.1.2).
    let is_whole = child.signature_value.unused_bits == 0
        && child.signature_algorithm == child.tbs_certificate.signature;
    if !is_whole {
        return Err(ChainFault::BadSignature);
    }
    let name = SignatureAlgorithm::of(&child.signature_algorithm).name;
    if name.starts_with("RSA-PSS") && !is_plain_pss(&child.signature_algorithm) {
        return Err(ChainFault::Unknown(name));
    }
    let key = issuer.public_key();
    let algorithm = match verifier(&name, &KeyAlgorithm::of(key)) {
        Verifier::Found(algorithm) => algorithm,
        Verifier::OtherKind => return Err(ChainFault::BadSignature),
        Verifier::Unknown => return Err(ChainFault::Unknown(name)),
    };
    UnparsedPublicKey::new(algorithm, &*key.subject_public_key.data)
        .verify(child.tbs_certificate.as_ref(), &child.signature_value.data)
        .map_err(|_unspecified| ChainFault::BadSignature)
}

enum Verifier {
    Found(&'static dyn VerificationAlgorithm),
    /// A key of one kind cannot have made a signature of another.
    OtherKind,
    Unknown,
}

fn verifier(name: &str, key: &KeyAlgorithm) -> Verifier {
    let found = match key {
        KeyAlgorithm::Rsa { bits } => rsa(name, *bits),
        KeyAlgorithm::Ec(curve) => ec(name, curve),
        KeyAlgorithm::Ed25519 => {
            (name == "Ed25519").then_some(&signature::ED25519 as &dyn VerificationAlgorithm)
        }
        KeyAlgorithm::Ed448 | KeyAlgorithm::Dsa { .. } | KeyAlgorithm::Other(_) => None,
    };
    match found {
        Some(algorithm) => Verifier::Found(algorithm),
        None if is_of_other_kind(name, key) => Verifier::OtherKind,
        None => Verifier::Unknown,
    }
}

fn is_of_other_kind(name: &str, key: &KeyAlgorithm) -> bool {
    let family = match key {
        KeyAlgorithm::Rsa { .. } => "RSA-",
        KeyAlgorithm::Ec(_) => "ECDSA-",
        KeyAlgorithm::Ed25519 => "Ed25519",
        KeyAlgorithm::Ed448 => "Ed448",
        KeyAlgorithm::Dsa { .. } => "DSA-",
        KeyAlgorithm::Other(_) => return false,
    };
    let is_known = FAMILIES.iter().any(|family| name.starts_with(family)) || name == "RSA-PSS";
    is_known && !name.starts_with(family)
}

fn rsa(name: &str, bits: usize) -> Option<&'static dyn VerificationAlgorithm> {
    if !RSA_SIZES.contains(&bits) {
        return None;
    }
    match name {
        "RSA-SHA1" => Some(&signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
        "RSA-SHA256" => Some(&signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
        "RSA-SHA512" => Some(&signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY),
        _ if bits < 2048 => None,
        "RSA-SHA384" => Some(&signature::RSA_PKCS1_2048_8192_SHA384),
        "RSA-PSS-SHA256" => Some(&signature::RSA_PSS_2048_8192_SHA256),
        "RSA-PSS-SHA384" => Some(&signature::RSA_PSS_2048_8192_SHA384),
        "RSA-PSS-SHA512" => Some(&signature::RSA_PSS_2048_8192_SHA512),
        _ => None,
    }
}

fn ec(name: &str, curve: &Curve) -> Option<&'static dyn VerificationAlgorithm> {
    match (curve, name) {
        (Curve::P256, "ECDSA-SHA1") => Some(&signature::ECDSA_P256_SHA1_ASN1),
        (Curve::P256, "ECDSA-SHA256") => Some(&signature::ECDSA_P256_SHA256_ASN1),
        (Curve::P256, "ECDSA-SHA384") => Some(&signature::ECDSA_P256_SHA384_ASN1),
        (Curve::P256, "ECDSA-SHA512") => Some(&signature::ECDSA_P256_SHA512_ASN1),
        (Curve::P384, "ECDSA-SHA256") => Some(&signature::ECDSA_P384_SHA256_ASN1),
        (Curve::P384, "ECDSA-SHA384") => Some(&signature::ECDSA_P384_SHA384_ASN1),
        (Curve::P384, "ECDSA-SHA512") => Some(&signature::ECDSA_P384_SHA512_ASN1),
        (Curve::P521, "ECDSA-SHA1") => Some(&signature::ECDSA_P521_SHA1_ASN1),
        (Curve::P521, "ECDSA-SHA224") => Some(&signature::ECDSA_P521_SHA224_ASN1),
        (Curve::P521, "ECDSA-SHA256") => Some(&signature::ECDSA_P521_SHA256_ASN1),
        (Curve::P521, "ECDSA-SHA384") => Some(&signature::ECDSA_P521_SHA384_ASN1),
        (Curve::P521, "ECDSA-SHA512") => Some(&signature::ECDSA_P521_SHA512_ASN1),
        (Curve::P224 | Curve::P256 | Curve::P384 | Curve::P521 | Curve::Other(_), _) => None,
    }
}

const FAMILIES: [&str; 5] = ["RSA-", "ECDSA-", "DSA-", "Ed25519", "Ed448"];

/// Outside these sizes a failure would say nothing of the signature.
const RSA_SIZES: std::ops::RangeInclusive<usize> = 1024..=8192;
