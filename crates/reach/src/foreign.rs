//! Policies of other kinds. What they do is not modelled here: a verdict that one of them might
//! change is unknown.

use std::collections::BTreeSet;

use tree::Tree;

/// A policy of another kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Foreign {
    /// The namespace whose pods it is for; none if it is for those of all.
    pub namespace: Option<String>,
    /// The group of its kind.
    pub group: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What it may change.
    pub force: Force,
}

/// What a policy of another kind may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Force {
    /// It may allow or deny whatever `NetworkPolicies` say.
    Any,
    /// It counts only for pods that no `NetworkPolicy` isolates.
    Baseline,
}

/// The policies of other kinds among some objects, in order.
pub fn foreign_policies<'t>(objects: impl Iterator<Item = &'t Tree>) -> Vec<Foreign> {
    objects.filter_map(Foreign::of).collect::<BTreeSet<_>>().into_iter().collect()
}

impl Foreign {
    fn of(object: &Tree) -> Option<Self> {
        let (group, _version) = object.get("apiVersion").text()?.split_once('/')?;
        let kind = object.get("kind").str();
        let row = KINDS.iter().find(|row| (row.0, row.1) == (group, kind))?;
        let namespace = object.at(&["metadata", "namespace"]).text();
        let namespace = namespace.filter(|name| !name.is_empty()).unwrap_or("default");
        Some(Self {
            namespace: (row.2 == Scope::Namespace).then(|| namespace.to_owned()),
            group: group.to_owned(),
            kind: kind.to_owned(),
            name: object.at(&["metadata", "name"]).str().to_owned(),
            force: row.3,
        })
    }

    /// Whether it may concern the pods of a namespace.
    pub(crate) fn concerns(&self, namespace: &str) -> bool {
        self.namespace.as_deref().is_none_or(|own| own == namespace)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Namespace,
    Cluster,
}

const ADMIN: &str = "policy.networking.k8s.io";

/// Kinds that decide over the traffic of pods: group, kind, whose pods, what they may change. A
/// `ClusterNetworkPolicy` is of either force, as its tier says; the stronger is assumed.
const KINDS: &[(&str, &str, Scope, Force)] = &[
    (ADMIN, "AdminNetworkPolicy", Scope::Cluster, Force::Any),
    (ADMIN, "BaselineAdminNetworkPolicy", Scope::Cluster, Force::Baseline),
    (ADMIN, "ClusterNetworkPolicy", Scope::Cluster, Force::Any),
    ("cilium.io", "CiliumClusterwideNetworkPolicy", Scope::Cluster, Force::Any),
    ("cilium.io", "CiliumNetworkPolicy", Scope::Namespace, Force::Any),
    ("crd.antrea.io", "ClusterNetworkPolicy", Scope::Cluster, Force::Any),
    ("crd.antrea.io", "NetworkPolicy", Scope::Namespace, Force::Any),
    ("crd.projectcalico.org", "GlobalNetworkPolicy", Scope::Cluster, Force::Any),
    ("crd.projectcalico.org", "NetworkPolicy", Scope::Namespace, Force::Any),
    ("k8s.ovn.org", "EgressFirewall", Scope::Namespace, Force::Any),
    ("network.openshift.io", "EgressNetworkPolicy", Scope::Namespace, Force::Any),
    ("networking.gke.io", "FQDNNetworkPolicy", Scope::Namespace, Force::Any),
    ("networking.k8s.aws", "ApplicationNetworkPolicy", Scope::Namespace, Force::Any),
    ("networking.k8s.aws", "ClusterNetworkPolicy", Scope::Cluster, Force::Any),
    ("projectcalico.org", "GlobalNetworkPolicy", Scope::Cluster, Force::Any),
    ("projectcalico.org", "NetworkPolicy", Scope::Namespace, Force::Any),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_kinds_that_decide_over_traffic() {
        let check = |version: &str, kind: &str, expected: Option<(Option<&str>, Force)>| {
            let metadata = serde_json::json!({"name": "p", "namespace": "a"});
            let object =
                serde_json::json!({"apiVersion": version, "kind": kind, "metadata": metadata});
            let found = foreign_policies([Tree::from_json(&object)].iter());
            let found = found.first().map(|one| (one.namespace.as_deref(), one.force));
            assert_eq!(found, expected, "{version} {kind}");
        };
        let everywhere = Some((None, Force::Any));
        let in_a = Some((Some("a"), Force::Any));
        check("cilium.io/v2", "CiliumNetworkPolicy", in_a);
        check("cilium.io/v2", "CiliumClusterwideNetworkPolicy", everywhere);
        check("crd.projectcalico.org/v1", "NetworkPolicy", in_a);
        check("projectcalico.org/v3", "GlobalNetworkPolicy", everywhere);
        check("projectcalico.org/v3", "StagedNetworkPolicy", None);
        check("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy", everywhere);
        let baseline = Some((None, Force::Baseline));
        check("policy.networking.k8s.io/v1alpha1", "BaselineAdminNetworkPolicy", baseline);
        check("networking.k8s.io/v1", "NetworkPolicy", None);
        check("v1", "Pod", None);
    }
}
