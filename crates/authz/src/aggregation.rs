//! What the controller of aggregated `ClusterRole`s does: their rules are those of the roles
//! their selectors pick. Needed where rules come from manifests, which no controller has filled.

mod selector;

use std::collections::{BTreeMap, HashSet};

pub use self::selector::BadSelector;
use crate::policy::{ClusterRole, Policy, PolicyRule};

/// Replaces the rules of every aggregated role: selector by selector, the rules of the roles it
/// picks in order of their names, each rule once. The rules that a manifest gives an aggregated
/// role do not count, as the controller would replace them.
///
/// Roles may pick roles that are aggregated themselves. Roles that pick each other end with what
/// they pick besides, the least that is consistent.
pub fn aggregate(mut policy: Policy) -> Result<Policy, Vec<BadSelector>> {
    let bad = selector::check_all(&policy.cluster_roles);
    if !bad.is_empty() {
        return Err(bad);
    }
    let picks = picks(&policy.cluster_roles);
    for &role in picks.keys() {
        replace(&mut policy.cluster_roles, role, Vec::new());
    }
    // From empty lists rules are only ever gained, so this ends.
    let mut gained = true;
    while gained {
        gained = false;
        for (&role, picked) in &picks {
            gained |= refill(&mut policy.cluster_roles, role, picked);
        }
    }
    Ok(policy)
}

/// For each aggregated role the roles it picks, all as positions.
fn picks(roles: &[ClusterRole]) -> BTreeMap<usize, Vec<usize>> {
    let mut by_name: Vec<(usize, &ClusterRole)> = roles.iter().enumerate().collect();
    by_name.sort_by(|one, other| one.1.name.cmp(&other.1.name));
    let mut picks = BTreeMap::new();
    for (number, role) in roles.iter().enumerate() {
        let Some(selectors) = &role.aggregation else { continue };
        let picked = selectors.iter().flat_map(|selector| {
            let others = by_name.iter().filter(|(_, other)| other.name != role.name);
            let matching = others.filter(|(_, other)| selector::matches(selector, &other.labels));
            matching.map(|(number, _)| *number)
        });
        picks.insert(number, picked.collect());
    }
    picks
}

/// Collects a role's rules anew; whether there are more of them than before.
fn refill(roles: &mut [ClusterRole], role: usize, picked: &[usize]) -> bool {
    let before = roles.get(role).map_or(0, |role| role.rules.len());
    let mut seen: HashSet<&PolicyRule> = HashSet::new();
    let all = picked.iter().filter_map(|number| roles.get(*number)).flat_map(|role| &role.rules);
    let rules: Vec<PolicyRule> = all.filter(|rule| seen.insert(rule)).cloned().collect();
    let gained = rules.len() > before;
    replace(roles, role, rules);
    gained
}

fn replace(roles: &mut [ClusterRole], role: usize, rules: Vec<PolicyRule>) {
    if let Some(role) = roles.get_mut(role) {
        role.rules = rules;
    }
}
