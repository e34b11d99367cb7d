//! An issuer's public keys: a JSON Web Key Set, of which the keys that can verify a signature are
//! kept.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

use super::TokenFailure;
use super::algorithm::Algorithm;
pub use super::jwk::Unusable;
use super::jwk::{Key, RawKey};
use super::memory::{Fact, Memory};

/// The usable keys of one issuer.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    keys: Vec<Key>,
    skipped: Vec<Skipped>,
    verified: Arc<Memory>,
}

impl KeySet {
    /// Reads a JWK Set. Keys that cannot verify a signature are skipped and told of by
    /// [`skipped`](Self::skipped): those for encryption, symmetric ones, unknown kinds, RSA keys
    /// under 2048 bits, broken ones.
    pub fn from_jwks(json: &[u8]) -> Result<Self, BadKeySet> {
        let set: RawSet = serde_json::from_slice(json).map_err(|_ignored| BadKeySet::NotAKeySet)?;
        if set.keys.len() > Self::MOST_KEYS {
            return Err(BadKeySet::TooManyKeys(set.keys.len()));
        }
        let mut read = Self::default();
        for raw in set.keys {
            let raw: RawKey = serde_json::from_str(raw.get()).unwrap_or_default();
            match raw.usable() {
                Ok(key) => read.keys.push(key),
                Err(why) => read.skipped.push(Skipped { kid: raw.kid.unwrap_or_default(), why }),
            }
        }
        Ok(read)
    }

    /// How many usable keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no usable key, so that every token is refused.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys that were left out, for the operator.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// Whether `signature` is that of `signed`, a token's header and claims, whose header names
    /// `algorithm` and `kid`.
    pub(crate) fn verify(
        &self,
        algorithm: Algorithm,
        kid: &str,
        (signed, signature): (&[u8], &[u8]),
    ) -> Result<(), TokenFailure> {
        let mut named = self.keys.iter().filter(|key| kid.is_empty() || key.kid == kid).peekable();
        if named.peek().is_none() {
            return Err(TokenFailure::UnknownKey);
        }
        // Algorithm and key id stand in the signed text, so the text and the signature decide.
        let fact = Fact::of(signed, signature);
        if self.verified.holds(fact) {
            return Ok(());
        }
        if !named.any(|key| key.verifies(algorithm, signed, signature)) {
            return Err(TokenFailure::Signature);
        }
        self.verified.keep(fact);
        Ok(())
    }

    /// A set with more keys is refused: a token without `kid` is tried with each of them.
    pub const MOST_KEYS: usize = 64;
}

/// A key that was left out of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The key's id; empty if it has none.
    pub kid: String,
    /// Why it cannot be used.
    pub why: Unusable,
}

/// Why a document is no key set.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadKeySet {
    /// It is not a JSON object with a list `keys` of objects.
    #[error("not a JSON Web Key Set: a JSON object with a list \"keys\" is needed")]
    NotAKeySet,
    /// It has too many keys.
    #[error("the key set has {0} keys; at most {most} are taken", most = KeySet::MOST_KEYS)]
    TooManyKeys(usize),
}

#[derive(Deserialize)]
struct RawSet {
    keys: Vec<Box<RawValue>>,
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use proptest::prelude::*;
    use rcgen::{KeyPair, SigningKey};

    use super::*;
    use crate::jwt::BASE64URL;

