//! The objects as they are known now, and what changes them.

use authz::Policy;
use authz::policy::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};

use super::objects::Kind;
use crate::follow::{Delta, Kind as _, Shelf};

/// A change to one kind.
pub(super) enum Change {
    Roles(Delta<Role>),
    RoleBindings(Delta<RoleBinding>),
    ClusterRoles(Delta<ClusterRole>),
    ClusterRoleBindings(Delta<ClusterRoleBinding>),
}

/// All objects, in the order of their names.
#[derive(Default)]
pub(super) struct Store {
    roles: Shelf<Role, MOST>,
    role_bindings: Shelf<RoleBinding, MOST>,
    cluster_roles: Shelf<ClusterRole, MOST>,
    cluster_role_bindings: Shelf<ClusterRoleBinding, MOST>,
}

impl Store {
    /// Applies a change; whether anything that decides is different now.
    pub(super) fn apply(&mut self, change: Change) -> bool {
        match change {
            Change::Roles(delta) => self.roles.apply(delta),
            Change::RoleBindings(delta) => self.role_bindings.apply(delta),
            Change::ClusterRoles(delta) => self.cluster_roles.apply(delta),
            Change::ClusterRoleBindings(delta) => self.cluster_role_bindings.apply(delta),
        }
    }

    /// Whether every kind is known as a whole.
    pub(super) fn is_complete(&self) -> bool {
        self.roles.is_whole()
            && self.role_bindings.is_whole()
            && self.cluster_roles.is_whole()
            && self.cluster_role_bindings.is_whole()
    }

    /// How many objects there are.
    pub(super) fn len(&self) -> usize {
        self.roles.len()
            + self.role_bindings.len()
            + self.cluster_roles.len()
            + self.cluster_role_bindings.len()
    }

    pub(super) fn policy(&self) -> Policy {
        Policy {
            roles: self.roles.all(),
            role_bindings: self.role_bindings.all(),
            cluster_roles: self.cluster_roles.all(),
            cluster_role_bindings: self.cluster_role_bindings.all(),
        }
    }
}

const MOST: usize = Kind::MOST;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::follow::Key;

    fn role(name: &str, verb: &str) -> (Key, Role) {
        let key = Key { namespace: "apps".to_owned(), name: name.to_owned() };
        let allowed = authz::PolicyRule { verbs: vec![verb.to_owned()], ..Default::default() };
        let role =
            Role { namespace: key.namespace.clone(), name: key.name.clone(), rules: vec![allowed] };
        (key, role)
    }

    #[test]
    fn tells_changes_that_matter_from_those_that_do_not() {
        let mut store = Store::default();
        let all = |roles: &[(Key, Role)]| {
            Change::Roles(Delta::All(roles.iter().cloned().collect::<BTreeMap<_, _>>()))
        };
        let one = |(key, role)| Change::Roles(Delta::One(key, role));
        let gone = |(key, _)| Change::Roles(Delta::Gone(key));
        assert!(store.apply(all(&[])), "the first list");
        assert!(!store.apply(all(&[])));
        assert!(store.apply(one(role("a", "get"))));
        assert!(!store.apply(one(role("a", "get"))), "only its labels changed");
        assert!(store.apply(one(role("a", "list"))));
        assert!(!store.apply(gone(role("b", "get"))));
        assert!(!store.apply(all(&[role("a", "list")])));
        assert!(store.apply(all(&[role("b", "list")])), "a is gone, b is new");
        assert_eq!(store.policy().roles, [role("b", "list").1]);
        assert!(store.apply(gone(role("b", "list"))));
        assert_eq!(store.len(), 0);
    }

    #[test]
    fn is_complete_once_every_kind_was_listed() {
        let mut store = Store::default();
        for change in [
            Change::Roles(Delta::All(BTreeMap::new())),
            Change::RoleBindings(Delta::All(BTreeMap::new())),
            Change::ClusterRoles(Delta::All(BTreeMap::new())),
            Change::ClusterRoleBindings(Delta::All(BTreeMap::new())),
        ] {
            assert!(!store.is_complete());
            store.apply(change);
        }
        assert!(store.is_complete());
    }
}
