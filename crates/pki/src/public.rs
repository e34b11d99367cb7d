//! The public half of a key, so that a key and a certificate can be matched without either being
//! used, and so that a key on its own can be judged.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _,
};

use crate::{KeyAlgorithm, KeyKind, PemItem, PublicKeyKind, SpkiHash, der};

/// What a key is, whichever half of it was at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFacts {
    /// Its algorithm and size.
    pub algorithm: KeyAlgorithm,
    /// Its public half.
    pub spki: SpkiHash,
}

/// The hash of the public half of a private key. None of a key that is encrypted, malformed or of
/// another kind than RSA, EC on P-256, P-384 or P-521, and Ed25519.
pub fn key_spki(private: &[u8], kind: KeyKind) -> Option<SpkiHash> {
    Some(SpkiHash::of(&spki_of_private(private, kind)?))
}

/// What the key of a PEM block is: a private one, a public one, or that of a certificate. None of
/// anything else, and of what [`key_spki`] cannot read.
pub fn key_facts(item: &PemItem) -> Option<KeyFacts> {
    let spki = match item {
        PemItem::PrivateKey(key) => spki_of_private(key.expose(), key.kind())?,
        PemItem::PublicKey { kind: PublicKeyKind::Spki, der } => der.clone(),
        PemItem::PublicKey { kind: PublicKeyKind::Pkcs1, der } => {
            der::rsa_modulus(der)?;
            rsa_spki(der)
        }
        PemItem::Certificate(der) => {
            let inspection = crate::Inspection::of_der(der).ok()?;
            return Some(KeyFacts { algorithm: inspection.key, spki: inspection.spki });
        }
        PemItem::Request(_)
        | PemItem::RevocationList(_)
        | PemItem::Other(_)
        | PemItem::Broken(_) => return None,
    };
    Some(KeyFacts { algorithm: KeyAlgorithm::of_spki(&spki)?, spki: SpkiHash::of(&spki) })
}

fn spki_of_private(private: &[u8], kind: KeyKind) -> Option<Vec<u8>> {
    match kind {
        KeyKind::Pkcs1 => rsa_of_private(private),
        KeyKind::Sec1 => ec_of_private(private),
        KeyKind::Pkcs8 => of_pkcs8(private),
        KeyKind::Dsa | KeyKind::OpenSsh | KeyKind::Encrypted => None,
    }
}

/// `PrivateKeyInfo` (RFC 5958 §2): version, algorithm, and the key as an octet string.
fn of_pkcs8(private: &[u8]) -> Option<Vec<u8>> {
    let (_, info) = der::take(private, der::SEQUENCE)?;
    let (info, _version) = der::take(info, der::INTEGER)?;
    let (info, algorithm) = der::take(info, der::SEQUENCE)?;
    let (_, key) = der::take(info, der::OCTET_STRING)?;
    let (_, identifier) = der::take(algorithm, der::OBJECT_IDENTIFIER)?;
    match identifier {
        RSA => rsa_of_private(key),
        EC => ec_of_private(private),
        ED25519 => {
            let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(private).ok()?;
            Some(spki(&identified(ED25519), pair.public_key().as_ref()))
        }
        _ => None,
    }
}

/// `RSAPrivateKey` (RFC 8017 §A.1.2) begins with version, modulus and public exponent. It is read
/// here because libraries refuse the small keys that are to be found.
fn rsa_of_private(private: &[u8]) -> Option<Vec<u8>> {
    let (_, key) = der::take(private, der::SEQUENCE)?;
    let (key, _version) = der::take(key, der::INTEGER)?;
    let (key, modulus) = der::take(key, der::INTEGER)?;
    let (_, exponent) = der::take(key, der::INTEGER)?;
    let numbers = [der::element(der::INTEGER, modulus), der::element(der::INTEGER, exponent)];
    Some(rsa_spki(&der::element(der::SEQUENCE, &numbers.concat())))
}

fn rsa_spki(public: &[u8]) -> Vec<u8> {
    spki(&[identified(RSA).as_slice(), NULL].concat(), public)
}

/// The library derives the public point, and refuses a key that carries another one.
fn ec_of_private(private: &[u8]) -> Option<Vec<u8>> {
    let curves: [(&EcdsaSigningAlgorithm, &[u8]); 3] = [
        (&ECDSA_P256_SHA256_ASN1_SIGNING, P256),
        (&ECDSA_P384_SHA384_ASN1_SIGNING, P384),
        (&ECDSA_P521_SHA512_ASN1_SIGNING, P521),
    ];
    curves.iter().find_map(|(algorithm, curve)| {
        let pair = EcdsaKeyPair::from_private_key_der(algorithm, private).ok()?;
        let algorithm = [identified(EC), identified(curve)].concat();
        Some(spki(&algorithm, pair.public_key().as_ref()))
    })
}

/// `SubjectPublicKeyInfo` (RFC 5280 §4.1).
fn spki(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    let algorithm = der::element(der::SEQUENCE, algorithm);
    let key = der::element(der::BIT_STRING, &[&[0], key].concat());
    der::element(der::SEQUENCE, &[algorithm, key].concat())
}

fn identified(identifier: &[u8]) -> Vec<u8> {
    der::element(der::OBJECT_IDENTIFIER, identifier)
}

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
const P521: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];
const NULL: &[u8] = &[0x05, 0x00];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_key_has_no_public_half() {
        for kind in [KeyKind::Pkcs1, KeyKind::Sec1, KeyKind::Pkcs8] {
            for bytes in [&[][..], &[0x30], &[0x30, 3, 2, 1, 0], &[0x30, 0x82, 1], &[7; 64]] {
                assert_eq!(key_spki(bytes, kind), None, "{kind:?} {bytes:?}");
            }
        }
        for kind in [KeyKind::Dsa, KeyKind::OpenSsh, KeyKind::Encrypted] {
            assert_eq!(key_spki(&[0x30, 0], kind), None, "{kind:?}");
        }
        assert_eq!(key_facts(&PemItem::Other("EC PARAMETERS".to_owned())), None);
        assert_eq!(key_facts(&PemItem::Certificate(vec![1])), None);
        let garbage = |kind| PemItem::PublicKey { kind, der: vec![0x30, 0] };
        assert_eq!(key_facts(&garbage(PublicKeyKind::Spki)), None);
        assert_eq!(key_facts(&garbage(PublicKeyKind::Pkcs1)), None);
    }

    proptest::proptest! {
        #[test]
        fn takes_any_bytes(bytes in proptest::collection::vec(proptest::arbitrary::any::<u8>(), 0..80)) {
            for kind in [KeyKind::Pkcs1, KeyKind::Sec1, KeyKind::Pkcs8] {
                let nested = der::element(der::SEQUENCE, &bytes);
                if let Some(hash) = key_spki(&nested, kind) {
                    proptest::prop_assert_eq!(hash.to_string().len(), 64);
                }
            }
        }
    }
}
