//! Who holds what by which binding, put so that a check looks at each role once and at each
//! binding once, however many subjects it has.

use std::collections::{BTreeMap, BTreeSet};

use authz::PolicyRule;
use inventory::{Inventory, Kind, Object};
use paths::{BindingKey, Grant, RoleKey, Scope, Subject};

use super::need::{self, Need};
use crate::{Rbac, UNNAMED};

/// The bindings that grant anything, with their roles.
#[derive(Debug, Default)]
pub(crate) struct Holdings<'i> {
    pub(crate) roles: Vec<HeldRole>,
    pub(crate) bindings: Vec<Bound<'i>>,
    by_subject: BTreeMap<Subject, Vec<usize>>,
    /// The bindings by where their objects lie in memory: an object is itself alone, whatever its
    /// name.
    by_object: BTreeMap<usize, usize>,
    /// Namespaces with a service account that is worth stealing, and which.
    strong: BTreeMap<String, BTreeSet<Subject>>,
}

/// A role that is bound.
#[derive(Debug)]
pub(crate) struct HeldRole {
    pub(crate) key: RoleKey,
    pub(crate) rules: Vec<PolicyRule>,
    /// Whether it gives every verb on all resources, of all groups or of the core group.
    pub(crate) is_everything: bool,
}

/// A binding that grants something.
#[derive(Debug)]
pub(crate) struct Bound<'i> {
    pub(crate) object: &'i Object,
    pub(crate) scope: Scope,
    /// Which of the roles.
    pub(crate) role: usize,
    /// Whether Kubernetes makes both the binding and its role, and both are as it makes them.
    pub(crate) is_default: bool,
    pub(crate) subjects: Vec<Subject>,
}

impl<'i> Holdings<'i> {
    /// Of all that was seen.
    pub(crate) fn of(inventory: &'i Inventory, rbac: &Rbac<'i>) -> Self {
        let mut holdings = Self::default();
        let mut roles: BTreeMap<&RoleKey, usize> = BTreeMap::new();
        let mut twins: BTreeMap<(&BindingKey, &RoleKey), usize> = BTreeMap::new();
        let mut last: Option<Grant<'_>> = None;
        for grant in rbac.grants.iter() {
            let is_new = last.is_none_or(|last| !std::ptr::eq(last.binding, grant.binding));
            if is_new {
                let role = *roles.entry(grant.role).or_insert(holdings.roles.len());
                if role == holdings.roles.len() {
                    holdings.roles.push(HeldRole::new(grant.role.clone()));
                }
                let twin = twins.entry((grant.binding, grant.role)).or_default();
                let Some(object) = object_of(inventory, grant, *twin) else { continue };
                *twin = twin.saturating_add(1);
                holdings.bindings.push(Bound::new(object, grant, role));
            }
            holdings.take(grant, last);
            last = Some(grant);
        }
        holdings.finish();
        holdings
    }

    fn take(&mut self, grant: Grant<'_>, last: Option<Grant<'_>>) {
        let Some(bound) = self.bindings.last_mut() else { return };
        let is_same = last.is_some_and(|last| std::ptr::eq::<Subject>(last.subject, grant.subject));
        if !is_same {
            bound.subjects.push(grant.subject.clone());
        }
        if let Some(role) = self.roles.get_mut(bound.role)
            && role.rules.len() == grant.rule_index
        {
            role.rules.push(grant.rule.clone());
        }
    }

    fn finish(&mut self) {
        for role in &mut self.roles {
            role.is_everything = role.rules.iter().any(is_everything);
        }
        for (number, bound) in self.bindings.iter().enumerate() {
            self.by_object.insert(std::ptr::from_ref(bound.object).addr(), number);
            for subject in &bound.subjects {
                self.by_subject.entry(subject.clone()).or_default().push(number);
            }
        }
        self.strong = self.strong_namespaces();
    }

