//! Versions of APIs that Kubernetes took away, or will: when, and what takes their place.

/// A version of an API that is gone from a minor version on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Removed {
    /// `extensions/v1beta1`.
    pub(super) version: &'static str,
    /// The kind; all kinds of the version if it is empty.
    pub(super) kind: &'static str,
    /// The first minor version that does not serve it.
    pub(super) since: u8,
    /// The version to write instead; empty if there is none.
    pub(super) instead: &'static str,
    /// Whether the same fields mean the same there.
    pub(super) is_same: bool,
}

/// What became of a version of an API.
pub(super) fn removed(version: &str, kind: &str) -> Option<&'static Removed> {
    // What is stable was never taken away: most objects end here.
    if !version.contains("alpha") && !version.contains("beta") {
        return None;
    }
    REMOVED.iter().find(|one| one.version == version && (one.kind == kind || one.kind.is_empty()))
}

const fn row(
    version: &'static str,
    kind: &'static str,
    since: u8,
    instead: &'static str,
) -> Removed {
    Removed { version, kind, since, instead, is_same: false }
}

const fn same(
    version: &'static str,
    kind: &'static str,
    since: u8,
    instead: &'static str,
) -> Removed {
    Removed { version, kind, since, instead, is_same: true }
}

/// <https://kubernetes.io/docs/reference/using-api/deprecation-guide/>.
const REMOVED: [Removed; 57] = [
    row("extensions/v1beta1", "DaemonSet", 16, "apps/v1"),
    row("extensions/v1beta1", "Deployment", 16, "apps/v1"),
    row("extensions/v1beta1", "ReplicaSet", 16, "apps/v1"),
    row("extensions/v1beta1", "NetworkPolicy", 16, "networking.k8s.io/v1"),
    row("extensions/v1beta1", "PodSecurityPolicy", 16, ""),
    row("extensions/v1beta1", "Ingress", 22, "networking.k8s.io/v1"),
    row("apps/v1beta1", "", 16, "apps/v1"),
    row("apps/v1beta2", "", 16, "apps/v1"),
    row(
        "admissionregistration.k8s.io/v1beta1",
        "ValidatingWebhookConfiguration",
        22,
        "admissionregistration.k8s.io/v1",
    ),
    row(
        "admissionregistration.k8s.io/v1beta1",
        "MutatingWebhookConfiguration",
        22,
        "admissionregistration.k8s.io/v1",
    ),
    row("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", 22, "apiextensions.k8s.io/v1"),
    same("apiregistration.k8s.io/v1beta1", "APIService", 22, "apiregistration.k8s.io/v1"),
    same("authentication.k8s.io/v1beta1", "TokenReview", 22, "authentication.k8s.io/v1"),
    row("authorization.k8s.io/v1beta1", "LocalSubjectAccessReview", 22, "authorization.k8s.io/v1"),
    row("authorization.k8s.io/v1beta1", "SelfSubjectAccessReview", 22, "authorization.k8s.io/v1"),
    row("authorization.k8s.io/v1beta1", "SubjectAccessReview", 22, "authorization.k8s.io/v1"),
    row("certificates.k8s.io/v1beta1", "CertificateSigningRequest", 22, "certificates.k8s.io/v1"),
    same("coordination.k8s.io/v1beta1", "Lease", 22, "coordination.k8s.io/v1"),
    row("networking.k8s.io/v1beta1", "Ingress", 22, "networking.k8s.io/v1"),
    same("networking.k8s.io/v1beta1", "IngressClass", 22, "networking.k8s.io/v1"),
    same("rbac.authorization.k8s.io/v1alpha1", "Role", 22, "rbac.authorization.k8s.io/v1"),
    same("rbac.authorization.k8s.io/v1alpha1", "ClusterRole", 22, "rbac.authorization.k8s.io/v1"),
    row("rbac.authorization.k8s.io/v1alpha1", "RoleBinding", 22, "rbac.authorization.k8s.io/v1"),
    row(
        "rbac.authorization.k8s.io/v1alpha1",
        "ClusterRoleBinding",
        22,
        "rbac.authorization.k8s.io/v1",
    ),
    same("rbac.authorization.k8s.io/v1beta1", "Role", 22, "rbac.authorization.k8s.io/v1"),
    same("rbac.authorization.k8s.io/v1beta1", "ClusterRole", 22, "rbac.authorization.k8s.io/v1"),
    same("rbac.authorization.k8s.io/v1beta1", "RoleBinding", 22, "rbac.authorization.k8s.io/v1"),
    same(
        "rbac.authorization.k8s.io/v1beta1",
        "ClusterRoleBinding",
        22,
        "rbac.authorization.k8s.io/v1",
    ),
    same("scheduling.k8s.io/v1beta1", "PriorityClass", 22, "scheduling.k8s.io/v1"),
    same("storage.k8s.io/v1beta1", "CSIDriver", 22, "storage.k8s.io/v1"),
    same("storage.k8s.io/v1beta1", "CSINode", 22, "storage.k8s.io/v1"),
    same("storage.k8s.io/v1beta1", "StorageClass", 22, "storage.k8s.io/v1"),
    same("storage.k8s.io/v1beta1", "VolumeAttachment", 22, "storage.k8s.io/v1"),
    same("batch/v1beta1", "CronJob", 25, "batch/v1"),
    row("discovery.k8s.io/v1beta1", "EndpointSlice", 25, "discovery.k8s.io/v1"),
    row("events.k8s.io/v1beta1", "Event", 25, "events.k8s.io/v1"),
    row("autoscaling/v2beta1", "HorizontalPodAutoscaler", 25, "autoscaling/v2"),
    row("policy/v1beta1", "PodDisruptionBudget", 25, "policy/v1"),
    row("policy/v1beta1", "PodSecurityPolicy", 25, ""),
    same("node.k8s.io/v1beta1", "RuntimeClass", 25, "node.k8s.io/v1"),
    same("autoscaling/v2beta2", "HorizontalPodAutoscaler", 26, "autoscaling/v2"),
    row(
        "flowcontrol.apiserver.k8s.io/v1beta1",
        "FlowSchema",
        26,
        "flowcontrol.apiserver.k8s.io/v1",
    ),
    row(
        "flowcontrol.apiserver.k8s.io/v1beta1",
        "PriorityLevelConfiguration",
        26,
        "flowcontrol.apiserver.k8s.io/v1",
    ),
    same("storage.k8s.io/v1beta1", "CSIStorageCapacity", 27, "storage.k8s.io/v1"),
    same(
        "flowcontrol.apiserver.k8s.io/v1beta2",
        "FlowSchema",
        29,
        "flowcontrol.apiserver.k8s.io/v1",
    ),
    row(
        "flowcontrol.apiserver.k8s.io/v1beta2",
        "PriorityLevelConfiguration",
        29,
        "flowcontrol.apiserver.k8s.io/v1",
    ),
    same(
        "flowcontrol.apiserver.k8s.io/v1beta3",
        "FlowSchema",
        32,
        "flowcontrol.apiserver.k8s.io/v1",
    ),
    row(
        "flowcontrol.apiserver.k8s.io/v1beta3",
        "PriorityLevelConfiguration",
        32,
        "flowcontrol.apiserver.k8s.io/v1",
    ),
    same(
        "admissionregistration.k8s.io/v1beta1",
        "ValidatingAdmissionPolicy",
        34,
        "admissionregistration.k8s.io/v1",
    ),
    same(
        "admissionregistration.k8s.io/v1beta1",
        "ValidatingAdmissionPolicyBinding",
        34,
        "admissionregistration.k8s.io/v1",
    ),
    row("audit.k8s.io/v1beta1", "Policy", 24, "audit.k8s.io/v1"),
    row("audit.k8s.io/v1alpha1", "Policy", 24, "audit.k8s.io/v1"),
    row("kubescheduler.config.k8s.io/v1beta1", "", 23, "kubescheduler.config.k8s.io/v1"),
    row("kubescheduler.config.k8s.io/v1beta2", "", 28, "kubescheduler.config.k8s.io/v1"),
    row("kubescheduler.config.k8s.io/v1beta3", "", 29, "kubescheduler.config.k8s.io/v1"),
    row("auditregistration.k8s.io/v1alpha1", "AuditSink", 19, ""),
    row("settings.k8s.io/v1alpha1", "PodPreset", 20, ""),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_apis_are_found_by_kind() {
        let check = |version: &str, kind: &str, expected: Option<u8>| {
            assert_eq!(removed(version, kind).map(|one| one.since), expected, "{version} {kind}");
        };
        check("extensions/v1beta1", "Deployment", Some(16));
        check("extensions/v1beta1", "Ingress", Some(22));
        check("apps/v1beta2", "StatefulSet", Some(16));
        check("batch/v1beta1", "CronJob", Some(25));
        check("batch/v1", "CronJob", None);
        check("storage.k8s.io/v1beta1", "StorageClass", Some(22));
        check("storage.k8s.io/v1beta1", "VolumeAttributesClass", None);
        check("example.com/v1beta1", "Ingress", None);
    }

    #[test]
    fn no_row_is_hidden_by_another() {
        for row in &REMOVED {
            let found = removed(row.version, if row.kind.is_empty() { "Any" } else { row.kind });
            let found = found.map(|one| (one.version, one.kind, one.since));
            assert_eq!(found, Some((row.version, row.kind, row.since)));
            assert_ne!(row.version, row.instead);
        }
    }
}
