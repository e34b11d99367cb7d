//! Which namespaces reach a namespace, on any port, and by what. Pods on the host network are left
//! out: they are outside of policies.

use std::collections::{BTreeMap, BTreeSet};

use super::World;
use super::class::Class;
use super::judge::{Judgement, Talk};
use super::spot::Spot;
use crate::Allowance;

/// How the pods of one namespace reach those of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing<'w> {
    /// The namespace of the sources.
    pub from: &'w str,
    /// Pairs of a source and a destination, a pod and itself aside.
    pub pairs: Pairs,
    /// What allows those pairs that are.
    pub by: BTreeSet<Allowance<'w>>,
}

/// Numbers of pairs of pods.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pairs {
    /// The source surely reaches a port of the destination.
    pub allowed: u64,
    /// It surely reaches none.
    pub denied: u64,
    /// Not known.
    pub unknown: u64,
}

/// How much of one namespace reaches another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extent {
    /// Every pod reaches every pod.
    All,
    /// Some pods surely reach some.
    Some,
    /// None reaches any.
    None,
    /// None surely does, but some may.
    Unknown,
}

impl Crossing<'_> {
    /// How much of the one namespace reaches the other.
    pub fn extent(&self) -> Extent {
        let Pairs { allowed, denied, unknown } = self.pairs;
        match (allowed > 0, denied > 0 || unknown > 0, unknown > 0) {
            (true, false, _) => Extent::All,
            (true, true, _) => Extent::Some,
            (false, _, true) => Extent::Unknown,
            (false, _, false) => Extent::None,
        }
    }
}

impl World {
    /// Every namespace with pods that has a pair of pods with `namespace`, itself too, in order.
    pub fn namespaces_that_reach(&self, namespace: &str) -> Vec<Crossing<'_>> {
        let guests = || self.classes.iter().filter(|class| !class.traits.host_network);
        let mut found: BTreeMap<&str, Crossing<'_>> = BTreeMap::new();
        for to in guests().filter(|class| class.traits.namespace == namespace) {
            for from in guests() {
                let name = from.traits.namespace.as_str();
                let empty =
                    || Crossing { from: name, pairs: Pairs::default(), by: BTreeSet::new() };
                found.entry(name).or_insert_with(empty).add(self, from, to);
            }
        }
        let has_pairs = |one: &Crossing<'_>| one.pairs != Pairs::default();
        found.into_values().filter(has_pairs).collect()
    }

    /// The names of the namespaces, those included of which only pods are known.
    pub fn namespaces(&self) -> impl Iterator<Item = &str> {
        self.namespaces.keys().map(String::as_str)
    }
}

impl<'w> Crossing<'w> {
    fn add(&mut self, world: &'w World, from: &'w Class, to: &'w Class) {
        let count = pairs(from, to);
        if count == 0 {
            return;
        }
        let ends = [from, to].map(|class| Spot::Pod { class, node: None, only: None });
        let total = match Talk::between(world, &ends[0], &ends[1]).at_best(&to.traits.ports) {
            Judgement::Allowed(by) => {
                self.by.insert(by);
                &mut self.pairs.allowed
            }
            Judgement::Unknown(_) => &mut self.pairs.unknown,
            Judgement::Denied(..) => &mut self.pairs.denied,
        };
        *total = total.saturating_add(count);
    }
}

/// How many pairs two classes make. What makes any number of pods pairs with itself too.
fn pairs(from: &Class, to: &Class) -> u64 {
    let number = |pods: usize| u64::try_from(pods).unwrap_or(u64::MAX);
    let all = number(from.pods).saturating_mul(number(to.pods));
    let itself = if std::ptr::eq(from, to) { number(from.singles) } else { 0 };
    all.saturating_sub(itself)
}
