//! Policies by name. A cluster has one of each name: when several that differ are given, nobody
//! knows which one counts, and all are bad.

use std::collections::BTreeMap;

use tree::{Path, Tree};

use super::{BadPolicy, Doubt, Policy, PolicyName, policy};

/// The policies and those that cannot be read, both in order of their names.
pub(super) fn policies<'t>(objects: impl Iterator<Item = &'t Tree>) -> (Vec<Policy>, Vec<Doubt>) {
    let mut named: BTreeMap<PolicyName, Vec<Result<Policy, Box<Doubt>>>> = BTreeMap::new();
    for object in objects {
        let read = policy::read(object);
        let name = read.as_ref().map_or_else(|doubt| &doubt.bad.policy, |policy| &policy.name);
        let same = named.entry(name.clone()).or_default();
        if !same.contains(&read) {
            same.push(read);
        }
    }
    let (mut policies, mut doubts) = (Vec::new(), Vec::new());
    for same in named.into_values() {
        let is_only = same.len() == 1;
        for read in same {
            match read {
                Ok(policy) if is_only => policies.push(policy),
                Ok(policy) => doubts.push(doubled(policy)),
                Err(doubt) => doubts.push(*doubt),
            }
        }
    }
    (policies, doubts)
}

fn doubled(policy: Policy) -> Doubt {
    let problem = "is the name of several policies that differ".to_owned();
    let path = Path::of(&["metadata", "name"]);
    let bad = BadPolicy { policy: policy.name, path, problem };
    Doubt { bad, pods: policy.pods, restricts: policy.restricts }
}
