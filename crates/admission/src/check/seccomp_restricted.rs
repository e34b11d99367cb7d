//! Seccomp is turned on, by the pod or by each container.

use super::seccomp_baseline::profiles;
use super::{Check, CheckId, Objection, Revision};
use crate::Pod;
use crate::offences::Offences;

pub(super) static CHECK: Check = Check::restricted(
    "seccompProfile_restricted",
    &[
        Revision::since(19, rule),
        Revision::since(25, |pod| if pod.is_for_windows() { None } else { rule(pod) }),
    ],
)
.instead_of(CheckId::SeccompProfileBaseline);

fn rule(pod: &Pod<'_>) -> Option<Objection> {
    // What is missing is told only where nothing is wrong.
    profiles(pod).or_else(|| missing(pod))
}

/// Containers without a profile, in a pod without one. (One that is wrong is not missing.)
fn missing(pod: &Pod<'_>) -> Option<Objection> {
    if !pod.whole().security().get("seccompProfile").is_null() {
        return None;
    }
    let mut bad = Offences::default();
    for container in pod.containers() {
        if container.security().get("seccompProfile").is_null() {
            bad.add(container, &["securityContext", "seccompProfile", "type"]);
        }
    }
    bad.object("seccompProfile", |bad| {
        format!(
            "pod or {} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \
             \"Localhost\"",
            bad.containers()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, one};
    use crate::CheckId;

    #[test]
    fn what_is_wrong_is_told_before_what_is_missing() {
        let unconfined = "spec: {securityContext: {seccompProfile: {type: Unconfined}}, containers: \
                          [{name: a, securityContext: {seccompProfile: {}}}, {name: b}]}";
        let denied = "seccompProfile (pod and container \"a\" must not set \
                      securityContext.seccompProfile.type to \"\", \"Unconfined\") @ \
                      spec.securityContext.seccompProfile.type \
                      spec.containers[0].securityContext.seccompProfile.type";
        let restricted = |minor, pod: &str, expected| {
            check(CheckId::SeccompProfileRestricted, minor, pod, expected);
        };
        restricted(18, &one(""), "");
        restricted(19, unconfined, denied);
        let missing = "seccompProfile (pod or container \"a\" must set \
                       securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\") @ \
                       spec.containers[0].securityContext.seccompProfile.type";
        restricted(19, &one(""), missing);
        restricted(19, &one("seccompProfile: {type: Localhost}"), "");
        let windows = "spec: {os: {name: windows}, containers: [{name: a}]}";
        restricted(24, windows, missing);
        restricted(25, windows, "");
        let of_pod = "spec: {securityContext: {seccompProfile: {type: RuntimeDefault}}, containers: \
                      [{name: a}]}";
        restricted(19, of_pod, "");
    }
}
