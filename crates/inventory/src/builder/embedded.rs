//! Configuration files inside `ConfigMap`s of a cluster: what kubeadm keeps there is what its nodes
//! run with.

use tree::Keys;

use crate::{Kind, Object, Origin};

/// Which `ConfigMap` holds what: namespace, the beginning of its name, key.
const KNOWN: [(&str, &str, &str); 6] = [
    ("kube-system", "kubeadm-config", "ClusterConfiguration"),
    ("kube-system", "kubelet-config", "kubelet"),
    ("kube-system", "kube-proxy", "config.conf"),
    ("kube-system", "kube-proxy", "kubeconfig.conf"),
    ("kube-public", "cluster-info", "kubeconfig"),
    ("kube-system", "extension-apiserver-authentication", "client-ca-file"),
];

pub(super) fn objects(seen: &[Object], keys: &mut Keys) -> Vec<Object> {
    let maps = seen.iter().filter(|object| object.kind() == Kind::CONFIG_MAP);
    maps.flat_map(|map| of(map, keys)).collect()
}

fn of(map: &Object, keys: &mut Keys) -> Vec<Object> {
    let known = KNOWN.iter().filter(|(namespace, name, _)| {
        map.namespace() == *namespace && map.name().starts_with(name)
    });
    let mut found = Vec::new();
    for (_, _, key) in known {
        let Some(text) = map.tree().get("data").get(key).text() else { continue };
        let origin = Origin::Within { object: map.describe(), key: (*key).to_owned() };
        let trees = tree::documents(text).filter_map(|one| tree::read(one.text, keys).ok());
        found.extend(trees.filter_map(|tree| Object::new(tree, origin.clone())));
    }
    found
}
