//! The configuration as kube-apiserver understands it, without the keys themselves.

use std::time::Duration;

use crate::Weakness;

/// Which resources are stored how. Entries are asked in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configuration {
    /// The entries, in order.
    pub entries: Vec<Entry>,
}

/// Some resources and the providers they are stored with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// `secrets`, `deployments.apps`, `*.` (core), `*.apps`, `*.*`.
    pub resources: Vec<String>,
    /// The providers: the first one writes, all of them read.
    pub providers: Vec<Provider>,
}

/// A way to store an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Provider {
    /// AES-CBC with keys in the file.
    AesCbc(Vec<Key>),
    /// AES-GCM with keys in the file.
    AesGcm(Vec<Key>),
    /// `XSalsa20` and Poly1305 with keys in the file.
    Secretbox(Vec<Key>),
    /// Keys kept elsewhere.
    Kms(Kms),
    /// Plain text.
    Identity,
    /// None or several where there must be one: kube-apiserver does not start with it.
    Unusable,
}

/// A key in the file. Its bytes are not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its name, which is stored with each object.
    pub name: String,
    /// How many bytes it has, if it is base64.
    pub length: Option<usize>,
    /// What makes it easy to guess.
    pub weaknesses: Vec<Weakness>,
}

/// A key management service, reached through a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kms {
    /// The version of the protocol; v1 if it is not said.
    pub version: KmsVersion,
    /// The name of the plugin.
    pub name: String,
    /// Where the plugin listens.
    pub endpoint: String,
    /// How long to wait for it; none if what is written is no duration above zero.
    pub timeout: Option<Duration>,
    /// How many keys v1 keeps in memory; negative for none.
    pub cache_size: Option<i64>,
}

/// The version of the protocol between kube-apiserver and a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KmsVersion {
    /// Deprecated since Kubernetes 1.28 and off since 1.29.
    V1,
    /// Stable since 1.29.
    V2,
    /// Anything else, which kube-apiserver refuses.
    Other(String),
}

impl Provider {
    /// The name of its field in the file; empty for what cannot be used.
    pub fn field(&self) -> &'static str {
        match self {
            Self::AesCbc(_) => "aescbc",
            Self::AesGcm(_) => "aesgcm",
            Self::Secretbox(_) => "secretbox",
            Self::Kms(_) => "kms",
            Self::Identity => "identity",
            Self::Unusable => "",
        }
    }

    /// Whether what it writes cannot be read from etcd.
    pub fn encrypts(&self) -> bool {
        match self {
            Self::AesCbc(_) | Self::AesGcm(_) | Self::Secretbox(_) | Self::Kms(_) => true,
            Self::Identity | Self::Unusable => false,
        }
    }

    /// The keys it has in the file; the first one writes.
    pub fn keys(&self) -> &[Key] {
        match self {
            Self::AesCbc(keys) | Self::AesGcm(keys) | Self::Secretbox(keys) => keys,
            Self::Kms(_) | Self::Identity | Self::Unusable => &[],
        }
    }

    /// What the values begin with that it writes into etcd; none if they are plain.
    pub fn stored_prefix(&self) -> Option<String> {
        match self {
            Self::AesCbc(keys) | Self::AesGcm(keys) | Self::Secretbox(keys) => {
                let key = keys.first()?;
                Some(format!("k8s:enc:{}:v1:{}:", self.field(), key.name))
            }
            Self::Kms(kms) => match kms.version {
                KmsVersion::V1 => Some(format!("k8s:enc:kms:v1:{}:", kms.name)),
                KmsVersion::V2 => Some(format!("k8s:enc:kms:v2:{}:", kms.name)),
                KmsVersion::Other(_) => None,
            },
            Self::Identity | Self::Unusable => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_prefix_names_provider_and_key() {
        let keys = || vec![Key { name: "k".to_owned(), length: Some(32), weaknesses: Vec::new() }];
        let kms = |version| Kms {
            version,
            name: "vault".to_owned(),
            endpoint: String::new(),
            timeout: None,
            cache_size: None,
        };
        let check = |provider: Provider, expected: Option<&str>| {
            assert_eq!(provider.stored_prefix().as_deref(), expected);
            assert_eq!(provider.encrypts(), !matches!(provider.field(), "identity" | ""));
        };
        check(Provider::AesCbc(keys()), Some("k8s:enc:aescbc:v1:k:"));
        check(Provider::AesGcm(keys()), Some("k8s:enc:aesgcm:v1:k:"));
        check(Provider::Secretbox(keys()), Some("k8s:enc:secretbox:v1:k:"));
        check(Provider::Secretbox(Vec::new()), None);
        check(Provider::Kms(kms(KmsVersion::V1)), Some("k8s:enc:kms:v1:vault:"));
        check(Provider::Kms(kms(KmsVersion::V2)), Some("k8s:enc:kms:v2:vault:"));
        check(Provider::Kms(kms(KmsVersion::Other("v3".to_owned()))), None);
        check(Provider::Identity, None);
        check(Provider::Unusable, None);
    }
}
