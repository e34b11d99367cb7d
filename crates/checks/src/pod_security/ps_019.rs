//! PS-019 and PS-020: namespaces that enforce nothing.

use admission::{Mode, NamespacePolicy};
use inventory::{Kind, Object};

use super::plugin::{self, SYSTEM};
use super::toll::{Toll, label_path};
use crate::Expected::{Exempt, Fail, NotApplicable, Pass};
use crate::Severity::{High, Medium};
use crate::{
    Check, Confidence, Example, ExampleFile, Fix, Judge, Judged, Practice, Problem, Reference,
    Seen, Span, Verdict,
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "PS-019",
        name: "namespace-without-level",
        title: "A namespace says nothing of what its pods may do",
        severities: &[High, Medium],
        fails: "A namespace has no label pod-security.kubernetes.io/enforce, and no API server is configured to enforce the baseline by default. It is high where something that runs there goes beyond the baseline. kube-system, kube-public and kube-node-lease are exempt.",
        judge: Judge::Objects(&[Kind::NAMESPACE], &unlabelled),
        examples: &[
            Example::of(
                "with a pod that only the restricted level refuses",
                Fail(Medium),
                &[ExampleFile::manifest(PLAIN), ExampleFile::at("pod.yaml", BASELINE_POD)],
            ),
            Example::of(
                "with a pod that shares the processes of its node",
                Fail(High),
                &[ExampleFile::manifest(PLAIN), ExampleFile::at("pod.yaml", PRIVILEGED_POD)],
            ),
            Example::of(
                "where other pods may exist",
                Fail(Medium),
                &[ExampleFile::manifest(PLAIN)],
            )
            .partial(),
            Example::of(
                "a level is enforced",
                Pass,
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps, labels: {pod-security.kubernetes.io/enforce: baseline}}\n",
                )],
            ),
            Example::of(
                "the API server enforces one",
                Pass,
                &[
                    ExampleFile::manifest(PLAIN),
                    ExampleFile::at("/etc/kubernetes/manifests/kube-apiserver.yaml", SERVER),
                    ExampleFile::at("/etc/kubernetes/admission.yaml", DEFAULTS),
                ],
            ),
            Example::of(
                "a namespace of the cluster",
                Exempt,
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Namespace\nmetadata: {name: kube-public}\n",
                )],
            ),
            Example::of(
                "before the labels were known",
                NotApplicable,
                &[ExampleFile::manifest(PLAIN)],
            )
            .on(22),
        ],
        ..LEVEL
    },
    Check {
        id: "PS-020",
        name: "namespace-enforces-privileged",
        title: "A namespace lets its pods do everything",
        severities: &[High],
        fails: "The label pod-security.kubernetes.io/enforce of a namespace is privileged. kube-system, kube-public and kube-node-lease are exempt.",
        judge: Judge::Objects(&[Kind::NAMESPACE], &privileged),
        examples: &[
            Example::of(
                "with nothing that needs it",
                Fail(High),
                &[ExampleFile::manifest(OPEN), ExampleFile::at("pod.yaml", BASELINE_POD)],
            ),
            Example::of(
                "with a pod that needs it",
                Fail(High),
                &[ExampleFile::manifest(OPEN), ExampleFile::at("pod.yaml", PRIVILEGED_POD)],
            ),
            Example::of(
                "written otherwise, which is read as restricted",
                Pass,
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps, labels: {pod-security.kubernetes.io/enforce: Privileged}}\n",
                )],
            ),
            Example::of(
                "a namespace of the cluster",
                Exempt,
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Namespace\nmetadata: {name: kube-system, labels: {pod-security.kubernetes.io/enforce: privileged}}\n",
                )],
            ),
        ],
        ..LEVEL
    },
];

