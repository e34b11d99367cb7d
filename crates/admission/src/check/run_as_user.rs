//! Nobody asks to be root.

use super::{Check, Objection, Revision};
use crate::Pod;
use crate::offences::Offences;
use crate::pod::is_zero;

pub(super) static CHECK: Check = Check::restricted(
    "runAsUser",
    &[
        Revision::since(23, rule),
        Revision::since(35, |pod| if pod.has_own_users() { None } else { rule(pod) }),
    ],
);

fn rule(pod: &Pod<'_>) -> Option<Objection> {
    let mut bad = Offences::default();
    for holder in pod.holders() {
        if is_zero(holder.security().get("runAsUser")) {
            bad.add(holder, &["securityContext", "runAsUser"]);
        }
    }
    bad.object("runAsUser=0", |bad| format!("{} must not set runAsUser=0", bad.setters()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use crate::CheckId;

    #[test]
    fn only_zero_is_root() {
        let user = |minor, pod: &str, expected| check(CheckId::RunAsUser, minor, pod, expected);
        let root = "spec: {securityContext: {runAsUser: 0}, containers: [{name: a, securityContext: \
                    {runAsUser: 1}}, {name: b, securityContext: {runAsUser: 0}}]}";
        user(22, root, "");
        user(
            23,
            root,
            "runAsUser=0 (pod and container \"b\" must not set runAsUser=0) @ \
             spec.securityContext.runAsUser spec.containers[1].securityContext.runAsUser",
        );
        user(35, &root.replace("spec: {", "spec: {hostUsers: false, "), "");
    }
}
