//! No capability is added beyond those that container runtimes give by default.

use super::{Check, Objection, Revision};
use crate::Pod;
use crate::offences::Offences;
use crate::pod::Holder;
use crate::words::quoted;

pub(super) static CHECK: Check =
    Check::baseline("capabilities_baseline", &[Revision::since(0, rule)]);

fn rule(pod: &Pod<'_>) -> Option<Objection> {
    let mut bad = Offences::default();
    for container in pod.containers() {
        added(container, &DEFAULT, &mut bad);
    }
    bad.object("non-default capabilities", added_detail)
}

/// Notes the capabilities that a container adds and that are not allowed.
pub(super) fn added<'t>(container: &Holder<'t>, allowed: &[&str], bad: &mut Offences<'t>) {
    let added = container.security().at(&["capabilities", "add"]).items();
    for (index, capability) in added.iter().enumerate() {
        if !allowed.contains(&capability.str()) {
            bad.value(capability.str());
            let list = container.path(&["securityContext", "capabilities", "add"]);
            bad.add_at(container, list.then(index));
        }
    }
}

pub(super) fn added_detail(bad: &Offences<'_>) -> String {
    let (containers, values) = (bad.containers(), quoted(bad.values()));
    format!("{containers} must not include {values} in securityContext.capabilities.add")
}

const DEFAULT: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

#[cfg(test)]
mod tests {
    use super::super::tests::{check, one};
    use crate::CheckId;

    #[test]
    fn lists_what_is_added_beyond_the_usual() {
        let baseline = |pod: &str, expected| check(CheckId::CapabilitiesBaseline, 0, pod, expected);
        baseline(&one("capabilities: {add: [CHOWN, KILL]}"), "");
        baseline(
            &one("capabilities: {add: [SYS_TIME, CHOWN, ALL]}"),
            "non-default capabilities (container \"a\" must not include \"ALL\", \"SYS_TIME\" in \
             securityContext.capabilities.add) @ \
             spec.containers[0].securityContext.capabilities.add[0] \
             spec.containers[0].securityContext.capabilities.add[2]",
        );
    }
}
