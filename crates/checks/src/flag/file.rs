//! Files that flags name: where they lie on the node, and how a static pod gets to see them.

use edit::Edit;
use inventory::{Component, File, Kind, Object, Unknown, Workload};
use serde_json::json;
use tree::{Path, Tree};

use crate::flag::{container, set_flag};
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
    let on_node = path_on_node(seen, component, path);
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

/// The path on the node of what a component knows by `path`: its volumes may move it.
fn path_on_node(seen: &Seen<'_>, component: &Component, path: &str) -> String {
    let moved = pod_and_container(seen, component).and_then(|(workload, container)| {
        let (mount, rest) = mount_of(container, path)?;
        let volume = workload
            .volumes()
            .map(|(volume, _)| volume)
            .find(|volume| volume.get("name").str() == mount.get("name").str())?;
        let host = volume.at(&["hostPath", "path"]).text()?;
        let below = mount.get("subPath").str();
        Some([host, below, rest].iter().fold(String::new(), |path, part| join(&path, part)))
    });
    moved.unwrap_or_else(|| path.to_owned())
}

fn join(path: &str, part: &str) -> String {
    match (path, part.trim_matches('/')) {
        ("", _) => part.trim_end_matches('/').to_owned(),
        (path, "") => path.to_owned(),
        (path, part) => format!("{path}/{part}"),
    }
}

/// Whether the container of a component sees a path of a volume; none if it runs in none.
pub(crate) fn is_mounted(seen: &Seen<'_>, component: &Component, path: &str) -> Option<bool> {
    let (_, container) = pod_and_container(seen, component)?;
    Some(mount_of(container, path).is_some())
}

/// The deepest mount that a path lies in, and the rest of the path.
fn mount_of<'a, 'p>(container: &'a Tree, path: &'p str) -> Option<(&'a Tree, &'p str)> {
    let mounts = container.get("volumeMounts").items().iter();
    mounts
        .filter_map(|mount| {
            let at = mount.get("mountPath").str().trim_end_matches('/');
            let rest = path.strip_prefix(at)?;
            (rest.is_empty() || rest.starts_with('/')).then_some((mount, rest))
        })
        .max_by_key(|(mount, _)| mount.get("mountPath").str().len())
}

fn pod_and_container<'i>(
    seen: &Seen<'i>,
    component: &Component,
) -> Option<(Workload<'i>, &'i Tree)> {
    let object = component.object(seen.inventory())?;
    Some((Workload::of(object)?, object.tree().follow(&container(component)?)))
}

/// Lets a static pod see a file of its node. The file must be there before, or the pod does not
/// start.
pub(crate) fn mount_file(seen: &Seen<'_>, component: &Component, path: &str) -> Option<Vec<Edit>> {
    let (workload, tree) = pod_and_container(seen, component)?;
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
