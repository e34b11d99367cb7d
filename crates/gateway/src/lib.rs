//! The front door: listener, the chain, the proxy. It knows who may ask what only through the
//! traits it is given, and reaches nothing but the cluster behind it.

mod answer;
mod chain;
mod ending;
mod forward;
mod gate;
mod health;
mod identity;
mod listener;
mod metrics;
mod peer;
mod record;
mod refusal;
pub mod streams;
mod tunnel;
mod upload;
pub mod upstream;
mod wire;

pub use gate::Gate;
pub use health::{Health, HealthListener};
pub use identity::{Identity, Leave};
pub use listener::{Bounds, Listener, Shutdown, server_config};
pub use metrics::Metrics;
pub use record::Auditor;

/// Any error of a body under way.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
