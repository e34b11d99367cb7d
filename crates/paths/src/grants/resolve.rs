//! Roles by reference, aggregated ones filled.

use std::collections::{BTreeSet, HashMap};

use authz::{BadSelector, ClusterRole, Policy, PolicyRule, RoleRef, aggregate};

use super::RoleKey;
use crate::bootstrap::{Likeness, Object, is_default};

/// A role that is there.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(crate) key: RoleKey,
    pub(crate) rules: Vec<PolicyRule>,
    is_default: bool,
}

#[derive(Debug, Default)]
pub(super) struct Roles {
    all: Vec<Resolved>,
    cluster: HashMap<String, usize>,
    namespaced: HashMap<(String, String), usize>,
}

impl Roles {
    /// Of two roles with one name the first counts.
    pub(super) fn of(policy: &Policy) -> (Self, Vec<BadSelector>) {
        let mut roles = Self::default();
        let (cluster_roles, bad) = filled(&policy.cluster_roles);
        for (role, given) in cluster_roles.into_iter().zip(&policy.cluster_roles) {
            let is_default = is_default(Object::ClusterRole(given), None);
            let key = RoleKey { namespace: None, name: role.name.as_str().into() };
            let number = roles.add(key, role.rules, is_default);
            roles.cluster.entry(role.name).or_insert(number);
        }
        for role in &policy.roles {
            let namespace = Some(role.namespace.as_str().into());
            let key = RoleKey { namespace, name: role.name.as_str().into() };
            let is_default = is_default(Object::Role(role), None);
            let number = roles.add(key, role.rules.clone(), is_default);
            let name = (role.namespace.clone(), role.name.clone());
            roles.namespaced.entry(name).or_insert(number);
        }
        (roles, bad)
    }

    /// The role that a binding in `namespace` names; none for a `ClusterRoleBinding`.
    pub(super) fn find(&self, role: &RoleRef, namespace: Option<&str>) -> Option<usize> {
        match role.kind.as_str() {
            "ClusterRole" => self.cluster.get(&role.name).copied(),
            "Role" => {
                let key = (namespace?.to_owned(), role.name.clone());
                self.namespaced.get(&key).copied()
            }
            _ => None,
        }
    }

    pub(super) fn into_all(self) -> Vec<Resolved> {
        self.all
    }

    pub(super) fn is_default(&self, role: usize) -> bool {
        self.all.get(role).is_some_and(|role| role.is_default)
    }

    fn add(&mut self, key: RoleKey, rules: Vec<PolicyRule>, likeness: Likeness) -> usize {
        self.all.push(Resolved { key, rules, is_default: likeness == Likeness::Same });
        self.all.len() - 1
    }
}

/// Fills the aggregated roles that have no rules yet. Those whose selectors mean nothing stay
/// empty, and the rest is filled without them.
fn filled(roles: &[ClusterRole]) -> (Vec<ClusterRole>, Vec<BadSelector>) {
    let open = |role: &ClusterRole| role.aggregation.is_some() && role.rules.is_empty();
    if !roles.iter().any(open) {
        return (roles.to_vec(), Vec::new());
    }
    let mut cluster_roles = roles.to_vec();
    for role in cluster_roles.iter_mut().filter(|role| !open(role)) {
        role.aggregation = None;
    }
    let policy = |cluster_roles| Policy { cluster_roles, ..Policy::default() };
    let bad = match aggregate(policy(cluster_roles.clone())) {
        Ok(policy) => return (policy.cluster_roles, Vec::new()),
        Err(bad) => bad,
    };
    let refused: BTreeSet<&str> = bad.iter().map(|bad| bad.role.as_str()).collect();
    for role in cluster_roles.iter_mut().filter(|role| refused.contains(role.name.as_str())) {
        role.aggregation = None;
    }
    let rest = aggregate(policy(cluster_roles.clone()));
    (rest.map_or(cluster_roles, |policy| policy.cluster_roles), bad)
}
