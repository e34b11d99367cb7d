//! Which verbs on which resources make a right.

use super::Right;
use crate::bootstrap::Minor;

/// One way to have a right.
#[derive(Debug)]
pub(super) struct Need {
    pub(super) right: Right,
    pub(super) verbs: &'static [&'static str],
    pub(super) group: &'static str,
    pub(super) resources: &'static [&'static str],
    /// Whether a `RoleBinding` gives it.
    pub(super) is_namespaced: bool,
    pub(super) asks: Asks,
    versions: Versions,
}

/// How verbs and resources are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// As a call with that verb and resource.
    Exactly,
    /// Any verb will do.
    AnyVerb,
    /// Any subresource of the resource.
    AnySubresource,
    /// A verb that starts so, on anything.
    VerbPrefix,
}

#[derive(Debug, Clone, Copy)]
enum Versions {
    All,
    Until(u16),
    Since(u16),
}

impl Need {
    /// A version that is not known may be any.
    pub(super) fn is_in(&self, version: Option<Minor>) -> bool {
        match (self.versions, version) {
            (Versions::All, _) | (_, None) => true,
            (Versions::Until(last), Some(Minor(minor))) => minor <= last,
            (Versions::Since(first), Some(Minor(minor))) => minor >= first,
        }
    }

    pub(super) fn is_any_group(&self) -> bool {
        self.asks == Asks::VerbPrefix
    }

    const fn any_verb(self) -> Self {
        Self { asks: Asks::AnyVerb, ..self }
    }

    const fn any_subresource(self) -> Self {
        Self { asks: Asks::AnySubresource, ..self }
    }

    const fn verb_prefix(self) -> Self {
        Self { asks: Asks::VerbPrefix, ..self }
    }

    const fn until(self, minor: u16) -> Self {
        Self { versions: Versions::Until(minor), ..self }
    }

    const fn since(self, minor: u16) -> Self {
        Self { versions: Versions::Since(minor), ..self }
    }
}

const fn inside(
    right: Right,
    verbs: &'static [&'static str],
    group: &'static str,
    resources: &'static [&'static str],
) -> Need {
    let (is_namespaced, asks, versions) = (true, Asks::Exactly, Versions::All);
    Need { right, verbs, group, resources, is_namespaced, asks, versions }
}

const fn cluster(
    right: Right,
    verbs: &'static [&'static str],
    group: &'static str,
    resources: &'static [&'static str],
) -> Need {
    Need { is_namespaced: false, ..inside(right, verbs, group, resources) }
}

