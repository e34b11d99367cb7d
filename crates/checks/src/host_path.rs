//! What a path inside the container of a component is outside of it, and the volumes that make it
//! a path of its node.

use edit::Edit;
use inventory::{Component, File, Inventory, Started, Workload};
use serde_json::json;
use tree::{Path, Tree};

use crate::Remedy;

/// Where what is written to a path is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kept {
    /// The process runs on the node itself.
    OnNode,
    /// A volume that outlives the pod.
    Volume,
    /// A volume that goes with the pod, and where it stands.
    PodVolume(Path),
    /// The container's own files.
    InContainer,
}

/// The pod that a component runs in, and its container there; none if it runs in none.
pub(crate) fn pod_and_container<'i>(
    inventory: &'i Inventory,
    component: &Component,
) -> Option<(Workload<'i>, &'i Tree)> {
    match &component.started {
        Started::Container { container, .. } => {
            let object = component.object(inventory)?;
            Some((Workload::of(object)?, object.tree().follow(container)))
        }
        Started::Process { .. } | Started::File { .. } => None,
    }
}

/// The deepest mount that a path lies in, and the rest of the path.
pub(crate) fn mount_of<'a, 'p>(container: &'a Tree, path: &'p str) -> Option<(&'a Tree, &'p str)> {
    let mounts = container.get("volumeMounts").items().iter();
    mounts
        .filter_map(|mount| Some((mount, rest(mount.get("mountPath").str(), path)?)))
        .max_by_key(|(mount, _)| mount.get("mountPath").str().len())
}

/// The volume of a mount, and where it stands.
fn volume<'i>(workload: &Workload<'i>, mount: &Tree) -> Option<(&'i Tree, Path)> {
    workload.volumes().find(|(volume, _)| volume.get("name").str() == mount.get("name").str())
}

/// Where a component keeps what is at `path`.
pub(crate) fn kept(inventory: &Inventory, component: &Component, path: &str) -> Kept {
    let Some((workload, container)) = pod_and_container(inventory, component) else {
        return Kept::OnNode;
    };
    match mount_of(container, path).and_then(|(mount, _)| volume(&workload, mount)) {
        Some((volume, at)) if volume.get("emptyDir").is_map() => Kept::PodVolume(at),
        Some(_) => Kept::Volume,
        None => Kept::InContainer,
    }
}

/// The volume that a component keeps `path` in.
pub(crate) fn volume_of<'i>(
    inventory: &'i Inventory,
    component: &Component,
    path: &str,
) -> Option<&'i Tree> {
    let (workload, container) = pod_and_container(inventory, component)?;
    let (mount, _) = mount_of(container, path)?;
    volume(&workload, mount).map(|(volume, _)| volume)
}

/// The path on the node of what the container of a component knows by `path`; none where no volume
/// of the node is mounted there.
pub(crate) fn on_node(inventory: &Inventory, component: &Component, path: &str) -> Option<String> {
    let (workload, container) = pod_and_container(inventory, component)?;
    let (mount, rest) = mount_of(container, path)?;
    let (volume, _) = volume(&workload, mount)?;
    let host = volume.at(&["hostPath", "path"]).text()?;
    let below = mount.get("subPath").str();
    Some([host, below, rest].iter().fold(String::new(), |path, part| join(&path, part)))
}

/// The file that a component knows by `path`, if it was seen.
pub(crate) fn file<'i>(
    inventory: &'i Inventory,
    component: &Component,
    path: &str,
) -> Option<&'i File> {
    inventory.file(on_node(inventory, component, path).as_deref().unwrap_or(path))
}

fn join(path: &str, part: &str) -> String {
    match (path, part.trim_matches('/')) {
        ("", _) => part.trim_end_matches('/').to_owned(),
        (path, "") => path.to_owned(),
        (path, part) => format!("{path}/{part}"),
    }
}

/// What is left of a path below `folder`; none if it lies elsewhere.
fn rest<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    let rest = path.strip_prefix(folder.trim_end_matches('/'))?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// Whether a path is `folder` or lies below it.
pub(crate) fn covers(folder: &str, path: &str) -> bool {
    rest(folder, path).is_some()
}

/// The folder of a file.
pub(crate) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| if folder.is_empty() { "/" } else { folder })
}

/// What is to be at a path of the node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needed {
    /// A file that is there, to read.
    File,
    /// A folder, made if it is missing, to write to.
    Folder,
}

