//! Peers of rules, equal ones under one number: each is matched against the pods once.

use std::collections::BTreeMap;

use super::{Block, Chosen, Namespaces, PeerNumber, Policy, Rule, Ruled, Selected, Sided};
use crate::policy;

#[derive(Default)]
pub(super) struct Numbers {
    selected: BTreeMap<Selected, usize>,
    blocks: BTreeMap<Block, usize>,
}

impl Numbers {
    pub(super) fn ruled(&mut self, policy: Policy) -> Ruled {
        let namespace = policy.name.namespace.clone();
        let rules = Sided::of(|side| {
            let rules = policy.rules.on(side).iter();
            rules.map(|rule| self.rule(&namespace, rule)).collect()
        });
        Ruled { policy, rules }
    }

    pub(super) fn into_tables(self) -> (Vec<Selected>, Vec<Block>) {
        (in_order(self.selected), in_order(self.blocks))
    }

    fn rule(&mut self, namespace: &str, rule: &policy::Rule) -> Rule {
        let peers = rule.peers.iter().map(|peer| self.number(namespace, peer)).collect();
        Rule { peers, ports: rule.ports.clone() }
    }

    fn number(&mut self, namespace: &str, peer: &Chosen) -> PeerNumber {
        let (namespaces, pods) = match peer {
            Chosen::Block(block) => {
                return PeerNumber::Block(number_in(&mut self.blocks, block.clone()));
            }
            Chosen::Own(pods) => (Namespaces::Only(namespace.to_owned()), pods),
            Chosen::Across(namespaces, pods) => (Namespaces::Matching(namespaces.clone()), pods),
        };
        let selected = Selected { namespaces, pods: pods.clone() };
        PeerNumber::Selected(number_in(&mut self.selected, selected))
    }
}

fn number_in<K: Ord>(numbers: &mut BTreeMap<K, usize>, key: K) -> usize {
    let next = numbers.len();
    *numbers.entry(key).or_insert(next)
}

fn in_order<K>(numbers: BTreeMap<K, usize>) -> Vec<K> {
    let mut keys: Vec<(usize, K)> =
        numbers.into_iter().map(|(key, number)| (number, key)).collect();
    keys.sort_by_key(|(number, _)| *number);
    keys.into_iter().map(|(_, key)| key).collect()
}
