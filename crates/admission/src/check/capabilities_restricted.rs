//! Each container drops all capabilities, and takes back at most the one for low ports.

use super::capabilities_baseline::{added, added_detail};
use super::{Check, CheckId, Objection, Revision};
use crate::Pod;
use crate::offences::Offences;

pub(super) static CHECK: Check = Check::restricted(
    "capabilities_restricted",
    &[
        Revision::since(22, rule),
        Revision::since(25, |pod| if pod.is_for_windows() { None } else { rule(pod) }),
    ],
)
.instead_of(CheckId::CapabilitiesBaseline);

fn rule(pod: &Pod<'_>) -> Option<Objection> {
    let (mut keeping, mut adding) = (Offences::default(), Offences::default());
    for container in pod.containers() {
        let dropped = container.security().at(&["capabilities", "drop"]);
        if !dropped.texts().any(|capability| capability == "ALL") {
            keeping.add(container, &["securityContext", "capabilities", "drop"]);
        }
        added(container, &["NET_BIND_SERVICE"], &mut adding);
    }
    object(keeping, adding)
}

fn object(keeping: Offences<'_>, adding: Offences<'_>) -> Option<Objection> {
    let reason = "unrestricted capabilities";
    let keeping = keeping.object(reason, |bad| {
        format!("{} must set securityContext.capabilities.drop=[\"ALL\"]", bad.containers())
    });
    let adding = adding.object(reason, added_detail);
    match (keeping, adding) {
        (Some(mut both), Some(adding)) => {
            both.detail = format!("{}; {}", both.detail, adding.detail);
            both.places.extend(adding.places);
            Some(both)
        }
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, one};
    use crate::CheckId;

    #[test]
    fn all_are_dropped_and_one_may_come_back() {
        let restricted = |minor, pod: &str, expected| {
            check(CheckId::CapabilitiesRestricted, minor, pod, expected);
        };
        restricted(22, &one("capabilities: {drop: [X, ALL], add: [NET_BIND_SERVICE]}"), "");
        let keeps = "unrestricted capabilities (container \"a\" must set \
                     securityContext.capabilities.drop=[\"ALL\"]) @ \
                     spec.containers[0].securityContext.capabilities.drop";
        restricted(22, &one("capabilities: {drop: [all]}"), keeps);
        restricted(22, &one(""), keeps);
        restricted(
            22,
            &one("capabilities: {drop: [ALL], add: [KILL]}"),
            "unrestricted capabilities (container \"a\" must not include \"KILL\" in \
             securityContext.capabilities.add) @ \
             spec.containers[0].securityContext.capabilities.add[0]",
        );
        restricted(
            22,
            "spec: {initContainers: [{name: i}], containers: [{name: a, securityContext: \
             {capabilities: {add: [KILL]}}}]}",
            "unrestricted capabilities (containers \"i\", \"a\" must set \
             securityContext.capabilities.drop=[\"ALL\"]; container \"a\" must not include \"KILL\" \
             in securityContext.capabilities.add) @ \
             spec.initContainers[0].securityContext.capabilities.drop \
             spec.containers[0].securityContext.capabilities.drop \
             spec.containers[0].securityContext.capabilities.add[0]",
        );
        let windows = "spec: {os: {name: windows}, containers: [{name: a}]}";
        restricted(24, windows, keeps);
        restricted(25, windows, "");
    }
}