    /// The example of RFC 7515, A.3.
    const RFC_KEY: &str = r#"{"kty":"EC","crv":"P-256",
        "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    const RFC_TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQog\
                             Imh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAq\
                             OyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    fn set(keys: &str) -> KeySet {
        KeySet::from_jwks(format!("{{\"keys\":[{keys}]}}").as_bytes()).unwrap()
    }

    fn check(key: &str, expected: Result<(), Unusable>) {
        let set = set(key);
        let skipped: Vec<Unusable> = set.skipped().iter().map(|skipped| skipped.why).collect();
        assert_eq!(
            (set.len(), skipped.first()),
            match &expected {
                Ok(()) => (1, None),
                Err(why) => (0, Some(why)),
            },
            "{key}"
        );
    }

    #[test]
    fn verifies_the_example_of_the_standard() {
        let set = set(RFC_KEY);
        let (signed, signature) = RFC_TOKEN.rsplit_once('.').unwrap();
        let signature = BASE64URL.decode(signature).unwrap();
        let verify = |signed: &str, signature: &[u8]| {
            set.verify(Algorithm::Es256, "", (signed.as_bytes(), signature))
        };
        for _again in 0..2 {
            assert_eq!(verify(signed, &signature), Ok(()));
            assert_eq!(verify(&format!("{signed}A"), &signature), Err(TokenFailure::Signature));
            assert_eq!(verify(signed, &signature[..63]), Err(TokenFailure::Signature));
            assert_eq!(verify(signed, &[0; 64]), Err(TokenFailure::Signature));
        }
        let named = set.verify(Algorithm::Es256, "x", (signed.as_bytes(), &signature));
        assert_eq!(named, Err(TokenFailure::UnknownKey));
    }

    #[test]
    fn verifies_with_the_largest_curve() {
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512).unwrap();
        let (x, y) = key.public_key_raw()[1..].split_at(66);
        let [x, y] = [x, y].map(|number| BASE64URL.encode(number));
        let set = set(&format!(r#"{{"kty":"EC","crv":"P-521","x":"{x}","y":"{y}"}}"#));
        let der = key.sign(b"a.b").unwrap();
        let (_, both) = x509_parser::der_parser::parse_der(&der).unwrap();
        let signature: Vec<u8> = both
            .as_sequence()
            .unwrap()
            .iter()
            .flat_map(|number| {
                let digits = number.as_bigint().unwrap().to_bytes_be().1;
                [vec![0; 66 - digits.len()], digits].concat()
            })
            .collect();
        let verify = |algorithm| set.verify(algorithm, "", (b"a.b", &signature));
        assert_eq!(verify(Algorithm::Es512), Ok(()));
        assert_eq!(
            set.verify(Algorithm::Es512, "", (b"a.c", &signature)),
            Err(TokenFailure::Signature)
        );
        for other in Algorithm::ALL.into_iter().filter(|other| *other != Algorithm::Es512) {
            let another = set.verify(other, "", (b"a.d", &signature));
            assert_eq!(another, Err(TokenFailure::Signature), "{other}");
        }
    }

    #[test]
    fn leaves_out_what_cannot_verify() {
        let rsa = |bits: usize, exponent: &str| {
            let modulus = BASE64URL.encode([vec![0x80], vec![1; bits / 8 - 1]].concat());
            format!(r#"{{"kty":"RSA","n":"{modulus}","e":"{exponent}"}}"#)
        };
        check(&rsa(2048, "AQAB"), Ok(()));
        check(&rsa(8192, "AQAB"), Ok(()));
        check(&rsa(2040, "AQAB"), Err(Unusable::Size));
        check(&rsa(8200, "AQAB"), Err(Unusable::Size));
        check(&rsa(2048, "AQ"), Err(Unusable::Broken));
        check(&rsa(2048, "AA"), Err(Unusable::Broken));
        check(&rsa(2048, "Ag"), Err(Unusable::Broken));
        check(r#"{"kty":"RSA","n":"AQAB"}"#, Err(Unusable::Broken));
        check(RFC_KEY, Ok(()));
        check(&RFC_KEY.replace("P-256", "P-384"), Err(Unusable::Broken));
        check(&RFC_KEY.replace("P-256", "secp256k1"), Err(Unusable::Kind));
        check(&RFC_KEY.replace("\"EC\"", "\"OKP\""), Err(Unusable::Kind));
        check(&RFC_KEY.replace("\"x\"", "\"z\""), Err(Unusable::Broken));
        check(&RFC_KEY.replace('}', ",\"use\":\"sig\"}"), Ok(()));
        check(&RFC_KEY.replace('}', ",\"use\":\"enc\"}"), Err(Unusable::NotForSignatures));
        check(r#"{"kty":"oct","k":"AAAA"}"#, Err(Unusable::Kind));
        check(r#"{"kty":7}"#, Err(Unusable::Kind));
        check("7", Err(Unusable::Kind));
    }

    #[test]
    fn one_odd_key_does_not_spoil_the_set() {
        let set = set(&format!("7,{RFC_KEY},{{\"kty\":\"oct\",\"kid\":\"secret\"}}"));
        assert_eq!((set.len(), set.skipped().len()), (1, 2));
        assert_eq!(set.skipped()[1], Skipped { kid: "secret".to_owned(), why: Unusable::Kind });
    }

    #[test]
    fn a_set_is_an_object_with_a_bounded_list() {
        for odd in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":null}"#] {
            assert_eq!(KeySet::from_jwks(odd.as_bytes()).unwrap_err(), BadKeySet::NotAKeySet);
        }
        let many = vec![RFC_KEY; KeySet::MOST_KEYS + 1].join(",");
        let many = KeySet::from_jwks(format!("{{\"keys\":[{many}]}}").as_bytes());
        assert_eq!(many.unwrap_err(), BadKeySet::TooManyKeys(65));
        assert!(set("").is_empty());
    }

    proptest! {
        #[test]
        fn never_panics(json in r#"\{"keys":\[(\{("(kty|crv|n|e|x|y|use|kid)":"(RSA|EC|P-256|[A-Za-z0-9_=-]{0,8})",?){0,6}\},?){0,3}\]\}"#, bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _set = KeySet::from_jwks(&bytes);
            if let Ok(set) = KeySet::from_jwks(json.as_bytes()) {
                for algorithm in Algorithm::ALL {
                    let _verified = set.verify(algorithm, "", (&bytes, &bytes));
                }
            }
        }
    }
}
