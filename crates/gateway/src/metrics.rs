//! What is counted. Labels are bounded: no name of a caller, object or path is one.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::Instant;

use model::Call;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::refusal::Refusal;

/// The gateway's metrics.
#[derive(Debug)]
pub struct Metrics {
    answers: [Counter<u64, AtomicU64>; 5],
    refusals: Family<Reason, Counter<u64, AtomicU64>>,
    connections_refused: Family<Reason, Counter<u64, AtomicU64>>,
    durations: Histogram,
    /// Open connections of clients.
    pub(crate) connections: Gauge<i64, AtomicI64>,
    /// Handshakes that failed.
    pub(crate) failed_handshakes: Counter<u64, AtomicU64>,
    /// Requests whose sender could not be told.
    pub(crate) failed_logins: Counter<u64, AtomicU64>,
    /// Requests under way, streams included.
    requests: Gauge<i64, AtomicI64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Class {
    code: &'static str,
}

impl Metrics {
    /// Metrics that `registry` will show.
    pub fn new(registry: &mut Registry) -> Arc<Self> {
        let answers = Family::<Class, Counter<u64, AtomicU64>>::default();
        let metrics = Self {
            answers: CLASSES.map(|code| Counter::clone(&answers.get_or_create(&Class { code }))),
            refusals: Family::default(),
            connections_refused: Family::default(),
            durations: Histogram::new(exponential_buckets(0.0005, 2.0, 18)),
            connections: Gauge::default(),
            failed_handshakes: Counter::default(),
            failed_logins: Counter::default(),
            requests: Gauge::default(),
        };
        registry.register(
            "ravelin_answers",
            "Answers of the cluster, by class of their status code",
            answers,
        );
        registry.register(
            "ravelin_refusals",
            "Requests that were refused, by reason",
            metrics.refusals.clone(),
        );
        registry.register(
            "ravelin_connections_refused",
            "Connections closed before their TLS handshake, by reason",
            metrics.connections_refused.clone(),
        );
        registry.register(
            "ravelin_request_duration_seconds",
            "Time from a request's arrival to the end of its answer, without what runs long",
            metrics.durations.clone(),
        );
        registry.register(
            "ravelin_connections",
            "Open connections of clients",
            metrics.connections.clone(),
        );
        registry.register(
            "ravelin_failed_handshakes",
            "TLS handshakes that failed",
            metrics.failed_handshakes.clone(),
        );
        registry.register(
            "ravelin_failed_logins",
            "Requests whose sender could not be authenticated",
            metrics.failed_logins.clone(),
        );
        registry.register(
            "ravelin_requests",
            "Requests under way at the cluster, streams included",
            metrics.requests.clone(),
        );
        Arc::new(metrics)
    }

    /// Counts an answer of the cluster.
    pub(crate) fn served(&self, code: u16) {
        let class = usize::from(code / 100).saturating_sub(1);
        if let Some(counter) = self.answers.get(class) {
            counter.inc();
        }
    }

    /// Counts a refused request.
    pub(crate) fn refused(&self, refusal: &Refusal) {
        self.refusals.get_or_create(&Reason { reason: refusal.label() }).inc();
    }

    /// Counts a connection that was closed before its handshake.
    pub(crate) fn connection_refused(&self, reason: &'static str) {
        self.connections_refused.get_or_create(&Reason { reason }).inc();
    }

    /// How many requests are under way.
    pub(crate) fn under_way(&self) -> i64 {
        self.requests.get()
    }

    /// Begins to measure a request.
    pub(crate) fn timing(self: &Arc<Self>, call: &Call) -> Timing {
        self.requests.inc();
        let since = (!call.is_long_running()).then(Instant::now);
        Timing { metrics: Arc::clone(self), since }
    }
}

/// Measures until it is dropped.
pub(crate) struct Timing {
    metrics: Arc<Metrics>,
    since: Option<Instant>,
}

impl Drop for Timing {
    fn drop(&mut self) {
        self.metrics.requests.dec();
        if let Some(since) = self.since {
            self.metrics.durations.observe(since.elapsed().as_secs_f64());
        }
    }
}

const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
