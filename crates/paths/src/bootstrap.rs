//! The RBAC objects that Kubernetes and kubeadm make by themselves, from 1.20 to 1.37, and whether
//! an object is still one of them. Only content decides: a label says who wrote it, not what it is.

mod likeness;
mod table;

use std::fmt;

use authz::{ClusterRole, ClusterRoleBinding, Policy, Role, RoleBinding};

use self::table::{Entry, Table};

/// A minor version of Kubernetes 1. One outside the table is taken as the nearest in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minor(pub u16);

/// An RBAC object.
#[derive(Debug, Clone, Copy)]
pub enum Object<'a> {
    /// A `ClusterRole`.
    ClusterRole(&'a ClusterRole),
    /// A `ClusterRoleBinding`.
    ClusterRoleBinding(&'a ClusterRoleBinding),
    /// A `Role`.
    Role(&'a Role),
    /// A `RoleBinding`.
    RoleBinding(&'a RoleBinding),
}

/// How an object compares with the default of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// It means what the default means.
    Same,
    /// There is a default of its name, and it means something else.
    Differs,
    /// No default has its name.
    NotBootstrap,
}

/// Compares an object with the default of its kind and name in one version, or in any.
///
/// Rules are compared by what they allow. What alpha features add is a default too, whole or in
/// part. Of a role that is aggregated the selectors are compared: its rules are those of others.
pub fn is_default(object: Object<'_>, version: Option<Minor>) -> Likeness {
    let entries: Vec<&Entry> = Table::get().entries_of(&key(object)).collect();
    if entries.is_empty() {
        return Likeness::NotBootstrap;
    }
    let mut minors = match version {
        Some(minor) => minor.nearest()..=minor.nearest(),
        None => OLDEST..=NEWEST,
    };
    if minors.any(|minor| likeness::holds(object, &entries, minor)) {
        return Likeness::Same;
    }
    Likeness::Differs
}

/// All defaults of a version, without alpha features. Where its patches differ, as the next version
/// has it, or else the first content the table has.
pub fn policy(version: Minor) -> Policy {
    let mut policy = Policy::default();
    for name in Table::get().names() {
        let minor = version.nearest();
        let entries = Table::get().entries_of(name);
        let mut here = entries.filter(|entry| !entry.gates && entry.is_in(minor));
        let first = here.next();
        let lasting = first.into_iter().chain(here).find(|entry| entry.is_in(minor + 1));
        if let Some(entry) = lasting.or(first) {
            entry.content.add_to(&mut policy);
        }
    }
    policy
}

/// `given` with the default roles of a version that it lacks; bindings stay as they are. For
/// manifests, which name `view` or `admin` and do not bring them.
#[must_use]
pub fn with_default_roles(given: &Policy, version: Minor) -> Policy {
    let (mut all, defaults) = (given.clone(), policy(version));
    for role in defaults.cluster_roles {
        if !all.cluster_roles.iter().any(|own| own.name == role.name) {
            all.cluster_roles.push(role);
        }
    }
    for role in defaults.roles {
        let is_same = |own: &Role| own.namespace == role.namespace && own.name == role.name;
        if !all.roles.iter().any(is_same) {
            all.roles.push(role);
        }
    }
    all
}

impl Minor {
    /// All that the table has.
    pub fn all() -> impl Iterator<Item = Self> {
        (OLDEST..=NEWEST).map(Self)
    }

    fn nearest(self) -> u16 {
        self.0.clamp(OLDEST, NEWEST)
    }
}

impl fmt::Display for Minor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "1.{}", self.0)
    }
}

fn key(object: Object<'_>) -> [String; 3] {
    let parts = match object {
        Object::ClusterRole(role) => ["ClusterRole", "", &role.name],
        Object::ClusterRoleBinding(binding) => ["ClusterRoleBinding", "", &binding.name],
        Object::Role(role) => ["Role", &role.namespace, &role.name],
        Object::RoleBinding(binding) => ["RoleBinding", &binding.namespace, &binding.name],
    };
    parts.map(str::to_owned)
}

const OLDEST: u16 = 20;
const NEWEST: u16 = 37;

#[cfg(test)]
mod tests;
