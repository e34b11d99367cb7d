//! What a careful engineer changes where the standards deny a pod: leaf fields alone, so that the
//! changes of several checks can be made together.

use edit::Edit;
use serde_json::Value;
use tree::{Path, Step, Tree};

use super::spot::Spot;

/// Nothing: what is right there, a program cannot know.
pub(super) fn nothing(_spot: &Spot<'_>) -> Option<Vec<Edit>> {
    None
}

/// Each field becomes `false`.
pub(super) fn deny(spot: &Spot<'_>) -> Option<Vec<Edit>> {
    Some(set(spot, &false.into()))
}

/// Each `procMount` becomes what it is where nobody says anything.
pub(super) fn default_mount(spot: &Spot<'_>) -> Option<Vec<Edit>> {
    Some(set(spot, &"Default".into()))
}

/// Each field goes.
pub(super) fn remove(spot: &Spot<'_>) -> Option<Vec<Edit>> {
    Some(spot.places.iter().map(|path| Edit::Remove { path: path.clone() }).collect())
}

/// Each field goes, and what held it too, if it held nothing else.
pub(super) fn remove_whole(spot: &Spot<'_>) -> Option<Vec<Edit>> {
    let mut edits: Vec<Edit> = Vec::new();
    for place in &spot.places {
        let whole = place.split_last().map(|(around, _)| around).filter(|around| {
            let inside = |one: &&Path| one.split_last().is_some_and(|(other, _)| other == *around);
            let gone = spot.places.iter().filter(inside).count();
            spot.object.follow(around).entries().len() == gone
        });
        let edit = Edit::Remove { path: whole.unwrap_or_else(|| place.clone()) };
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    Some(edits)
}

/// Each profile becomes the runtime's; one that names a file is said to be of that file.
pub(super) fn profile(spot: &Spot<'_>) -> Option<Vec<Edit>> {
    let value = |path: &Path| {
        let around = path.split_last().map(|(around, _)| spot.object.follow(&around));
        let names_file = around.is_some_and(|node| !node.get("localhostProfile").str().is_empty());
        let is_annotation = matches!(path.steps().last(), Some(Step::Key(key)) if &**key != "type");
        match (is_annotation, names_file) {
            (true, _) => "runtime/default",
            (false, true) => "Localhost",
            (false, false) => "RuntimeDefault",
        }
    };
    Some(spot.places.iter().map(|path| Edit::set(path.clone(), value(path))).collect())
}

/// Seccomp for the whole pod, and each wrong profile.
pub(super) fn seccomp(spot: &Spot<'_>) -> Option<Vec<Edit>> {
    if is_for_windows(spot) {
        return None;
    }
    let is_missing = spot.spec().at(&["securityContext", "seccompProfile"]).is_null()
        && spot.containers().any(|one| one.at(&["securityContext", "seccompProfile"]).is_null());
    let whole = spot.of_spec(&["securityContext", "seccompProfile", "type"]);
    let mut edits: Vec<Edit> =
        is_missing.then(|| Edit::set(whole, "RuntimeDefault")).into_iter().collect();
    let wrong = profile(spot)?.into_iter().zip(&spot.places);
    edits.extend(wrong.filter(|(_, place)| is_wrong(spot, place)).map(|(edit, _)| edit));
    Some(edits)
}

/// Whether there is a profile at a place, if not a right one.
fn is_wrong(spot: &Spot<'_>, place: &Path) -> bool {
    place.split_last().is_some_and(|(profile, _)| !spot.object.follow(&profile).is_null())
}

/// No root for the whole pod, and wherever root is allowed; nothing where root is asked for.
pub(super) fn non_root(spot: &Spot<'_>) -> Option<Vec<Edit>> {
    let of_pod = spot.spec().get("securityContext");
    let user = |security: &Tree| security.get("runAsUser").int();
    let is_non_root = |security: &Tree| security.get("runAsNonRoot").bool();
    let mut containers = spot.containers().map(|container| container.get("securityContext"));
    if containers.any(|own| user(own).or_else(|| user(of_pod)) == Some(0)) {
        return None;
    }
    let mut containers = spot.containers().map(|container| container.get("securityContext"));
    let is_missing =
        is_non_root(of_pod) != Some(true) && containers.any(|own| is_non_root(own).is_none());
    let whole = is_missing.then(|| spot.of_spec(&["securityContext", "runAsNonRoot"]));
    let is_wrong = |place: &&Path| spot.object.follow(place).bool() == Some(false);
    let wrong = spot.places.iter().filter(is_wrong).filter(|place| whole.as_ref() != Some(*place));
    Some(whole.iter().chain(wrong).map(|path| Edit::set(path.clone(), true)).collect())
}

/// The network of the pod's own, and no port of the node.
pub(super) fn host_ports(spot: &Spot<'_>) -> Option<Vec<Edit>> {
    let is_shared = spot.spec().get("hostNetwork").is_true();
    let network = is_shared.then(|| Edit::set(spot.of_spec(&["hostNetwork"]), false));
    let given = spot.places.iter().filter(|place| !spot.object.follow(place).is_null());
    let ports = given.map(|path| Edit::Remove { path: path.clone() });
    Some(network.into_iter().chain(ports).collect())
}

/// The kubelet asks the pod itself; nothing where the program may listen on the node's own
/// loopback alone.
pub(super) fn probe_hosts(spot: &Spot<'_>) -> Option<Vec<Edit>> {
    let is_shared = spot.spec().get("hostNetwork").is_true();
    let is_loopback =
        |place: &Path| matches!(spot.object.follow(place).str(), "127.0.0.1" | "localhost" | "::1");
    if is_shared && spot.places.iter().any(is_loopback) { None } else { remove(spot) }
}

/// No forbidden parameter; no list where none is left.
pub(super) fn sysctls(spot: &Spot<'_>) -> Option<Vec<Edit>> {
    let list = spot.of_spec(&["securityContext", "sysctls"]);
    let is_alone = spot.object.follow(&list).items().len() == 1;
    let path = if is_alone { list } else { spot.holder.clone() };
    Some(vec![Edit::Remove { path }])
}

/// No escalation, and no privileges, which Kubernetes does not take together.
pub(super) fn escalation(spot: &Spot<'_>) -> Option<Vec<Edit>> {
    if is_for_windows(spot) {
        return None;
    }
    let mut edits = set(spot, &false.into());
    let security = spot.held(&["securityContext"]);
    if security.get("privileged").is_true() {
        let path = spot.holder.join(&["securityContext", "privileged"]);
        edits.push(Edit::set(path, false));
    }
    let added = security.at(&["capabilities", "add"]).items().iter().enumerate();
    let admin = added.filter(|(_, capability)| capability.str() == "CAP_SYS_ADMIN");
    edits.extend(fewer(spot, &admin.map(|(index, _)| index).collect::<Vec<_>>()));
    Some(edits)
}

/// None of the capabilities that are not allowed; all dropped where that is what is missing.
pub(super) fn capabilities(spot: &Spot<'_>) -> Option<Vec<Edit>> {
    if is_for_windows(spot) {
        return None;
    }
    let is_drop = |place: &&Path| matches!(place.steps().last(), Some(Step::Key(_)));
    let mut edits: Vec<Edit> =
        spot.places.iter().filter(is_drop).map(|path| drop_all(spot, path)).collect();
    let added = spot.places.iter().filter_map(|place| match place.steps().last() {
        Some(Step::Index(index)) => Some(*index),
        Some(Step::Key(_)) | None => None,
    });
    edits.extend(fewer(spot, &added.collect::<Vec<_>>()));
    Some(edits)
}

fn drop_all(spot: &Spot<'_>, path: &Path) -> Edit {
    let dropped = spot.object.follow(path).items();
    let miswritten = dropped.iter().position(|one| one.str().eq_ignore_ascii_case("all"));
    match (miswritten, dropped) {
        (Some(index), _) => Edit::set(path.then(index), "ALL"),
        (None, []) => Edit::set(path.clone(), vec!["ALL"]),
        (None, [_, ..]) => Edit::Append { path: path.clone(), value: "ALL".into() },
    }
}

/// Takes items out of the capabilities that a container adds, from the back; the whole list if
/// none is left.
fn fewer(spot: &Spot<'_>, items: &[usize]) -> Vec<Edit> {
    let list = spot.holder.join(&["securityContext", "capabilities", "add"]);
    if items.is_empty() {
        return Vec::new();
    }
    if spot.object.follow(&list).items().len() == items.len() {
        return vec![Edit::Remove { path: list }];
    }
    items.iter().rev().map(|index| Edit::Remove { path: list.then(*index) }).collect()
}

/// Whether the API takes no field of Linux in the pod.
fn is_for_windows(spot: &Spot<'_>) -> bool {
    spot.spec().at(&["os", "name"]).str() == "windows"
}

fn set(spot: &Spot<'_>, value: &Value) -> Vec<Edit> {
    spot.places.iter().map(|path| Edit::set(path.clone(), value.clone())).collect()
}
