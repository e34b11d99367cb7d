//! kubeadm writes the manifests of static pods anew from its own configuration, so a flag that was
//! changed in a manifest alone is lost with the next upgrade. What was changed there is changed at
//! its source too: in the `ClusterConfiguration`, if it is in a file; else by hand.

use std::collections::BTreeMap;

use edit::Edit;
use inventory::{Component, ComponentKind, Inventory, Kind, Object, Origin, Started};
use serde_json::{Value, json};
use tree::{Path, Tree};

/// A flag that a change gave a component, or took from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FlagChange {
    pub(crate) component: ComponentKind,
    pub(crate) flag: String,
    /// None where it was taken away.
    pub(crate) value: Option<String>,
}

/// The flags of static pods that kubeadm wrote and that differ now.
pub(crate) fn changes(before: &Inventory, after: &Inventory) -> Vec<FlagChange> {
    let mut changes = Vec::new();
    for kind in [
        ComponentKind::ApiServer,
        ComponentKind::ControllerManager,
        ComponentKind::Scheduler,
        ComponentKind::Etcd,
    ] {
        let flags = |inventory: &Inventory| -> BTreeMap<String, String> {
            let owned = inventory.components(kind).find(|one| is_kubeadms(one, inventory));
            let flags = owned.into_iter().flat_map(|one| one.flags.iter());
            flags.map(|flag| (flag.name.clone(), flag.value.clone())).collect()
        };
        let (old, new) = (flags(before), flags(after));
        let given = new.iter().filter(|(name, value)| old.get(*name) != Some(value));
        changes.extend(given.map(|(name, value)| FlagChange {
            component: kind,
            flag: name.clone(),
            value: Some(value.clone()),
        }));
        let taken = old.keys().filter(|name| !new.contains_key(*name));
        changes.extend(taken.map(|name| FlagChange {
            component: kind,
            flag: name.clone(),
            value: None,
        }));
    }
    changes
}

/// Whether a static pod is one that kubeadm wrote: it annotates its manifests.
fn is_kubeadms(component: &Component, inventory: &Inventory) -> bool {
    let Started::Container { object, .. } = component.started else { return false };
    let annotations = inventory
        .object(object)
        .map(|object| object.tree().at(&["metadata", "annotations"]).entries());
    annotations.into_iter().flatten().any(|(key, _)| key.starts_with("kubeadm.kubernetes.io/"))
}

/// The configuration of kubeadm that stands in a file, with what to change in it.
pub(crate) fn source<'i>(
    inventory: &'i Inventory,
    changes: &[FlagChange],
) -> Option<(&'i Object, Vec<Edit>)> {
    let configurations = inventory.of(Kind::CLUSTER_CONFIGURATION).iter();
    let object = configurations
        .into_iter()
        .find(|object| matches!(object.origin(), Origin::Document { .. }))?;
    let edits: Vec<Edit> = changes.iter().flat_map(|change| edits(object.tree(), change)).collect();
    (!edits.is_empty()).then_some((object, edits))
}

fn edits(tree: &Tree, change: &FlagChange) -> Vec<Edit> {
    let path = section(change.component).join(&["extraArgs"]);
    let args = tree.follow(&path);
    if matches!(args, Tree::List(_)) || (args.is_null() && is_a_list(tree)) {
        return in_list(args, &path, change);
    }
    let path = path.then(change.flag.as_str());
    match &change.value {
        Some(value) => vec![Edit::set(path, value.as_str())],
        None if args.get(&change.flag).is_null() => Vec::new(),
        None => vec![Edit::Remove { path }],
    }
}

/// From `v1beta4` on the arguments are a list of name and value; the last of a name counts.
fn in_list(args: &Tree, path: &Path, change: &FlagChange) -> Vec<Edit> {
    let named = |item: &&Tree| item.get("name").str() == change.flag;
    let last = args.items().iter().rposition(|item| named(&item));
    match (&change.value, last) {
        (Some(value), Some(index)) => {
            vec![Edit::set(path.then(index).then("value"), value.as_str())]
        }
        (Some(value), None) => {
            let value: Value = json!({"name": change.flag, "value": value});
            vec![Edit::Append { path: path.clone(), value }]
        }
        (None, _) => {
            let indexes = args.items().iter().enumerate().rev();
            let given = indexes.filter(|(_, item)| named(item));
            given.map(|(index, _)| Edit::Remove { path: path.then(index) }).collect()
        }
    }
}

fn is_a_list(tree: &Tree) -> bool {
    !matches!(tree.get("apiVersion").str(), "kubeadm.k8s.io/v1beta2" | "kubeadm.k8s.io/v1beta3")
}

fn section(component: ComponentKind) -> Path {
    Path::of(match component {
        ComponentKind::ControllerManager => &["controllerManager"],
        ComponentKind::Scheduler => &["scheduler"],
        ComponentKind::Etcd => &["etcd", "local"],
        ComponentKind::ApiServer | ComponentKind::Kubelet | ComponentKind::KubeProxy => {
            &["apiServer"]
        }
    })
}

/// What a person does where the configuration is in the cluster, not in a file.
pub(crate) fn steps(changes: &[FlagChange]) -> String {
    let mut lines = vec![
        "kubeadm's own configuration still says otherwise, and the next upgrade would write it back:".to_owned(),
        "kubectl --namespace kube-system edit configmap kubeadm-config".to_owned(),
    ];
    lines.extend(changes.iter().map(|change| {
        let section = section(change.component);
        match &change.value {
            Some(value) => format!("in {section}.extraArgs: {} is {value}", change.flag),
            None => format!("in {section}.extraArgs: take {} out", change.flag),
        }
    }));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use inventory::File;

    use super::*;

    const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: kube-apiserver\n  annotations: {kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: 10.0.0.1:6443}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, FLAGS]\n";

    fn inventory(flags: &str, configuration: &str) -> Inventory {
        let mut builder = Inventory::builder();
        builder.add_file(File::new("a.yaml"), &POD.replace("FLAGS", flags));
        builder.add_file(File::new("kubeadm.yaml"), configuration);
        builder.build()
    }

    fn mended(configuration: &str) -> String {
        let before = inventory("--profiling=true, --old=1", configuration);
        let after = inventory("--profiling=false", configuration);
        let changes = changes(&before, &after);
        let (_, edits) = source(&after, &changes).unwrap();
        edit::apply(configuration, 0, &edits).unwrap()
    }

    #[test]
    fn the_source_follows_in_either_shape() {
        let map = "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\napiServer:\n  extraArgs:\n    old: \"1\" # why\n    v: \"2\"\n";
        let expected = "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\napiServer:\n  extraArgs:\n    v: \"2\"\n    profiling: \"false\"\n";
        assert_eq!(mended(map), expected);
        let list = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\napiServer:\n  extraArgs:\n  - name: profiling\n    value: \"true\"\n";
        assert!(mended(list).ends_with("  - name: profiling\n    value: \"false\"\n"));
        let none = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n";
        assert!(
            mended(none)
                .ends_with("apiServer:\n  extraArgs:\n  - name: profiling\n    value: \"false\"\n")
        );
    }

    #[test]
    fn what_kubeadm_did_not_write_has_no_source() {
        let plain = |text: &str| {
            let mut builder = Inventory::builder();
            builder.add_file(File::new("a.yaml"), &text.replace("annotations", "labels"));
            builder.build()
        };
        assert!(changes(&plain(POD), &plain(&POD.replace("FLAGS", "--a=b"))).is_empty());
    }
}
