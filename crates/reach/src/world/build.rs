//! Objects to a world: policies read, equal peers numbered once, pods put into classes.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use tree::Tree;

use super::class::{Class, Families, Traits};
use super::{Namespaces, PeerNumber, Placed, Rule, Ruled, Selected, World};
use crate::bits::Bits;
use crate::block::Block;
use crate::labels::Labels;
use crate::policy::{self, Chosen, Doubt, Policy, PolicyName, Sided};
use crate::{BadPolicy, Foreign, NamedPort, Pod};

mod membership;
mod numbers;
mod unique;

use membership::{Membership, positions};
use numbers::Numbers;

pub(super) fn world<'t>(
    namespaces: impl Iterator<Item = &'t Tree>,
    pods: impl Iterator<Item = Pod>,
    policies: impl Iterator<Item = &'t Tree>,
    foreign: Vec<Foreign>,
) -> World {
    let (policies, doubts) = unique::policies(policies);
    let mut numbers = Numbers::default();
    let policies = policies.into_iter().map(|policy| numbers.ruled(policy)).collect();
    let (selected, blocks) = numbers.into_tables();
    let mut bad: Vec<BadPolicy> = doubts.iter().map(|doubt| doubt.bad.clone()).collect();
    bad.dedup();
    let mut world = World {
        namespaces: self::namespaces(namespaces),
        policies,
        doubts,
        bad,
        foreign,
        selected,
        blocks,
        classes: Vec::new(),
        pods: Vec::new(),
        at: BTreeMap::new(),
    };
    world.place(pods.map(named).collect());
    world
}

fn named(mut pod: Pod) -> Pod {
    if pod.namespace.is_empty() {
        "default".clone_into(&mut pod.namespace);
    }
    pod
}

/// The namespaces by name. One that is there twice, differently, is as good as unseen.
fn namespaces<'t>(objects: impl Iterator<Item = &'t Tree>) -> BTreeMap<String, Labels> {
    let mut namespaces: BTreeMap<String, Labels> = BTreeMap::new();
    for object in objects {
        let name = object.at(&["metadata", "name"]).str();
        let labels = Labels::of_namespace(name, object);
        let known = namespaces.entry(name.to_owned()).or_insert_with(|| labels.clone());
        if *known != labels {
            *known = Labels::unseen(name);
        }
    }
    namespaces
}

/// Pods that selectors cannot tell apart.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    namespace: String,
    labels: Labels,
}

/// What policies see of one pod beside its labels.
struct Single {
    placed: Placed,
    ports: Vec<NamedPort>,
    host_network: bool,
    addresses: Vec<IpAddr>,
}

impl World {
    fn place(&mut self, pods: Vec<Pod>) {
        for pod in &pods {
            let unseen = || Labels::unseen(&pod.namespace);
            self.namespaces.entry(pod.namespace.clone()).or_insert_with(unseen);
        }
        let mut groups: BTreeMap<Group, Vec<(usize, Single)>> = BTreeMap::new();
        for (index, pod) in pods.into_iter().enumerate() {
            let (group, single) = split(pod);
            groups.entry(group).or_default().push((index, single));
        }
        let mut placed = self.classify(groups);
        placed.sort_by_key(|(index, _)| *index);
        self.pods = placed.into_iter().map(|(_, placed)| placed).collect();
    }

    fn classify(&mut self, groups: BTreeMap<Group, Vec<(usize, Single)>>) -> Vec<(usize, Placed)> {
        let near = self.near();
        let mut classes: BTreeMap<Traits, Vec<(usize, Placed)>> = BTreeMap::new();
        for (group, singles) in groups {
            let Some(near) = near.get(&group.namespace) else { continue };
            let membership = self.membership(&group, near);
            for (index, single) in singles {
                for address in &single.addresses {
                    self.at.entry(*address).or_default().push(index);
                }
                let traits = self.traits(&group, &membership, &single);
                classes.entry(traits).or_default().push((index, single.placed));
            }
        }
        let mut all = Vec::new();
        for (number, (traits, mut pods)) in classes.into_iter().enumerate() {
            for (_, pod) in &mut pods {
                pod.class = number;
            }
            let singles = pods.iter().filter(|(_, pod)| pod.is_single()).count();
            let class = Class::of(self, traits, pods.len(), singles);
            self.classes.push(class);
            all.append(&mut pods);
        }
        all
    }

    fn traits(&self, group: &Group, membership: &Membership, single: &Single) -> Traits {
        let mut blocks = Bits::default();
        for address in &single.addresses {
            for number in positions(&self.blocks, |block| block.contains(*address)) {
                blocks.insert(number);
            }
        }
        let has = |is: fn(&IpAddr) -> bool| single.addresses.iter().any(is);
        let seen = Families::Seen { v4: has(IpAddr::is_ipv4), v6: has(IpAddr::is_ipv6) };
        Traits {
            namespace: group.namespace.clone(),
            host_network: single.host_network,
            ports: single.ports.clone(),
            families: if single.addresses.is_empty() { Families::Unseen } else { seen },
            policies: membership.policies.clone(),
            doubts: membership.doubts.clone(),
            selected: membership.selected.clone(),
            perhaps: membership.perhaps.clone(),
            blocks,
        }
    }
}

fn split(pod: Pod) -> (Group, Single) {
    let mut ports = pod.ports;
    ports.sort();
    let placed = Placed {
        namespace: pod.namespace.clone(),
        kind: pod.kind,
        name: pod.name,
        node: pod.node,
        class: 0,
    };
    let addresses: BTreeSet<_> = pod.addresses.iter().map(IpAddr::to_canonical).collect();
    let group = Group { namespace: pod.namespace, labels: Labels::of_pod(pod.labels) };
    let addresses = addresses.into_iter().collect();
    (group, Single { placed, ports, host_network: pod.host_network, addresses })
}
