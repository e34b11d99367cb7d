//! Where nodes, the control plane and the metadata service listen.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use inventory::{ComponentKind, Kind, Object, Unknown};

use super::Spot;
use crate::Seen;
use crate::network::map::{is_control_plane, node_addresses};

/// The metadata services of clouds.
pub(super) const METADATA: [Spot; 2] = [
    Spot { address: IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)), port: 80 },
    Spot { address: IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)), port: 80 },
];

/// The ports of kubelets at nodes, and of the control plane at its nodes. Of a very large cluster
/// the first nodes: they are on one network.
pub(super) fn of_nodes(seen: &Seen<'_>) -> Result<Vec<Spot>, Unknown> {
    let nodes = seen.of(Kind::NODE);
    if nodes.is_empty() {
        seen.all(Kind::NODE)?;
    }
    let mut found = Vec::new();
    let (control, workers): (Vec<&Object>, Vec<&Object>) =
        nodes.iter().partition(|node| is_control_plane(node));
    let open = open_ports(seen);
    for node in control {
        let ports = [2379, 2380].into_iter().chain(open.iter().copied()).chain([kubelet(node)]);
        found.extend(spots(node, ports));
    }
    for node in workers.into_iter().take(MOST) {
        found.extend(spots(node, [kubelet(node)].into_iter()));
    }
    Ok(found)
}

/// How many nodes that are none of the control plane are looked at.
const MOST: usize = 64;

fn spots(node: &Object, ports: impl Iterator<Item = u16>) -> Vec<Spot> {
    let addresses: Vec<IpAddr> = node_addresses(node, "InternalIP").collect();
    ports.flat_map(|port| addresses.iter().map(move |one| Spot { address: *one, port })).collect()
}

fn kubelet(node: &Object) -> u16 {
    let port = node.tree().at(&["status", "daemonEndpoints", "kubeletEndpoint", "Port"]).int();
    port.and_then(|port| u16::try_from(port).ok()).unwrap_or(10250)
}

/// The ports of controller manager and scheduler that listen beyond loopback, where seen.
fn open_ports(seen: &Seen<'_>) -> Vec<u16> {
    let rows = [(ComponentKind::ControllerManager, 10257), (ComponentKind::Scheduler, 10259)];
    let is_open = |kind| {
        seen.components(kind).any(|one| {
            let address = one.flags.value("bind-address").map(str::parse::<IpAddr>);
            !address.is_some_and(|address| address.is_ok_and(|address| address.is_loopback()))
        })
    };
    rows.into_iter().filter(|(kind, _)| is_open(*kind)).map(|(_, port)| port).collect()
}

/// Why there is no metadata service, if that is sure: every node is on a machine of its own.
pub(super) fn no_cloud(seen: &Seen<'_>) -> Option<String> {
    let nodes = seen.of(Kind::NODE);
    let is_bare = |node: &Object| {
        let provider = node.tree().at(&["spec", "providerID"]).str();
        BARE.iter().any(|bare| provider.starts_with(bare))
    };
    (!nodes.is_empty() && nodes.iter().all(is_bare))
        .then(|| "the nodes are in no cloud, by their providerID".to_owned())
}

/// How the providerIDs of nodes begin that are in no cloud.
const BARE: [&str; 5] = ["docker://", "k3s://", "kind://", "metal3://", "minikube://"];
