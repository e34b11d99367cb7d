//! AU-002: an API server whose audit events go nowhere.

use inventory::{Component, ComponentKind, Inventory};

use crate::example::{Example, ExampleFile, Expected};
use crate::flag::set_flag;
use crate::host_path::{Needed, mount, together};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};

pub(super) const AU_002: Check = Check {
    id: "AU-002",
    name: "no-audit-backend",
    title: "kube-apiserver writes audit events nowhere",
    severities: &[Severity::High],
    why: "What the policy asks to record is thrown away.",
    fails: "Neither --audit-log-path nor --audit-webhook-config-file is given. `--audit-log-path=-`, the container's own log, passes.",
    fix: Fix::Sometimes(
        "Logs to /var/log/kubernetes/audit/audit.log on the node, with rotation, where kube-apiserver is a container.",
    ),
    references: &[
        Reference::Cis("1.2.16"),
        Reference::Nsa("Audit logging"),
        Reference::Owasp("K10"),
    ],
    judge: Judge::Components(ComponentKind::ApiServer, &judge),
    examples: &[
        Example::of(
            "as kubeadm writes it",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/etc/kubernetes/manifests/kube-apiserver.yaml", super::APISERVER)],
        ),
        Example::of(
            "a log on the node",
            Expected::Pass,
            &[ExampleFile::manifest(super::APISERVER_WITH_POLICY)],
        ),
        Example::of("a webhook, among the args", Expected::Pass, &[ExampleFile::manifest(WEBHOOK)]),
        Example::of("no control plane was seen", Expected::Unknown, &[]),
    ],
    ..super::AUDIT
};

fn judge(seen: &Seen<'_>, component: &Component) -> Judged {
    let backends = ["audit-log-path", "audit-webhook-config-file"];
    let is_given = |flag: &&str| component.flags.value(flag).is_some_and(|value| !value.is_empty());
    if backends.iter().any(is_given) {
        return Ok(Verdict::Pass);
    }
    Ok(Verdict::fail(
        Problem::new(Severity::High, "Audit events are written nowhere.")
            .detail("audit-log-path")
            .evidence("neither --audit-log-path nor --audit-webhook-config-file is given")
            .mended_by(remedy(seen.inventory(), component)),
    ))
}

fn remedy(inventory: &Inventory, component: &Component) -> Remedy {
    let flags = FLAGS.map(|(flag, value)| set_flag(inventory, component, flag, value));
    let by_hand = flags.iter().find(|flag| !flag.is_automatic()).cloned();
    let mounts = mount(inventory, component, ("audit-log", FOLDER), Needed::Folder);
    let all = together(flags.into_iter().chain([Remedy::Edit(mounts)]));
    all.map(Remedy::Edit).or(by_hand).unwrap_or(Remedy::Explained)
}

/// Where a log goes if nothing says otherwise.
pub(super) const FOLDER: &str = "/var/log/kubernetes/audit";

const FLAGS: [(&str, &str); 4] = [
    ("audit-log-path", "/var/log/kubernetes/audit/audit.log"),
    ("audit-log-maxage", "30"),
    ("audit-log-maxbackup", "10"),
    ("audit-log-maxsize", "100"),
];

const WEBHOOK: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [kube-apiserver]
    args: [--audit-webhook-config-file, /etc/kubernetes/audit/webhook.conf]
";
