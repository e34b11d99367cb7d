//! AU-020: audit logs that never leave their node.

use inventory::{ComponentKind, Kind, Unknown};

use super::shipper::shippers;
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Confidence, Fix, Judge, Problem, Reference, Seen, Severity, Tally, Verdict,
};

pub(super) const AU_020: Check = Check {
    id: "AU-020",
    name: "audit-log-stays-on-node",
    title: "Nothing carries the audit log away from its node",
    why: "Whoever takes over a control plane node deletes the log first.",
    fails: "kube-apiserver has no audit webhook, and no DaemonSet with a known shipper (Fluent Bit, Fluentd, Vector, Promtail, Alloy, Filebeat, OpenTelemetry and others) mounts the folder of the log, or one above it. A shipper that runs on the node outside of Kubernetes cannot be seen.",
    fix: Fix::Steps(FLUENT_BIT),
    references: &[
        Reference::Nsa("Audit logging"),
        Reference::Owasp("K10"),
        Reference::Mitre("T1070"),
    ],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "no DaemonSet at all",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(super::APISERVER_WITH_POLICY)],
        ),
        Example::of(
            "a shipper of container logs only",
            Expected::Fail(Severity::Medium),
            &[
                ExampleFile::manifest(super::APISERVER_WITH_POLICY),
                ExampleFile::at("shipper.yaml", ELSEWHERE),
            ],
        ),
        Example::of(
            "Fluent Bit mounts /var/log",
            Expected::Pass,
            &[
                ExampleFile::manifest(super::APISERVER_WITH_POLICY),
                ExampleFile::at("shipper.yaml", super::SHIPPER),
            ],
        ),
        Example::of("a webhook", Expected::Pass, &[ExampleFile::manifest(WEBHOOK)]),
        Example::of(
            "there may be a DaemonSet",
            Expected::Unknown,
            &[ExampleFile::manifest(super::APISERVER_WITH_POLICY)],
        )
        .partial(),
        Example::of("no control plane was seen", Expected::Unknown, &[]),
    ],
    ..super::AUDIT
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut servers = seen.inventory().components(ComponentKind::ApiServer).peekable();
    if servers.peek().is_none() {
        return Err(Unknown::new(
            "the flags of kube-apiserver were not seen",
            "give /etc/kubernetes/manifests of a control plane node",
        ));
    }
    let sends = |flags: &inventory::Flags| {
        flags.value("audit-webhook-config-file").is_some_and(|path| !path.is_empty())
    };
    if servers.all(|server| sends(&server.flags)) || !shippers(seen).is_empty() {
        return Ok(Verdict::Pass.into());
    }
    let sets = seen.all(Kind::DAEMON_SET)?;
    let mut tally = Tally::new();
    let problem = Problem::new(Severity::Medium, "The audit log is nowhere but on its node.")
        .confidence(Confidence::Medium)
        .detail("shipper")
        .evidence(format!("no webhook, and none of {} DaemonSets ships it", sets.len()));
    tally.add(About::cluster(), Ok(Verdict::fail(problem)));
    Ok(tally)
}

const FLUENT_BIT: &str = "\
Run a shipper on the control plane nodes, for example Fluent Bit with its Helm chart and these values, which send to Loki over TLS:
tolerations: [{key: node-role.kubernetes.io/control-plane, operator: Exists, effect: NoSchedule}]
nodeSelector: {node-role.kubernetes.io/control-plane: \"\"}
config:
  inputs: |
    [INPUT]
        Name tail
        Path /var/log/kubernetes/audit/*.log
        Parser json
        Tag audit
        DB /var/log/fluent-bit-audit.db
  outputs: |
    [OUTPUT]
        Name loki
        Match audit
        Host loki.monitoring.svc
        Port 3100
        tls On
        tls.verify On
        labels job=audit";

const ELSEWHERE: &str = "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: fluent-bit, namespace: logging}
spec:
  template:
    spec:
      containers: [{name: fluent-bit, image: \"fluent/fluent-bit:3.1\"}]
      volumes: [{name: pods, hostPath: {path: /var/log/pods}}]
";

const WEBHOOK: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [kube-apiserver, --audit-webhook-config-file=/etc/kubernetes/audit/webhook.conf]
";
