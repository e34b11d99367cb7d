//! How much a caller may ask at once, and from where. Pure: the time is an argument, and no socket
//! is known here. A limit of 0 is no limit, as in kube-apiserver's flags. Beside the limits: how
//! the cluster's own limiter classifies a call.

pub mod buckets;
pub mod forwarded;
pub mod in_flight;
pub mod network;
pub mod peers;
pub mod priority;
pub mod rate;
pub mod streams;
mod table;

pub use buckets::Buckets;
pub use forwarded::{TrustedProxies, proxy_protocol};
pub use in_flight::{Full, InFlight, Seat};
pub use network::{AccessRules, BadRule, Denied, Rule};
pub use peers::{Connection, PeerBounds, PeerLimits, PeerRefusal, Slot};
pub use priority::{Classified, Classifier, Priorities};
pub use rate::{Rate, RetryAfter};
pub use streams::{StreamBudget, StreamSeat, TooManyStreams};
