//! Where events go, and what a request waits for.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::Event;

/// Takes events and keeps them, in the order they are given.
pub trait Sink: Send + Sync {
    /// Takes `event` at once and without blocking; the receipt says when it is kept.
    fn append(&self, event: Event) -> Receipt;

    /// Whether a request whose event is not kept must be refused (`blocking-strict`).
    fn is_strict(&self) -> bool;

    /// Whether a request waits for its receipts (`blocking`, `blocking-strict`). If not, receipts
    /// resolve at once and say nothing of what will be kept (`batch`).
    fn waits(&self) -> bool;
}

/// The promise that an event is kept: resolves once write(2) of its line has returned.
///
/// Dropping it changes nothing: what was appended is written all the same. Polling it only waits.
#[must_use = "an event that is not waited for may be lost"]
#[derive(Debug)]
pub struct Receipt(State);

enum State {
    Ready(Result<(), NotWritten>),
    Later(Pin<Box<dyn Future<Output = Result<(), NotWritten>> + Send>>),
}

impl Receipt {
    /// A receipt that is settled already.
    pub fn settled(outcome: Result<(), NotWritten>) -> Self {
        Self(State::Ready(outcome))
    }

    /// A receipt that `outcome` settles.
    pub fn later(outcome: impl Future<Output = Result<(), NotWritten>> + Send + 'static) -> Self {
        Self(State::Later(Box::pin(outcome)))
    }
}

impl Future for Receipt {
    type Output = Result<(), NotWritten>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Ready(outcome) => Poll::Ready(outcome.clone()),
            State::Later(outcome) => outcome.as_mut().poll(context),
        }
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ready(outcome) => write!(out, "{outcome:?}"),
            Self::Later(_) => out.write_str("…"),
        }
    }
}

/// Why an event is not kept. Clients are told no more than "failed to store audit event".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotWritten {
    /// More events wait than may wait.
    #[error("too many audit events wait to be written")]
    Full,
    /// The system refused the write; its words.
    #[error("the audit log cannot be written: {0}")]
    Refused(String),
    /// The log is closed.
    #[error("the audit log is closed")]
    Closed,
}
