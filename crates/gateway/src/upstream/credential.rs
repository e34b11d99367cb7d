//! How the gateway itself proves to the upstream who it is, beyond its client certificate.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;

use http::HeaderValue;

/// Source of the gateway's own `Authorization` header.
pub trait Credential: Send + Sync {
    /// What is known without waiting. Asked for every request, so it has to be quick.
    fn known(&self) -> Known {
        Known::NotYet
    }

    /// The header that is in force now, fetched or refreshed if it must be. `None` if the client
    /// certificate is all there is.
    fn authorization(
        &self,
    ) -> Pin<Box<dyn Future<Output = Result<Option<HeaderValue>, CredentialFailure>> + Send + '_>>;

    /// Told when the upstream did not accept the gateway's credential, so that it can be renewed.
    /// Told often while that lasts, so it has to be quick.
    fn refused(&self) {}
}

/// What a [`Credential`] can say at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// No header is needed.
    Nothing,
    /// This one.
    Header(HeaderValue),
    /// It has to be fetched or refreshed.
    NotYet,
}

/// The gateway has no more than its client certificate.
#[derive(Debug, Clone, Copy, Default)]
pub struct CertificateOnly;

impl Credential for CertificateOnly {
    fn known(&self) -> Known {
        Known::Nothing
    }

    fn authorization(
        &self,
    ) -> Pin<Box<dyn Future<Output = Result<Option<HeaderValue>, CredentialFailure>> + Send + '_>>
    {
        Box::pin(std::future::ready(Ok(None)))
    }
}

/// The gateway's credential could not be had. Nothing was sent.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the gateway's credential for the upstream cannot be had")]
pub struct CredentialFailure(#[source] Arc<dyn Error + Send + Sync>);

impl CredentialFailure {
    /// Keeps the reason for the operator. It must not hold the credential.
    pub fn new(cause: impl Error + Send + Sync + 'static) -> Self {
        Self(Arc::new(cause))
    }
}
