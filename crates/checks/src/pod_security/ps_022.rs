//! PS-022: a level pinned to rules that are long past.

use admission::{Level, LevelVersion, Mode, NamespacePolicy, Pod, PolicyVersion, evaluate};
use inventory::{Kind, Object};

use super::toll::{all_seen, label_path};
use crate::Expected::{Fail, Pass, Unknown};
use crate::Severity::Low;
use crate::{
    Check, Example, ExampleFile, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen,
    Span, Verdict,
};

pub(super) const PS_022: Check = Check {
    id: "PS-022",
    name: "namespace-version-outdated",
    title: "A namespace enforces a level by outdated rules",
    practice: Practice::PodSecurity,
    severities: &[Low],
    versions: Span::ALL,
    why: "Rules grow with what is learned and with new fields: those of an old version know nothing of either.",
    fails: "The label enforce-version names a version more than three minors behind the cluster, and the level is baseline or restricted. latest, or no such label, passes.",
    fix: Fix::Sometimes(
        "Sets enforce-version to the cluster's version, where all that runs there was seen and that refuses nothing more of it. Else label with warn-version first and mend what is warned of.",
    ),
    references: &[
        Reference::Nsa("Upgrading"),
        Reference::Kubernetes("concepts/security/pod-security-admission/"),
    ],
    judge: Judge::Objects(&[Kind::NAMESPACE], &judge),
    examples: &[
        Example::of("ten behind", Fail(Low), &[ExampleFile::manifest(PINNED)]).on(36),
        Example::of("ten behind, and a pod lives on it", Fail(Low), &[
            ExampleFile::manifest(PINNED),
            ExampleFile::at("pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: apps}\nspec:\n  containers:\n  - name: web\n    image: example.com/web:1\n    livenessProbe: {httpGet: {host: 10.0.0.1, port: 80}}\n"),
        ])
        .on(36),
        Example::of("three behind", Pass, &[ExampleFile::manifest(PINNED)]).on(29),
        Example::of("of privileged, where versions mean nothing", Pass, &[ExampleFile::manifest(
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps, labels: {pod-security.kubernetes.io/enforce: privileged, pod-security.kubernetes.io/enforce-version: v1.23}}\n",
        )]),
        Example::of("nothing tells the cluster's version", Unknown, &[ExampleFile::manifest(PINNED)]),
    ],
};

fn judge(seen: &Seen<'_>, namespace: &Object) -> Judged {
    let (policy, _) = NamespacePolicy::of_labels(namespace.labels(), &NamespacePolicy::PRIVILEGED);
    let pinned = match policy.enforce {
        LevelVersion {
            level: Level::Baseline | Level::Restricted,
            version: PolicyVersion::V1(minor),
        } => minor,
        LevelVersion { level: Level::Privileged | Level::Baseline | Level::Restricted, .. } => {
            return Ok(Verdict::Pass);
        }
    };
    let release = u64::from(seen.minor().number());
    if release.saturating_sub(pinned) <= 3 {
        return Ok(Verdict::Pass);
    }
    let label = Mode::Enforce.version_label();
    let message = format!(
        "Namespace {} enforces {} by the rules of 1.{pinned}; the cluster is at 1.{release}.",
        namespace.name(),
        policy.enforce.level
    );
    let raised = LevelVersion { version: PolicyVersion::V1(release), ..policy.enforce };
    let remedy = if refuses_no_more(seen, namespace.name(), raised) {
        Remedy::set(label_path(label), raised.version.to_string())
    } else {
        Remedy::Explained
    };
    Ok(Verdict::fail(
        Problem::new(Low, message)
            .detail("enforce-version")
            .evidence(format!("{label}: v1.{pinned}"))
            .at(label_path(label))
            .mended_by(remedy),
    ))
}

/// Whether all that runs in a namespace was seen, and a policy refuses none of it.
fn refuses_no_more(seen: &Seen<'_>, namespace: &str, policy: LevelVersion) -> bool {
    all_seen(seen, namespace).is_ok()
        && seen
            .workloads_in(namespace)
            .iter()
            .all(|workload| evaluate(&Pod::created_from(workload.template()), policy).is_allowed())
}

const PINNED: &str = "\
apiVersion: v1
kind: Namespace
metadata:
  name: apps
  labels:
    pod-security.kubernetes.io/enforce: baseline
    pod-security.kubernetes.io/enforce-version: v1.26
";
