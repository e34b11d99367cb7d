//! A policy made ready to decide from. What a decision costs depends on what the caller holds,
//! not on how many bindings there are; with very much to hold, not even on that.

mod asked;
mod atoms;
mod roles;
mod rules;
mod subjects;
mod symbols;

use model::attributes::Target;
use model::{Attributes, UserInfo};

use self::asked::Asked;
use self::atoms::Room;
use self::roles::{Directory, RoleId, Roles};
use self::subjects::{Held, Place, Subjects};
use self::symbols::{Symbol, Symbols};
use crate::decision::{Decision, Grant, Unresolved};
use crate::policy::{ClusterRoleBinding, Policy, PolicyRule, RoleBinding, RoleRef, Subject};

/// An immutable policy with its indexes. Share it in an `Arc`; build another when the policy
/// changes.
#[derive(Debug)]
pub struct Snapshot {
    policy: Policy,
    symbols: Symbols,
    roles: Roles,
    subjects: Subjects,
}

impl Default for Snapshot {
    fn default() -> Self {
        Self::build(Policy::default())
    }
}

impl Snapshot {
    /// Indexes `policy`.
    pub fn build(policy: Policy) -> Self {
        let (mut symbols, mut room) = (Symbols::new(), Room::default());
        let (roles, directory) = Roles::compile(&policy, &mut symbols, &mut room);
        let mut subjects = hold(&policy, &directory, &mut symbols);
        subjects.finish(&roles, &mut room);
        Self { policy, symbols, roles, subjects }
    }

    /// The policy this was built from.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Decides a call: members of `system:masters` may do everything, others what RBAC allows.
    pub fn decide(&self, asked: &Attributes<'_>) -> Decision<'_> {
        if asked.user.is_in(PRIVILEGED_GROUP) {
            return Decision::Allow(Grant::PrivilegedGroup);
        }
        self.decide_by_rules(asked)
    }

    /// Decides a call by RBAC alone, as if `system:masters` were a group like any other.
    pub fn decide_by_rules(&self, asked: &Attributes<'_>) -> Decision<'_> {
        let namespace = match asked.target {
            Target::Resource(what) => self.namespace(what.namespace),
            Target::Path(_) => None,
        };
        match self.first(asked, namespace).and_then(|place| self.grant(place)) {
            Some(grant) => Decision::Allow(grant),
            None => Decision::NoOpinion { reason: self.unresolved(asked.user, namespace) },
        }
    }

    fn first(&self, asked: &Attributes<'_>, namespace: Option<Symbol>) -> Option<Place> {
        let wanted = Asked::resolve(&self.symbols, asked);
        let mut best: Option<Place> = None;
        for holder in self.subjects.holders(&asked.user.name, &asked.user.groups) {
            for holdings in holder.scopes(namespace) {
                let found = holdings.first(&self.roles, &wanted, best);
                best = best.into_iter().chain(found).min();
            }
        }
        best
    }

    /// The rules of all bindings of `user`, in order, role by role.
    pub(crate) fn rules_held(&self, user: &UserInfo, namespace: &str) -> Vec<&PolicyRule> {
        let namespace = self.namespace(namespace);
        let mut all: Vec<Held> = Vec::new();
        for holder in self.subjects.holders(&user.name, &user.groups) {
            for holdings in holder.scopes(namespace) {
                all.extend(holdings.held());
            }
        }
        in_order(&mut all, |held| held.place);
        let roles = all.into_iter().filter_map(|held| held.role);
        roles.flat_map(|role| role.rules(&self.policy)).collect()
    }

    /// The roles that bindings of `user` name and that are not there.
    pub(crate) fn unresolved_for(&self, user: &UserInfo, namespace: &str) -> Unresolved<'_> {
        self.unresolved(user, self.namespace(namespace))
    }

    fn unresolved(&self, user: &UserInfo, namespace: Option<Symbol>) -> Unresolved<'_> {
        let mut places: Vec<Place> = Vec::new();
        for holder in self.subjects.holders(&user.name, &user.groups) {
            for holdings in holder.scopes(namespace) {
                places.extend(holdings.unresolved());
            }
        }
        in_order(&mut places, |place| *place);
        Unresolved::new(places.into_iter().filter_map(|place| self.role_at(place)))
    }

    /// The symbol of a namespace that has bindings; none for calls at cluster scope.
    fn namespace(&self, name: &str) -> Option<Symbol> {
        Some(self.symbols.of(name)).filter(|symbol| !name.is_empty() && symbol.is_known())
    }

    fn grant(&self, place: Place) -> Option<Grant<'_>> {
        match self.binding(place)? {
            Binding::Cluster(binding) => {
                let subject = binding.subjects.get(place.subject as usize)?;
                Some(Grant::ClusterRoleBinding { binding, subject })
            }
            Binding::Namespaced(binding) => {
                let subject = binding.subjects.get(place.subject as usize)?;
                Some(Grant::RoleBinding { binding, subject })
            }
        }
    }

    fn role_at(&self, place: Place) -> Option<&RoleRef> {
        self.binding(place).map(|binding| match binding {
            Binding::Cluster(binding) => &binding.role,
            Binding::Namespaced(binding) => &binding.role,
        })
    }

    fn binding(&self, place: Place) -> Option<Binding<'_>> {
        let number = place.binding as usize;
        let for_cluster = &self.policy.cluster_role_bindings;
        match number.checked_sub(for_cluster.len()) {
            None => for_cluster.get(number).map(Binding::Cluster),
            Some(number) => self.policy.role_bindings.get(number).map(Binding::Namespaced),
        }
    }
}

enum Binding<'s> {
    Cluster(&'s ClusterRoleBinding),
    Namespaced(&'s RoleBinding),
}

/// Hands every binding to its subjects: those for the cluster first, as they are tried first.
fn hold(policy: &Policy, directory: &Directory<'_>, symbols: &mut Symbols) -> Subjects {
    let mut subjects = Subjects::default();
    for (binding, number) in policy.cluster_role_bindings.iter().zip(0..) {
        let role = directory.find(&binding.role, "");
        for (subject, held) in each_subject(&binding.subjects, number, role) {
            subjects.add(subject, None, held);
        }
    }
    let first = position(policy.cluster_role_bindings.len());
    for (binding, number) in policy.role_bindings.iter().zip(first..) {
        let namespace = binding.namespace.as_str();
        if namespace.is_empty() {
            continue; // No call is in the namespace without a name.
        }
        let scope = Some((namespace, symbols.add(namespace)));
        let role = directory.find(&binding.role, namespace);
        for (subject, held) in each_subject(&binding.subjects, number, role) {
            subjects.add(subject, scope, held);
        }
    }
    subjects
}

fn each_subject(
    subjects: &[Subject],
    binding: u32,
    role: Option<RoleId>,
) -> impl Iterator<Item = (&Subject, Held)> {
    let held = move |subject| Held { place: Place { binding, subject }, role };
    subjects.iter().zip((0..).map(held))
}

/// Sorts by place and keeps the first of each binding.
fn in_order<T>(held: &mut Vec<T>, place: impl Fn(&T) -> Place) {
    held.sort_unstable_by_key(&place);
    held.dedup_by_key(|held| place(held).binding);
}

/// A place in a list. Lists of more than four thousand million do not fit in memory.
fn position(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Kubernetes' group of those who may do everything.
pub(crate) const PRIVILEGED_GROUP: &str = "system:masters";
