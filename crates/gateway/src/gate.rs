//! Everything a request meets on its way: the parts of the chain, joined once at the start.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use authn::Authenticator;
use authz::RuleSource;
use authz::impersonation::Impersonator;
use flow::{AccessRules, Buckets, InFlight, PeerLimits, Priorities, StreamBudget, TrustedProxies};

use crate::identity::Identity;
use crate::metrics::Metrics;
use crate::record::Auditor;
use crate::streams::Streams;
use crate::upstream::Upstream;

/// The parts of a gateway. Those that change while it runs are behind an [`ArcSwap`].
pub struct Gate {
    /// Who asks.
    pub authenticator: Arc<ArcSwap<Authenticator>>,
    /// What may be asked.
    pub rules: Arc<dyn RuleSource>,
    /// Who may ask as somebody else.
    pub impersonator: Arc<ArcSwap<Impersonator>>,
    /// From where.
    pub access: Arc<ArcSwap<AccessRules>>,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: TrustedProxies,
    /// How many connections, and failed logins, an address may have.
    pub peers: PeerLimits,
    /// How much each caller may ask.
    pub callers: Buckets,
    /// How much is served at once.
    pub in_flight: InFlight,
    /// How many watches may be open.
    pub watches: StreamBudget,
    /// How many upgraded connections may be open.
    pub upgrades: StreamBudget,
    /// What is recorded.
    pub auditor: Auditor,
    /// The cluster.
    pub upstream: Upstream,
    /// How the cluster classifies calls, which answers of our own say in its place.
    pub priorities: Arc<dyn Priorities>,
    /// How the cluster learns who calls.
    pub identity: Identity,
    /// Live streams, by caller.
    pub streams: Streams,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// How long a request may take that does not run long.
    pub request_timeout: Duration,
}
