//! Why a client certificate does not say who its holder is.

use model::BadIdentity;
use thiserror::Error;

/// Why a client certificate is refused. The text is for the operator.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum X509Failure {
    /// A certificate of the chain cannot be read.
    #[error("the certificate cannot be read: {0}")]
    Unreadable(&'static str),
    /// No configured authority issued it.
    #[error("the certificate was signed by an unknown authority")]
    UnknownAuthority,
    /// The time of a certificate of the chain is over.
    #[error("the certificate, or one above it, is expired")]
    Expired,
    /// The time of a certificate of the chain has not come.
    #[error("the certificate, or one above it, is not valid yet")]
    NotYetValid,
    /// It is meant for other uses than to authenticate a client.
    #[error("the certificate, or one above it, is not for client authentication")]
    Usage,
    /// It, or one above it, is revoked.
    #[error("the certificate, or one above it, is revoked")]
    Revoked,
    /// Revocation lists are configured, but none covers it.
    #[error("no revocation list covers the certificate, or one above it")]
    RevocationUnknown,
    /// The revocation list that covers it should have been replaced by now.
    #[error("the revocation list for the certificate, or one above it, is out of date")]
    RevocationListExpired,
    /// The chain breaks another rule.
    #[error("the certificate's chain is refused: {0}")]
    Chain(String),
    /// The subject does not name a user the way Kubernetes reads it.
    #[error("the certificate's subject is refused: {0}")]
    Subject(&'static str),
    /// Headers cannot carry the identity, so the API server behind would see another one.
    #[error("the certificate's identity cannot be carried by headers: {0}")]
    Identity(#[source] BadIdentity),
}