/// Mounts a path of the node at the same path of the component's container; nothing where it is
/// there already or where the component runs on the node itself.
pub(crate) fn mount(
    inventory: &Inventory,
    component: &Component,
    (name, path): (&str, &str),
    needed: Needed,
) -> Vec<Edit> {
    let (Some((workload, _)), Started::Container { container, .. }) =
        (pod_and_container(inventory, component), &component.started)
    else {
        return Vec::new();
    };
    match kept(inventory, component, path) {
        Kept::OnNode | Kept::Volume => Vec::new(),
        Kept::PodVolume(at) => vec![
            Edit::Remove { path: at.then("emptyDir") },
            Edit::set(at.then("hostPath"), host_path(path, needed)),
        ],
        Kept::InContainer => {
            let taken = workload.volumes().any(|(volume, _)| volume.get("name").str() == name);
            let name = format!("{name}{}", if taken { "-on-node" } else { "" });
            let mut mount = json!({"mountPath": path, "name": name});
            if needed == Needed::File
                && let Some(fields) = mount.as_object_mut()
            {
                fields.insert("readOnly".to_owned(), true.into());
            }
            let volume = json!({"name": name, "hostPath": host_path(path, needed)});
            vec![
                Edit::Append { path: container.then("volumeMounts"), value: mount },
                Edit::Append { path: workload.spec_path().then("volumes"), value: volume },
            ]
        }
    }
}

fn host_path(path: &str, needed: Needed) -> serde_json::Value {
    let kind = match needed {
        Needed::File => "File",
        Needed::Folder => "DirectoryOrCreate",
    };
    json!({"path": path, "type": kind})
}

/// The changes of some remedies together; none unless each of them is made of changes.
pub(crate) fn together(remedies: impl IntoIterator<Item = Remedy>) -> Option<Vec<Edit>> {
    let mut all = Vec::new();
    for remedy in remedies {
        match remedy {
            Remedy::Edit(edits) => all.extend(edits),
            Remedy::Explained
            | Remedy::Steps(_)
            | Remedy::Rights { .. }
            | Remedy::Delete
            | Remedy::Create(_) => return None,
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_covers_what_lies_below_it_and_nothing_that_begins_alike() {
        let check = |folder: &str, path: &str, expected: bool| {
            assert_eq!(covers(folder, path), expected, "{folder} {path}");
        };
        check("/var/log", "/var/log/audit.log", true);
        check("/var/log/", "/var/log", true);
        check("/", "/var/log", true);
        check("/var/lo", "/var/log", false);
        check("/var/log/audit", "/var/log", false);
    }

    #[test]
    fn the_folder_of_a_file_is_what_comes_before_its_name() {
        let check = |path: &str, expected: &str| assert_eq!(folder_of(path), expected);
        check("/var/log/audit.log", "/var/log");
        check("/audit.log", "/");
        check("audit.log", "");
    }

    #[test]
    fn a_path_is_where_its_deepest_mount_leads() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver]\n    volumeMounts:\n    - {name: all, mountPath: /etc}\n    - {name: deep, mountPath: /etc/audit/, subPath: sub}\n    - {name: none, mountPath: /tmp}\n  volumes:\n  - {name: all, hostPath: {path: /srv/etc/}}\n  - {name: deep, hostPath: {path: /srv/audit}}\n  - {name: none, emptyDir: {}}\n";
        let mut builder = Inventory::builder();
        builder.add_file(File::new("pod.yaml"), text);
        builder.add_file(File::new("/srv/audit/sub/policy.yaml"), "a: 1\n");
        let inventory = builder.build();
        let server = inventory.components(inventory::ComponentKind::ApiServer).next().unwrap();
        let check = |path: &str, expected: Option<&str>| {
            assert_eq!(on_node(&inventory, server, path).as_deref(), expected, "{path}");
        };
        check("/etc/passwd", Some("/srv/etc/passwd"));
        check("/etc/audit/policy.yaml", Some("/srv/audit/sub/policy.yaml"));
        check("/etc/auditors", Some("/srv/etc/auditors"));
        check("/tmp/x", None);
        check("/var/x", None);
        assert!(file(&inventory, server, "/etc/audit/policy.yaml").is_some());
        assert!(file(&inventory, server, "/srv/audit/sub/policy.yaml").is_some());
        assert!(file(&inventory, server, "/etc/other").is_none());
    }
}
