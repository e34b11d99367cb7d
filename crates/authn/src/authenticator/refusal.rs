//! A request whose sender is not known, with everything that was tried. Every such refusal looks
//! the same to the client; what is in here is for the audit record and the operator.

use std::error::Error;
use std::fmt;

use model::BadIdentity;
use thiserror::Error;

use super::Attempt;
use crate::bearer::subprotocol::BadSubprotocol;
use crate::jwt::TokenFailure;
use crate::review::ReviewFailure;
use crate::x509::X509Failure;

/// A request whose sender is not known. `Display` is for the operator and holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unauthenticated {
    attempts: Vec<Attempt>,
    failures: Vec<Failure>,
}

impl Unauthenticated {
    pub(super) fn new(attempts: Vec<Attempt>, failures: Vec<Failure>) -> Self {
        Self { attempts, failures }
    }

    /// The credentials the request showed.
    pub fn attempted(&self) -> &[Attempt] {
        &self.attempts
    }

    /// Whether a credential was presented and failed. Without one, a request is no failed login.
    pub fn was_attempted(&self) -> bool {
        !self.attempts.is_empty() || !self.failures.is_empty()
    }

    /// What kube-apiserver writes into the response status of the audit event.
    pub fn audit_message(&self) -> String {
        if self.attempts.is_empty() {
            return "Authentication failed, no credentials provided".to_owned();
        }
        let attempts: Vec<String> = self.attempts.iter().map(Attempt::to_string).collect();
        format!("Authentication failed, attempted: {}", attempts.join(", "))
    }

    /// Why each credential failed, in the order in which they were tried.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// Why the identity that was found cannot be used, if one was found: headers would change it
    /// on the way to the API server.
    pub fn bad_identity(&self) -> Option<&BadIdentity> {
        self.failures.iter().find_map(Failure::bad_identity)
    }
}

impl fmt::Display for Unauthenticated {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.failures.is_empty() {
            return out.write_str(match self.attempts.first() {
                Some(Attempt::Basic) => "basic authentication is not supported",
                Some(Attempt::X509) => {
                    "no user is named by the client certificate, or none is taken"
                }
                Some(Attempt::Bearer) => "the bearer token is empty",
                None => "no credentials were presented",
            });
        }
        let failures: Vec<String> = self.failures.iter().map(Failure::to_string).collect();
        out.write_str(&failures.join("; "))
    }
}

impl Error for Unauthenticated {}

/// Why one credential says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Failure {
    /// The client certificate.
    #[error(transparent)]
    Certificate(X509Failure),
    /// The WebSocket subprotocol that should hold a token.
    #[error(transparent)]
    Subprotocol(BadSubprotocol),
    /// A token of a known issuer.
    #[error("issuer {issuer}: {failure}")]
    Token {
        /// The issuer that claims the token.
        issuer: String,
        /// What is wrong with it.
        #[source]
        failure: TokenFailure,
    },
    /// A token that nobody knows.
    #[error("invalid bearer token")]
    UnknownToken,
    /// The cluster gave no verdict on a token.
    #[error(transparent)]
    Review(ReviewFailure),
    /// A token's identity, which headers cannot carry.
    #[error("the token's identity cannot be carried by headers: {0}")]
    Identity(BadIdentity),
}

impl Failure {
    /// Whether the last failure forbids to ask on.
    pub(super) fn is_final(failures: &[Self]) -> bool {
        failures.iter().any(|failure| failure.bad_identity().is_some())
    }

    fn bad_identity(&self) -> Option<&BadIdentity> {
        match self {
            Self::Identity(bad) | Self::Certificate(X509Failure::Identity(bad)) => Some(bad),
            Self::Certificate(_)
            | Self::Subprotocol(_)
            | Self::Token { .. }
            | Self::UnknownToken
            | Self::Review(_) => None,
        }
    }
}
