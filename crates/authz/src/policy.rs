//! The objects of `rbac.authorization.k8s.io/v1` as plain values, as far as decisions need them.
//!
//! Nothing here is validated: what upstream evaluates although its validation would refuse it
//! (an unknown subject kind, an empty namespace) is evaluated the same way.

mod objects;
mod problem;

use std::collections::BTreeMap;

pub use self::objects::from_objects;
pub use self::problem::Problem;

/// All objects that decisions are made from. The order of bindings is the order they are tried in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// `Role` objects. Of two with the same name the first counts.
    pub roles: Vec<Role>,
    /// `RoleBinding` objects.
    pub role_bindings: Vec<RoleBinding>,
    /// `ClusterRole` objects. Of two with the same name the first counts.
    pub cluster_roles: Vec<ClusterRole>,
    /// `ClusterRoleBinding` objects.
    pub cluster_role_bindings: Vec<ClusterRoleBinding>,
}

/// `Role`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Role {
    /// `metadata.namespace`.
    pub namespace: String,
    /// `metadata.name`.
    pub name: String,
    /// What it permits.
    pub rules: Vec<PolicyRule>,
}

/// `ClusterRole`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClusterRole {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.labels`, which aggregation selects by.
    pub labels: BTreeMap<String, String>,
    /// What it permits. Decisions look at nothing else, aggregated or not.
    pub rules: Vec<PolicyRule>,
    /// `aggregationRule.clusterRoleSelectors`; `None` without an aggregation rule.
    pub aggregation: Option<Vec<LabelSelector>>,
}

/// `RoleBinding`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleBinding {
    /// `metadata.namespace`.
    pub namespace: String,
    /// `metadata.name`.
    pub name: String,
    /// Who holds the role.
    pub subjects: Vec<Subject>,
    /// The role held.
    pub role: RoleRef,
}

/// `ClusterRoleBinding`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClusterRoleBinding {
    /// `metadata.name`.
    pub name: String,
    /// Who holds the role.
    pub subjects: Vec<Subject>,
    /// The role held.
    pub role: RoleRef,
}

/// `PolicyRule`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct PolicyRule {
    /// Verbs; `*` for all.
    pub verbs: Vec<String>,
    /// API groups; `*` for all, empty text for core.
    pub api_groups: Vec<String>,
    /// Resources, `resource/subresource`, `*/subresource`, or `*` for all.
    pub resources: Vec<String>,
    /// Names of objects; an empty list for any.
    pub resource_names: Vec<String>,
    /// URL paths; a trailing `*` for a prefix.
    pub non_resource_urls: Vec<String>,
}

/// `Subject`. Its `apiGroup` plays no part in decisions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// `User`, `Group` or `ServiceAccount`; any other kind matches nobody.
    pub kind: String,
    /// The name.
    pub name: String,
    /// The namespace of a service account; empty for that of the binding.
    pub namespace: String,
}

/// `RoleRef`. Its `apiGroup` plays no part in decisions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct RoleRef {
    /// `Role` or `ClusterRole`.
    pub kind: String,
    /// The name.
    pub name: String,
}

/// `metav1.LabelSelector`: all requirements must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelSelector {
    /// `matchLabels`.
    pub labels: BTreeMap<String, String>,
    /// `matchExpressions`.
    pub expressions: Vec<Requirement>,
}

/// `metav1.LabelSelectorRequirement`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The label's key.
    pub key: String,
    /// How the label is looked at.
    pub operator: Operator,
    /// The values of `In` and `NotIn`.
    pub values: Vec<String>,
}

/// The operator of a [`Requirement`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// The label is there with one of the values.
    In,
    /// The label is absent, or there with none of the values.
    NotIn,
    /// The label is there.
    Exists,
    /// The label is absent.
    DoesNotExist,
}
