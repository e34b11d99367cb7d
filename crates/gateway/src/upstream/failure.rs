//! Why the upstream gave no answer. The variant is what the client may be told; the sources are for
//! the operator.

use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::io;
use std::sync::Arc;

use http::StatusCode;

use super::body::Cut;
use super::credential::CredentialFailure;

/// Why a request has no answer of the upstream.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure {
    /// No connection could be made. Nothing of the request was sent.
    #[error("cannot connect to the upstream")]
    Unreachable(#[source] Cause),
    /// The upstream took too long. Whether it acts on the request is not known, save for the steps
    /// before [`Step::Answer`].
    #[error("the upstream took too long: {0}")]
    TimedOut(Step),
    /// The connection, or the request's stream, was ended before the answer began. Whether the
    /// upstream acts on the request is not known.
    #[error("the upstream ended the exchange before it answered")]
    Reset(#[source] Cause),
    /// The upstream said that it does not look at the request, because it is closing the connection
    /// or is out of streams. It did not act on it: the client may try again.
    #[error("the upstream refused the request unseen")]
    Refused(#[source] Cause),
    /// The upstream does not speak TLS, HTTP/2 or HTTP/1.1 as it must.
    #[error("the upstream broke the protocol")]
    Garbage(#[source] Cause),
    /// As many requests as are allowed are under way or waiting. Nothing was sent.
    #[error("no stream to the upstream became free")]
    Saturated,
    /// The request cannot be said in HTTP/2. Nothing was sent.
    #[error("the request cannot be sent over HTTP/2")]
    Unsendable(#[source] Cause),
    /// The gateway's own credential is missing. Nothing was sent.
    #[error("cannot authenticate to the upstream")]
    Credential(#[source] CredentialFailure),
    /// The body of the request ended early: the client's doing, not the upstream's.
    #[error("the body of the request ended early")]
    Request(#[source] Cut),
    /// The upstream answered the request for an upgrade neither with it nor with an error.
    #[error("the upstream answered a request for an upgrade with {0}")]
    NotSwitched(StatusCode),
}

impl Failure {
    /// One word for each variant, for metrics.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::TimedOut(_) => "timeout",
            Self::Reset(_) => "reset",
            Self::Refused(_) => "refused",
            Self::Garbage(_) => "garbage",
            Self::Saturated => "saturated",
            Self::Unsendable(_) => "unsendable",
            Self::Credential(_) => "credential",
            Self::Request(_) => "request",
            Self::NotSwitched(_) => "not-switched",
        }
    }

    /// What became of a handshake or an exchange that ended with an I/O error.
    pub(super) fn of_io(error: io::Error, otherwise: fn(Cause) -> Self) -> Self {
        let broken = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
            .is_some_and(is_nonsense);
        if broken { Self::Garbage(Cause::new(error)) } else { otherwise(Cause::new(error)) }
    }

    /// What an error of HTTP/2 means for a request whose headers were handed over.
    pub(super) fn of_http2(error: h2::Error) -> Self {
        if is_unseen(&error) {
            Self::Refused(Cause::new(error))
        } else if error.is_library() {
            Self::Garbage(Cause::new(error))
        } else if error.is_io() {
            match error.into_io() {
                Some(error) => Self::of_io(error, Self::Reset),
                None => Self::Saturated,
            }
        } else {
            Self::Reset(Cause::new(error))
        }
    }

    /// What an error of HTTP/1.1 means.
    pub(super) fn of_http1(error: hyper::Error) -> Self {
        if let Some(body) = source_of::<Cut>(&error) {
            return Self::Request(body.clone());
        }
        if error.is_parse() || source_of::<rustls::Error>(&error).is_some_and(is_nonsense) {
            Self::Garbage(Cause::new(error))
        } else {
            Self::Reset(Cause::new(error))
        }
    }
}

/// What was waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The name's address, and the TCP connection.
    Connect,
    /// TLS, and the first exchange of HTTP/2.
    Handshake,
    /// A refreshed credential of the gateway.
    Credential,
    /// The head of the answer.
    Answer,
    /// A sign of life on a silent connection.
    SignOfLife,
}

impl Display for Step {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "no connection",
            Self::Handshake => "no handshake",
            Self::Credential => "no credential for it",
            Self::Answer => "no answer",
            Self::SignOfLife => "no sign of life on the connection",
        })
    }
}

/// An error of the layer below, shared by all requests that it ended.
#[derive(Debug, Clone)]
pub struct Cause(Arc<dyn Error + Send + Sync>);

impl Cause {
    /// Keeps the error.
    pub fn new(error: impl Error + Send + Sync + 'static) -> Self {
        Self(Arc::new(error))
    }

    /// Keeps an error whose type is not known.
    pub(super) fn of(error: Box<dyn Error + Send + Sync>) -> Self {
        Self(Arc::from(error))
    }
}

impl Display for Cause {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

/// The two ways in which an HTTP/2 server promises that it does not act on a request: the stream is
/// past the last one that a GOAWAY names, or it was reset with `REFUSED_STREAM` (RFC 9113, 8.7).
fn is_unseen(error: &h2::Error) -> bool {
    error.is_remote() && (error.is_go_away() || error.reason() == Some(h2::Reason::REFUSED_STREAM))
}

/// The peer does not speak TLS, as opposed to a peer that is not trusted or does not trust us.
fn is_nonsense(error: &rustls::Error) -> bool {
    matches!(
        error,
        rustls::Error::InvalidMessage(_)
            | rustls::Error::PeerMisbehaved(_)
            | rustls::Error::InappropriateMessage { .. }
            | rustls::Error::InappropriateHandshakeMessage { .. }
            | rustls::Error::DecryptError
            | rustls::Error::PeerSentOversizedRecord
    )
}

/// The first error of type `E` among the causes of `error`.
fn source_of<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        if let Some(found) = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .and_then(|inner| (inner as &(dyn Error + 'static)).downcast_ref::<E>())
        {
            return Some(found);
        }
        next = error.source();
    }
    None
}
