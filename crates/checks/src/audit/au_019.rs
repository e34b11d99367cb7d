//! AU-019: webhooks for audit events that lose them, or hold requests up.

use audit::Level;
use inventory::{Component, ComponentKind};

use super::policy::{POLICY, Rules};
use super::request;
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::set_flag;
use crate::{Check, Confidence, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(super) const AU_019: Check = Check {
    id: "AU-019",
    name: "audit-webhook-modes",
    title: "The audit webhook holds up requests or loses events",
    why: "blocking-strict refuses every request while the receiver is away; a queue that is throttled, or events that are too large for the receiver, are lost without a word.",
    fails: "--audit-webhook-mode is blocking-strict and one kube-apiserver was seen; or in batch mode --audit-webhook-batch-throttle-qps times --audit-webhook-batch-max-size is below 100 events a second, or the buffer below one batch; or bodies are recorded and --audit-webhook-truncate-enabled is not true. The defaults of batch mode pass: 10 batches of 400 a second.",
    fix: Fix::Sometimes("Sets the flag where kube-apiserver is a container."),
    references: &[Reference::Nsa("Audit logging"), Reference::Owasp("K10")],
    judge: Judge::Components(ComponentKind::ApiServer, &judge),
    examples: &[
        Example::of(
            "every request waits for the receiver",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(STRICT)],
        ),
        Example::of(
            "ten events a second",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(THROTTLED)],
        ),
        Example::of(
            "bodies in full",
            Expected::Fail(Severity::Medium),
            &[
                ExampleFile::manifest(DEFAULTS),
                ExampleFile::at("/etc/kubernetes/audit/policy.yaml", super::RECOMMENDED),
            ],
        ),
        Example::of(
            "bodies, cut",
            Expected::Pass,
            &[
                ExampleFile::manifest(TRUNCATED),
                ExampleFile::at("/etc/kubernetes/audit/policy.yaml", super::RECOMMENDED),
            ],
        ),
        Example::of(
            "no bodies",
            Expected::Pass,
            &[
                ExampleFile::manifest(DEFAULTS),
                ExampleFile::at("/etc/kubernetes/audit/policy.yaml", METADATA),
            ],
        ),
        Example::of(
            "the policy was not seen",
            Expected::Unknown,
            &[ExampleFile::manifest(DEFAULTS)],
        ),
        Example::of(
            "no webhook",
            Expected::NotApplicable,
            &[ExampleFile::manifest(super::APISERVER)],
        ),
    ],
    ..super::AUDIT
};

fn judge(seen: &Seen<'_>, component: &Component) -> Judged {
    if component.flags.value("audit-webhook-config-file").is_none_or(str::is_empty) {
        return Ok(Verdict::NotApplicable("there is no audit webhook".to_owned()));
    }
    let mut problems: Vec<Problem> =
        [strict(seen, component), throttled(seen, component)].into_iter().flatten().collect();
    if component.flags.bool("audit-webhook-truncate-enabled") != Some(true) {
        match records_bodies(seen, component) {
            Ok(true) => problems.push(truncated(seen, component)),
            Ok(false) => {}
            // What is known to be wrong is told, whatever the policy says.
            Err(_) if !problems.is_empty() => {}
            Err(unknown) => return Err(unknown),
        }
    }
    Ok(Verdict::of(problems))
}

fn strict(seen: &Seen<'_>, component: &Component) -> Option<Problem> {
    const FLAG: &str = "audit-webhook-mode";
    let is_strict = component.flags.value(FLAG) == Some("blocking-strict");
    let is_alone = seen.components(ComponentKind::ApiServer).count() < 2;
    (is_strict && is_alone).then(|| {
        Problem::new(
            Severity::Medium,
            "No request is served while the receiver of audit events is away.",
        )
        .confidence(Confidence::Medium)
        .detail(FLAG)
        .evidence(format!("--{FLAG}=blocking-strict"))
        .mended_by(set_flag(seen.inventory(), component, FLAG, "batch"))
    })
}

fn throttled(seen: &Seen<'_>, component: &Component) -> Option<Problem> {
    const FLAG: &str = "audit-webhook-batch-throttle-qps";
    let flags = &component.flags;
    let number = |flag: &str, default: f64| -> f64 {
        flags.value(flag).and_then(|value| value.parse().ok()).unwrap_or(default)
    };
    let is_batch = flags.value("audit-webhook-mode").is_none_or(|mode| mode == "batch");
    let is_on = flags.bool("audit-webhook-batch-throttle-enable") != Some(false);
    let size = number("audit-webhook-batch-max-size", 400.0);
    let (qps, buffer) = (number(FLAG, 10.0), number("audit-webhook-batch-buffer-size", 10_000.0));
    let is_slow = is_on && qps * size < 100.0;
    let (flag, value) = if buffer < size {
        ("audit-webhook-batch-buffer-size", "10000")
    } else {
        ("audit-webhook-batch-throttle-enable", "false")
    };
    (is_batch && (is_slow || buffer < size)).then(|| {
        Problem::new(Severity::Medium, "Audit events are dropped when more come than are sent.")
            .detail(FLAG)
            .evidence(format!("{qps} batches a second of {size} events, {buffer} in the queue"))
            .mended_by(set_flag(seen.inventory(), component, flag, value))
    })
}

fn truncated(seen: &Seen<'_>, component: &Component) -> Problem {
    const FLAG: &str = "audit-webhook-truncate-enabled";
    Problem::new(Severity::Medium, "Events with large bodies are refused by the receiver and lost.")
        .confidence(Confidence::Medium)
        .detail(FLAG)
        .evidence(format!("--{FLAG} is not true, and bodies are recorded"))
        .mended_by(set_flag(seen.inventory(), component, FLAG, "true"))
}

fn records_bodies(seen: &Seen<'_>, component: &Component) -> Result<bool, inventory::Unknown> {
    let Some(path) = component.flags.value("audit-policy-file").filter(|path| !path.is_empty())
    else {
        return Ok(false);
    };
    let rules = Rules::read(seen, POLICY.find(seen, component, path)?)?;
    Ok(request::all().any(|request| rules.decide(&request).level >= Level::Request))
}

const STRICT: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command:
    - kube-apiserver
    - --audit-webhook-config-file=/etc/kubernetes/audit/webhook.conf
    - --audit-webhook-mode=blocking-strict
";

const THROTTLED: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command:
    - kube-apiserver
    - --audit-webhook-config-file=/etc/kubernetes/audit/webhook.conf
    - --audit-webhook-batch-throttle-qps=1
    - --audit-webhook-batch-max-size=10
";

const DEFAULTS: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command:
    - kube-apiserver
    - --audit-policy-file=/etc/kubernetes/audit/policy.yaml
    - --audit-webhook-config-file=/etc/kubernetes/audit/webhook.conf
";

const TRUNCATED: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command:
    - kube-apiserver
    - --audit-policy-file=/etc/kubernetes/audit/policy.yaml
    - --audit-webhook-config-file=/etc/kubernetes/audit/webhook.conf
    - --audit-webhook-truncate-enabled
";

const METADATA: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
";
