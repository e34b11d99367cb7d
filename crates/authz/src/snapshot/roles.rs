//! The roles of a policy by reference, and the test whether one allows a call.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;

use super::asked::Asked;
use super::atoms::{Atoms, Room};
use super::rules::RuleBook;
use super::symbols::Symbols;
use crate::policy::{Policy, PolicyRule, RoleRef};

/// Which role, of those that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct RoleId(u32);

/// The roles of a policy.
#[derive(Debug, Default)]
pub(super) struct Roles {
    book: RuleBook,
    roles: Vec<Compiled>,
}

#[derive(Debug)]
struct Compiled {
    rules: Range<u32>,
    /// For roles with many rules.
    index: Option<Atoms>,
}

/// Finds roles while a snapshot is built; borrows the policy.
#[derive(Debug, Default)]
pub(super) struct Directory<'p> {
    cluster: HashMap<&'p str, RoleId, RandomState>,
    namespaced: HashMap<(&'p str, &'p str), RoleId, RandomState>,
}

impl RoleId {
    /// The rules of the role in the policy it was compiled from.
    pub(super) fn rules(self, policy: &Policy) -> &[PolicyRule] {
        let number = self.0 as usize;
        let rules = match number.checked_sub(policy.cluster_roles.len()) {
            None => policy.cluster_roles.get(number).map(|role| &role.rules),
            Some(number) => policy.roles.get(number).map(|role| &role.rules),
        };
        rules.map_or(&[], Vec::as_slice)
    }
}

impl Roles {
    /// Cluster roles are numbered first, then roles: [`RoleId::rules`] counts on it.
    pub(super) fn compile<'p>(
        policy: &'p Policy,
        symbols: &mut Symbols,
        room: &mut Room,
    ) -> (Self, Directory<'p>) {
        let (mut roles, mut directory) = (Self::default(), Directory::default());
        for role in &policy.cluster_roles {
            let id = roles.add(&role.rules, symbols, room);
            directory.cluster.entry(&role.name).or_insert(id);
        }
        for role in &policy.roles {
            let id = roles.add(&role.rules, symbols, room);
            directory.namespaced.entry((&role.namespace, &role.name)).or_insert(id);
        }
        (roles, directory)
    }

    pub(super) fn allows(&self, role: RoleId, asked: &Asked<'_>) -> bool {
        let Some(role) = self.roles.get(role.0 as usize) else { return false };
        match &role.index {
            Some(index) => index.first(&self.book, asked).is_some(),
            None => self.book.rules(&role.rules).any(|(_, rule)| self.book.allows(rule, asked)),
        }
    }

    /// About how many comparisons of rules a decision on this role takes.
    pub(super) fn cost(&self, role: RoleId) -> usize {
        self.roles.get(role.0 as usize).map_or(0, |role| role.rules.len().min(INDEXED_FROM))
    }

    /// Adds all rules of a role to an index over several roles.
    pub(super) fn index_into(&self, atoms: &mut Atoms, holder: u32, role: RoleId, room: &mut Room) {
        let Some(role) = self.roles.get(role.0 as usize) else { return };
        for rule in self.book.rules(&role.rules) {
            atoms.add(&self.book, holder, rule, room);
        }
    }

    /// The first of an index's holders that allows what is asked.
    pub(super) fn first(&self, atoms: &Atoms, asked: &Asked<'_>) -> Option<u32> {
        atoms.first(&self.book, asked)
    }

    fn add(&mut self, rules: &[PolicyRule], symbols: &mut Symbols, room: &mut Room) -> RoleId {
        let id = RoleId(super::position(self.roles.len()));
        let rules = self.book.add(rules, symbols);
        let indexed = rules.len() >= INDEXED_FROM;
        self.roles.push(Compiled { rules, index: None });
        if indexed {
            let mut atoms = Atoms::default();
            self.index_into(&mut atoms, 0, id, room);
            if let Some(role) = self.roles.last_mut() {
                role.index = Some(atoms);
            }
        }
        id
    }
}

impl Directory<'_> {
    /// The role that a binding in `namespace` names; empty for a `ClusterRoleBinding`.
    pub(super) fn find(&self, role: &RoleRef, namespace: &str) -> Option<RoleId> {
        match role.kind.as_str() {
            "ClusterRole" => self.cluster.get(role.name.as_str()).copied(),
            // A role without a namespace cannot be, so one that is named for the cluster is missing.
            "Role" if namespace.is_empty() => None,
            "Role" => self.namespaced.get(&(namespace, role.name.as_str())).copied(),
            _ => None,
        }
    }
}

/// Fewer rules are compared one by one, which is faster.
const INDEXED_FROM: usize = 12;
