//! An end of a connection, with all that policies may see of it.

use std::net::IpAddr;

use super::class::Class;
use super::{Peer, PodId, World};
use crate::block::Family;
use crate::{Answer, NamedPort, Side, Why};

/// An end of a connection.
#[derive(Debug, Clone)]
pub(super) enum Spot<'w> {
    /// A pod; if it is meant by one of its addresses, that one's family.
    Pod {
        class: &'w Class,
        node: Option<&'w str>,
        only: Option<Family>,
    },
    /// A node, and the pods that share its network as far as they are known.
    Node {
        address: IpAddr,
        name: Option<&'w str>,
        pods: Vec<&'w Class>,
    },
    Outside(IpAddr),
    OwnNode,
}

impl<'w> Spot<'w> {
    /// The spot of a peer, or why there is none.
    pub(super) fn of(world: &'w World, peer: Peer<'w>) -> Result<Self, Why<'w>> {
        match peer {
            Peer::Pod(pod) => Self::of_pod(world, pod, None).ok_or(Why::NoSuchPod),
            Peer::Address(address) => Self::of_address(world, address.to_canonical()),
            Peer::Node { address, name } => {
                let address = address.to_canonical();
                Ok(Self::Node { address, name, pods: hosts(world, address).1 })
            }
            Peer::OwnNode => Ok(Self::OwnNode),
        }
    }

    /// The pod that a peer is.
    pub(super) fn pod_of(world: &World, peer: Peer<'_>) -> Option<PodId> {
        match peer {
            Peer::Pod(pod) => Some(pod),
            Peer::Address(address) => match guests(world, address.to_canonical()).as_slice() {
                [pod] => Some(*pod),
                _ => None,
            },
            Peer::Node { .. } | Peer::OwnNode => None,
        }
    }

    fn of_pod(world: &'w World, pod: PodId, only: Option<Family>) -> Option<Self> {
        let class = world.class_of(pod)?;
        let node = world.pods.get(pod.0).and_then(|pod| pod.node.as_deref());
        Some(Self::Pod { class, node, only })
    }

    fn of_address(world: &'w World, address: IpAddr) -> Result<Self, Why<'w>> {
        let (name, pods) = hosts(world, address);
        match (pods.is_empty(), guests(world, address).as_slice()) {
            (true, []) => Ok(Self::Outside(address)),
            (false, []) => Ok(Self::Node { address, name, pods }),
            (true, [pod]) => {
                let only = Some(Family::of(address));
                Self::of_pod(world, *pod, only).ok_or(Why::NoSuchPod)
            }
            (_, _) => Err(Why::AddressOfSeveral),
        }
    }

    /// Whether a policy of another kind may decide over all that it does.
    pub(super) fn may_be_overruled(&self) -> bool {
        match self {
            Self::Pod { class, .. } => class.overruling.is_some(),
            Self::Node { .. } | Self::Outside(_) | Self::OwnNode => false,
        }
    }

    /// Whether a rule that may let the other end through speaks of addresses.
    pub(super) fn speaks_of_addresses(&self, side: Side) -> bool {
        match self {
            Self::Pod { class, .. } => *class.has_blocks.on(side),
            Self::Node { .. } | Self::Outside(_) | Self::OwnNode => false,
        }
    }

    /// Whether a connection to or from it may be of a family.
    pub(super) fn may_have(&self, family: Family) -> bool {
        match self {
            Self::Pod { only: Some(only), .. } => *only == family,
            Self::Pod { class, .. } => class.traits.families.may_have(family),
            Self::Node { address, .. } | Self::Outside(address) => Family::of(*address) == family,
            Self::OwnNode => true,
        }
    }

    /// Whether it is known of which families connections to or from it are.
    pub(super) fn has_known_families(&self) -> bool {
        match self {
            Self::Pod { class, .. } => class.traits.families.are_seen(),
            Self::Node { .. } | Self::Outside(_) => true,
            Self::OwnNode => false,
        }
    }

    /// Whether it is the node that a pod runs on.
    pub(super) fn is_node_of(&self, pod_node: Option<&str>) -> Answer {
        let name = match self {
            Self::OwnNode => return Answer::Yes,
            Self::Outside(_) => return Answer::No,
            Self::Pod { class, .. } if !class.traits.host_network => return Answer::No,
            Self::Pod { node, .. } => *node,
            Self::Node { name, .. } => *name,
        };
        match (name, pod_node) {
            (Some(name), Some(node)) => Answer::from(name == node),
            (None, _) | (_, None) => Answer::Unknown,
        }
    }

    /// Named ports that are surely its own, and those that may be.
    pub(super) fn has_port(&self, is: impl Fn(&[NamedPort]) -> bool) -> Answer {
        match self {
            Self::Pod { class, .. } if is(&class.traits.ports) => {
                if class.traits.host_network {
                    Answer::Unknown
                } else {
                    Answer::Yes
                }
            }
            Self::Node { pods, .. } if pods.iter().any(|class| is(&class.traits.ports)) => {
                Answer::Unknown
            }
            Self::Pod { .. } | Self::Node { .. } | Self::Outside(_) | Self::OwnNode => Answer::No,
        }
    }
}

/// The pods at an address of the pod network.
fn guests(world: &World, address: IpAddr) -> Vec<PodId> {
    let at = world.at.get(&address).into_iter().flatten().map(|pod| PodId(*pod));
    let is_guest = |pod: &PodId| world.class_of(*pod).is_some_and(|one| !one.traits.host_network);
    at.filter(is_guest).collect()
}

/// The pods on the host network at an address, and the name of the node if one tells it.
fn hosts(world: &World, address: IpAddr) -> (Option<&str>, Vec<&Class>) {
    let at = world.at.get(&address).into_iter().flatten();
    let pods = at.filter_map(|pod| world.pods.get(*pod));
    let with_class = pods.filter_map(|pod| Some((pod, world.classes.get(pod.class)?)));
    let hosts: Vec<_> = with_class.filter(|(_, class)| class.traits.host_network).collect();
    let name = hosts.iter().find_map(|(pod, _)| pod.node.as_deref());
    (name, hosts.into_iter().map(|(_, class)| class).collect())
}
