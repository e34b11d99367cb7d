//! The kinds the sandbox knows: one row each.

use serde_json::Value;

/// Whether objects of a kind live in namespaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Cluster,
    Namespaced,
}

/// One kind of object, stored under its plural name.
#[derive(Debug, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "Kubernetes calls it so")]
pub(crate) struct Kind {
    pub(crate) group: &'static str,
    pub(crate) plural: &'static str,
    pub(crate) singular: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) short: &'static [&'static str],
    pub(crate) scope: Scope,
    pub(crate) categories: &'static [&'static str],
    pub(crate) subresources: &'static [&'static str],
}

impl Kind {
    const fn cluster(self) -> Self {
        Self { scope: Scope::Cluster, ..self }
    }

    /// Every group has the version `v1` here.
    pub(crate) fn api_version(&self) -> String {
        if self.group.is_empty() { "v1".to_owned() } else { format!("{}/v1", self.group) }
    }

    /// The name that error texts use: `pods`, `deployments.apps`.
    pub(crate) fn qualified(&self) -> String {
        if self.group.is_empty() {
            self.plural.to_owned()
        } else {
            format!("{}.{}", self.plural, self.group)
        }
    }

    pub(crate) fn is_namespaced(&self) -> bool {
        self.scope == Scope::Namespaced
    }

    /// Whether `object` says that it is of this kind and version.
    pub(crate) fn is_kind_of(&self, object: &Value) -> bool {
        object.get("kind").and_then(Value::as_str) == Some(self.kind)
            && object.get("apiVersion").and_then(Value::as_str) == Some(&self.api_version())
    }
}

/// The kind behind a path's group and resource.
pub(crate) fn find(group: &str, plural: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.group == group && kind.plural == plural)
}

/// The kind stored under a plural name; plurals are unique here.
pub(crate) fn of_plural(plural: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.plural == plural)
}

/// Every group, in the order discovery shows them; the first is the core group.
pub(crate) const GROUPS: [&str; 3] = ["", "apps", RBAC];

/// The group of roles and bindings.
pub(crate) const RBAC: &str = "rbac.authorization.k8s.io";

/// Every kind.
pub(crate) const KINDS: &[Kind] = &[
    Kind {
        short: &["ns"],
        subresources: &["status"],
        ..row("", "namespaces", "namespace", "Namespace").cluster()
    },
    Kind {
        short: &["no"],
        subresources: &["status"],
        ..row("", "nodes", "node", "Node").cluster()
    },
    Kind { short: &["cm"], ..row("", "configmaps", "configmap", "ConfigMap") },
    Kind { short: &["ev"], ..row("", "events", "event", "Event") },
    Kind {
        short: &["po"],
        categories: &["all"],
        subresources: &["attach", "exec", "log", "status"],
        ..row("", "pods", "pod", "Pod")
    },
    row("", "secrets", "secret", "Secret"),
    Kind { short: &["sa"], ..row("", "serviceaccounts", "serviceaccount", "ServiceAccount") },
    Kind {
        short: &["svc"],
        categories: &["all"],
        subresources: &["status"],
        ..row("", "services", "service", "Service")
    },
    Kind {
        short: &["deploy"],
        categories: &["all"],
        subresources: &["scale", "status"],
        ..row("apps", "deployments", "deployment", "Deployment")
    },
    row(RBAC, "clusterrolebindings", "clusterrolebinding", "ClusterRoleBinding").cluster(),
    row(RBAC, "clusterroles", "clusterrole", "ClusterRole").cluster(),
    row(RBAC, "rolebindings", "rolebinding", "RoleBinding"),
    row(RBAC, "roles", "role", "Role"),
];

/// The verbs of every kind, as discovery lists them.
pub(crate) const VERBS: [&str; 8] =
    ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/// A namespaced kind with nothing special.
const fn row(
    group: &'static str,
    plural: &'static str,
    singular: &'static str,
    kind: &'static str,
) -> Kind {
    let (short, categories, subresources) = (&[], &[], &[]);
    let scope = Scope::Namespaced;
    Kind { group, plural, singular, kind, short, scope, categories, subresources }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_are_unique() {
        let mut plurals: Vec<_> = KINDS.iter().map(|kind| kind.plural).collect();
        plurals.sort_unstable();
        plurals.dedup();
        assert_eq!(plurals.len(), KINDS.len());
    }
}
