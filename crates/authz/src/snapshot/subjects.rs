//! Who holds what: bindings by user name and by group, each list in the order of the bindings.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use super::asked::Asked;
use super::atoms::{Atoms, Room};
use super::roles::{RoleId, Roles};
use super::symbols::Symbol;
use crate::policy::Subject;

/// The holders of a policy.
#[derive(Debug, Default)]
pub(super) struct Subjects {
    users: HashMap<Box<str>, Holder, RandomState>,
    groups: HashMap<Box<str>, Holder, RandomState>,
}

/// What one user name or one group holds.
#[derive(Debug, Default)]
pub(super) struct Holder {
    cluster: Holdings,
    namespaced: HashMap<Symbol, Holdings, RandomState>,
}

/// What a holder holds in one scope, in the order of the bindings.
#[derive(Debug, Default)]
pub(super) struct Holdings {
    held: Vec<Held>,
    /// For each role the first of `held`, as positions: later bindings of it decide nothing.
    deciding: Vec<Held>,
    index: Option<Atoms>,
    /// Whether a role named here is missing.
    unresolved: bool,
}

/// A binding held as one of its subjects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) place: Place,
    /// `None` for a role that is missing.
    pub(super) role: Option<RoleId>,
}

/// A binding, numbered over both kinds in the order they are tried, and a subject of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) binding: u32,
    pub(super) subject: u32,
}

impl Subjects {
    /// Adds a binding in `namespace` (its text and symbol), or for the cluster without one.
    pub(super) fn add(&mut self, subject: &Subject, namespace: Option<(&str, Symbol)>, held: Held) {
        let Some(holder) = self.holder(subject, namespace.map_or("", |(text, _)| text)) else {
            return;
        };
        let holdings = match namespace {
            Some((_, symbol)) => holder.namespaced.entry(symbol).or_default(),
            None => &mut holder.cluster,
        };
        // Of two subjects that mean the same holder the first is the one upstream names.
        if holdings.held.last().is_none_or(|last| last.place.binding != held.place.binding) {
            holdings.held.push(held);
        }
    }

    pub(super) fn finish(&mut self, roles: &Roles, room: &mut Room) {
        #[expect(clippy::iter_over_hash_type, reason = "the order decides only who is indexed")]
        for holder in self.users.values_mut().chain(self.groups.values_mut()) {
            holder.cluster.finish(roles, room);
            for holdings in holder.namespaced.values_mut() {
                holdings.finish(roles, room);
            }
        }
    }

    /// What `user` and each of `groups` hold.
    pub(super) fn holders<'s>(
        &'s self,
        user: &str,
        groups: &[String],
    ) -> impl Iterator<Item = &'s Holder> {
        let user = self.users.get(user).into_iter();
        user.chain(groups.iter().filter_map(|group| self.groups.get(group.as_str())))
    }

    fn holder(&mut self, subject: &Subject, binding_namespace: &str) -> Option<&mut Holder> {
        let name = subject.name.as_str();
        match subject.kind.as_str() {
            "User" => Some(entry(&mut self.users, name)),
            "Group" => Some(entry(&mut self.groups, name)),
            "ServiceAccount" => {
                let own = subject.namespace.as_str();
                let namespace = if own.is_empty() { binding_namespace } else { own };
                let user = format!("system:serviceaccount:{namespace}:{name}");
                (!namespace.is_empty()).then(|| entry(&mut self.users, &user))
            }
            _ => None,
        }
    }
}

impl Holder {
    /// What is held for the cluster, then for `namespace`, if one is given.
    pub(super) fn scopes(&self, namespace: Option<Symbol>) -> impl Iterator<Item = &Holdings> {
        let own = namespace.filter(|_| !self.namespaced.is_empty());
        [&self.cluster].into_iter().chain(own.and_then(|symbol| self.namespaced.get(&symbol)))
    }
}

impl Holdings {
    /// The first place that allows what is asked, if it comes before `best` or there is none.
    pub(super) fn first(
        &self,
        roles: &Roles,
        asked: &Asked<'_>,
        best: Option<Place>,
    ) -> Option<Place> {
        if let Some(atoms) = &self.index {
            let first =
                roles.first(atoms, asked).and_then(|number| self.deciding.get(number as usize));
            return first.map(|held| held.place);
        }
        let before = |held: &&Held| best.is_none_or(|best| held.place < best);
        let mut candidates = self.deciding.iter().take_while(before);
        let allows = |held: &&Held| held.role.is_some_and(|role| roles.allows(role, asked));
        candidates.find(allows).map(|held| held.place)
    }

    pub(super) fn held(&self) -> &[Held] {
        &self.held
    }

    /// The places whose role is missing.
    pub(super) fn unresolved(&self) -> impl Iterator<Item = Place> {
        let held = if self.unresolved { self.held.as_slice() } else { &[] };
        held.iter().filter(|held| held.role.is_none()).map(|held| held.place)
    }

    fn finish(&mut self, roles: &Roles, room: &mut Room) {
        let mut seen: HashSet<RoleId, RandomState> = HashSet::default();
        self.unresolved = self.held.iter().any(|held| held.role.is_none());
        let first_of_role = |held: &&Held| held.role.is_some_and(|role| seen.insert(role));
        self.deciding = self.held.iter().filter(first_of_role).copied().collect();
        let cost: usize =
            self.deciding.iter().filter_map(|held| held.role).map(|role| roles.cost(role)).sum();
        if cost > INDEXED_FROM {
            self.index = Some(self.indexed(roles, room));
        }
    }

    fn indexed(&self, roles: &Roles, room: &mut Room) -> Atoms {
        let mut atoms = Atoms::default();
        for (number, held) in (0..).zip(&self.deciding) {
            if let Some(role) = held.role {
                roles.index_into(&mut atoms, number, role, room);
            }
        }
        atoms
    }
}

fn entry<'m>(map: &'m mut HashMap<Box<str>, Holder, RandomState>, name: &str) -> &'m mut Holder {
    map.entry(name.into()).or_default()
}

/// Holders with fewer rules than this are tried role by role, which is as fast.
const INDEXED_FROM: usize = 48;