/// What they have in common.
const LEVEL: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::PodSecurity,
    severities: &[],
    versions: Span::ALL,
    why: "Whoever may create pods there, or takes over what may, takes over a node with the first privileged one.",
    fails: "",
    fix: Fix::Sometimes(
        "Enforces the strictest level that refuses nothing of what runs there, and warns of the restricted one. Where the baseline refuses something, or not everything that runs there was seen, label with warn and audit first, mend the pods, then enforce.",
    ),
    references: &[
        Reference::Cis("5.2.1"),
        Reference::Nsa("Pod security"),
        Reference::Mitre("T1610"),
        Reference::Owasp("K04"),
        Reference::Kubernetes("concepts/security/pod-security-admission/"),
    ],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

fn unlabelled(seen: &Seen<'_>, namespace: &Object) -> Judged {
    if let Some(verdict) = settled(seen, namespace) {
        return Ok(verdict);
    }
    if namespace.label(Mode::Enforce.level_label()).is_some() {
        return Ok(Verdict::Pass);
    }
    let default = plugin::is_safe_by_default(seen);
    if default == Ok(true) {
        return Ok(Verdict::Pass);
    }
    let toll = toll(seen, namespace);
    let severity = if toll.baseline.is_empty() { Medium } else { High };
    let confidence = if default.is_ok() { Confidence::High } else { Confidence::Medium };
    let message =
        format!("Namespace {} enforces no level: its pods may do everything.", namespace.name());
    Ok(Verdict::fail(
        problem(Problem::new(severity, message), namespace, &toll).confidence(confidence),
    ))
}

fn privileged(seen: &Seen<'_>, namespace: &Object) -> Judged {
    if let Some(verdict) = settled(seen, namespace) {
        return Ok(verdict);
    }
    let label = Mode::Enforce.level_label();
    if namespace.label(label) != Some("privileged") {
        return Ok(Verdict::Pass);
    }
    let toll = toll(seen, namespace);
    let message = format!("Namespace {} lets its pods do everything.", namespace.name());
    let problem = problem(Problem::new(High, message), namespace, &toll);
    Ok(Verdict::fail(problem.at(label_path(label))))
}

fn settled(seen: &Seen<'_>, namespace: &Object) -> Option<Verdict> {
    if SYSTEM.contains(&namespace.name()) {
        return Some(Verdict::Exempt("what runs the cluster runs there".to_owned()));
    }
    let why = "Pod Security admission is on from Kubernetes 1.23";
    plugin::is_too_old(seen).then(|| Verdict::NotApplicable(why.to_owned()))
}

/// What each level would refuse, by the version that the namespace names.
fn toll(seen: &Seen<'_>, namespace: &Object) -> Toll {
    let (policy, _) = NamespacePolicy::of_labels(namespace.labels(), &NamespacePolicy::PRIVILEGED);
    Toll::of(seen, namespace.name(), policy.enforce.version)
}

fn problem(problem: Problem, namespace: &Object, toll: &Toll) -> Problem {
    problem
        .detail("enforce")
        .evidence(toll.evidence())
        .mended_by(toll.remedy(namespace.name(), namespace.labels()))
}

const PLAIN: &str = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: apps # of the shop\n";

const OPEN: &str = "\
apiVersion: v1
kind: Namespace
metadata:
  name: apps
  labels:
    pod-security.kubernetes.io/enforce: privileged
    pod-security.kubernetes.io/warn: baseline
";

const BASELINE_POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: apps}
spec:
  containers: [{name: web, image: example.com/web:1}]
";

const PRIVILEGED_POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: apps}
spec:
  hostPID: true
  containers: [{name: agent, image: example.com/agent:1}]
";

const SERVER: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.36.0
    command: [kube-apiserver, --admission-control-config-file=/etc/kubernetes/admission.yaml]
";

const DEFAULTS: &str = "\
apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: PodSecurity
  configuration:
    apiVersion: pod-security.admission.config.k8s.io/v1
    kind: PodSecurityConfiguration
    defaults: {enforce: baseline, warn: restricted}
";
