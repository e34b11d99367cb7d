//! The compact form of a signed token: three base64url parts with dots between. Its claims can be
//! looked at before the signature is verified, to find out whose token it is, and are believed
//! only after.

use base64::Engine;

use super::claims::{Claims, Value};
use super::{Algorithm, BASE64URL, KeySet, TokenFailure};

/// A token in compact form whose claims are readable, but not to be believed.
pub struct Compact<'t> {
    token: &'t str,
    claims: Claims,
}

/// The claims of a token whose signature was verified.
pub struct Payload(Claims);

impl<'t> Compact<'t> {
    /// Takes `token` apart, if it has three parts of which the second holds a JSON object. `None`
    /// for every other token: what it is, others may know.
    pub fn read(token: &'t str) -> Option<Self> {
        // The other form of JWS, which Kubernetes does not take.
        if token.trim_start().starts_with('{') {
            return None;
        }
        let mut parts = token.split('.');
        let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let claims = Claims::read(&BASE64URL.decode(payload).ok()?)?;
        Some(Self { token, claims })
    }

    /// The issuer the token names, unverified: good for choosing who verifies the token and for
    /// nothing else. `None` if it is not text.
    pub fn unverified_issuer(&self) -> Option<String> {
        self.claims.field("iss", Value::text).ok()?.or_else(|| Some(String::new()))
    }

    /// The claims, unverified: good for refusing a token early and for nothing else.
    pub(crate) fn unverified_claims(&self) -> &Claims {
        &self.claims
    }

    /// Verifies the signature with those of `keys` that the token's `kid` names, or with all of
    /// them if it names none, and an algorithm among `allowed`.
    pub fn verify(
        self,
        keys: &KeySet,
        allowed: &[Algorithm],
    ) -> Result<Payload, (Self, TokenFailure)> {
        match self.check(keys, allowed) {
            Ok(()) => Ok(Payload(self.claims)),
            Err(failure) => Err((self, failure)),
        }
    }

    fn check(&self, keys: &KeySet, allowed: &[Algorithm]) -> Result<(), TokenFailure> {
        let (signed, signature) =
            self.token.rsplit_once('.').ok_or(TokenFailure::Malformed("it has no signature"))?;
        let (header, _) =
            signed.split_once('.').ok_or(TokenFailure::Malformed("it has no claims"))?;
        let header = Header::read(header)?;
        let algorithm = Algorithm::named(&header.algorithm)
            .filter(|algorithm| allowed.contains(algorithm))
            .ok_or(TokenFailure::Algorithm)?;
        let signature = BASE64URL
            .decode(signature)
            .map_err(|_ignored| TokenFailure::Malformed("its signature is not base64url"))?;
        keys.verify(algorithm, &header.kid, (signed.as_bytes(), &signature))
    }
}

impl Payload {
    /// The verified claims.
    pub(crate) fn claims(&self) -> &Claims {
        &self.0
    }
}

/// What counts of a JOSE header. Keys and certificates that a token brings along or points to
/// (`jwk`, `jku`, `x5c`, `x5u`) are never looked at.
struct Header {
    algorithm: String,
    /// Empty if the token names no key.
    kid: String,
}

impl Header {
    fn read(part: &str) -> Result<Self, TokenFailure> {
        let malformed = TokenFailure::Malformed;
        let json =
            BASE64URL.decode(part).map_err(|_ignored| malformed("its header is not base64url"))?;
        let members = Claims::read(&json).ok_or(malformed("its header is not a JSON object"))?;
        // Readers disagree on which of two equal names counts, so no honest issuer writes both.
        if members.has_duplicates() {
            return Err(malformed("its header has a name twice"));
        }
        // An extension that must be understood (RFC 7515, 4.1.11): none is.
        if members.exact("crit").is_some() {
            return Err(TokenFailure::Unsupported("crit"));
        }
        // RFC 7797: the signature would cover other bytes than those read here.
        if members.exact("b64").is_some_and(|value| value.truth() != Some(true)) {
            return Err(TokenFailure::Unsupported("an unencoded payload"));
        }
        let text = |name| members.exact(name).map_or(Some(String::new()), Value::text);
        Ok(Self {
            algorithm: text("alg").ok_or(malformed("its alg is not a string"))?,
            kid: text("kid").ok_or(malformed("its kid is not a string"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn with(claims: &str) -> String {
        format!("e30.{}.c2ln", BASE64URL.encode(claims))
    }

    #[test]
    fn whose_a_token_is_can_be_read_without_believing_it() {
        let issuer = |claims| Compact::read(&with(claims)).unwrap().unverified_issuer();
        assert_eq!(issuer(r#"{"iss":"a"}"#), Some("a".to_owned()));
        assert_eq!(issuer("{}"), Some(String::new()));
        assert_eq!(issuer(r#"{"iss":null}"#), Some(String::new()));
        assert_eq!(issuer(r#"{"iss":1}"#), None);
    }

    #[test]
    fn other_tokens_are_for_others() {
        for odd in ["", "opaque", "a.b", "..", "a.!.c", "a.e30=.c", "a.W10.c", "a.e30", "a.e30.c.d"]
        {
            assert!(Compact::read(odd).is_none(), "{odd}");
        }
        assert!(Compact::read(" {.e30.c").is_none());
        assert!(Compact::read("!.e30.").is_some());
    }

    proptest! {
        #[test]
        fn never_panics(token in r#"[A-Za-z0-9_.{" -]{0,48}"#, header in any::<String>(), claims in any::<String>()) {
            let keys = KeySet::default();
            for token in [token, format!("{}.{}.AA", BASE64URL.encode(header), BASE64URL.encode(claims))] {
                if let Some(compact) = Compact::read(&token) {
                    prop_assert!(compact.verify(&keys, &Algorithm::ALL).is_err());
                }
            }
        }
    }
}
