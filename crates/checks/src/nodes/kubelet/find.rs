//! Which kubelets there are among what was seen: processes, files of the service manager with the
//! environment files beside them, and configurations whose kubelet was not seen.

use std::collections::{BTreeMap, BTreeSet};

use inventory::{Component, ComponentKind, File, Kind, Object, Origin, Started, Unknown};

use super::{Config, Kubelet};
use crate::{About, Seen};

/// Every kubelet, in the order of the inventory.
pub(crate) fn kubelets<'i>(seen: &Seen<'i>) -> Vec<Kubelet<'i>> {
    let mut found: Vec<Kubelet<'i>> =
        starts(seen).into_iter().map(|one| one.kubelet(seen)).collect();
    let used: BTreeSet<&Origin> = found.iter().flat_map(origins).collect();
    let alone = seen.kubelet_configurations().filter(|object| !used.contains(object.origin()));
    let alone: Vec<_> = alone.map(|object| configured(seen, object)).collect();
    found.extend(alone);
    found
}

/// That none was seen.
pub(crate) fn no_kubelet() -> Unknown {
    Unknown::new(
        "the configuration of no kubelet was seen",
        "give the node's /var/lib/kubelet and /etc/systemd/system/kubelet.service.d",
    )
}

/// What starts one kubelet.
struct Start<'i> {
    prefix: String,
    components: Vec<&'i Component>,
    /// Whether these are all the flags it has.
    is_whole: bool,
}

/// Processes each by itself; files of one node together, unless its process was seen.
fn starts<'i>(seen: &Seen<'i>) -> Vec<Start<'i>> {
    let mut starts = Vec::new();
    let mut files: BTreeMap<String, Vec<(Rank, &'i Component)>> = BTreeMap::new();
    for component in seen.inventory().components(ComponentKind::Kubelet) {
        match &component.started {
            Started::File { path } => {
                let prefix = seen.inventory().file(path).map(prefix).unwrap_or_default();
                files.entry(prefix).or_default().push((Rank::of(path), component));
            }
            Started::Process { .. } | Started::Container { .. } => starts.push(Start {
                prefix: String::new(),
                components: vec![component],
                is_whole: true,
            }),
        }
    }
    if !starts.is_empty() {
        files.remove("");
    }
    starts.extend(files.into_iter().map(|(prefix, files)| of_files(prefix, files)));
    starts
}

/// Which file's flags win: a drop-in over the unit, environments over both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Unit,
    DropIn(String),
    Kubeadm,
    Extra,
}

impl Rank {
    fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        match name {
            "kubeadm-flags.env" => Self::Kubeadm,
            "kubelet" => Self::Extra,
            _ if path.contains(".service.d/") => Self::DropIn(name.to_owned()),
            _ => Self::Unit,
        }
    }

    fn is_environment(&self) -> bool {
        match self {
            Self::Unit | Self::DropIn(_) => false,
            Self::Kubeadm | Self::Extra => true,
        }
    }
}

/// Of several files that say how to start it, the last one counts.
fn of_files(prefix: String, mut files: Vec<(Rank, &Component)>) -> Start<'_> {
    files.sort_by(|one, other| one.0.cmp(&other.0));
    let unit = files.iter().rev().find(|(rank, _)| !rank.is_environment()).map(|(_, one)| *one);
    let environments = files.iter().filter(|(rank, _)| rank.is_environment()).map(|(_, one)| *one);
    let components = unit.into_iter().chain(environments).collect();
    Start { prefix, components, is_whole: unit.is_some() }
}

impl<'i> Start<'i> {
    fn kubelet(self, seen: &Seen<'i>) -> Kubelet<'i> {
        let about = self
            .components
            .first()
            .map_or_else(About::cluster, |component| About::component(component, seen.inventory()));
        let flag = |name: &str| self.components.iter().rev().find_map(|one| one.flags.value(name));
        let named = flag("config").filter(|path| !path.is_empty());
        let config = match named.or((!self.is_whole).then_some(KUBEADM_CONFIG)) {
            None => Config::Absent,
            Some(path) => config(seen, &self.prefix, path, flag("config-dir")),
        };
        let Self { prefix, components, .. } = self;
        Kubelet { about, components, config, prefix, is_kubeadm_input: false }
    }
}

/// Where kubeadm keeps it.
const KUBEADM_CONFIG: &str = "/var/lib/kubelet/config.yaml";

fn config<'i>(seen: &Seen<'i>, prefix: &str, path: &str, folder: Option<&str>) -> Config<'i> {
    let file = file_of(seen, prefix, path).and_then(|file| configuration(seen, file));
    let Some(file) = file else { return Config::NotSeen(not_seen(path)) };
    let Some(folder) = folder else { return Config::Seen(file, Vec::new()) };
    let mut drop_ins: Vec<(&str, &Object)> = seen
        .inventory()
        .files()
        .iter()
        .filter(|file| is_drop_in_of(file, prefix, folder))
        .filter_map(|file| Some((file.path(), configuration(seen, file)?)))
        .collect();
    if drop_ins.is_empty() && file_of(seen, prefix, folder).is_none() {
        return Config::NotSeen(not_seen(folder));
    }
    drop_ins.sort_by_key(|(path, _)| *path);
    Config::Seen(file, drop_ins.into_iter().map(|(_, object)| object).collect())
}

fn is_drop_in_of(file: &File, prefix: &str, folder: &str) -> bool {
    let rest = file.path().strip_prefix(prefix).and_then(|path| path.strip_prefix(folder));
    rest.is_some_and(|rest| rest.starts_with('/') && is_conf(rest))
}

/// Drop-ins have this ending; the kubelet passes over others.
pub(crate) fn is_conf(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending == "conf")
}

fn not_seen(path: &str) -> Unknown {
    Unknown::new(
        format!("the kubelet reads {path}, which was not seen"),
        format!("scan {path} too"),
    )
}

/// The file that a node knows by a path.
fn file_of<'i>(seen: &Seen<'i>, prefix: &str, path: &str) -> Option<&'i File> {
    let whole = format!("{prefix}{path}");
    seen.inventory().files().iter().find(|file| file.path() == whole)
}

fn configuration<'i>(seen: &Seen<'i>, file: &File) -> Option<&'i Object> {
    let mut objects = seen.inventory().objects_of(file);
    objects.find(|object| object.kind() == Kind::KUBELET_CONFIGURATION)
}

/// Where a node's files were copied to.
fn prefix(file: &File) -> String {
    file.path().strip_suffix(file.path_on_node()).unwrap_or_default().to_owned()
}

fn origins<'k>(kubelet: &'k Kubelet<'_>) -> Vec<&'k Origin> {
    match &kubelet.config {
        Config::Absent | Config::NotSeen(_) => Vec::new(),
        Config::Seen(file, drop_ins) => {
            [file].into_iter().chain(drop_ins).map(|object| object.origin()).collect()
        }
    }
}

/// The kubelets of a configuration that none was seen to be started with.
fn configured<'i>(seen: &Seen<'i>, object: &'i Object) -> Kubelet<'i> {
    let file = object.origin().file().and_then(|file| seen.inventory().file_at(file));
    let is_kubeadm_input = file.is_some_and(|file| {
        seen.inventory().objects_of(file).any(|one| one.kind().group == "kubeadm.k8s.io")
    });
    Kubelet {
        about: About::object(object),
        components: Vec::new(),
        config: Config::Seen(object, Vec::new()),
        prefix: file.map(prefix).unwrap_or_default(),
        is_kubeadm_input,
    }
}

#[cfg(test)]
mod tests;
