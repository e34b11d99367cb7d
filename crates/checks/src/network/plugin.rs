//! NW-004 and NW-011: networks that enforce no policies, and pods that are outside of them.

use inventory::{ComponentKind, File, Kind, Unknown, Workload};

use super::deny::NETWORK;
use crate::example::{Example, ExampleFile, Expected};
use crate::image::Image;
use crate::{About, Check, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Tally, Verdict};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "NW-004",
        name: "network-enforces-nothing",
        title: "The network of the cluster enforces no NetworkPolicy",
        severities: &[Severity::High],
        why: "Policies are then stored and shown, and every connection goes through all the same.",
        fails: "The only network that was seen is one that enforces nothing: flannel alone, kubenet, the VPC CNI of AWS without its policy agent, kindnet of before August 2024, or a CNI configuration of bridge and host-local. With Calico, Cilium, kube-router, Antrea, Weave, OVN and the like it passes; a network that is none of these is unknown.",
        fix: Fix::Steps(
            "Put a network there that enforces policies: Calico's policy engine beside flannel (canal), Cilium, Calico, or on EKS the policy agent of the VPC CNI (enableNetworkPolicy: \"true\").",
        ),
        references: &[
            Reference::Cis("5.3.1"),
            Reference::Nsa("Network separation"),
            Reference::Owasp("K05"),
        ],
        judge: Judge::Whole(enforces),
        examples: &[
            Example::of("flannel alone", Expected::Fail(Severity::High), &[FLANNEL]),
            Example::of("flannel with Calico's engine", Expected::Pass, &[FLANNEL, CALICO]),
            Example::of("an old kindnet", Expected::Fail(Severity::High), &[KINDNET_OLD]),
            Example::of("kindnet as it is now", Expected::Pass, &[KINDNET]),
            Example::of("AWS without its agent", Expected::Fail(Severity::High), &[AWS]),
            Example::of("AWS with its agent", Expected::Pass, &[AWS_AGENT]),
            Example::of("a configuration of a node", Expected::Fail(Severity::High), &[BRIDGE]),
            Example::of("no network was seen", Expected::Unknown, &[]),
        ],
        ..NETWORK
    },
    Check {
        id: "NW-011",
        name: "host-network",
        title: "Pods use the network of their node",
        why: "No NetworkPolicy counts for them; they reach what only the node may, kubelet and metadata service included, and listen on its addresses.",
        fails: "hostNetwork is true in a workload outside of kube-system. What makes the network itself (by its image: Calico, Cilium, flannel and the like) is let off.",
        fix: Fix::Steps(
            "Take hostNetwork: true out of the pod template; use a Service or hostPort where a port of the node is needed.",
        ),
        references: &[Reference::Nsa("Network separation"), Reference::Owasp("K05")],
        judge: Judge::Workloads(&host_network),
        examples: &[
            Example::of("an exporter", Expected::Fail(Severity::Medium), &[HOST]),
            Example::of("of the system", Expected::Pass, &[PROXY]),
            Example::of("what makes the network", Expected::Exempt, &[FLANNEL]),
            Example::of("one that borrows a name", Expected::Fail(Severity::Medium), &[BORROWED]),
            Example::of("no namespace is named", Expected::Unknown, &[NOWHERE]),
        ],
        ..NETWORK
    },
];

/// Whether a network enforces policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Network {
    Enforcing,
    Idle(&'static str),
}

