//! AU-026: audit logs that nothing watches.

use inventory::{Kind, Object, Unknown};

use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Confidence, Fix, Judge, Problem, Reference, Seen, Severity, Tally, Verdict,
};

pub(super) const AU_026: Check = Check {
    id: "AU-026",
    name: "no-audit-detection",
    title: "Nothing that was seen raises an alarm on audit events",
    severities: &[Severity::Low],
    why: "A log that is read only afterwards tells how an attack went, and stops none.",
    fails: "No ConfigMap, PrometheusRule or Falco object mentions rules on audit events: Falco's k8saudit, a Loki ruler's, or Elastic's. Rules in a system outside the cluster cannot be seen, so this is a guess.",
    fix: Fix::Steps(
        "Load rules where the log is sent to: Falco with its k8saudit plugin, alerting rules of the Loki ruler on {job=\"audit\"}, or the Kubernetes rules of Elastic Security.",
    ),
    references: &[Reference::Nsa("Audit logging"), Reference::Owasp("K10")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "settings only",
            Expected::Fail(Severity::Low),
            &[ExampleFile::manifest(OTHER)],
        ),
        Example::of("Falco with k8saudit", Expected::Pass, &[ExampleFile::manifest(FALCO)]),
        Example::of("rules of a Loki ruler", Expected::Pass, &[ExampleFile::manifest(LOKI)]),
        Example::of("there may be rules", Expected::Unknown, &[ExampleFile::manifest(OTHER)])
            .partial(),
    ],
    ..super::AUDIT
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let kinds = [Kind::CONFIG_MAP, PROMETHEUS_RULE];
    let mut objects = kinds.iter().flat_map(|kind| seen.inventory().of(*kind));
    if objects.any(is_about_audit) {
        return Ok(Verdict::Pass.into());
    }
    let _maps = seen.all(Kind::CONFIG_MAP)?;
    let mut tally = Tally::new();
    let problem = Problem::new(Severity::Low, "No rule on audit events was seen.")
        .confidence(Confidence::Low)
        .detail("detection");
    tally.add(About::cluster(), Ok(Verdict::fail(problem)));
    Ok(tally)
}

fn is_about_audit(object: &Object) -> bool {
    if object.kind() == PROMETHEUS_RULE {
        let groups = object.tree().at(&["spec", "groups"]).items().iter();
        let mut rules = groups.flat_map(|group| group.get("rules").items());
        return rules.any(|rule| is_rule(rule.get("expr").str()));
    }
    object.tree().get("data").entries().iter().any(|(_, text)| {
        let text = text.str();
        ["k8saudit", "k8s_audit"].iter().any(|word| text.contains(word))
            || (text.contains("alert:") && text.lines().any(is_rule))
    })
}

/// A query of a log of audit events.
fn is_rule(line: &str) -> bool {
    line.contains("audit") && line.contains('{')
}

const PROMETHEUS_RULE: Kind<'static> =
    Kind { group: "monitoring.coreos.com", kind: "PrometheusRule" };

const OTHER: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: apps}
data: {LOG_LEVEL: audit}
";

const FALCO: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: falco, namespace: falco}
data:
  falco.yaml: |
    plugins:
    - {name: k8saudit, library_path: libk8saudit.so}
";

const LOKI: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: rules, namespace: loki}
data:
  audit.yaml: |
    groups:
    - name: audit
      rules:
      - alert: SecretsRead
        expr: count_over_time({job=\"audit\"} | json | objectRef_resource=\"secrets\" [5m]) > 100
";
