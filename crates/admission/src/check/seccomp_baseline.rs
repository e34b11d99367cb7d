//! Seccomp is not turned off: by annotation before 1.19, by field since.

use model::quote::Quoted;
use tree::Path;

use super::{Check, Objection, Revision};
use crate::Pod;
use crate::offences::Offences;
use crate::words::{listed, plural, quoted};

pub(super) static CHECK: Check = Check::baseline(
    "seccompProfile_baseline",
    &[Revision::since(0, annotations), Revision::since(19, profiles)],
);

/// Profiles that are set to what may not be.
pub(super) fn profiles(pod: &Pod<'_>) -> Option<Objection> {
    let mut bad = Offences::default();
    for holder in pod.holders() {
        let profile = holder.security().get("seccompProfile");
        if !profile.is_null()
            && !matches!(profile.get("type").str(), "RuntimeDefault" | "Localhost")
        {
            bad.value(profile.get("type").str());
            bad.add(holder, &["securityContext", "seccompProfile", "type"]);
        }
    }
    bad.object("seccompProfile", |bad| {
        let (setters, values) = (bad.setters(), quoted(bad.values()));
        format!("{setters} must not set securityContext.seccompProfile.type to {values}")
    })
}

fn annotations(pod: &Pod<'_>) -> Option<Objection> {
    let mut bad = Offences::default();
    for (key, value) in pod.annotations() {
        if is_of_pod(key, pod) && !is_allowed(value) {
            bad.value(format!("{key}={}", Quoted(value)));
            bad.add_place(Path::of(&["metadata", "annotations", key]));
        }
    }
    bad.object("seccompProfile", |bad| {
        let word = plural(bad.values().len(), "annotation", "annotations");
        format!("forbidden {word} {}", listed(bad.values(), ", "))
    })
}

/// Whether an annotation is about the pod or a container it has.
fn is_of_pod(key: &str, pod: &Pod<'_>) -> bool {
    key == "seccomp.security.alpha.kubernetes.io/pod"
        || key
            .strip_prefix("container.seccomp.security.alpha.kubernetes.io/")
            .is_some_and(|name| pod.containers().iter().any(|container| container.name() == name))
}

fn is_allowed(value: &str) -> bool {
    matches!(value, "runtime/default" | "docker/default") || value.starts_with("localhost/")
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use crate::CheckId;

    #[test]
    fn annotations_count_until_fields_do() {
        let annotated = "metadata: {annotations: {seccomp.security.alpha.kubernetes.io/pod: \
                         docker/default, container.seccomp.security.alpha.kubernetes.io/a: '', \
                         container.seccomp.security.alpha.kubernetes.io/none: x}}, \
                         spec: {containers: [{name: a}]}";
        let baseline = |minor, pod: &str, expected| {
            check(CheckId::SeccompProfileBaseline, minor, pod, expected);
        };
        baseline(
            18,
            annotated,
            "seccompProfile (forbidden annotation \
             container.seccomp.security.alpha.kubernetes.io/a=\"\") @ \
             metadata.annotations[\"container.seccomp.security.alpha.kubernetes.io/a\"]",
        );
        baseline(19, annotated, "");
        let unconfined = "spec: {securityContext: {seccompProfile: {type: Unconfined}}, containers: \
                          [{name: a, securityContext: {seccompProfile: {}}}, {name: b}]}";
        let denied = "seccompProfile (pod and container \"a\" must not set \
                      securityContext.seccompProfile.type to \"\", \"Unconfined\") @ \
                      spec.securityContext.seccompProfile.type \
                      spec.containers[0].securityContext.seccompProfile.type";
        baseline(18, unconfined, "");
        baseline(19, unconfined, denied);
    }
}
