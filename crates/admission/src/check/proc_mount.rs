//! `/proc` is masked as usual. From 1.35 on, the baseline leaves it to pods with users of their
//! own; the restricted level does not.

use super::{Check, CheckId, Objection, Revision};
use crate::Pod;
use crate::offences::Offences;
use crate::words::quoted;

pub(super) static BASELINE: Check = Check::baseline(
    "procMount",
    &[
        Revision::since(0, rule),
        Revision::since(35, |pod| if pod.has_own_users() { None } else { rule(pod) }),
    ],
);

pub(super) static RESTRICTED: Check =
    Check::restricted("procMount_restricted", &[Revision::since(35, rule)])
        .instead_of(CheckId::ProcMount);

fn rule(pod: &Pod<'_>) -> Option<Objection> {
    let mut bad = Offences::default();
    for container in pod.containers() {
        let mount = container.security().get("procMount");
        if !mount.is_null() && mount.str() != "Default" {
            bad.value(mount.str());
            bad.add(container, &["securityContext", "procMount"]);
        }
    }
    bad.object("procMount", |bad| {
        let (containers, values) = (bad.containers(), quoted(bad.values()));
        format!("{containers} must not set securityContext.procMount to {values}")
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, one};
    use crate::CheckId;

    #[test]
    fn own_users_matter_to_the_baseline_alone() {
        let denied = "procMount (container \"a\" must not set securityContext.procMount to \
                      \"Unmasked\") @ spec.containers[0].securityContext.procMount";
        let unmasked = one("procMount: Unmasked");
        let own_users = unmasked.replace("spec: {", "spec: {hostUsers: false, ");
        check(CheckId::ProcMount, 0, &one("procMount: Default"), "");
        check(CheckId::ProcMount, 34, &own_users, denied);
        check(CheckId::ProcMount, 35, &own_users, "");
        check(CheckId::ProcMount, 35, &unmasked, denied);
        check(CheckId::ProcMountRestricted, 34, &own_users, "");
        check(CheckId::ProcMountRestricted, 35, &own_users, denied);
    }
}
