//! How many API servers there are.

use std::collections::BTreeSet;

use inventory::{ComponentKind, Kind, Origin};

use crate::Seen;

/// How many API servers there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Servers {
    /// One.
    One,
    /// More than one.
    Several,
    /// One was seen, and there may be others.
    OneOrMore,
}

/// How many API servers there are, by the endpoints of their service, else by those that were
/// seen. A pod that the API shows is not counted beside the manifest that a node has of it.
pub(crate) fn servers(seen: &Seen<'_>) -> Servers {
    let of_service = addresses(seen);
    let seen_ones = manifests(seen);
    if of_service > 1 || seen_ones > 1 {
        return Servers::Several;
    }
    let is_all = of_service == 1 || seen.inventory().all(Kind::POD).is_ok();
    if is_all { Servers::One } else { Servers::OneOrMore }
}

fn addresses(seen: &Seen<'_>) -> usize {
    let slices = seen.inventory().of_in(Kind::ENDPOINT_SLICE, "default");
    let of_api =
        slices.iter().filter(|one| one.label("kubernetes.io/service-name") == Some("kubernetes"));
    let endpoints = of_api.flat_map(|slice| slice.tree().get("endpoints").items());
    let addresses: BTreeSet<&str> =
        endpoints.filter_map(|endpoint| endpoint.get("addresses").texts().next()).collect();
    addresses.len()
}

fn manifests(seen: &Seen<'_>) -> usize {
    let (mut live, mut files) = (0_usize, 0_usize);
    for component in seen.inventory().components(ComponentKind::ApiServer) {
        let origin = component.object(seen.inventory()).map(inventory::Object::origin);
        if matches!(origin, Some(Origin::Live)) {
            live = live.saturating_add(1);
        } else {
            files = files.saturating_add(1);
        }
    }
    live.max(files)
}
