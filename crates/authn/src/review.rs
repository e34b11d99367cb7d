//! What only the cluster can say of a token: its TokenReview, behind a trait.

use std::future::Future;
use std::pin::Pin;

use model::UserInfo;
use secrecy::SecretString;
use thiserror::Error;

/// Asks the cluster who a token belongs to.
///
/// An implementation counts a review as authenticated only if `status.authenticated` is true,
/// `status.error` is empty and, where audiences were asked for, one of them came back. It bounds
/// how many reviews are under way at once, keeps an answer at most 10 seconds and refusals no
/// longer than that, and never logs the token. The future may be dropped at any time.
pub trait Reviewer: Send + Sync {
    /// The identity the cluster gives `token`, or `None` if the cluster does not accept it.
    fn review<'a>(
        &'a self,
        token: &'a SecretString,
    ) -> Pin<Box<dyn Future<Output = Result<Option<UserInfo>, ReviewFailure>> + Send + 'a>>;
}

/// Why the cluster gave no verdict on a token. Holds no part of the token.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReviewFailure {
    /// The cluster was asked and answered with an error; the text is for the operator.
    #[error("the cluster answered the token review with an error: {0}")]
    Refused(String),
    /// The cluster did not answer; the text is for the operator.
    #[error("the cluster did not answer the token review: {0}")]
    Unreachable(String),
    /// Too many reviews are under way.
    #[error("too many token reviews are under way")]
    Busy,
}