    fn strong_namespaces(&self) -> BTreeMap<String, BTreeSet<Subject>> {
        let strong: Vec<bool> = self
            .roles
            .iter()
            .map(|role| role.is_everything || need::gives(&role.rules, STRONG, &Scope::Cluster))
            .collect();
        let mut found: BTreeMap<String, BTreeSet<Subject>> = BTreeMap::new();
        for bound in self.bindings.iter().filter(|bound| bound.scope == Scope::Cluster) {
            if !strong.get(bound.role).copied().unwrap_or_default() {
                continue;
            }
            for subject in &bound.subjects {
                if let Subject::ServiceAccount { namespace, .. } = subject {
                    found.entry(namespace.to_string()).or_default().insert(subject.clone());
                }
            }
        }
        found
    }

    /// The role of a binding.
    pub(crate) fn role_of(&self, bound: &Bound<'_>) -> Option<&HeldRole> {
        self.roles.get(bound.role)
    }

    /// A service account of the namespace that holds what is worth a token of it, besides those
    /// who hold the binding themselves.
    pub(crate) fn strong_beside(&self, namespace: &str, own: &[Subject]) -> Option<&Subject> {
        self.strong.get(namespace)?.iter().find(|one| !own.contains(one))
    }

    /// Whether a service account holds what is worth a token of it.
    pub(crate) fn is_strong(&self, account: &Subject) -> bool {
        self.strong.values().any(|accounts| accounts.contains(account))
    }

    /// Whether a subject, counting the groups it is in by itself, is given any of these needs
    /// throughout `scope`.
    pub(crate) fn holds(&self, subject: &Subject, needs: &[Need], scope: &Scope) -> bool {
        self.any(subject, |bound, role| {
            let covers = bound.scope == Scope::Cluster || bound.scope == *scope;
            covers && need::gives(&role.rules, needs, &bound.scope)
        })
    }

    /// Whether it is given any of them somewhere in `scope`.
    pub(crate) fn holds_within(&self, subject: &Subject, needs: &[Need], scope: &Scope) -> bool {
        self.any(subject, |bound, role| {
            let is_cluster = bound.scope == Scope::Cluster || *scope == Scope::Cluster;
            (is_cluster || bound.scope == *scope) && need::gives(&role.rules, needs, &bound.scope)
        })
    }

    /// Whether a subject holds everything, everywhere.
    pub(crate) fn is_admin(&self, subject: &Subject) -> bool {
        self.any(subject, |bound, role| bound.scope == Scope::Cluster && role.is_everything)
    }

    fn any(&self, subject: &Subject, is_it: impl Fn(&Bound<'i>, &HeldRole) -> bool) -> bool {
        let numbers = self.bindings_of(subject).into_iter();
        let mut bounds = numbers.filter_map(|number| self.bindings.get(number));
        bounds.any(|bound| self.role_of(bound).is_some_and(|role| is_it(bound, role)))
    }

    /// The bindings of a subject and of the groups it is in by itself.
    pub(crate) fn bindings_of(&self, subject: &Subject) -> BTreeSet<usize> {
        let groups = subject.implicit_groups();
        let groups = groups.iter().map(|group| Subject::group(group));
        let all = std::iter::once(subject.clone()).chain(groups);
        all.filter_map(|one| self.by_subject.get(&one)).flatten().copied().collect()
    }

    /// What a binding grants; none if it grants nothing.
    pub(crate) fn of_object(&self, object: &Object) -> Option<&Bound<'i>> {
        self.bindings.get(*self.by_object.get(&std::ptr::from_ref(object).addr())?)
    }

    /// Every subject that holds anything.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = &Subject> {
        self.by_subject.keys()
    }
}

impl HeldRole {
    fn new(key: RoleKey) -> Self {
        Self { key, rules: Vec::new(), is_everything: false }
    }

    /// Whether it is the built-in role that gives everything.
    pub(crate) fn is_cluster_admin(&self) -> bool {
        self.key.namespace.is_none() && &*self.key.name == "cluster-admin"
    }
}

impl<'i> Bound<'i> {
    fn new(object: &'i Object, grant: Grant<'_>, role: usize) -> Self {
        let (scope, is_default) = (grant.scope.clone(), grant.is_default);
        Self { object, scope, role, is_default, subjects: Vec::new() }
    }

