//! Pods that no policy at hand can tell apart.

use super::{PeerNumber, Rule, Ruled, World};
use crate::bits::Bits;
use crate::block::Family;
use crate::policy::{Doubt, Sided};
use crate::{Force, Foreign, NamedPort};

/// What a class of pods has in common.
#[derive(Debug)]
pub(super) struct Class {
    pub(super) traits: Traits,
    /// The policies that isolate its pods.
    pub(super) isolating: Sided<Vec<usize>>,
    /// Whether one of these speaks of addresses.
    pub(super) has_blocks: Sided<bool>,
    /// The bad policies that may isolate its pods.
    pub(super) doubts: Sided<Vec<usize>>,
    /// The first policy of another kind that may decide over its pods, by its force.
    pub(super) overruling: Option<usize>,
    pub(super) baseline: Option<usize>,
    pub(super) pods: usize,
    /// How many of these are one pod each.
    pub(super) singles: usize,
}

/// What tells one class from another.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Traits {
    pub(super) namespace: String,
    pub(super) host_network: bool,
    pub(super) ports: Vec<NamedPort>,
    pub(super) families: Families,
    /// The policies whose pod selector selects it.
    pub(super) policies: Vec<usize>,
    /// The bad policies whose pod selector may select it.
    pub(super) doubts: Vec<usize>,
    /// The peers that surely select it.
    pub(super) selected: Bits,
    /// The peers that may select it.
    pub(super) perhaps: Bits,
    /// The blocks that hold one of its addresses.
    pub(super) blocks: Bits,
}

/// The families of a pod's addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Families {
    Unseen,
    Seen { v4: bool, v6: bool },
}

impl Families {
    /// Whether it may have an address of a family.
    pub(super) fn may_have(self, family: Family) -> bool {
        match (self, family) {
            (Self::Unseen, _) => true,
            (Self::Seen { v4, .. }, Family::V4) => v4,
            (Self::Seen { v6, .. }, Family::V6) => v6,
        }
    }

    pub(super) fn are_seen(self) -> bool {
        match self {
            Self::Unseen => false,
            Self::Seen { .. } => true,
        }
    }
}

impl Class {
    /// The class of some pods, so many of which are one pod each.
    pub(super) fn of(world: &World, traits: Traits, pods: usize, singles: usize) -> Self {
        let isolating = Sided::of(|side| {
            let isolates = |one: &Ruled| *one.policy.restricts.on(side);
            filtered(&traits.policies, &world.policies, isolates)
        });
        let doubts = Sided::of(|side| {
            let may_isolate = |one: &Doubt| *one.restricts.on(side);
            filtered(&traits.doubts, &world.doubts, may_isolate)
        });
        let has_blocks = Sided::of(|side| {
            let speaks = |one: &Ruled| one.rules.on(side).iter().any(Rule::speaks_of_addresses);
            !filtered(isolating.on(side), &world.policies, speaks).is_empty()
        });
        let foreign = |force| first_foreign(&world.foreign, &traits.namespace, force);
        let (overruling, baseline) = (foreign(Force::Any), foreign(Force::Baseline));
        Self { traits, isolating, has_blocks, doubts, overruling, baseline, pods, singles }
    }
}

impl Rule {
    fn speaks_of_addresses(&self) -> bool {
        self.peers.iter().any(|peer| matches!(peer, PeerNumber::Block(_)))
    }
}

/// Those of some numbers whose item is so.
fn filtered<T>(numbers: &[usize], items: &[T], is: impl Fn(&T) -> bool) -> Vec<usize> {
    let holds = |number: &usize| items.get(*number).is_some_and(&is);
    numbers.iter().copied().filter(holds).collect()
}

/// The number of the first policy of that force that concerns a namespace.
fn first_foreign(foreign: &[Foreign], namespace: &str, force: Force) -> Option<usize> {
    foreign.iter().position(|one| one.force == force && one.concerns(namespace))
}
