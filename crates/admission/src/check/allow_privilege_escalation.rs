//! No process may gain privileges that its parent does not have: each container has to say so.

use super::{Check, Objection, Revision};
use crate::Pod;
use crate::offences::Offences;

pub(super) static CHECK: Check = Check::restricted(
    "allowPrivilegeEscalation",
    &[
        Revision::since(8, rule),
        Revision::since(25, |pod| if pod.is_for_windows() { None } else { rule(pod) }),
    ],
);

fn rule(pod: &Pod<'_>) -> Option<Objection> {
    let mut bad = Offences::default();
    for container in pod.containers() {
        if container.security().get("allowPrivilegeEscalation").bool() != Some(false) {
            bad.add(container, &["securityContext", "allowPrivilegeEscalation"]);
        }
    }
    bad.object("allowPrivilegeEscalation != false", |bad| {
        format!("{} must set securityContext.allowPrivilegeEscalation=false", bad.containers())
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, one};
    use crate::CheckId;

    #[test]
    fn has_to_be_said_except_on_windows() {
        let escalation = |minor, pod: &str, expected| {
            check(CheckId::AllowPrivilegeEscalation, minor, pod, expected);
        };
        let denied = "allowPrivilegeEscalation != false (container \"a\" must set \
                      securityContext.allowPrivilegeEscalation=false) @ \
                      spec.containers[0].securityContext.allowPrivilegeEscalation";
        escalation(7, &one(""), "");
        escalation(8, &one(""), denied);
        escalation(8, &one("allowPrivilegeEscalation: true"), denied);
        escalation(8, &one("allowPrivilegeEscalation: false"), "");
        let windows = "spec: {os: {name: windows}, containers: [{name: a}]}";
        escalation(24, windows, denied);
        escalation(25, windows, "");
        escalation(25, &windows.replace("windows", "Windows"), denied);
    }
}
