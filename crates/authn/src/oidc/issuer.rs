//! What is expected of an issuer.

use crate::jwt::Algorithm;

/// An issuer whose description is valid. [`configuration::read`](crate::configuration::read) and
/// [`OidcFlags::issuer`](super::OidcFlags::issuer) make them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    pub(crate) url: String,
    pub(crate) discovery_url: Option<String>,
    pub(crate) certificate_authority: Option<String>,
    pub(crate) audiences: Vec<String>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) username: Prefixed,
    pub(crate) groups: Option<Prefixed>,
    pub(crate) uid: Option<String>,
    pub(crate) required: Vec<Required>,
}

/// A claim and what goes before its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prefixed {
    pub(crate) claim: String,
    pub(crate) prefix: String,
}

/// A claim that must have one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Required {
    pub(crate) claim: String,
    pub(crate) value: String,
}

impl Issuer {
    /// The URL that tokens and the discovery document name.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where the discovery document is.
    pub fn discovery_url(&self) -> String {
        self.discovery_url.clone().unwrap_or_else(|| {
            let base = self.url.strip_suffix('/').unwrap_or(&self.url);
            format!("{base}/.well-known/openid-configuration")
        })
    }

    /// The certificates, as PEM, of the authorities that vouch for the issuer's server; without
    /// them, the platform's.
    pub fn certificate_authority(&self) -> Option<&str> {
        self.certificate_authority.as_deref()
    }

    /// The audiences of which a token must have one.
    pub fn audiences(&self) -> &[String] {
        &self.audiences
    }

    /// The signature algorithms that are taken.
    pub fn algorithms(&self) -> &[Algorithm] {
        &self.algorithms
    }
}
