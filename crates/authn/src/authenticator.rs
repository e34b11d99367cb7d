//! Who asks: every way to authenticate, tried in kube-apiserver's order with its rules.
//!
//! A client certificate comes first, then the token of the `Authorization` header, then that of a
//! WebSocket subprotocol. What fails is remembered and the next is tried: a bad certificate beside
//! a good token is no obstacle. But who presented something that failed is never anonymous.

mod attempt;
mod refusal;
mod token;

use std::time::{SystemTime, UNIX_EPOCH};

use model::Caller;
use secrecy::SecretString;

pub use attempt::Attempt;
pub use refusal::{Failure, Unauthenticated};

use crate::bearer::{self, subprotocol};
use crate::oidc::OpenIdConnect;
use crate::service_account::ServiceAccounts;
use crate::x509::{ClientCertificates, PeerCertificates, X509Failure};
use crate::{Anonymous, identity};

/// Every way to authenticate that is configured. The default lets nobody in.
#[derive(Default)]
pub struct Authenticator {
    /// Client certificates, if any are taken.
    pub certificates: Option<ClientCertificates>,
    /// The issuers of OpenID Connect. No two may have the same URL.
    pub issuers: Vec<OpenIdConnect>,
    /// Service accounts, and every token that no issuer above claims.
    pub service_accounts: Option<ServiceAccounts>,
    /// Who may come without credentials.
    pub anonymous: Anonymous,
}

/// What a request shows of its sender.
#[derive(Debug, Clone, Copy)]
pub struct Presented<'a> {
    /// The certificates of its connection.
    pub certificates: Option<&'a PeerCertificates>,
    /// The values of its `Authorization` headers, in order.
    pub authorization: &'a [&'a [u8]],
    /// The values of its `Sec-WebSocket-Protocol` headers if it is a WebSocket upgrade; else none.
    pub subprotocols: &'a [&'a [u8]],
    /// Its decoded path.
    pub path: &'a str,
    /// When it came.
    pub now: SystemTime,
}

/// A caller whose credential was verified. Only [`Authenticator::authenticate`] makes one.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Authenticated {
    /// Who asks.
    pub caller: Caller,
    /// How that is known.
    pub method: Method,
    /// What an audit record should say of the credential, by annotation key.
    pub annotations: Vec<(String, String)>,
    /// The value to forward in place of the request's `Sec-WebSocket-Protocol` headers, from which
    /// a token was taken out; of no bytes if nothing else was in them. `None` if there was none.
    pub subprotocols: Option<Vec<u8>>,
}

/// How a caller was authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// By a client certificate.
    X509,
    /// By a token of an OpenID Connect issuer.
    OpenIdConnect,
    /// By a service account's token.
    ServiceAccount,
    /// By another token that the cluster vouched for.
    TokenReview,
    /// Not at all: a request without credentials that was let in.
    Anonymous,
}

impl Method {
    /// A short name for logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::X509 => "x509",
            Self::OpenIdConnect => "oidc",
            Self::ServiceAccount => "serviceaccount",
            Self::TokenReview => "tokenreview",
            Self::Anonymous => "anonymous",
        }
    }
}

impl Authenticator {
    /// Finds out who sent a request. The future may be dropped at any time; nothing is left undone.
    pub async fn authenticate(
        &self,
        presented: &Presented<'_>,
    ) -> Result<Authenticated, Unauthenticated> {
        let protocols = subprotocol::from_subprotocols(presented.subprotocols);
        let mut failures = Vec::new();
        match self.first(presented, &protocols.token, &mut failures).await {
            Some(found) => Ok(Authenticated {
                caller: found.caller,
                method: found.method,
                annotations: found.annotations,
                subprotocols: protocols.replacement,
            }),
            None => Err(Unauthenticated::new(attempt::of(presented), failures)),
        }
    }

    /// The first way that tells who asks; `failures` takes in why the ones before did not.
    async fn first(
        &self,
        presented: &Presented<'_>,
        in_subprotocol: &Result<Option<SecretString>, subprotocol::BadSubprotocol>,
        failures: &mut Vec<Failure>,
    ) -> Option<Found> {
        match self.certificate(presented) {
            Ok(Some(caller)) => return Some(Found::new(caller, Method::X509)),
            Ok(None) => {}
            Err(failure) => failures.push(Failure::Certificate(failure)),
        }
        // An identity that was found but cannot be carried is an answer: asking on might find
        // another caller than kube-apiserver would.
        if Failure::is_final(failures) {
            return None;
        }
        let in_header = bearer::from_authorization(presented.authorization);
        let tokens = [Ok(in_header.as_ref()), in_subprotocol.as_ref().map(Option::as_ref)];
        for token in tokens {
            match token {
                Ok(None) => {}
                Err(bad) => failures.push(Failure::Subprotocol(*bad)),
                Ok(Some(token)) => match self.token(token, presented.now).await {
                    Ok(found) => return Some(found),
                    Err(failure) => failures.push(failure),
                },
            }
            if Failure::is_final(failures) {
                return None;
            }
        }
        if !failures.is_empty() {
            return None;
        }
        let user = self.anonymous.identity(presented.path)?;
        Some(Found::new(identity::caller(user).ok()?, Method::Anonymous))
    }

    fn certificate(&self, presented: &Presented<'_>) -> Result<Option<Caller>, X509Failure> {
        match (&self.certificates, presented.certificates) {
            (Some(authorities), Some(peer)) => peer.caller(authorities, seconds(presented.now)),
            (None, _) | (_, None) => Ok(None),
        }
    }
}

/// What one way to authenticate found.
pub(crate) struct Found {
    pub(crate) caller: Caller,
    pub(crate) method: Method,
    pub(crate) annotations: Vec<(String, String)>,
}

impl Found {
    fn new(caller: Caller, method: Method) -> Self {
        Self { caller, method, annotations: Vec::new() }
    }
}

/// Whole seconds since 1970; a clock before that is at 0.
fn seconds(now: SystemTime) -> i64 {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
