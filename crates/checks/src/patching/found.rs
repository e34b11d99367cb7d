//! AD-002 and AD-003: published vulnerabilities of what runs.

use std::collections::{BTreeMap, BTreeSet};

use advisories::{Component, Fix as Fixed, Match, Version};
use inventory::Unknown;

use super::fleet::places;
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Confidence, Fix, Judge, Practice, Problem, Reference, Remedy, Seen, Severity,
    Span, Tally, Verdict,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "AD-002",
        name: "kubernetes-advisories",
        title: "Kubernetes runs with a published vulnerability",
        fails: "The version of kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy or kubectl lies in the range of an advisory. Those that no version fixes, and those that need a feature, are AD-006 and AD-007. The severity is that of its CVSS score; one that nobody scored is medium.",
        judge: Judge::Whole(|seen| judge(seen, Component::is_core)),
        examples: &[
            Example::of(
                "an API server before a fix",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::manifest(OLD_SERVER)],
            ),
            Example::of(
                "a kubelet before a fix",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(OLD_KUBELET)],
            ),
            Example::of(
                "medium at most",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::manifest(RECENT_SERVER)],
            ),
            Example::of(
                "newer than every fix",
                Expected::Pass,
                &[ExampleFile::manifest(NEW_SERVER)],
            ),
            Example::of("no version is known", Expected::Unknown, &[]),
        ],
        ..ADVISORIES
    },
    Check {
        id: "AD-003",
        name: "component-advisories",
        title: "A component of the cluster runs with a published vulnerability",
        fails: "The version of etcd, the container runtime, CoreDNS, the network plugin, an ingress controller, cert-manager, Argo CD, Kyverno or another that the table knows lies in the range of an advisory. Where its line has no fix that is known, the finding is of low confidence. An image without the tag of a release tells no version.",
        judge: Judge::Whole(|seen| judge(seen, |component| !component.is_core())),
        examples: &[
            Example::of(
                "a controller that anybody on the network of pods can take over",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::manifest(INGRESS)],
            ),
            Example::of(
                "a proxy",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::manifest(COREDNS)],
            ),
            Example::of(
                "newer than every fix",
                Expected::Pass,
                &[ExampleFile::manifest(NEW_COREDNS)],
            ),
            Example::of(
                "a tag that names no release",
                Expected::Unknown,
                &[ExampleFile::manifest(UNTAGGED)],
            ),
        ],
        ..ADVISORIES
    },
];

/// What they have in common.
const ADVISORIES: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::Patching,
    severities: &[Severity::Critical, Severity::High, Severity::Medium, Severity::Low],
    versions: Span::ALL,
    why: "How to attack it is public.",
    fails: "",
    fix: Fix::Steps(
        "Upgrade to the version that the finding names, the nearest that has the fix; ravelin advisories update brings a newer table.",
    ),
    references: &[Reference::Nsa("Upgrading"), Reference::Owasp("K07"), Reference::Mitre("T1190")],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

fn judge(seen: &Seen<'_>, is_asked: fn(Component) -> bool) -> Result<Tally, Unknown> {
    let fleet = seen.fleet();
    let mut tally = Tally::new();
    for component in fleet.components().filter(|component| is_asked(*component)) {
        let problems = of_component(seen, component);
        tally.add(about(component), Ok(Verdict::of(problems)));
        if let Some(unknown) = undecided(seen, component) {
            tally.add_gap(about(component), unknown);
        }
    }
    if tally.is_empty() {
        return Err(Unknown::new(
            "the version of no component was seen",
            "scan the cluster, or manifests whose images have the tags of releases",
        ));
    }
    Ok(tally)
}

/// The component as a whole, wherever it runs.
pub(super) fn about(component: Component) -> About {
    About::named("Component", "", component.name())
}

/// An advisory that concerns some versions of a component.
struct Hit<'t> {
    matched: Match<'t>,
    versions: BTreeSet<String>,
    places: BTreeSet<String>,
}

fn of_component(seen: &Seen<'_>, component: Component) -> Vec<Problem> {
    let mut hits: BTreeMap<&str, Hit<'_>> = BTreeMap::new();
    for (version, places) in seen.fleet().versions(component) {
        for matched in seen.advisories().matches(component, version) {
            // AD-006 and AD-007 look at what these need.
            if matched.mitigation.is_some() || matched.only.is_some() {
                continue;
            }
            let hit = hits.entry(matched.id).or_insert_with(|| Hit {
                matched,
                versions: BTreeSet::new(),
                places: BTreeSet::new(),
            });
            hit.versions.insert(version.to_string());
            hit.places.extend(places.iter().cloned());
        }
    }
    hits.into_values().map(|hit| problem(component, &hit)).collect()
}

