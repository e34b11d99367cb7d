//! AD-001: lines of Kubernetes that get no fixes any more.

use advisories::{Component, Minor, Support, Version, oldest_supported, support};
use inventory::Unknown;
use jiff::civil::Date;

use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Severity, Span,
    Tally, Verdict,
};

pub(crate) const AD_001: Check = Check {
    id: "AD-001",
    name: "end-of-life",
    title: "The line of Kubernetes gets no fixes any more",
    practice: Practice::Patching,
    severities: &[Severity::Critical, Severity::High],
    versions: Span::ALL,
    why: "What is found from now on stays open in this cluster, and everybody can read how to use it.",
    fails: "The day of the scan is after the last day on which the project supports the line of kube-apiserver. Two lines behind the oldest that it supports, or more, is critical.",
    fix: Fix::Steps(
        "Upgrade one line at a time, the control plane first: kubeadm upgrade plan, kubeadm upgrade apply vX.Y.Z, then every node. Before each step look at AD-004 and AD-005.",
    ),
    references: &[
        Reference::Nsa("Upgrading"),
        Reference::Kubernetes("tasks/administer-cluster/kubeadm/kubeadm-upgrade/"),
        Reference::Owasp("K07"),
    ],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of("one line behind", Expected::Fail(Severity::High), &[]).on(32),
        Example::of("two lines behind", Expected::Fail(Severity::Critical), &[]).on(31),
        Example::of("supported until the end of the month", Expected::Pass, &[]).on(33),
        Example::of(
            "by the image of the API server",
            Expected::Fail(Severity::Critical),
            &[ExampleFile::manifest(SERVER)],
        ),
        Example::of("nothing tells the version", Expected::Unknown, &[]),
    ],
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut lines: Vec<Minor> = seen
        .fleet()
        .versions(Component::KubeApiserver)
        .iter()
        .map(|(version, _)| version.minor())
        .collect();
    let told = seen.inventory().minor();
    if lines.is_empty() {
        lines.extend(told.map(|minor| Minor { major: 1, minor: u64::from(minor.number()) }));
    }
    lines.dedup();
    if lines.is_empty() {
        return Err(Unknown::new(
            "nothing tells the version of the cluster",
            "name it with --kubernetes-version",
        ));
    }
    let today = today(seen);
    let mut tally = Tally::new();
    for line in lines {
        tally.add(About::cluster(), one(line, today));
    }
    Ok(tally)
}

/// The day of the scan, in UTC.
pub(super) fn today(seen: &Seen<'_>) -> Date {
    let now = jiff::Timestamp::try_from(seen.now()).unwrap_or_default();
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}

fn one(line: Minor, today: Date) -> Judged {
    let (on, behind) = match support(line, today) {
        Support::Until(_) => return Ok(Verdict::Pass),
        Support::Ended { on, behind } => (on, behind),
        Support::Unknown => {
            return Err(Unknown::new(
                format!("Kubernetes {line} is newer than what this program knows"),
                "use a newer version of this program",
            ));
        }
    };
    let severity = if behind >= 2 { Severity::Critical } else { Severity::High };
    let ended = on.map_or_else(|| "ended long ago".to_owned(), |day| format!("ended on {day}"));
    Ok(Verdict::fail(
        Problem::new(severity, format!("The support of Kubernetes {line} {ended}."))
            .detail(line.to_string())
            .evidence(format!(
                "kube-apiserver {line}; supported are {} and later",
                oldest_supported(today)
            ))
            .mended_by(Remedy::Steps(path(line, oldest_supported(today)))),
    ))
}

/// One line after another: none may be left out.
fn path(from: Minor, to: Minor) -> String {
    let lines = (from.minor..=to.minor).map(|minor| format!("{}.{minor}", to.major));
    let lines: Vec<String> = lines.collect();
    format!(
        "upgrade {}\nat each step: kubeadm upgrade plan; kubeadm upgrade apply; then kubeadm upgrade node and the kubelet on every node",
        lines.join(" -> ")
    )
}

/// A line as a version, for rules that take one.
pub(super) fn first_of(line: inventory::Minor) -> Option<Version> {
    Version::parse(&format!("1.{}.0", line.number())).ok()
}

const SERVER: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-cp-1, namespace: kube-system}
spec: {containers: [{name: kube-apiserver, image: \"registry.k8s.io/kube-apiserver:v1.29.1\"}]}
";
