//! Every effective grant of a policy: who holds which rule, where, by which binding.

mod index;
mod resolve;

use std::fmt;
use std::sync::Arc;

use authz::{BadSelector, Policy, PolicyRule};
use model::UserInfo;
use model::attributes::Target;
use model::quote::Quoted;

use self::index::Index;
pub(crate) use self::resolve::Resolved;
use crate::bootstrap::{Likeness, Object, is_default};
use crate::matching;
use crate::subject::{Subject, Written};

/// The effective grants of a policy. Rules stand once, however many bindings name their role.
#[derive(Debug, Default)]
pub struct Grants {
    pub(crate) roles: Vec<Resolved>,
    pub(crate) bindings: Vec<Bound>,
    /// In the order in which an authorizer tries them.
    pub(crate) holdings: Vec<Holding>,
    index: Index,
    dangling: Vec<Dangling>,
    bad_selectors: Vec<BadSelector>,
}

/// One rule held by one subject through one binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant<'g> {
    /// Who holds it.
    pub subject: &'g Subject,
    /// How the binding writes the subject.
    pub written: Written,
    /// Where it holds.
    pub scope: &'g Scope,
    /// The rule.
    pub rule: &'g PolicyRule,
    /// Which rule of the role, from 0.
    pub rule_index: usize,
    /// The role.
    pub role: &'g RoleKey,
    /// The binding.
    pub binding: &'g BindingKey,
    /// Which subject of the binding, from 0.
    pub subject_index: usize,
    /// Whether Kubernetes makes both the binding and its role, and both are as it makes them.
    pub is_default: bool,
}

/// Where a grant holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everywhere.
    Cluster,
    /// In one namespace.
    Namespace(Arc<str>),
}

/// A role by its key: a `ClusterRole` without a namespace, else a `Role`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleKey {
    /// Namespace of a `Role`.
    pub namespace: Option<Arc<str>>,
    /// The name.
    pub name: Arc<str>,
}

/// A binding by its key: a `ClusterRoleBinding` without a namespace, else a `RoleBinding`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BindingKey {
    /// Namespace of a `RoleBinding`.
    pub namespace: Option<Arc<str>>,
    /// The name.
    pub name: Arc<str>,
}

/// A binding to a role that is not there: whoever makes the role gives it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dangling {
    /// The binding.
    pub binding: BindingKey,
    /// What it names.
    pub role: authz::RoleRef,
}

#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) key: BindingKey,
    pub(crate) scope: Scope,
    /// Which of the roles.
    pub(crate) role: usize,
    /// Whether Kubernetes makes both the binding and its role, and both are as it makes them.
    pub(crate) is_default: bool,
}

#[derive(Debug)]
pub(crate) struct Holding {
    pub(crate) subject: Subject,
    pub(crate) written: Written,
    pub(crate) subject_index: usize,
    /// Which of the bindings.
    pub(crate) binding: usize,
}

impl Grants {
    /// The grants of `policy`. An aggregated `ClusterRole` without rules of its own, as manifests
    /// have it, gets those its selectors pick; one with rules is taken as a cluster filled it.
    pub fn of(policy: &Policy) -> Self {
        let (roles, bad_selectors) = resolve::Roles::of(policy);
        let mut grants = Self { bad_selectors, ..Self::default() };
        for binding in &policy.cluster_role_bindings {
            let key = BindingKey { namespace: None, name: binding.name.as_str().into() };
            let object = Object::ClusterRoleBinding(binding);
            grants.bind(key, object, &roles);
        }
        for binding in &policy.role_bindings {
            // No call is in the namespace without a name.
            if !binding.namespace.is_empty() {
                let namespace = Some(binding.namespace.as_str().into());
                let key = BindingKey { namespace, name: binding.name.as_str().into() };
                grants.bind(key, Object::RoleBinding(binding), &roles);
            }
        }
        grants.roles = roles.into_all();
        grants
    }

