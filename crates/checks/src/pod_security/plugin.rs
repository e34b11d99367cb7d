//! How the `PodSecurity` admission plugin of an API server is configured, as far as it was seen.

use admission::{PodSecurity, Settings, settings};
use inventory::{Component, ComponentKind, Inventory, Kind, Object, Unknown};
use tree::{Path, Tree};

use crate::{Seen, host_path};

/// Namespaces that are there to run the cluster, and that no policy is asked of.
pub(super) const SYSTEM: [&str; 3] = ["kube-system", "kube-public", "kube-node-lease"];

/// A configuration of the plugin that was seen.
#[derive(Debug)]
pub(super) struct Configured<'i> {
    /// The object it stands in.
    pub(super) object: &'i Object,
    /// Where in that.
    pub(super) path: Path,
    /// What it says.
    pub(super) says: PodSecurity,
}

/// Whether the cluster is known to be older than the plugin, which is on from 1.23.
pub(super) fn is_too_old(seen: &Seen<'_>) -> bool {
    seen.inventory().minor().is_some_and(|minor| minor.number() < 23)
}

/// Whether every API server that was seen holds namespaces without labels to the baseline or more;
/// unknown where none was seen.
pub(super) fn is_safe_by_default(seen: &Seen<'_>) -> Result<bool, Unknown> {
    let inventory = seen.inventory();
    let mut servers = inventory.components(ComponentKind::ApiServer).peekable();
    if servers.peek().is_none() {
        return Err(Unknown::new("no API server was seen", "scan a control plane node"));
    }
    for server in servers {
        let configured = configured(inventory, server)?;
        let level = configured.map(|found| found.says.defaults.enforce.level);
        if level.is_none_or(|level| level < admission::Level::Baseline) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The configuration that an API server is given; none if it is given none.
pub(super) fn configured<'i>(
    inventory: &'i Inventory,
    server: &Component,
) -> Result<Option<Configured<'i>>, Unknown> {
    let Some(path) = server.flags.value("admission-control-config-file") else { return Ok(None) };
    let all = object((inventory, server), path, Kind::ADMISSION_CONFIGURATION)?;
    match settings(all.tree()) {
        None => Ok(None),
        Some(Settings::Here(tree)) => read(all, here(all.tree()), tree).map(Some),
        Some(Settings::File(name)) => {
            let own =
                object((inventory, server), &beside(path, name), Kind::POD_SECURITY_CONFIGURATION)?;
            read(own, Path::root(), own.tree()).map(Some)
        }
    }
}

fn read<'i>(object: &'i Object, path: Path, tree: &Tree) -> Result<Configured<'i>, Unknown> {
    match PodSecurity::read(tree) {
        Ok(says) => Ok(Configured { object, path, says }),
        Err(bad) => Err(Unknown::new(
            format!(
                "the configuration of PodSecurity cannot be read: {}",
                bad.first().map(ToString::to_string).unwrap_or_default()
            ),
            "correct it: kube-apiserver does not start with it",
        )),
    }
}

fn object<'i>(
    (inventory, server): (&'i Inventory, &Component),
    path: &str,
    kind: Kind<'_>,
) -> Result<&'i Object, Unknown> {
    let unseen = || Unknown::new(format!("{path} was not seen"), format!("scan {path} as well"));
    let file = host_path::file(inventory, server, path).ok_or_else(unseen)?;
    inventory.objects_of(file).find(|object| object.kind() == kind).ok_or_else(|| {
        Unknown::new(format!("{path} holds no {}", kind.kind), format!("correct {path}"))
    })
}

fn here(configuration: &Tree) -> Path {
    let mut plugins = configuration.get("plugins").items().iter();
    let index = plugins.position(|plugin| plugin.get("name").str() == "PodSecurity");
    Path::of(&["plugins"]).then(index.unwrap_or_default()).then("configuration")
}

/// A name as a file beside another takes it.
fn beside(path: &str, name: &str) -> String {
    match path.rsplit_once('/') {
        Some((folder, _)) if !name.starts_with('/') => {
            format!("{folder}/{}", name.trim_start_matches("./"))
        }
        Some(_) | None => name.to_owned(),
    }
}