/// All of them. A right with several rows has them in any of these ways.
pub(super) const NEEDS: &[Need] = &[
    inside(Right::ReadSecrets, READ, CORE, &["secrets"]),
    inside(Right::WriteSecrets, WRITE, CORE, &["secrets"]),
    inside(Right::CreatePods, CREATE, CORE, &["pods"]),
    inside(Right::ChangePods, CHANGE, CORE, &["pods"]),
    inside(Right::RemovePods, REMOVE, CORE, &["pods"]),
    inside(Right::RemovePods, CREATE, CORE, &["pods/eviction"]),
    inside(Right::WriteWorkloads, WRITE, "apps", APPS),
    inside(Right::WriteWorkloads, WRITE, CORE, &["replicationcontrollers"]),
    inside(Right::WriteWorkloads, WRITE, "batch", &["jobs", "cronjobs"]),
    inside(Right::Exec, CREATE, CORE, &["pods/exec"]),
    inside(Right::Exec, &["get"], CORE, &["pods/exec"]).until(34),
    inside(Right::Attach, CREATE, CORE, &["pods/attach"]),
    inside(Right::Attach, &["get"], CORE, &["pods/attach"]).until(34),
    inside(Right::AddEphemeralContainers, CHANGE, CORE, &["pods/ephemeralcontainers"]),
    cluster(Right::UseNodesProxy, &["get"], CORE, &["nodes/proxy"]).any_verb(),
    cluster(Right::EscalateClusterRoles, &["escalate"], RBAC, &["clusterroles"]),
    inside(Right::EscalateRoles, &["escalate"], RBAC, &["roles"]),
    inside(Right::BindClusterRoles, &["bind"], RBAC, &["clusterroles"]),
    inside(Right::BindRoles, &["bind"], RBAC, &["roles"]),
    cluster(Right::ChangeClusterRoles, CHANGE, RBAC, &["clusterroles"]),
    inside(Right::ChangeRoles, CHANGE, RBAC, &["roles"]),
    cluster(Right::WriteClusterRoleBindings, WRITE, RBAC, &["clusterrolebindings"]),
    inside(Right::WriteRoleBindings, WRITE, RBAC, &["rolebindings"]),
    cluster(Right::ImpersonateUsers, &["impersonate"], CORE, &["users"]),
    cluster(Right::ImpersonateGroups, &["impersonate"], CORE, &["groups"]),
    inside(Right::ImpersonateServiceAccounts, &["impersonate"], CORE, &["serviceaccounts"]),
    cluster(Right::ImpersonateUids, &["impersonate"], AUTHENTICATION, &["uids"]),
    cluster(Right::ImpersonateExtras, &["impersonate"], AUTHENTICATION, &["userextras"])
        .any_subresource(),
    cluster(Right::ImpersonateUserInfo, &["impersonate:user-info"], AUTHENTICATION, &["users"])
        .since(35),
    cluster(Right::ImpersonateGroupInfo, &["impersonate:user-info"], AUTHENTICATION, &["groups"])
        .since(35),
    inside(
        Right::ImpersonateAccountOnly,
        &["impersonate:serviceaccount"],
        AUTHENTICATION,
        &["serviceaccounts"],
    )
    .since(35),
    cluster(Right::ImpersonateNode, &["impersonate:arbitrary-node"], AUTHENTICATION, &["nodes"])
        .since(35),
    inside(Right::ActAsUserInfo, &["impersonate-on:user-info:"], "", ANYTHING)
        .verb_prefix()
        .since(35),
    inside(Right::ActAsAccount, &["impersonate-on:serviceaccount:"], "", ANYTHING)
        .verb_prefix()
        .since(35),
    inside(Right::ActAsNode, &["impersonate-on:arbitrary-node:"], "", ANYTHING)
        .verb_prefix()
        .since(35),
    inside(Right::CreateTokens, CREATE, CORE, &["serviceaccounts/token"]),
    cluster(Right::CreateCsrs, CREATE, CERTIFICATES, &["certificatesigningrequests"]),
    cluster(Right::ApproveCsrs, CHANGE, CERTIFICATES, &["certificatesigningrequests/approval"]),
    cluster(Right::ApproveForSigners, &["approve"], CERTIFICATES, &["signers"]),
    cluster(Right::SignForSigners, &["sign"], CERTIFICATES, &["signers"]),
    cluster(Right::WriteCsrStatus, CHANGE, CERTIFICATES, &["certificatesigningrequests/status"]),
    cluster(Right::WriteMutatingWebhooks, WRITE, ADMISSION, &["mutatingwebhookconfigurations"]),
    cluster(Right::WriteValidatingWebhooks, WRITE, ADMISSION, &["validatingwebhookconfigurations"]),
    cluster(Right::DeleteWebhooks, REMOVE, ADMISSION, WEBHOOKS),
    cluster(Right::WriteMutatingPolicies, WRITE, ADMISSION, &["mutatingadmissionpolicies"])
        .since(32),
    cluster(
        Right::WriteMutatingPolicyBindings,
        WRITE,
        ADMISSION,
        &["mutatingadmissionpolicybindings"],
    )
    .since(32),
    cluster(Right::DisarmAdmissionPolicies, WRITE, ADMISSION, VALIDATING).since(26),
    cluster(Right::DisarmAdmissionPolicies, REMOVE, ADMISSION, VALIDATING).since(26),
    cluster(Right::DisarmAdmissionPolicies, REMOVE, ADMISSION, MUTATING).since(32),
    cluster(Right::WriteApiServices, WRITE, "apiregistration.k8s.io", &["apiservices"]),
    cluster(Right::WriteCrds, WRITE, "apiextensions.k8s.io", &["customresourcedefinitions"]),
    cluster(Right::CreatePersistentVolumes, CREATE, CORE, &["persistentvolumes"]),
    cluster(Right::ChangeNodes, CHANGE, CORE, &["nodes", "nodes/status"]),
    cluster(Right::DeleteNodes, REMOVE, CORE, &["nodes"]),
    inside(Right::ChangeNamespaces, CHANGE, CORE, &["namespaces"]),
    inside(Right::WriteNetworkPolicies, WRITE, "networking.k8s.io", &["networkpolicies"]),
    inside(Right::WriteNetworkPolicies, REMOVE, "networking.k8s.io", &["networkpolicies"]),
    inside(Right::WriteConfigMaps, WRITE, CORE, &["configmaps"]),
    inside(Right::ForwardPorts, CREATE, CORE, &["pods/portforward"]),
    inside(Right::ForwardPorts, &["get"], CORE, &["pods/portforward"]).until(34),
    inside(Right::UseProxies, &["get"], CORE, &["pods/proxy", "services/proxy"]).any_verb(),
    inside(Right::WriteEndpoints, WRITE, CORE, &["endpoints", "services", "services/status"]),
    inside(Right::WriteEndpoints, WRITE, "discovery.k8s.io", &["endpointslices"]),
    inside(Right::DeleteEvents, REMOVE, CORE, &["events"]),
    inside(Right::DeleteEvents, REMOVE, "events.k8s.io", &["events"]),
    inside(Right::ChangeLeases, CHANGE, "coordination.k8s.io", &["leases"]),
    inside(Right::DeleteWorkloads, REMOVE, "apps", APPS),
    inside(Right::DeleteWorkloads, REMOVE, CORE, &["replicationcontrollers", "namespaces"]),
    inside(Right::DeleteWorkloads, REMOVE, "batch", &["jobs", "cronjobs"]),
    cluster(Right::WriteFlowControl, WRITE, FLOW, &["flowschemas", "prioritylevelconfigurations"]),
    cluster(Right::WriteFlowControl, REMOVE, FLOW, &["flowschemas", "prioritylevelconfigurations"]),
    cluster(Right::WriteTrustBundles, WRITE, CERTIFICATES, &["clustertrustbundles"]),
    cluster(Right::WriteTrustBundles, REMOVE, CERTIFICATES, &["clustertrustbundles"]),
    cluster(Right::AttestForSigners, &["attest"], CERTIFICATES, &["signers"]),
    inside(Right::WriteIngresses, &["create", "patch"], "networking.k8s.io", &["ingresses"]),
    inside(Right::WriteIngresses, &["create", "patch"], "gateway.networking.k8s.io", &["gateways"]),
];

const READ: &[&str] = &["get", "list", "watch"];
const CREATE: &[&str] = &["create"];
const CHANGE: &[&str] = &["update", "patch"];
const WRITE: &[&str] = &["create", "update", "patch"];
const REMOVE: &[&str] = &["delete", "deletecollection"];
const CORE: &str = "";
const RBAC: &str = "rbac.authorization.k8s.io";
const AUTHENTICATION: &str = "authentication.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";
const FLOW: &str = "flowcontrol.apiserver.k8s.io";
const APPS: &[&str] = &["deployments", "daemonsets", "statefulsets", "replicasets"];
const WEBHOOKS: &[&str] = &["mutatingwebhookconfigurations", "validatingwebhookconfigurations"];
const VALIDATING: &[&str] = &["validatingadmissionpolicies", "validatingadmissionpolicybindings"];
const MUTATING: &[&str] = &["mutatingadmissionpolicies", "mutatingadmissionpolicybindings"];
const ANYTHING: &[&str] = &["*"];
