//! AD-004: versions that may not run together.

use advisories::{Component, SkewKind, Version, skew};
use inventory::Unknown;

use super::ad_001::first_of;
use super::fleet::places;
use super::found::about;
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Fix, Judge, Practice, Problem, Reference, Remedy, Seen, Severity, Span, Tally, Verdict,
};

pub(crate) const AD_004: Check = Check {
    id: "AD-004",
    name: "version-skew",
    title: "A component runs at a version that does not go with the API server",
    practice: Practice::Patching,
    severities: &[Severity::Medium],
    versions: Span::ALL,
    why: "Such pairs are tested by nobody: fields are lost, security features that one side relies on are not there on the other.",
    fails: "A kubelet or kube-proxy is newer than kube-apiserver or more than three lines older (two below 1.28); a controller manager or scheduler is newer or more than one line older; API servers are more than one line apart.",
    fix: Fix::Steps(
        "Bring the component to the line of kube-apiserver, or kube-apiserver up one line at a time where the component is newer.",
    ),
    references: &[Reference::Nsa("Upgrading"), Reference::Owasp("K07")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "a kubelet that is newer",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(SERVER), ExampleFile::at("nodes.yaml", NEWER)],
        ),
        Example::of(
            "a kubelet four lines older",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(SERVER), ExampleFile::at("nodes.yaml", OLDER)],
        ),
        Example::of(
            "a kubelet three lines older",
            Expected::Pass,
            &[ExampleFile::manifest(SERVER), ExampleFile::at("nodes.yaml", OLD)],
        ),
        Example::of(
            "a newer kubelet, and the version given by hand",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("nodes.yaml", NEWER)],
        )
        .on(34),
        Example::of(
            "a scheduler two lines older",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(SERVER), ExampleFile::at("scheduler.yaml", SCHEDULER)],
        ),
        Example::of(
            "the version of the API server is not known",
            Expected::Unknown,
            &[ExampleFile::at("nodes.yaml", OLD)],
        ),
    ],
};

const JUDGED: [Component; 5] = [
    Component::KubeApiserver,
    Component::KubeControllerManager,
    Component::KubeScheduler,
    Component::Kubelet,
    Component::KubeProxy,
];

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let servers = servers(seen)?;
    let mut tally = Tally::new();
    for component in JUDGED {
        let versions = seen.fleet().versions(component);
        if versions.is_empty() {
            continue;
        }
        let problems = versions.iter().filter_map(|(version, where_it_runs)| {
            let skew = servers.iter().find_map(|server| skew(server, component, version).err())?;
            let remedy = match skew.kind {
                SkewKind::TooNew => format!("upgrade kube-apiserver to {} first", skew.found),
                SkewKind::TooOld => format!("upgrade {component} to {} or later", skew.oldest),
            };
            Some(
                Problem::new(Severity::Medium, format!("{skew}."))
                    .detail(format!("{component} {}", skew.found))
                    .evidence(format!("{component} {version}: {}", places(where_it_runs)))
                    .mended_by(Remedy::Steps(remedy)),
            )
        });
        tally.add(about(component), Ok(Verdict::of(problems.collect())));
    }
    if tally.is_empty() {
        return Err(Unknown::new(
            "the versions of nodes and components were not seen",
            "scan the cluster: its Node objects tell them",
        ));
    }
    Ok(tally)
}

/// The oldest and the newest API server.
fn servers(seen: &Seen<'_>) -> Result<Vec<Version>, Unknown> {
    let versions = seen.fleet().versions(Component::KubeApiserver);
    let ends = [versions.first(), versions.last()].into_iter().flatten();
    let mut servers: Vec<Version> = ends.map(|(version, _)| version.clone()).collect();
    let has_own = seen.inventory().components(inventory::ComponentKind::ApiServer).next().is_some();
    let told = seen.inventory().minor().filter(|_| !has_own && servers.is_empty() && is_told(seen));
    servers.extend(told.and_then(first_of));
    if servers.is_empty() {
        return Err(Unknown::new(
            "the version of kube-apiserver is not known",
            "name it with --kubernetes-version",
        ));
    }
    Ok(servers)
}

/// Whether the version is more than a guess from other components.
fn is_told(seen: &Seen<'_>) -> bool {
    let components = inventory::ComponentKind::ALL.into_iter();
    let guessed = components
        .flat_map(|kind| seen.inventory().components(kind))
        .filter_map(|one| one.minor)
        .max();
    guessed != seen.inventory().minor()
}

const SERVER: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-cp-1, namespace: kube-system}
spec: {containers: [{name: kube-apiserver, image: \"registry.k8s.io/kube-apiserver:v1.34.2\"}]}
";
const SCHEDULER: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-scheduler-cp-1, namespace: kube-system}
spec: {containers: [{name: kube-scheduler, image: \"registry.k8s.io/kube-scheduler:v1.32.2\"}]}
";
const NEWER: &str = "\
apiVersion: v1
kind: Node
metadata: {name: worker-1}
status: {nodeInfo: {kubeletVersion: v1.35.0}}
";
const OLD: &str = "\
apiVersion: v1
kind: Node
metadata: {name: worker-1}
status: {nodeInfo: {kubeletVersion: v1.31.9}}
";
const OLDER: &str = "\
apiVersion: v1
kind: Node
metadata: {name: worker-1}
status: {nodeInfo: {kubeletVersion: v1.30.9}}
";
