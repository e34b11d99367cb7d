//! What runs at which version, and where: by images, by what nodes say of themselves, and by what
//! the cluster tells.

use std::collections::{BTreeMap, BTreeSet};

use advisories::{Component, ImageReference, Version};
use inventory::{Inventory, Kind};

/// What runs at which version.
#[derive(Debug, Default)]
pub(crate) struct Fleet {
    running: BTreeMap<Component, Vec<(Version, BTreeSet<String>)>>,
}

impl Fleet {
    /// Looks through an inventory. Each image is read once, however many pods run it.
    pub(crate) fn of(inventory: &Inventory) -> Self {
        let mut fleet = Self::default();
        fleet.images(inventory);
        fleet.nodes(inventory);
        fleet.control_plane(inventory);
        fleet
    }

    /// The versions that a component runs at, the oldest first, with where.
    pub(crate) fn versions(&self, component: Component) -> &[(Version, BTreeSet<String>)] {
        self.running.get(&component).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every component that runs at a known version.
    pub(crate) fn components(&self) -> impl Iterator<Item = Component> {
        self.running.keys().copied()
    }

    fn add(&mut self, component: Component, version: Version, place: String) {
        let versions = self.running.entry(component).or_default();
        let at = versions.partition_point(|(known, _)| *known < version);
        match versions.get_mut(at).filter(|(known, _)| *known == version) {
            Some((_, places)) => {
                places.insert(place);
            }
            None => versions.insert(at, (version, BTreeSet::from([place]))),
        }
    }

    fn images(&mut self, inventory: &Inventory) {
        let mut read: BTreeMap<&str, Option<(Component, Version)>> = BTreeMap::new();
        for workload in inventory.workloads() {
            for container in workload.containers() {
                let image = container.image();
                let found = read
                    .entry(image)
                    .or_insert_with(|| Component::of_image(&ImageReference::parse(image).ok()?));
                if let Some((component, version)) = found.clone() {
                    self.add(component, version, workload.object().describe());
                }
            }
        }
    }

    fn nodes(&mut self, inventory: &Inventory) {
        let has_proxy = self.running.contains_key(&Component::KubeProxy);
        for node in inventory.of(Kind::NODE) {
            let info = node.tree().at(&["status", "nodeInfo"]);
            let place = node.describe();
            if let Ok(version) = Version::reported(info.get("kubeletVersion").str()) {
                self.add(Component::Kubelet, version, place.clone());
            }
            // What a node says of its proxy is the kubelet's own version.
            if let Ok(version) = Version::reported(info.get("kubeProxyVersion").str())
                && !has_proxy
            {
                self.add(Component::KubeProxy, version, place.clone());
            }
            let runtime = Component::of_runtime(info.get("containerRuntimeVersion").str());
            if let Some((component, version)) = runtime {
                self.add(component, version, place);
            }
        }
    }

    /// The version that the cluster tells, or kubeadm is given, where no image of the API server
    /// does.
    fn control_plane(&mut self, inventory: &Inventory) {
        if self.running.contains_key(&Component::KubeApiserver) {
            return;
        }
        if let Some(version) = inventory.version().and_then(|text| Version::reported(text).ok()) {
            self.add(Component::KubeApiserver, version, "the cluster's /version".to_owned());
            return;
        }
        for object in inventory.of(Kind::CLUSTER_CONFIGURATION) {
            let text = object.tree().get("kubernetesVersion").str();
            if let Ok(version) = Version::reported(text) {
                self.add(Component::KubeApiserver, version, "ClusterConfiguration".to_owned());
            }
        }
    }
}

/// Places as people read them: the first few, and how many more.
pub(crate) fn places(places: &BTreeSet<String>) -> String {
    let first: Vec<&str> = places.iter().take(SHOWN).map(String::as_str).collect();
    match places.len().saturating_sub(SHOWN) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

const SHOWN: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    const PODS: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: apps}
spec: {template: {spec: {containers: [{name: a, image: \"coredns/coredns:1.11.1\"}, {name: b, image: \"coredns/coredns:latest\"}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: dns, namespace: kube-system}
spec: {containers: [{name: a, image: \"registry.k8s.io/coredns/coredns:v1.11.1\"}, {name: b, image: \"coredns/coredns:1.9.0\"}]}
---
apiVersion: v1
kind: Node
metadata: {name: worker-1}
status: {nodeInfo: {kubeletVersion: v1.34.1+k3s1, kubeProxyVersion: v1.34.1, containerRuntimeVersion: \"containerd://2.1.4-k3s1\"}}
";

    fn fleet(text: &str, version: Option<&str>) -> Fleet {
        let mut builder = Inventory::builder();
        builder.add_file(inventory::File::new("a.yaml"), text);
        if let Some(version) = version {
            builder.set_version(version);
        }
        Fleet::of(&builder.build())
    }

    #[test]
    fn versions_are_told_by_images_and_nodes() {
        let fleet = fleet(PODS, Some("v1.34.1-eks-1"));
        let check = |component: Component, expected: &[(&str, &str)]| {
            let found = fleet.versions(component).iter();
            let found: Vec<_> =
                found.map(|(version, at)| (version.to_string(), places(at))).collect();
            let expected: Vec<_> =
                expected.iter().map(|(one, two)| ((*one).to_owned(), (*two).to_owned())).collect();
            assert_eq!(found, expected, "{component}");
        };
        check(
            Component::CoreDns,
            &[
                ("1.9.0", "Pod kube-system/dns"),
                ("1.11.1", "Deployment apps/web, Pod kube-system/dns"),
            ],
        );
        check(Component::Kubelet, &[("1.34.1", "Node worker-1")]);
        check(Component::KubeProxy, &[("1.34.1", "Node worker-1")]);
        check(Component::Containerd, &[("2.1.4", "Node worker-1")]);
        check(Component::KubeApiserver, &[("1.34.1", "the cluster's /version")]);
        check(Component::Etcd, &[]);
    }

    #[test]
    fn an_image_of_the_api_server_tells_more_than_kubeadm_was_given() {
        let kubeadm = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.33.0\n";
        let server = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: \"registry.k8s.io/kube-apiserver:v1.34.2\"}]}\n";
        let check = |text: &str, expected: &str| {
            let fleet = fleet(text, None);
            let versions = fleet.versions(Component::KubeApiserver);
            let found: Vec<String> = versions.iter().map(|(one, _)| one.to_string()).collect();
            assert_eq!(found, [expected]);
        };
        check(kubeadm, "1.33.0");
        check(&format!("{kubeadm}{server}"), "1.34.2");
    }

    #[test]
    fn many_places_are_counted() {
        let all: BTreeSet<String> = (1..=7).map(|number| format!("Node n{number}")).collect();
        assert_eq!(places(&all), "Node n1, Node n2, Node n3, Node n4, Node n5 and 2 more");
    }
}
