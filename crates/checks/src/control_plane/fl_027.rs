//! FL-027: replicas of one component that are started with different flags.

use std::collections::BTreeMap;

use inventory::{Component, Origin, Unknown};

use super::apiserver::CONTROL_PLANE;
use super::servers::{Servers, servers};
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{flag_problem, started};
use crate::{
    About, Check, Confidence, Fix, Judge, Practice, Problem, Reference, Seen, Severity, Span,
    Tally, Verdict,
};

pub(super) const FL_027: Check = Check {
    id: "FL-027",
    name: "replicas-differ",
    title: "Replicas of the control plane are started with different flags",
    practice: Practice::ControlPlane,
    severities: &[Severity::Medium],
    versions: Span::ALL,
    why: "What one API server forbids or records another does not; a caller needs only to be sent to that one.",
    fails: "A flag of kube-apiserver, kube-controller-manager or kube-scheduler has another value on one node than on most. Flags that name the node itself (--advertise-address, --etcd-servers, …) may differ, and so may the order of flags and how they are written.",
    fix: Fix::Steps(
        "Give all replicas the value that is meant, on every control plane node:\nkubeadm init phase control-plane all --config kubeadm-config.yaml",
    ),
    references: &[Reference::Owasp("K07")],
    judge: Judge::Whole(replicas),
    examples: &[
        Example::of(
            "one of three without an audit log",
            Expected::Fail(Severity::Medium),
            &[
                ExampleFile::at(
                    "a.yaml",
                    started!("kube-apiserver" "--advertise-address=10.0.0.1" "--audit-log-path=/var/log/audit.log"),
                ),
                ExampleFile::at(
                    "b.yaml",
                    started!("kube-apiserver" "--advertise-address=10.0.0.2" "--audit-log-path=/var/log/audit.log"),
                ),
                ExampleFile::at(
                    "c.yaml",
                    started!("kube-apiserver" "--advertise-address=10.0.0.3"),
                ),
            ],
        ),
        Example::of(
            "written differently",
            Expected::Pass,
            &[
                ExampleFile::at(
                    "a.yaml",
                    started!("kube-apiserver" "--advertise-address=10.0.0.1" "--authorization-mode=Node,RBAC" "--profiling=false"),
                ),
                ExampleFile::at(
                    "b.yaml",
                    started!("kube-apiserver" "--profiling" "--profiling=false" "--authorization_mode" "Node,RBAC" "--advertise-address=10.0.0.2"),
                ),
            ],
        ),
        Example::of(
            "a single one",
            Expected::NotApplicable,
            &[ExampleFile::manifest(started!("kube-apiserver" "--v=2"))],
        ),
        Example::of(
            "one of perhaps several",
            Expected::Unknown,
            &[ExampleFile::manifest(started!("kube-apiserver" "--v=2"))],
        )
        .partial(),
    ],
};

fn replicas(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for kind in CONTROL_PLANE {
        for is_live in [true, false] {
            let all = seen.inventory().components(kind);
            let group: Vec<_> = all.filter(|one| is_from_api(seen, one) == is_live).collect();
            if group.len() > 1 {
                compare(seen, &group, &mut tally);
            }
        }
    }
    if !tally.is_empty() {
        return Ok(tally);
    }
    match servers(seen) {
        Servers::One => Ok(Verdict::NotApplicable("there is one API server".to_owned()).into()),
        Servers::Several | Servers::OneOrMore => Err(Unknown::new(
            "the flags of one replica at most were seen",
            "scan the cluster, or the manifests of all control plane nodes",
        )),
    }
}

fn is_from_api(seen: &Seen<'_>, component: &Component) -> bool {
    let object = component.object(seen.inventory());
    object.is_some_and(|object| matches!(object.origin(), Origin::Live))
}

fn compare(seen: &Seen<'_>, group: &[&Component], tally: &mut Tally) {
    let flags: Vec<_> = group.iter().map(|component| effective(component)).collect();
    let mut names: Vec<&str> = flags.iter().flat_map(|one| one.keys().copied()).collect();
    names.sort_unstable();
    names.dedup();
    let mut problems: Vec<Vec<Problem>> = vec![Vec::new(); group.len()];
    for name in names {
        let values: Vec<_> = flags.iter().map(|one| one.get(name)).collect();
        let usual = most_common(&values);
        let others = group.iter().zip(&values).zip(&mut problems);
        for ((component, value), found) in others.filter(|((_, value), _)| **value != usual) {
            found.push(differs(seen, component, name, *value, usual));
        }
    }
    for (component, found) in group.iter().zip(problems) {
        tally.add(About::component(component, seen.inventory()), Ok(Verdict::of(found)));
    }
}

fn differs(
    seen: &Seen<'_>,
    component: &Component,
    name: &str,
    value: Option<&String>,
    usual: Option<&String>,
) -> Problem {
    let told = |value: Option<&String>| match value {
        Some(value) => format!("--{name}={value}"),
        None => format!("no --{name}"),
    };
    let message = format!("{} differs from the other replicas in --{name}.", component.describe());
    let sure = if is_from_api(seen, component) { Confidence::High } else { Confidence::Medium };
    flag_problem(component, name, Severity::Medium, message)
        .evidence(format!("{} here, {} elsewhere", told(value), told(usual)))
        .confidence(sure)
}

/// The value of each flag that should be alike everywhere.
fn effective(component: &Component) -> BTreeMap<&str, String> {
    let mut flags: BTreeMap<&str, String> = BTreeMap::new();
    let mut own = component.flags.iter().filter(|flag| !OF_A_NODE.contains(&flag.name.as_str()));
    for flag in own.by_ref() {
        let value = flags.entry(&flag.name).or_default();
        if LISTS.contains(&flag.name.as_str()) && !value.is_empty() {
            value.push(',');
            value.push_str(&flag.value);
        } else {
            value.clone_from(&flag.value);
        }
    }
    flags
}

/// The most frequent value; of equally frequent ones the first.
fn most_common<'v>(values: &[Option<&'v String>]) -> Option<&'v String> {
    let count = |value: Option<&String>| values.iter().filter(|one| **one == value).count();
    let most = values.iter().map(|value| count(*value)).max();
    values.iter().copied().find(|value| Some(count(*value)) == most).flatten()
}

const OF_A_NODE: [&str; 9] = [
    "advertise-address",
    "bind-address",
    "etcd-servers",
    "etcd-certfile",
    "etcd-keyfile",
    "external-hostname",
    "peer-advertise-ip",
    "tls-cert-file",
    "tls-private-key-file",
];

/// Flags whose occurrences add up.
const LISTS: [&str; 7] = [
    "authorization-mode",
    "enable-admission-plugins",
    "disable-admission-plugins",
    "feature-gates",
    "runtime-config",
    "service-account-issuer",
    "service-account-key-file",
];
