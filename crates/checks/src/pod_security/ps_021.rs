//! PS-021: labels of a namespace that do not say what they should.

use admission::{BadLabel, Level, Mode, NamespacePolicy, Wrong};
use inventory::{Kind, Minor, Object};

use crate::Expected::{Fail, Pass};
use crate::Severity::Medium;
use crate::{
    Check, Example, ExampleFile, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen,
    Span, Verdict,
};

pub(super) const PS_021: Check = Check {
    id: "PS-021",
    name: "namespace-level-misspelt",
    title: "A Pod Security label of a namespace has a value that means nothing",
    practice: Practice::PodSecurity,
    severities: &[Medium],
    versions: Span::ALL,
    why: "A wrong level of audit or warn is read as privileged, so nobody hears of anything; a wrong enforce is read as restricted and refuses more than was meant; a wrong version is read as the latest.",
    fails: "A level is none of privileged, baseline and restricted, or a version is neither latest nor v1.N, exactly as they are written.",
    fix: Fix::Sometimes(
        "Writes the value that was meant, where case, spaces or the v alone are wrong.",
    ),
    references: &[Reference::Kubernetes("concepts/security/pod-security-admission/")],
    judge: Judge::Objects(&[Kind::NAMESPACE], &judge),
    examples: &[
        Example::of(
            "case and a missing v",
            Fail(Medium),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: apps\n  labels:\n    pod-security.kubernetes.io/enforce: Restricted\n    pod-security.kubernetes.io/enforce-version: \"1.34\"\n",
            )],
        ),
        Example::of(
            "a level that there is not",
            Fail(Medium),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps, labels: {pod-security.kubernetes.io/warn: strict}}\n",
            )],
        ),
        Example::of(
            "levels and versions",
            Pass,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: apps\n  labels:\n    pod-security.kubernetes.io/enforce: restricted\n    pod-security.kubernetes.io/enforce-version: v1.34\n    pod-security.kubernetes.io/warn-version: latest\n",
            )],
        ),
    ],
};

fn judge(_seen: &Seen<'_>, namespace: &Object) -> Judged {
    let (_, bad) = NamespacePolicy::of_labels(namespace.labels(), &NamespacePolicy::PRIVILEGED);
    Ok(Verdict::of(bad.iter().map(|label| problem(namespace, label)).collect()))
}

fn problem(namespace: &Object, bad: &BadLabel) -> Problem {
    let meaning = meaning(bad);
    let message = format!(
        "Label {} of namespace {} says {:?}, which is read as {meaning}.",
        bad.label,
        namespace.name(),
        bad.value
    );
    let remedy = match meant(bad) {
        Some(value) => Remedy::set(bad.path(), value),
        None => Remedy::Steps(format!(
            "give {} of namespace {} another value: it {}",
            bad.label,
            namespace.name(),
            bad.wrong
        )),
    };
    Problem::new(Medium, message)
        .detail(bad.label)
        .evidence(format!("{}: {}", bad.label, bad.value))
        .at(bad.path())
        .mended_by(remedy)
}

fn meaning(bad: &BadLabel) -> &'static str {
    match bad.wrong {
        Wrong::Level(_) if bad.label == Mode::Enforce.level_label() => "restricted",
        Wrong::Level(_) => "privileged: nobody is told of anything",
        Wrong::Version(_) => "latest",
    }
}

/// The value that was meant, if it can be told.
fn meant(bad: &BadLabel) -> Option<String> {
    let value = bad.value.trim().to_ascii_lowercase();
    match bad.wrong {
        Wrong::Level(_) => value.parse::<Level>().ok().map(|level| level.to_string()),
        Wrong::Version(_) if value == "latest" => Some(value),
        Wrong::Version(_) => value.parse::<Minor>().ok().map(|minor| format!("v{minor}")),
    }
}
