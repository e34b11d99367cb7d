//! RL-017 to RL-019: room in etcd, and what only a running system tells.

use inventory::{Component, ComponentKind, Kind};

use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{flag_problem, seconds, set_flag, started};
use crate::{
    Check, Fix, Judge, JudgeComponent, Judged, Practice, Problem, Reference, Seen, Severity, Span,
    Verdict,
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "RL-017",
        name: "etcd-room",
        title: "etcd may run out of room",
        severities: &[Severity::Low],
        why: "When its database is full etcd takes no more writes: nothing can be created, changed or deleted, by anybody.",
        fails: "etcd is neither compacted by itself (--auto-compaction-retention) nor by the API server (--etcd-compaction-interval=0); or there are more than 5000 pods or 500 nodes and --quota-backend-bytes is not given, which means 2 GB. The API server compacts every five minutes unless it is told otherwise, so smaller clusters pass as kubeadm sets them up.",
        fix: Fix::Sometimes(
            "Sets --quota-backend-bytes=8589934592, if the disk has that room. Where nothing compacts: take --etcd-compaction-interval=0 from kube-apiserver.",
        ),
        references: &[Reference::Kubernetes("tasks/administer-cluster/configure-upgrade-etcd/")],
        judge: Judge::Components(ComponentKind::Etcd, &Room),
        examples: &[
            Example::of(
                "nothing compacts",
                Expected::Fail(Severity::Low),
                &[
                    ExampleFile::at("etcd.yaml", started!("etcd" "--data-dir=/var/lib/etcd")),
                    ExampleFile::at(
                        "kube-apiserver.yaml",
                        started!("kube-apiserver" "--etcd-compaction-interval=0"),
                    ),
                ],
            ),
            Example::of(
                "as kubeadm has it",
                Expected::Pass,
                &[ExampleFile::at("etcd.yaml", started!("etcd" "--data-dir=/var/lib/etcd"))],
            ),
            Example::of(
                "etcd compacts",
                Expected::Pass,
                &[
                    ExampleFile::at("etcd.yaml", started!("etcd" "--auto-compaction-retention=1")),
                    ExampleFile::at(
                        "kube-apiserver.yaml",
                        started!("kube-apiserver" "--etcd-compaction-interval=0"),
                    ),
                ],
            ),
            Example::of("no etcd was seen", Expected::Unknown, &[]),
        ],
        ..LATER
    },
    Check {
        id: "RL-018",
        name: "rejected-requests",
        title: "Requests are refused for want of seats",
        severities: &[Severity::Medium, Severity::Info],
        why: "Refusals that grow show somebody asking too much, or limits too low for what there is.",
        fails: "apiserver_flowcontrol_rejected_requests_total, the requests waiting or the answers 429 grow.",
        fix: Fix::Steps(
            "kubectl get --raw /metrics | grep apiserver_flowcontrol_rejected_requests_total\nFind the level and the flow schema that grow, and who asks there, before its shares are raised.",
        ),
        judge: Judge::NotImplemented("metrics of a running API server are not read"),
        ..LATER
    },
    Check {
        id: "RL-019",
        name: "proxy-limits",
        title: "What stands in front of the API limits nobody",
        severities: &[Severity::Medium],
        why: "One caller opens connections and sends bodies and headers until the proxy, and with it the API, answers nobody.",
        fails: "The configuration of a gateway or reverse proxy has no limit of requests for each caller, of connections, bodies or headers.",
        fix: Fix::Steps(
            "Limit requests for each caller, connections for each address, bodies and headers where the API is exposed; Ravelin's gateway does so by default.",
        ),
        judge: Judge::NotImplemented("configurations of proxies are not read"),
        ..LATER
    },
];

/// What they have in common.
const LATER: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::RateLimits,
    severities: &[],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[Reference::Mitre("T1499")],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

struct Room;

impl JudgeComponent for Room {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        let mut problems: Vec<Problem> = Vec::new();
        if is_never_compacted(seen, component) {
            let flag = "auto-compaction-retention";
            let message = "Neither etcd nor kube-apiserver takes old revisions away.";
            problems.push(flag_problem(component, flag, Severity::Low, message));
        }
        let flag = "quota-backend-bytes";
        let is_default = component.flags.value(flag).is_none_or(|value| value == "0");
        if is_default && is_large(seen) {
            let message = "The cluster is large, and its database ends at 2 GB.";
            let remedy = set_flag(seen.inventory(), component, flag, "8589934592");
            let problem = flag_problem(component, flag, Severity::Low, message);
            problems.push(problem.mended_by(remedy));
        }
        Ok(Verdict::of(problems))
    }
}

fn is_large(seen: &Seen<'_>) -> bool {
    seen.inventory().of(Kind::POD).len() > 5000 || seen.inventory().of(Kind::NODE).len() > 500
}

fn is_never_compacted(seen: &Seen<'_>, etcd: &Component) -> bool {
    let retention = etcd.flags.value("auto-compaction-retention").unwrap_or("0");
    let mut servers = seen.inventory().components(ComponentKind::ApiServer).peekable();
    matches!(retention, "" | "0")
        && servers.peek().is_some()
        && servers.all(|server| {
            server.flags.value("etcd-compaction-interval").and_then(seconds) == Some(0)
        })
}
