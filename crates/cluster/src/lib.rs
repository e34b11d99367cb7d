//! The Kubernetes API as a client: how it is reached ([`Access`]), its rules as they are now
//! ([`RuleCache`]), how it classifies calls ([`PriorityCache`]), its verdicts on tokens
//! ([`TokenReviews`]), the keys of those who issue tokens ([`RemoteKeys`]), its version
//! ([`version()`]), and everything a scan looks at ([`listing`]).
//!
//! Every wait and every answer is bounded, every server is verified, and no secret is in a `Debug`
//! text, an error or a log.

mod access;
mod backoff;
mod call;
pub mod change;
mod error;
mod follow;
mod keys;
pub mod listing;
mod priority;
mod reviews;
mod rules;
mod task;
#[cfg(test)]
mod testing;
mod tls;
mod version;

pub use access::{Access, Server};
pub use error::{CallFailure, ClusterError};
pub use keys::{FetchFailure, KeyHealth, OpenIdSource, RemoteKeys};
pub use priority::PriorityCache;
pub use reviews::TokenReviews;
pub use rules::{Freshness, Lost, RuleCache};
pub use version::{Version, service_account_issuer, version};
