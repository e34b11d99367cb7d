//! The four kinds as the API writes them, of which only what decides is kept: no labels, no
//! annotations, no managed fields.

use authz::policy;
use serde::Deserialize;

use super::store::Change;
use crate::follow::{self, Delta, Followed, Metadata};

/// One of the kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Roles,
    RoleBindings,
    ClusterRoles,
    ClusterRoleBindings,
}

impl Kind {
    pub(super) const ALL: [Self; 4] =
        [Self::Roles, Self::RoleBindings, Self::ClusterRoles, Self::ClusterRoleBindings];
}

impl follow::Kind for Kind {
    type Change = Change;
    const ROOT: &'static str = "/apis/rbac.authorization.k8s.io/v1/";
    /// With more, the rules are not known as a whole, and soon nothing is decided by them.
    const MOST: usize = 250_000;

    fn resource(self) -> &'static str {
        match self {
            Self::Roles => "roles",
            Self::RoleBindings => "rolebindings",
            Self::ClusterRoles => "clusterroles",
            Self::ClusterRoleBindings => "clusterrolebindings",
        }
    }

    fn list(self) -> &'static str {
        match self {
            Self::Roles => "RoleList",
            Self::RoleBindings => "RoleBindingList",
            Self::ClusterRoles => "ClusterRoleList",
            Self::ClusterRoleBindings => "ClusterRoleBindingList",
        }
    }
}

pub(super) struct Roles;
pub(super) struct RoleBindings;
pub(super) struct ClusterRoles;
pub(super) struct ClusterRoleBindings;

impl Followed for Roles {
    type Kind = Kind;
    const KIND: Kind = Kind::Roles;
    type Written = WrittenRole;
    type Kept = policy::Role;

    fn metadata(written: &WrittenRole) -> &Metadata {
        &written.metadata
    }

    fn keep(written: WrittenRole) -> policy::Role {
        let Metadata { name, namespace, .. } = written.metadata;
        policy::Role { namespace, name, rules: kept(written.rules) }
    }

    fn change(delta: Delta<policy::Role>) -> Change {
        Change::Roles(delta)
    }
}

impl Followed for ClusterRoles {
    type Kind = Kind;
    const KIND: Kind = Kind::ClusterRoles;
    type Written = WrittenRole;
    type Kept = policy::ClusterRole;

    fn metadata(written: &WrittenRole) -> &Metadata {
        &written.metadata
    }

    /// The cluster has aggregated already; its labels and selectors decide nothing here.
    fn keep(written: WrittenRole) -> policy::ClusterRole {
        let (name, rules) = (written.metadata.name, kept(written.rules));
        policy::ClusterRole { name, rules, ..policy::ClusterRole::default() }
    }

    fn change(delta: Delta<policy::ClusterRole>) -> Change {
        Change::ClusterRoles(delta)
    }
}

impl Followed for RoleBindings {
    type Kind = Kind;
    const KIND: Kind = Kind::RoleBindings;
    type Written = WrittenBinding;
    type Kept = policy::RoleBinding;

    fn metadata(written: &WrittenBinding) -> &Metadata {
        &written.metadata
    }

    fn keep(written: WrittenBinding) -> policy::RoleBinding {
        let Metadata { name, namespace, .. } = written.metadata;
        let (subjects, role) = (kept(written.subjects), written.role_ref.into());
        policy::RoleBinding { namespace, name, subjects, role }
    }

    fn change(delta: Delta<policy::RoleBinding>) -> Change {
        Change::RoleBindings(delta)
    }
}

impl Followed for ClusterRoleBindings {
    type Kind = Kind;
    const KIND: Kind = Kind::ClusterRoleBindings;
    type Written = WrittenBinding;
    type Kept = policy::ClusterRoleBinding;

    fn metadata(written: &WrittenBinding) -> &Metadata {
        &written.metadata
    }

    fn keep(written: WrittenBinding) -> policy::ClusterRoleBinding {
        let (name, role) = (written.metadata.name, written.role_ref.into());
        policy::ClusterRoleBinding { name, subjects: kept(written.subjects), role }
    }

    fn change(delta: Delta<policy::ClusterRoleBinding>) -> Change {
        Change::ClusterRoleBindings(delta)
    }
}

#[derive(Deserialize)]
pub(super) struct WrittenRole {
    metadata: Metadata,
    rules: Option<Vec<WrittenRule>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WrittenBinding {
    metadata: Metadata,
    subjects: Option<Vec<WrittenSubject>>,
    role_ref: WrittenRoleRef,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenRule {
    verbs: Option<Vec<String>>,
    api_groups: Option<Vec<String>>,
    resources: Option<Vec<String>>,
    resource_names: Option<Vec<String>>,
    #[serde(rename = "nonResourceURLs")]
    non_resource_urls: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct WrittenSubject {
    kind: String,
    name: String,
    #[serde(default)]
    namespace: String,
}

#[derive(Deserialize)]
struct WrittenRoleRef {
    kind: String,
    name: String,
}

fn kept<W, K: From<W>>(written: Option<Vec<W>>) -> Vec<K> {
    written.unwrap_or_default().into_iter().map(K::from).collect()
}

impl From<WrittenRule> for policy::PolicyRule {
    fn from(written: WrittenRule) -> Self {
        Self {
            verbs: written.verbs.unwrap_or_default(),
            api_groups: written.api_groups.unwrap_or_default(),
            resources: written.resources.unwrap_or_default(),
            resource_names: written.resource_names.unwrap_or_default(),
            non_resource_urls: written.non_resource_urls.unwrap_or_default(),
        }
    }
}

impl From<WrittenSubject> for policy::Subject {
    fn from(WrittenSubject { kind, name, namespace }: WrittenSubject) -> Self {
        Self { kind, name, namespace }
    }
}

impl From<WrittenRoleRef> for policy::RoleRef {
    fn from(WrittenRoleRef { kind, name }: WrittenRoleRef) -> Self {
        Self { kind, name }
    }
}
