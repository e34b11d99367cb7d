//! What selects the pods of a group: policies, and peers of rules.

use std::collections::BTreeMap;

use super::{Group, Namespaces, PolicyName, Selected, World};
use crate::Answer;
use crate::bits::Bits;
use crate::selector::Selector;

/// What holds for a whole group.
pub(super) struct Membership {
    pub(super) policies: Vec<usize>,
    pub(super) doubts: Vec<usize>,
    pub(super) selected: Bits,
    pub(super) perhaps: Bits,
}

/// What may select the pods of one namespace.
pub(super) struct Near {
    peers: Vec<(usize, Answer)>,
    policies: Vec<usize>,
    doubts: Vec<usize>,
}

impl World {
    /// For each namespace, what may select its pods: only that is asked about each group.
    pub(super) fn near(&self) -> BTreeMap<String, Near> {
        let mut near: BTreeMap<String, Near> = BTreeMap::new();
        for (name, labels) in &self.namespaces {
            let answer = |selected: &Selected| match &selected.namespaces {
                Namespaces::Only(only) => Answer::from(only == name),
                Namespaces::Matching(selector) => selector.selects(labels),
            };
            let answers = self.selected.iter().map(answer).enumerate();
            let peers = answers.filter(|(_, answer)| *answer != Answer::No).collect();
            let own = |policy: &PolicyName| policy.namespace == *name;
            let policies = positions(&self.policies, |one| own(&one.policy.name));
            let doubts = positions(&self.doubts, |one| own(&one.bad.policy));
            near.insert(name.clone(), Near { peers, policies, doubts });
        }
        near
    }

    pub(super) fn membership(&self, group: &Group, near: &Near) -> Membership {
        let labels = &group.labels;
        let (mut selected, mut perhaps) = (Bits::default(), Bits::default());
        for (number, answer) in &near.peers {
            let pods =
                self.selected.get(*number).map_or(Answer::No, |one| one.pods.selects(labels));
            match pods.min(*answer) {
                Answer::Yes => selected.insert(*number),
                Answer::Unknown => perhaps.insert(*number),
                Answer::No => {}
            }
        }
        let selects = |pods: &Selector| pods.selects(labels) == Answer::Yes;
        let policy = |number: &usize| {
            self.policies.get(*number).is_some_and(|one| selects(&one.policy.pods))
        };
        let doubt = |number: &usize| self.doubts.get(*number).is_some_and(|one| selects(&one.pods));
        Membership {
            policies: near.policies.iter().copied().filter(policy).collect(),
            doubts: near.doubts.iter().copied().filter(doubt).collect(),
            selected,
            perhaps,
        }
    }
}

pub(super) fn positions<T>(items: &[T], is: impl Fn(&T) -> bool) -> Vec<usize> {
    items.iter().enumerate().filter(|(_, item)| is(item)).map(|(number, _)| number).collect()
}
