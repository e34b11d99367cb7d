//! Everything that decides who can talk to whom, read once and asked often. Pods that no policy
//! can tell apart are one class: questions about namespaces are asked of classes.

use std::collections::BTreeMap;
use std::net::IpAddr;

use tree::Tree;

use crate::block::Block;
use crate::labels::Labels;
use crate::policy::{Doubt, Policy, Sided};
use crate::port::PortRule;
use crate::selector::Selector;
use crate::{BadPolicy, Foreign, Pod, Port, Verdict};

mod build;
mod case;
mod class;
mod crossing;
mod held;
mod judge;
mod spot;
mod summary;
mod wide;

use class::Class;
pub use crossing::{Crossing, Extent, Pairs};
pub use summary::{Isolation, SilentRules};
pub use wide::{WidePeer, Width};

/// The namespaces, pods and policies of a cluster.
#[derive(Debug)]
pub struct World {
    namespaces: BTreeMap<String, Labels>,
    policies: Vec<Ruled>,
    doubts: Vec<Doubt>,
    bad: Vec<BadPolicy>,
    foreign: Vec<Foreign>,
    selected: Vec<Selected>,
    blocks: Vec<Block>,
    classes: Vec<Class>,
    pods: Vec<Placed>,
    at: BTreeMap<IpAddr, Vec<usize>>,
}

/// A pod of a [`World`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PodId(usize);

/// One end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer<'p> {
    /// A pod.
    Pod(PodId),
    /// An address. One that is known for a pod's is that pod; the address of a service is nobody's,
    /// since networks may turn it into a pod's before policies see it: ask about the pods.
    Address(IpAddr),
    /// A node at one of its addresses.
    Node {
        /// The address.
        address: IpAddr,
        /// Its name, if known.
        name: Option<&'p str>,
    },
    /// The node that the pod at the other end runs on.
    OwnNode,
}

impl World {
    /// Reads a cluster. `policies` are its `NetworkPolicies`, `foreign` what
    /// [`foreign_policies`](crate::foreign_policies) found in it. The pods keep their order: the
    /// first is the first of [`World::pods`].
    pub fn build<'t>(
        namespaces: impl Iterator<Item = &'t Tree>,
        pods: impl Iterator<Item = Pod>,
        policies: impl Iterator<Item = &'t Tree>,
        foreign: Vec<Foreign>,
    ) -> Self {
        build::world(namespaces, pods, policies, foreign)
    }

    /// Whether `from` may connect to a port of `to`.
    pub fn verdict<'w>(&'w self, from: Peer<'w>, to: Peer<'w>, port: Port) -> Verdict<'w> {
        judge::verdict(self, from, to, port)
    }

    /// Whether a pod may connect to a port at an address: the API's, a kubelet's, the cloud's.
    pub fn reaches_address(&self, pod: PodId, address: IpAddr, port: Port) -> Verdict<'_> {
        self.verdict(Peer::Pod(pod), Peer::Address(address), port)
    }

    /// The pods, in the order they were given in.
    pub fn pods(&self) -> impl Iterator<Item = PodId> + use<> {
        (0..self.pods.len()).map(PodId)
    }

    /// The first pod of that kind and name.
    pub fn pod(&self, namespace: &str, kind: &str, name: &str) -> Option<PodId> {
        let wanted = (namespace, kind, name);
        let is_wanted = |pod: &Placed| wanted == (&*pod.namespace, &*pod.kind, &*pod.name);
        self.pods.iter().position(is_wanted).map(PodId)
    }

    /// The policies that cannot be read, in order.
    pub fn bad_policies(&self) -> &[BadPolicy] {
        &self.bad
    }

    fn class_of(&self, pod: PodId) -> Option<&Class> {
        self.pods.get(pod.0).and_then(|pod| self.classes.get(pod.class))
    }
}

/// A pod and the class it is of.
#[derive(Debug)]
struct Placed {
    namespace: String,
    kind: String,
    name: String,
    node: Option<String>,
    class: usize,
}

impl Placed {
    /// Whether it is one pod, and not what makes any number of them.
    fn is_single(&self) -> bool {
        self.kind == "Pod"
    }
}

/// A policy and its rules, peers replaced by their numbers.
#[derive(Debug)]
struct Ruled {
    policy: Policy,
    rules: Sided<Vec<Rule>>,
}

#[derive(Debug)]
struct Rule {
    /// Everyone if empty.
    peers: Vec<PeerNumber>,
    /// Every port if empty.
    ports: Vec<PortRule>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PeerNumber {
    Selected(usize),
    Block(usize),
}

/// Pods that a peer selects, wherever it is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Selected {
    namespaces: Namespaces,
    pods: Selector,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Namespaces {
    Only(String),
    Matching(Selector),
}
