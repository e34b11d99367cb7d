//! No container is privileged.

use super::{Check, Objection, Revision};
use crate::Pod;
use crate::offences::Offences;

pub(super) static CHECK: Check = Check::baseline("privileged", &[Revision::since(0, rule)]);

fn rule(pod: &Pod<'_>) -> Option<Objection> {
    let mut bad = Offences::default();
    for container in pod.containers() {
        if container.security().get("privileged").is_true() {
            bad.add(container, &["securityContext", "privileged"]);
        }
    }
    bad.object("privileged", |bad| {
        format!("{} must not set securityContext.privileged=true", bad.containers())
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, one};
    use crate::CheckId;

    #[test]
    fn first_those_of_the_start() {
        check(CheckId::Privileged, 0, &one("privileged: false"), "");
        check(
            CheckId::Privileged,
            0,
            "spec: {containers: [{name: a, securityContext: {privileged: true}}], initContainers: \
             [{securityContext: {privileged: true}}]}",
            "privileged (containers \"\", \"a\" must not set securityContext.privileged=true) @ \
             spec.initContainers[0].securityContext.privileged \
             spec.containers[0].securityContext.privileged",
        );
    }
}
