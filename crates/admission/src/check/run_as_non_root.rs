//! The kubelet is told to start nothing as root, by the pod or by each container.

use super::{Check, Objection, Revision};
use crate::Pod;
use crate::offences::Offences;

pub(super) static CHECK: Check = Check::restricted(
    "runAsNonRoot",
    &[
        Revision::since(0, rule),
        Revision::since(35, |pod| if pod.has_own_users() { None } else { rule(pod) }),
    ],
);

fn rule(pod: &Pod<'_>) -> Option<Objection> {
    let mut explicit = Offences::default();
    for holder in pod.holders() {
        if holder.security().get("runAsNonRoot").bool() == Some(false) {
            explicit.add(holder, &["securityContext", "runAsNonRoot"]);
        }
    }
    let explicit = explicit.object(REASON, |bad| {
        format!("{} must not set securityContext.runAsNonRoot=false", bad.setters())
    });
    // What is missing is told only where nothing is wrong.
    explicit.or_else(|| missing(pod))
}

fn missing(pod: &Pod<'_>) -> Option<Objection> {
    if pod.whole().security().get("runAsNonRoot").is_true() {
        return None;
    }
    let mut bad = Offences::default();
    for container in pod.containers() {
        if container.security().get("runAsNonRoot").bool().is_none() {
            bad.add(container, &["securityContext", "runAsNonRoot"]);
        }
    }
    bad.object(REASON, |bad| {
        format!("pod or {} must set securityContext.runAsNonRoot=true", bad.containers())
    })
}

const REASON: &str = "runAsNonRoot != true";

#[cfg(test)]
mod tests {
    use super::super::tests::{check, one};
    use crate::CheckId;

    #[test]
    fn what_is_wrong_is_told_before_what_is_missing() {
        let non_root =
            |minor, pod: &str, expected| check(CheckId::RunAsNonRoot, minor, pod, expected);
        let missing = "runAsNonRoot != true (pod or container \"a\" must set \
                       securityContext.runAsNonRoot=true) @ \
                       spec.containers[0].securityContext.runAsNonRoot";
        non_root(34, &one(""), missing);
        non_root(34, &one("runAsNonRoot: true"), "");
        non_root(34, &one("").replace("spec: {", "spec: {hostUsers: false, "), missing);
        non_root(35, &one("").replace("spec: {", "spec: {hostUsers: false, "), "");
        non_root(35, &one("").replace("spec: {", "spec: {hostUsers: true, "), missing);
        non_root(0, "spec: {securityContext: {runAsNonRoot: true}, containers: [{name: a}]}", "");
        non_root(
            0,
            "spec: {securityContext: {runAsNonRoot: false}, containers: [{name: a}, {name: b, \
             securityContext: {runAsNonRoot: false}}]}",
            "runAsNonRoot != true (pod and container \"b\" must not set \
             securityContext.runAsNonRoot=false) @ spec.securityContext.runAsNonRoot \
             spec.containers[1].securityContext.runAsNonRoot",
        );
    }
}