    /// The namespace it is limited to; none for one that holds everywhere.
    pub(crate) fn namespace(&self) -> Option<&str> {
        match &self.scope {
            Scope::Cluster => None,
            Scope::Namespace(name) => Some(name),
        }
    }

    /// Whether it holds in a namespace that every cluster has for its own parts.
    pub(crate) fn reaches(&self, namespace: &str) -> bool {
        self.scope.holds_in(namespace)
    }
}

/// The namespace of an object as grants name it: manifests may leave it open.
pub(crate) fn named(namespace: &str) -> &str {
    if namespace.is_empty() { UNNAMED } else { namespace }
}

/// The namespace of a grant as objects name it.
pub(crate) fn given(namespace: &str) -> &str {
    if namespace == UNNAMED { "" } else { namespace }
}

/// The binding that a grant comes from; of several with one name and role, in their order.
fn object_of<'i>(inventory: &'i Inventory, grant: Grant<'_>, twin: usize) -> Option<&'i Object> {
    let kind = match grant.binding.namespace {
        Some(_) => Kind::ROLE_BINDING,
        None => Kind::CLUSTER_ROLE_BINDING,
    };
    let namespace = grant.binding.namespace.as_deref().unwrap_or_default();
    let all = inventory.of_in(kind, given(namespace));
    let start = all.partition_point(|object| object.name() < &*grant.binding.name);
    let named = all.get(start..).unwrap_or_default().iter();
    let named = named.take_while(|object| object.name() == &*grant.binding.name);
    let mut same: Vec<&Object> = named
        .filter(|object| object.tree().at(&["roleRef", "name"]).str() == &*grant.role.name)
        .collect();
    let last = same.len().checked_sub(1)?;
    Some(same.swap_remove(twin.min(last)))
}

fn is_everything(rule: &PolicyRule) -> bool {
    let has = |held: &[String], star: &str| held.iter().any(|one| one == star);
    has(&rule.verbs, "*")
        && has(&rule.resources, "*")
        && (has(&rule.api_groups, "*") || has(&rule.api_groups, ""))
        && rule.resource_names.is_empty()
}

/// What makes a service account worth stealing, held everywhere.
const STRONG: &[Need] = &[
    Need::inside(&["get", "list", "watch"], "", &["secrets"]),
    Need::inside(&["create"], "", &["pods", "pods/exec", "pods/attach", "serviceaccounts/token"]),
    Need::inside(&["create", "update", "patch"], "apps", &["deployments", "daemonsets"]),
    Need::cluster(&["get", "create"], "", &["nodes/proxy"]),
    Need::inside(&["impersonate"], "", &["users", "groups", "serviceaccounts"]),
    Need::inside(&["escalate", "bind"], "rbac.authorization.k8s.io", &["roles", "clusterroles"]),
];

#[cfg(test)]
mod tests {
    use inventory::{Completeness, File};

    use super::*;
    use crate::Seen;

    const POLICY: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: given}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects:
- {kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: given}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects:
- {kind: User, name: joe, apiGroup: rbac.authorization.k8s.io}
- {kind: ServiceAccount, name: web, namespace: apps}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: given}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects:
- {kind: Group, name: dev, apiGroup: rbac.authorization.k8s.io}
";

    #[test]
    fn bindings_with_one_name_are_told_apart() {
        let mut builder = Inventory::builder();
        builder.add_file(File::new("given.yaml"), POLICY);
        builder.set_completeness(Completeness::Everything);
        let inventory = builder.build();
        let seen = Seen::new(&inventory, std::time::SystemTime::UNIX_EPOCH);
        let told = |bound: &Bound<'_>| {
            let role = seen.holdings().role_of(bound).map(|role| role.key.name.to_string());
            let first = bound.object.tree().at(&["subjects"]).items().first().cloned();
            let first = first.unwrap_or_default().get("name").str().to_owned();
            (role.unwrap_or_default(), first, bound.subjects.len())
        };
        let told: Vec<_> = seen.holdings().bindings.iter().map(told).collect();
        let expected = [("edit", "jane", 1), ("view", "joe", 2), ("view", "dev", 1)];
        assert_eq!(told, expected.map(|(role, who, count)| (role.into(), who.into(), count)));
    }
}