fn problem(component: Component, hit: &Hit<'_>) -> Problem {
    let matched = &hit.matched;
    let versions: Vec<&str> = hit.versions.iter().map(String::as_str).collect();
    let versions = versions.join(", ");
    let verb = if matched.is_open_ended() { "may have" } else { "has" };
    let message = format!("{component} {versions} {verb} {}: {}", matched.id, matched.summary);
    Problem::new(severity(matched.severity), message)
        .detail(format!("{} {component}", matched.id))
        .evidence(format!("{component} {versions}: {}", places(&hit.places)))
        .confidence(confidence(matched.confidence))
        .mended_by(Remedy::Steps(format!(
            "{}\nread {}",
            upgrade(component, &matched.fix),
            matched.url
        )))
}

fn upgrade(component: Component, fix: &Fixed<'_>) -> String {
    match fix {
        Fixed::In(_) => fix.nearest().map_or_else(String::new, |version| {
            format!("upgrade {component} to {version} or later")
        }),
        Fixed::After(version) => format!("upgrade {component} to a version after {version}"),
        Fixed::Never => format!("no version of {component} fixes it: follow the advisory"),
        Fixed::Unknown => {
            format!(
                "upgrade {component} to a line that is still maintained; no fix is known for this one"
            )
        }
    }
}

/// Advisories that name commits: a version does not tell whether they concern it.
fn undecided(seen: &Seen<'_>, component: Component) -> Option<Unknown> {
    let versions = seen.fleet().versions(component).iter();
    let ids: BTreeSet<&str> = versions
        .flat_map(|(version, _)| seen.advisories().undecided(component, version))
        .map(advisories::Advisory::id)
        .collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    (!ids.is_empty()).then(|| {
        Unknown::new(
            format!("no version tells whether {} concern {component}", ids.join(", ")),
            "read their records: they name commits, not releases",
        )
    })
}

pub(super) fn severity(severity: advisories::Severity) -> Severity {
    match severity {
        advisories::Severity::Low => Severity::Low,
        advisories::Severity::Medium => Severity::Medium,
        advisories::Severity::High => Severity::High,
        advisories::Severity::Critical => Severity::Critical,
    }
}

fn confidence(confidence: advisories::Confidence) -> Confidence {
    match confidence {
        advisories::Confidence::Low => Confidence::Low,
        advisories::Confidence::Medium => Confidence::Medium,
        advisories::Confidence::High => Confidence::High,
    }
}

/// A component among these that an advisory concerns at a version that runs, and where.
pub(super) fn concerned<'s>(
    seen: &'s Seen<'_>,
    id: &str,
    components: &[Component],
) -> Option<(Component, &'s Version, &'s BTreeSet<String>)> {
    components.iter().find_map(|component| {
        let mut versions = seen.fleet().versions(*component).iter();
        let (version, places) = versions.find(|(version, _)| {
            seen.advisories().matches(*component, version).iter().any(|one| one.id == id)
        })?;
        Some((*component, version, places))
    })
}

const OLD_SERVER: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-cp-1, namespace: kube-system}
spec: {containers: [{name: kube-apiserver, image: \"registry.k8s.io/kube-apiserver:v1.12.0\"}]}
";
const RECENT_SERVER: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-cp-1, namespace: kube-system}
spec: {containers: [{name: kube-apiserver, image: \"registry.k8s.io/kube-apiserver:v1.31.3\"}]}
";
const NEW_SERVER: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-cp-1, namespace: kube-system}
spec: {containers: [{name: kube-apiserver, image: \"registry.k8s.io/kube-apiserver:v1.36.1\"}]}
";
const OLD_KUBELET: &str = "\
apiVersion: v1
kind: Node
metadata: {name: worker-1}
status: {nodeInfo: {kubeletVersion: v1.22.1, containerRuntimeVersion: \"containerd://1.6.8\"}}
";
const INGRESS: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec: {template: {spec: {containers: [{name: controller, image: \"registry.k8s.io/ingress-nginx/controller:v1.11.2\"}]}}}
";
const COREDNS: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: coredns, namespace: kube-system}
spec: {template: {spec: {containers: [{name: coredns, image: \"registry.k8s.io/coredns/coredns:v1.11.1\"}]}}}
";
const NEW_COREDNS: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: coredns, namespace: kube-system}
spec: {template: {spec: {containers: [{name: coredns, image: \"registry.k8s.io/coredns/coredns:v1.99.0\"}]}}}
";
const UNTAGGED: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: coredns, namespace: kube-system}
spec: {template: {spec: {containers: [{name: coredns, image: \"registry.k8s.io/coredns/coredns:latest\"}]}}}
";
