//! Who of those that RBAC names are people: users and groups that are not of the system.

use std::collections::BTreeSet;

use inventory::{Kind, Object, Unknown};
use tree::Tree;

use crate::Seen;

/// A user or group of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Person<'s> {
    /// `User` or `Group`.
    pub(crate) kind: &'s str,
    /// Its name.
    pub(crate) name: &'s str,
}

impl Person<'_> {
    /// `User jane`.
    pub(crate) fn describe(&self) -> String {
        format!("{} {}", self.kind, self.name)
    }
}

/// The bindings that were seen.
pub(crate) fn bindings<'s>(seen: &Seen<'s>) -> impl Iterator<Item = &'s Object> {
    let inventory = seen.inventory();
    let kinds = [Kind::CLUSTER_ROLE_BINDING, Kind::ROLE_BINDING];
    kinds.into_iter().flat_map(move |kind| inventory.of(kind))
}

/// That all bindings there are were seen.
pub(crate) fn all_bindings_seen(seen: &Seen<'_>) -> Result<(), Unknown> {
    seen.all(Kind::CLUSTER_ROLE_BINDING)?;
    seen.all(Kind::ROLE_BINDING).map(|_all| ())
}

/// The people that bindings which were seen name.
pub(crate) fn people<'s>(seen: &Seen<'s>) -> BTreeSet<Person<'s>> {
    bindings(seen).flat_map(of_binding).collect()
}

/// The people that a binding names.
pub(crate) fn of_binding(binding: &Object) -> impl Iterator<Item = Person<'_>> {
    binding.tree().get("subjects").items().iter().filter_map(person)
}

fn person(subject: &Tree) -> Option<Person<'_>> {
    let (kind, name) = (subject.get("kind").str(), subject.get("name").str());
    let is_one = matches!(kind, "User" | "Group")
        && !name.is_empty()
        && !SYSTEM.iter().any(|prefix| name.starts_with(prefix))
        && !name.contains("gserviceaccount.com");
    is_one.then_some(Person { kind, name })
}

/// What Kubernetes, kubeadm and providers of clusters call their own.
const SYSTEM: [&str; 6] = ["system:", "kubeadm:", "eks:", "aks-", "gke:", "kubernetes-admin"];
