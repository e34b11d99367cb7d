//! Atoms to rules: what agrees in all but one list is one rule. Each atom stays in one rule only,
//! so that none is needless.

use std::collections::{BTreeMap, BTreeSet};

use authz::PolicyRule;

use super::atoms::{Atoms, Names};

/// The rules that allow the atoms and nothing else.
pub(super) fn of(atoms: &Atoms) -> Vec<PolicyRule> {
    let mut verbs: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for (atom, names) in &atoms.0 {
        verbs.entry((&atom.group, &atom.resource, names)).or_default().insert(&atom.verb);
    }
    let mut resources: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for ((group, resource, names), verbs) in verbs {
        resources.entry((group, names, verbs)).or_default().insert(resource);
    }
    let mut groups: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for ((group, names, verbs), resources) in resources {
        groups.entry((names, verbs, resources)).or_default().insert(group);
    }
    let rule = |((names, verbs, resources), groups)| rule(names, [verbs, groups, resources]);
    let mut rules: Vec<PolicyRule> = groups.into_iter().map(rule).collect();
    rules.sort_by(|one, other| key(one).cmp(&key(other)));
    rules
}

fn rule(names: &Names, [verbs, groups, resources]: [BTreeSet<&str>; 3]) -> PolicyRule {
    PolicyRule {
        verbs: owned(verbs),
        api_groups: owned(groups),
        resources: owned(resources),
        resource_names: names.0.iter().flatten().cloned().collect(),
        non_resource_urls: Vec::new(),
    }
}

fn owned(words: BTreeSet<&str>) -> Vec<String> {
    words.into_iter().map(str::to_owned).collect()
}

fn key(rule: &PolicyRule) -> [&[String]; 4] {
    [&rule.api_groups, &rule.resources, &rule.resource_names, &rule.verbs]
}
