//! Files that flags of a component name: a container sees them where they are mounted, the node
//! where they are.

use inventory::{Component, File, Inventory, Unknown};

use crate::host_path::on_node;

/// The file that a flag's value names.
pub(crate) fn file<'s>(
    inventory: &'s Inventory,
    component: &Component,
    path: &str,
) -> Option<&'s File> {
    let on_host = on_node(inventory, component, path);
    inventory.file(on_host.as_deref().unwrap_or(path))
}

/// That a file was not seen.
pub(crate) fn unseen(path: &str) -> Unknown {
    Unknown::new(
        format!("{path} was not seen"),
        format!("give {path} of a control plane node as well"),
    )
}

/// Whether a container sees a folder of its node.
pub(crate) fn sees(inventory: &Inventory, component: &Component, folder: &str) -> bool {
    on_node(inventory, component, folder).is_some()
}