    /// All grants, in the order in which an authorizer tries them.
    pub fn iter(&self) -> impl Iterator<Item = Grant<'_>> {
        (0..self.holdings.len()).flat_map(|holding| self.rules_of(holding))
    }

    /// The bindings to roles that are not there.
    pub fn dangling(&self) -> &[Dangling] {
        &self.dangling
    }

    /// The aggregation selectors that mean nothing. What their roles would pick is not known.
    pub fn bad_selectors(&self) -> &[BadSelector] {
        &self.bad_selectors
    }

    /// Every subject that holds anything, each once, in order.
    pub fn subjects(&self) -> std::collections::BTreeSet<&Subject> {
        self.holdings.iter().map(|holding| &holding.subject).collect()
    }

    /// The grants of one subject alone, without those of groups it is in.
    pub fn held_by<'g>(&'g self, subject: &Subject) -> impl Iterator<Item = Grant<'g>> {
        let holdings = self.index.of_subject(subject);
        holdings.into_iter().flat_map(|holding| self.rules_of(holding))
    }

    /// The first grant by which `user` may do what is asked, as a cluster's authorizer finds it.
    /// `system:masters` is a group like any other here: no grant is needed for its members.
    pub fn can(&self, user: &UserInfo, verb: &str, target: &Target<'_>) -> Option<Grant<'_>> {
        let namespace = match target {
            Target::Resource(what) => what.namespace,
            Target::Path(_) => "",
        };
        let mut holdings = self.index.of_user(user, namespace);
        holdings.sort_unstable();
        holdings.into_iter().find_map(|holding| {
            self.rules_of(holding).find(|grant| grant.allows_target(verb, target))
        })
    }

    pub(crate) fn rules_of(&self, holding: usize) -> impl Iterator<Item = Grant<'_>> {
        let found = self.holdings.get(holding).and_then(|held| {
            let bound = self.bindings.get(held.binding)?;
            Some((held, bound, self.roles.get(bound.role)?))
        });
        found.into_iter().flat_map(|(held, bound, role)| {
            role.rules.iter().enumerate().map(move |(rule_index, rule)| Grant {
                subject: &held.subject,
                written: held.written,
                scope: &bound.scope,
                rule,
                rule_index,
                role: &role.key,
                binding: &bound.key,
                subject_index: held.subject_index,
                is_default: bound.is_default,
            })
        })
    }

    /// The holdings of one subject alone.
    pub(crate) fn holdings_of(&self, subject: &Subject) -> Vec<usize> {
        self.index.of_subject(subject)
    }

    fn bind(&mut self, key: BindingKey, object: Object<'_>, roles: &resolve::Roles) {
        let (subjects, named) = match object {
            Object::ClusterRoleBinding(binding) => (&binding.subjects, &binding.role),
            Object::RoleBinding(binding) => (&binding.subjects, &binding.role),
            Object::ClusterRole(_) | Object::Role(_) => return,
        };
        let Some(role) = roles.find(named, key.namespace.as_deref()) else {
            return self.dangling.push(Dangling { binding: key, role: named.clone() });
        };
        let is_default = is_default(object, None) == Likeness::Same && roles.is_default(role);
        let namespace = key.namespace.clone();
        let scope = namespace.clone().map_or(Scope::Cluster, Scope::Namespace);
        let binding = self.bindings.len();
        for (subject_index, subject) in subjects.iter().enumerate() {
            let in_namespace = namespace.as_deref().unwrap_or_default();
            if let Some((subject, written)) = Subject::read(subject, in_namespace) {
                self.index.add(&subject, &scope, self.holdings.len());
                self.holdings.push(Holding { subject, written, subject_index, binding });
            }
        }
        self.bindings.push(Bound { key, scope, role, is_default });
    }
}

impl Grant<'_> {
    /// Whether the rule allows `verb` on `resource` or `resource/subresource` of an API group, for
    /// the object of a name. Creations and collections have no name, and where they are is not
    /// asked here: see [`Scope::holds_in`].
    pub fn allows(&self, verb: &str, group: &str, resource: &str, name: Option<&str>) -> bool {
        matching::allows(self.rule, verb, group, resource, name)
    }

    /// Whether the rule allows `verb` on a URL path. Only a `ClusterRoleBinding` gives paths.
    pub fn allows_path(&self, verb: &str, path: &str) -> bool {
        *self.scope == Scope::Cluster
            && matching::has_verb(self.rule, verb)
            && matching::has_path(self.rule, path)
    }

    /// Whether the grant allows what is asked, where it is asked.
    pub fn allows_target(&self, verb: &str, target: &Target<'_>) -> bool {
        let holds = match target {
            Target::Path(_) => *self.scope == Scope::Cluster,
            Target::Resource(what) => self.scope.holds_in(what.namespace),
        };
        holds && matching::allows_target(self.rule, verb, target)
    }
}

impl Scope {
    /// Whether a grant of this scope holds for a call in `namespace`; empty for the cluster.
    pub fn holds_in(&self, namespace: &str) -> bool {
        match self {
            Self::Cluster => true,
            Self::Namespace(own) => **own == *namespace,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cluster => out.write_str("everywhere"),
            Self::Namespace(name) => write!(out, "in namespace {}", Quoted(name)),
        }
    }
}

impl fmt::Display for RoleKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        keyed(["ClusterRole", "Role"], self.namespace.as_deref(), &self.name, out)
    }
}

impl fmt::Display for BindingKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = ["ClusterRoleBinding", "RoleBinding"];
        keyed(kinds, self.namespace.as_deref(), &self.name, out)
    }
}

fn keyed(
    [for_cluster, namespaced]: [&str; 2],
    namespace: Option<&str>,
    name: &str,
    out: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    match namespace {
        None => write!(out, "{for_cluster} {}", Quoted(name)),
        Some(namespace) => write!(out, "{namespaced} {}", Quoted(&format!("{namespace}/{name}"))),
    }
}

#[cfg(test)]
mod tests;
