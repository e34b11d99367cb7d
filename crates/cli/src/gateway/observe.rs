//! Metrics of the parts that the gateway itself does not know: how fresh the rules are, what became
//! of audit events, what is in use towards the cluster.

use std::sync::Arc;

use cluster::RuleCache;
use gateway::Gate;
use gateway::upstream::Lane;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;
use store::AuditFile;

/// Has `registry` show them.
pub(crate) fn register(
    registry: &mut Registry,
    gate: &Arc<Gate>,
    rules: &Arc<RuleCache>,
    audit_log: &Arc<AuditFile>,
) {
    registry.register_collector(Box::new(Observer {
        gate: Arc::clone(gate),
        rules: Arc::clone(rules),
        audit_log: Arc::clone(audit_log),
    }));
}

struct Observer {
    gate: Arc<Gate>,
    rules: Arc<RuleCache>,
    audit_log: Arc<AuditFile>,
}

impl std::fmt::Debug for Observer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Observer")
    }
}

impl Collector for Observer {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> std::fmt::Result {
        let mut show = Shown(&mut encoder);
        let freshness = self.rules.freshness();
        let age = freshness.age.map_or(-1.0, |age| age.as_secs_f64());
        show.gauge(
            "ravelin_rules_age_seconds",
            "How far the rules in force can be behind the cluster's; -1 before they are known",
            age,
        )?;
        show.gauge(
            "ravelin_rules_objects",
            "RBAC objects that are known",
            count(freshness.objects),
        )?;
        show.gauge(
            "ravelin_rules_watches_lost",
            "Watches of RBAC objects that are lost now",
            count(freshness.lost.len()),
        )?;
        self.audit(&mut show)?;
        self.flow(&mut show)
    }
}

impl Observer {
    fn audit(&self, show: &mut Shown<'_, '_>) -> std::fmt::Result {
        let counters = self.audit_log.counts();
        show.counter(
            "ravelin_audit_events_written",
            "Audit events that were written",
            counters.written,
        )?;
        show.counter(
            "ravelin_audit_events_lost",
            "Audit events that were lost: in batch mode, with a full buffer",
            counters.lost,
        )?;
        show.counter(
            "ravelin_audit_events_failed",
            "Audit events that the system refused to write",
            counters.failed,
        )?;
        Ok(())
    }

    fn flow(&self, show: &mut Shown<'_, '_>) -> std::fmt::Result {
        let (reading, mutating) = self.gate.in_flight.taken();
        show.gauge(
            "ravelin_reading_in_flight",
            "Requests in flight that read",
            f64::from(reading),
        )?;
        show.gauge(
            "ravelin_mutating_in_flight",
            "Requests in flight that do not only read",
            f64::from(mutating),
        )?;
        show.gauge(
            "ravelin_watches",
            "Watches and logs that are open",
            f64::from(self.gate.watches.taken()),
        )?;
        show.gauge(
            "ravelin_upgrades",
            "Upgraded connections that are open",
            f64::from(self.gate.upgrades.taken()),
        )?;
        for (lane, name) in [
            (Lane::Short, "ravelin_upstream_connections"),
            (Lane::Stream, "ravelin_upstream_stream_connections"),
        ] {
            show.gauge(
                name,
                "Connections to the cluster",
                count(self.gate.upstream.usage(lane).connections),
            )?;
        }
        Ok(())
    }
}

struct Shown<'a, 'b>(&'a mut DescriptorEncoder<'b>);

impl Shown<'_, '_> {
    fn gauge(&mut self, name: &str, help: &str, value: f64) -> std::fmt::Result {
        let gauge = ConstGauge::new(value);
        gauge.encode(self.0.encode_descriptor(
            name,
            help,
            None,
            prometheus_client::metrics::MetricType::Gauge,
        )?)
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) -> std::fmt::Result {
        let counter = ConstCounter::new(value);
        counter.encode(self.0.encode_descriptor(
            name,
            help,
            None,
            prometheus_client::metrics::MetricType::Counter,
        )?)
    }
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
