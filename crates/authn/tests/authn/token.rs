//! Tokens of every kind, signed by another library than the one that reads them.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use authn::{KeySet, Keys};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use rcgen::KeyPair;
use serde_json::{Value, json};

pub(crate) static RSA: LazyLock<Key> = LazyLock::new(|| Key::new("rsa", Algorithm::RS256));
pub(crate) static EC: LazyLock<Key> = LazyLock::new(|| Key::new("ec", Algorithm::ES256));
/// A key that bears the name of another.
pub(crate) static IMPOSTOR: LazyLock<Key> = LazyLock::new(|| Key::new("ec", Algorithm::ES256));

/// A private key with a name.
pub(crate) struct Key {
    pub(crate) kid: &'static str,
    pub(crate) algorithm: Algorithm,
    encoding: EncodingKey,
}

impl Key {
    pub(crate) fn new(kid: &'static str, algorithm: Algorithm) -> Self {
        let pair = |kind| KeyPair::generate_for(kind).unwrap().serialize_pem();
        let encoding = if algorithm == Algorithm::ES256 {
            EncodingKey::from_ec_pem(pair(&rcgen::PKCS_ECDSA_P256_SHA256).as_bytes())
        } else if algorithm == Algorithm::ES384 {
            EncodingKey::from_ec_pem(pair(&rcgen::PKCS_ECDSA_P384_SHA384).as_bytes())
        } else {
            EncodingKey::from_rsa_pem(pair(&rcgen::PKCS_RSA_SHA256).as_bytes())
        };
        Self { kid, algorithm, encoding: encoding.unwrap() }
    }

    /// The same key, for another algorithm.
    pub(crate) fn with(&self, algorithm: Algorithm) -> Self {
        Self { kid: self.kid, algorithm, encoding: self.encoding.clone() }
    }

    pub(crate) fn public(&self) -> Value {
        let mut jwk =
            serde_json::to_value(Jwk::from_encoding_key(&self.encoding, self.algorithm).unwrap())
                .unwrap();
        jwk["kid"] = self.kid.into();
        jwk["use"] = "sig".into();
        jwk
    }

    /// A token with these claims.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_text(&self.header().to_string(), &claims.to_string())
    }

    pub(crate) fn header(&self) -> Value {
        json!({"alg": format!("{:?}", self.algorithm), "kid": self.kid})
    }

    /// A token of exactly these texts.
    pub(crate) fn sign_text(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", encoded(header.as_bytes()), encoded(claims.as_bytes()));
        let signature = crypto::sign(signed.as_bytes(), &self.encoding, self.algorithm).unwrap();
        format!("{signed}.{signature}")
    }
}

pub(crate) fn encoded(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn key_set(keys: &[&Key]) -> Arc<KeySet> {
    let keys: Vec<Value> = keys.iter().map(|key| key.public()).collect();
    Arc::new(KeySet::from_jwks(json!({"keys": keys}).to_string().as_bytes()).unwrap())
}

/// A provider whose keys change when they are next fetched.
pub(crate) struct Provider {
    current: Mutex<Option<Arc<KeySet>>>,
    next: Mutex<Option<Arc<KeySet>>>,
    refreshes: AtomicUsize,
}

impl Provider {
    pub(crate) fn new(current: Option<Arc<KeySet>>, next: Option<Arc<KeySet>>) -> Arc<Self> {
        let (current, next) = (Mutex::new(current), Mutex::new(next));
        Arc::new(Self { current, next, refreshes: AtomicUsize::new(0) })
    }

    pub(crate) fn refreshes(&self) -> usize {
        self.refreshes.load(Ordering::SeqCst)
    }
}

impl Keys for Provider {
    fn current(&self) -> Option<Arc<KeySet>> {
        self.current.lock().unwrap().clone()
    }

    fn refresh<'a>(&'a self) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        self.refreshes.fetch_add(1, Ordering::SeqCst);
        if let Some(next) = self.next.lock().unwrap().take() {
            *self.current.lock().unwrap() = Some(next);
        }
        Box::pin(std::future::ready(()))
    }
}
