//! What can be followed, and who learns of it.

use http::HeaderMap;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::{Delta, Metadata};
use crate::error::CallFailure;

/// The kinds that are followed together.
pub(crate) trait Kind: Copy + Send + Sync + 'static {
    /// A change to one of them.
    type Change: Send;
    /// Where they are listed, up to the resource's name.
    const ROOT: &'static str;
    /// Objects of one kind that are kept.
    const MOST: usize;
    /// The resource's name.
    fn resource(self) -> &'static str;
    /// The `kind` of a list of them.
    fn list(self) -> &'static str;
}

/// A kind that can be followed.
pub(crate) trait Followed: 'static {
    type Kind: Kind;
    const KIND: Self::Kind;
    /// An object as the API writes it.
    type Written: DeserializeOwned + Send;
    /// What decides of it.
    type Kept: Send;
    fn metadata(written: &Self::Written) -> &Metadata;
    fn keep(written: Self::Written) -> Self::Kept;
    fn change(delta: Delta<Self::Kept>) -> <Self::Kind as Kind>::Change;
}

/// Who learns how the watches are doing.
pub(crate) trait Observer<K>: Send + Sync {
    /// All changes to `kind` that were made before `moment` have been heard of.
    fn heard(&self, kind: K, moment: Instant);
    /// The watch of `kind` is up, and was answered with these headers.
    fn found(&self, kind: K, answer: &HeaderMap);
    /// The watch of `kind` is lost, or cannot be taken up.
    fn lost(&self, kind: K, reason: CallFailure);
}
