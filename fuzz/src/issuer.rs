//! An issuer that signs tokens with any header and any claims.

use std::sync::Arc;

use authn::{Authenticator, KeySet, OpenIdConnect, configuration};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

/// An issuer with a fresh key.
pub struct Issuer(EcdsaKeyPair);

impl Issuer {
    /// Makes a key.
    pub fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key"))
    }

    /// An authenticator that takes this issuer's tokens; whoever it names is below `oidc:`.
    pub fn authenticator(&self) -> Authenticator {
        let configuration = configuration::read(&json!({
            "apiVersion": "apiserver.config.k8s.io/v1",
            "kind": "AuthenticationConfiguration",
            "jwt": [{
                "issuer": { "url": "https://issuer.example", "audiences": ["ravelin"] },
                "claimMappings": {
                    "username": { "claim": "email", "prefix": "oidc:" },
                    "groups": { "claim": "groups", "prefix": "oidc:" },
                    "uid": { "claim": "sub" },
                },
                "claimValidationRules": [{ "claim": "team", "requiredValue": "blue" }],
            }],
        }));
        let issuer = configuration.expect("a configuration").issuers.remove(0);
        let keys = Arc::new(Arc::new(self.keys()));
        Authenticator {
            issuers: vec![OpenIdConnect::new(issuer, keys)],
            ..Authenticator::default()
        }
    }

    /// A token with this header and these claims.
    pub fn signed(&self, header: &[u8], claims: &[u8]) -> String {
        let signed =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).expect("a signature");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn keys(&self) -> KeySet {
        let point = self.0.public_key().as_ref();
        let coordinate = |from: usize| URL_SAFE_NO_PAD.encode(&point[from..from + 32]);
        let keys = json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "kid": "a", "x": coordinate(1), "y": coordinate(33),
        }] });
        KeySet::from_jwks(keys.to_string().as_bytes()).expect("a key set")
    }
}

impl Default for Issuer {
    fn default() -> Self {
        Self::new()
    }
}
