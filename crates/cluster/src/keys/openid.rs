//! Discovery of an OpenID provider's keys, over verified TLS: its document, which must be of the
//! issuer that was asked for, and the key set that the document names.

use std::sync::Arc;

use authn::jwt::BadKeySet;
use bytes::Bytes;
use http::header::{ACCEPT, LOCATION, USER_AGENT};
use http::uri::Scheme;
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::Empty;
use hyper::body::Incoming;
use serde::Deserialize;
use thiserror::Error;

use crate::ClusterError;
use crate::access::transport::{AGENT, Https};
use crate::call::{collect, shortened};
use crate::error::{CallFailure, chain};
use crate::tls::{self, Trust};

/// An OpenID provider.
#[derive(Debug, Clone)]
pub struct OpenIdSource {
    /// Its issuer, as its tokens and its discovery document spell it.
    pub issuer: String,
    /// Where its discovery document is, if that is not below the issuer.
    pub discovery_url: Option<String>,
    /// The authorities to believe, in PEM; those of the platform without.
    pub authorities: Option<String>,
}

/// Why an issuer's keys were not fetched. Holds nothing of a token.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FetchFailure {
    /// The issuer gave no usable answer.
    #[error(transparent)]
    Call(#[from] CallFailure),
    /// The discovery document is another issuer's.
    #[error("the discovery document is of issuer {found:?}, not of {expected:?}")]
    Issuer {
        /// Whose it should be.
        expected: String,
        /// Whose it is.
        found: String,
    },
    /// The keys are not behind HTTPS.
    #[error("the keys are said to be at {0:?}, which is no HTTPS address")]
    KeysAddress(String),
    /// A redirect that is not followed.
    #[error("redirected to {0:?}, which is not followed")]
    Redirect(String),
    /// What was fetched is no key set.
    #[error(transparent)]
    Keys(#[from] BadKeySet),
    /// It took too long.
    #[error("there was no answer in time")]
    TimedOut,
}

/// A provider, ready to be asked.
pub(super) struct Provider {
    issuer: String,
    discovery: Uri,
    connections: Https<Empty<Bytes>>,
}

impl Provider {
    pub(super) fn new(source: OpenIdSource) -> Result<Self, ClusterError> {
        let trust = match &source.authorities {
            Some(pem) => Trust::bundle(pem.as_bytes(), "the issuer's certificate authority")?,
            None => Trust::platform()?,
        };
        let below = || {
            format!(
                "{}/.well-known/openid-configuration",
                source.issuer.strip_suffix('/').unwrap_or(&source.issuer)
            )
        };
        let discovery = source.discovery_url.clone().unwrap_or_else(below);
        let discovery = https(&discovery).ok_or(ClusterError::Issuer(discovery))?;
        let tls = tls::client(Arc::new(trust), None)?;
        Ok(Self { issuer: source.issuer, discovery, connections: Https::new(tls, None) })
    }

    /// The key set as the provider writes it.
    pub(super) async fn fetch(&self) -> Result<Bytes, FetchFailure> {
        let document = self.get(self.discovery.clone()).await?;
        let expected = "an OpenID discovery document";
        let document: Document =
            serde_json::from_slice(&document).map_err(|_quoting| CallFailure::Garbage(expected))?;
        // Else one provider could vouch with its keys for another's tokens.
        if document.issuer != self.issuer {
            let (expected, found) = (self.issuer.clone(), shortened(&document.issuer));
            return Err(FetchFailure::Issuer { expected, found });
        }
        let keys = https(&document.jwks_uri)
            .ok_or_else(|| FetchFailure::KeysAddress(shortened(&document.jwks_uri)))?;
        self.get(keys).await
    }

    async fn get(&self, mut url: Uri) -> Result<Bytes, FetchFailure> {
        for _ in 0..=REDIRECTS {
            let answer = self.ask(&url).await?;
            match answer.status() {
                StatusCode::OK => return Ok(collect(answer.into_body(), LONGEST).await?),
                StatusCode::MOVED_PERMANENTLY
                | StatusCode::FOUND
                | StatusCode::SEE_OTHER
                | StatusCode::TEMPORARY_REDIRECT
                | StatusCode::PERMANENT_REDIRECT => {
                    url = next(&url, answer.headers().get(LOCATION))?;
                }
                status => {
                    let (code, message) = (status.as_u16(), format!("at {url}"));
                    return Err(CallFailure::Refused { code, message }.into());
                }
            }
        }
        Err(FetchFailure::Redirect(url.to_string()))
    }

    async fn ask(&self, url: &Uri) -> Result<Response<Incoming>, CallFailure> {
        let unreachable = |text: String| CallFailure::Unreachable(format!("{url}: {text}"));
        let request = Request::get(url)
            .header(ACCEPT, HeaderValue::from_static("application/json, */*;q=0.5"))
            .header(USER_AGENT, HeaderValue::from_static(AGENT))
            .body(Empty::new())
            .map_err(|error| unreachable(error.to_string()))?;
        self.connections.request(request).await.map_err(|error| unreachable(chain(&error)))
    }
}

/// Where a redirect leads: another HTTPS address, or another path on this one.
fn next(from: &Uri, location: Option<&HeaderValue>) -> Result<Uri, FetchFailure> {
    let location = String::from_utf8_lossy(location.map_or(&[][..], HeaderValue::as_bytes));
    let refused = || FetchFailure::Redirect(shortened(&location));
    if location.starts_with('/') && !location.starts_with("//") {
        let mut parts = from.clone().into_parts();
        parts.path_and_query = Some(location.parse().map_err(|_bad| refused())?);
        return Uri::from_parts(parts).map_err(|_bad| refused());
    }
    https(&location).ok_or_else(refused)
}

/// An absolute HTTPS address.
fn https(url: &str) -> Option<Uri> {
    let uri: Uri = url.parse().ok()?;
    let plain = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    (uri.scheme() == Some(&Scheme::HTTPS) && plain).then_some(uri)
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    jwks_uri: String,
}

/// Redirects that are followed in one go.
const REDIRECTS: usize = 3;

/// The longest document, in bytes; the largest providers' are a tenth of it.
const LONGEST: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(location: &str, expected: Option<&str>) {
        let from = Uri::from_static("https://issuer:8443/a/b?c=d");
        let location = HeaderValue::from_str(location).unwrap();
        let led = next(&from, Some(&location)).ok().map(|url| url.to_string());
        assert_eq!(led.as_deref(), expected, "{location:?}");
    }

    #[test]
    fn redirects_lead_to_https_alone() {
        check("/x?y=z", Some("https://issuer:8443/x?y=z"));
        check("https://elsewhere/x", Some("https://elsewhere/x"));
        check("HTTPS://elsewhere/x", Some("https://elsewhere/x"));
        check("http://issuer:8443/x", None);
        check("//elsewhere/x", None);
        check("https://jane:pw@elsewhere/x", None);
        check("x", None);
        check("", None);
    }

    proptest! {
        #[test]
        fn never_panics(location in proptest::collection::vec(any::<u8>(), 0..40)) {
            let from = Uri::from_static("https://issuer/a");
            if let Ok(location) = HeaderValue::from_bytes(&location)
                && let Ok(to) = next(&from, Some(&location))
            {
                prop_assert_eq!(to.scheme(), Some(&Scheme::HTTPS));
            }
        }
    }
}
