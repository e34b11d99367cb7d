//! Files that flags of a component name: a container sees them where they are mounted, the node
//! where they are.

use inventory::{Component, File, Inventory, Started, Unknown, Workload};

/// The file that a flag's value names.
pub(crate) fn file<'s>(
    inventory: &'s Inventory,
    component: &Component,
    path: &str,
) -> Option<&'s File> {
    let on_host = host_path(inventory, component, path);
    inventory.file(on_host.as_deref().unwrap_or(path))
}

/// That a file was not seen.
pub(crate) fn unseen(path: &str) -> Unknown {
    Unknown::new(
        format!("{path} was not seen"),
        format!("give {path} of a control plane node as well"),
    )
}

/// Where on the node a path of a container is.
fn host_path(inventory: &Inventory, component: &Component, path: &str) -> Option<String> {
    let Started::Container { container, .. } = &component.started else { return None };
    let object = component.object(inventory)?;
    let mounts = object.tree().follow(container).get("volumeMounts").items();
    let below = |mount: &str| {
        let rest = path.strip_prefix(mount.trim_end_matches('/'))?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    };
    let (mount, rest) = mounts
        .iter()
        .filter_map(|mount| Some((mount, below(mount.get("mountPath").str())?)))
        .min_by_key(|(_, rest)| rest.len())?;
    let workload = Workload::of(object)?;
    let (volume, _) =
        workload.volumes().find(|(volume, _)| volume.get("name") == mount.get("name"))?;
    let host = volume.at(&["hostPath", "path"]).text()?;
    Some(format!("{}{rest}", host.trim_end_matches('/')))
}

/// Whether a container sees a folder of its node.
pub(crate) fn sees(inventory: &Inventory, component: &Component, folder: &str) -> bool {
    host_path(inventory, component, folder).is_some()
}