fn enforces(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut idle: Option<(About, &'static str)> = None;
    for (about, network) in networks(seen) {
        match network {
            Network::Enforcing => return Ok(Verdict::Pass.into()),
            Network::Idle(name) => idle = idle.or(Some((about, name))),
        }
    }
    let Some((about, name)) = idle else {
        seen.all(Kind::DAEMON_SET)?;
        return Err(Unknown::new(
            "no network that is known was seen, so whether policies count is not known",
            "look at the documentation of the network, or scan /etc/cni/net.d of a node",
        ));
    };
    let mut tally = Tally::new();
    let problem =
        Problem::new(Severity::High, format!("{name} enforces no NetworkPolicy.")).detail(name);
    tally.add(about, Ok(Verdict::fail(problem.evidence(name))));
    Ok(tally)
}

fn networks(seen: &Seen<'_>) -> Vec<(About, Network)> {
    let mut found = Vec::new();
    for workload in seen.by_namespace().values().flatten() {
        let is_network = of_workload(workload);
        found.extend(is_network.map(|network| (About::object(workload.object()), network)));
    }
    for kubelet in seen.components(ComponentKind::Kubelet) {
        if kubelet.flags.value("network-plugin") == Some("kubenet") {
            let about = About::component(kubelet, seen.inventory());
            found.push((about, Network::Idle("kubenet")));
        }
    }
    for file in seen.files().iter().filter(|file| file.path_on_node().contains("/cni/net.d/")) {
        found.extend(of_file(file).map(|network| (About::file(file), network)));
    }
    found
}

fn of_workload(workload: &Workload<'_>) -> Option<Network> {
    let mut found = None;
    for container in workload.containers() {
        let image = container.image();
        let repository = Image::of(image).repository;
        let is_one_of = |names: &[&str]| names.iter().any(|name| repository.ends_with(name));
        if is_one_of(&ENFORCING) {
            return Some(Network::Enforcing);
        }
        if is_one_of(&["amazon/aws-network-policy-agent"]) {
            let is_on = |(word, _): &(String, _)| word == "--enable-network-policy=true";
            if container.words().iter().any(is_on) {
                return Some(Network::Enforcing);
            }
        }
        found = found.or_else(|| idle(image));
    }
    found
}

fn idle(image: &str) -> Option<Network> {
    let name = Image::of(image).repository;
    if name.ends_with("kindest/kindnetd") {
        return Some(kindnet(image));
    }
    let row = IDLE.iter().find(|(end, _)| name.ends_with(end))?;
    Some(Network::Idle(row.1))
}

/// kindnet enforces policies since August 2024; its tags begin with the day.
fn kindnet(image: &str) -> Network {
    let tag = Image::of(image).tag.unwrap_or_default();
    let day: String = tag.trim_start_matches('v').chars().take(8).collect();
    let is_old = day.parse().is_ok_and(|day: u32| (20_000_000..20_240_801).contains(&day));
    if is_old { Network::Idle("kindnet of before August 2024") } else { Network::Enforcing }
}

/// Ends of the names of images that enforce policies.
const ENFORCING: [&str; 16] = [
    "antrea/antrea-agent-ubuntu",
    "antrea/antrea-ubuntu",
    "azure-npm",
    "calico/node",
    "calico-node",
    "cilium/cilium",
    "cilium-cilium",
    "cloudnativelabs/kube-router",
    "kube-network-policies",
    "kubeovn/kube-ovn",
    "hardened-calico",
    "openshift/ovn-kubernetes",
    "ovn-kubernetes/ovn-kube-u",
    "terway/terway",
    "weaveworks/weave-npc",
    "weaveworks/weave-kube",
];

/// Ends of the names of images that carry packets and enforce nothing.
const IDLE: [(&str, &str); 6] = [
    ("flannel/flannel", "flannel"),
    ("coreos/flannel", "flannel"),
    ("mirrored-flannelcni-flannel", "flannel"),
    ("mirrored-flannel-io-flannel", "flannel"),
    ("hardened-flannel", "flannel"),
    ("amazon-k8s-cni", "the VPC CNI of AWS without its policy agent"),
];

/// What a CNI configuration of a node says, by the plugins it chains.
fn of_file(file: &File) -> Option<Network> {
    let text: serde_json::Value = serde_json::from_str(file.text.as_deref()?).ok()?;
    let chain = text.get("plugins").and_then(serde_json::Value::as_array);
    let one = std::slice::from_ref(&text);
    let plugins = chain.map_or(one, Vec::as_slice).iter();
    let kinds: Vec<&str> = plugins.filter_map(|one| one.get("type")?.as_str()).collect();
    let is_plain = |kind: &&str| PLAIN.contains(kind);
    if kinds.iter().any(|kind| kind.contains("calico") || kind.contains("cilium")) {
        return Some(Network::Enforcing);
    }
    (!kinds.is_empty() && kinds.iter().all(is_plain))
        .then_some(Network::Idle("its CNI configuration"))
}

/// Plugins of CNI that enforce nothing.
const PLAIN: [&str; 9] = [
    "bandwidth",
    "bridge",
    "flannel",
    "host-local",
    "ipvlan",
    "loopback",
    "macvlan",
    "portmap",
    "ptp",
];

fn host_network(_seen: &Seen<'_>, workload: &Workload<'_>) -> Judged {
    if !workload.uses_host_network() || workload.namespace() == "kube-system" {
        return Ok(Verdict::Pass);
    }
    if workload.namespace().is_empty() {
        return Err(Unknown::new(
            "a workload with host network does not say its namespace",
            "write metadata.namespace, or scan the cluster it is applied to",
        ));
    }
    if of_workload(workload).is_some() {
        return Ok(Verdict::Exempt("it makes the network that others use".into()));
    }
    Ok(Verdict::fail(
        Problem::new(
            Severity::Medium,
            format!("{} is outside of every NetworkPolicy.", workload.object().describe()),
        )
        .detail("hostNetwork")
        .evidence("hostNetwork: true")
        .at(workload.spec_path().then("hostNetwork")),
    ))
}

const FLANNEL: ExampleFile = ExampleFile::manifest(
    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: kube-flannel-ds, namespace: kube-flannel}\nspec:\n  template:\n    spec:\n      hostNetwork: true\n      containers: [{name: kube-flannel, image: 'ghcr.io/flannel-io/flannel/flannel:v0.26.0'}]\n",
);
const CALICO: ExampleFile = ExampleFile::at(
    "calico.yaml",
    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: calico-node, namespace: kube-system}\nspec:\n  template:\n    spec:\n      hostNetwork: true\n      containers: [{name: calico-node, image: 'docker.io/calico/node:v3.30.0'}]\n",
);
const KINDNET_OLD: ExampleFile = ExampleFile::manifest(
    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: kindnet, namespace: kube-system}\nspec:\n  template:\n    spec: {containers: [{name: kindnet-cni, image: 'docker.io/kindest/kindnetd:v20230511-dc714da8'}]}\n",
);
const KINDNET: ExampleFile = ExampleFile::manifest(
    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: kindnet, namespace: kube-system}\nspec:\n  template:\n    spec: {containers: [{name: kindnet-cni, image: 'docker.io/kindest/kindnetd:v20250512-df8de77b'}]}\n",
);
const AWS: ExampleFile = ExampleFile::manifest(
    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: aws-node, namespace: kube-system}\nspec:\n  template:\n    spec:\n      containers:\n      - {name: aws-node, image: 'registry.example.com/amazon-k8s-cni:v1.19.0'}\n      - {name: aws-eks-nodeagent, image: 'registry.example.com/amazon/aws-network-policy-agent:v1.2.0', args: [--enable-network-policy=false]}\n",
);
const AWS_AGENT: ExampleFile = ExampleFile::manifest(
    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: aws-node, namespace: kube-system}\nspec:\n  template:\n    spec:\n      containers:\n      - {name: aws-node, image: 'registry.example.com/amazon-k8s-cni:v1.19.0'}\n      - {name: aws-eks-nodeagent, image: 'registry.example.com/amazon/aws-network-policy-agent:v1.2.0', args: [--enable-network-policy=true]}\n",
);
const BRIDGE: ExampleFile = ExampleFile::at(
    "/etc/cni/net.d/10-bridge.conflist",
    "{\"cniVersion\": \"1.0.0\", \"name\": \"net\", \"plugins\": [{\"type\": \"bridge\", \"ipam\": {\"type\": \"host-local\"}}, {\"type\": \"portmap\"}]}\n",
);
const HOST: ExampleFile = ExampleFile::manifest(
    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: exporter, namespace: monitoring}\nspec:\n  template:\n    spec:\n      hostNetwork: true\n      containers: [{name: exporter, image: 'example.com/exporter:1'}]\n",
);
const BORROWED: ExampleFile = ExampleFile::manifest(
    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: calico-node, namespace: calico-system, labels: {k8s-app: calico-node}}\nspec:\n  template:\n    spec:\n      hostNetwork: true\n      containers: [{name: calico-node, image: 'example.com/mine:1'}]\n",
);
const PROXY: ExampleFile = ExampleFile::manifest(
    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: kube-proxy, namespace: kube-system}\nspec:\n  template:\n    spec:\n      hostNetwork: true\n      containers: [{name: kube-proxy, image: 'registry.k8s.io/kube-proxy:v1.36.0'}]\n",
);
const NOWHERE: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  hostNetwork: true\n  containers: [{name: web, image: 'example.com/web:1'}]\n",
);
