//! Files that flags name: where they lie on the node, and how a static pod gets to see them.

use edit::Edit;
use inventory::{Component, File, Kind, Object, Unknown, Workload};
use serde_json::json;
use tree::{Path, Tree};

use crate::flag::{container, set_flag};
use crate::host_path::{self, mount_of, pod_and_container};
use crate::{Remedy, Seen};

/// The file that a component knows by `path`.
///
/// # Errors
/// If it was not seen.
pub(crate) fn file_named<'i>(
    seen: &Seen<'i>,
    component: &Component,
    path: &str,
) -> Result<&'i File, Unknown> {
    let moved = host_path::on_node(seen.inventory(), component, path);
    let on_node = moved.unwrap_or_else(|| path.to_owned());
    seen.inventory().file(&on_node).ok_or_else(|| {
        Unknown::new(
            format!("{on_node}, which {} reads, was not seen", component.kind.program()),
            format!("give {on_node} of the node too"),
        )
    })
}

/// The objects of a kind in the file that a component knows by `path`.
///
/// # Errors
/// If the file was not seen, or holds none.
pub(crate) fn objects_named<'i>(
    seen: &Seen<'i>,
    component: &Component,
    path: &str,
    kind: Kind<'_>,
) -> Result<Vec<&'i Object>, Unknown> {
    let file = file_named(seen, component, path)?;
    let objects = seen.inventory().objects_of(file).filter(|object| object.kind() == kind);
    let objects: Vec<_> = objects.collect();
    if objects.is_empty() {
        let reason = format!("{} holds no {} that can be read", file.path_on_node(), kind.kind);
        return Err(Unknown::new(reason, format!("correct {}", file.path_on_node())));
    }
    Ok(objects)
}

/// Whether the container of a component sees a path of a volume; none if it runs in none.
pub(crate) fn is_mounted(seen: &Seen<'_>, component: &Component, path: &str) -> Option<bool> {
    let (_, container) = pod_and_container(seen.inventory(), component)?;
    Some(mount_of(container, path).is_some())
}

/// Lets a static pod see a file of its node. The file must be there before, or the pod does not
/// start.
pub(crate) fn mount_file(seen: &Seen<'_>, component: &Component, path: &str) -> Option<Vec<Edit>> {
    let (workload, tree) = pod_and_container(seen.inventory(), component)?;
    if workload.object().kind() != Kind::POD {
        return None;
    }
    let (shown, kind) = folder_to_mount(tree, path).map_or((path, "File"), |at| (at, "Directory"));
    let name = volume_name(&workload, shown);
    let mount = json!({"name": name, "mountPath": shown, "readOnly": true});
    let volume = json!({"name": name, "hostPath": {"path": shown, "type": kind}});
    let mounts: Path = container(component)?.then("volumeMounts");
    Some(vec![
        Edit::Append { path: mounts, value: mount },
        Edit::Append { path: workload.spec_path().then("volumes"), value: volume },
    ])
}

/// The folder of a file, where showing all of it hides nothing else from the container. A file
/// that is replaced stays visible through its folder, not through a mount of its own.
fn folder_to_mount<'p>(container: &Tree, path: &'p str) -> Option<&'p str> {
    let (folder, _) = path.rsplit_once('/')?;
    let below = |mount: &Tree| mount.get("mountPath").str().starts_with(folder);
    let is_shared = folder.matches('/').count() < 3 || folder.starts_with("/etc/ssl");
    (!is_shared && !container.get("volumeMounts").items().iter().any(below)).then_some(folder)
}

fn volume_name(workload: &Workload<'_>, path: &str) -> String {
    let word: String = path
        .chars()
        .map(
            |letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' },
        )
        .collect();
    let word: String = word.trim_matches('-').chars().take(50).collect();
    let word = word.trim_end_matches('-').to_owned();
    let taken = |name: &str| workload.volumes().any(|(volume, _)| volume.get("name").str() == name);
    if !taken(&word) {
        return word;
    }
    let mut names = (2_u32..).map(|number| format!("{word}-{number}"));
    names.find(|name| !taken(name)).unwrap_or(word)
}

/// Gives a flag the path of a file, and lets the static pod see it. The file must be written
/// before: a flag that names a file which is not there keeps the process from starting.
pub(crate) fn set_flag_with_file(
    seen: &Seen<'_>,
    component: &Component,
    flag: &str,
    path: &str,
) -> Remedy {
    let set = set_flag(seen.inventory(), component, flag, path);
    let Remedy::Edit(mut edits) = set else { return set };
    if is_mounted(seen, component, path) == Some(true) {
        return Remedy::Edit(edits);
    }
    match mount_file(seen, component, path) {
        Some(mounting) => {
            edits.extend(mounting);
            Remedy::Edit(edits)
        }
        None => Remedy::Steps(format!(
            "mount {path} into the container of {program}\nstart {program} with --{flag}={path}",
            program = component.kind.program()
        )),
    }
}
