//! One Kubernetes object: a tree, where it came from, and the names it goes by.

use tree::Tree;

use crate::Origin;

/// A kind of object, whatever its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind<'a> {
    /// The API group; empty for core.
    pub group: &'a str,
    /// The kind, as in `kind:`.
    pub kind: &'a str,
}

macro_rules! kinds {
    ($($name:ident = $group:literal $kind:literal),* $(,)?) => {
        impl Kind<'static> {
            $(#[doc = concat!("`", $kind, "` of the group `", $group, "`.")]
            pub const $name: Self = Self { group: $group, kind: $kind };)*
        }
    };
}

kinds! {
    NAMESPACE = "" "Namespace", POD = "" "Pod", SERVICE = "" "Service", NODE = "" "Node",
    SECRET = "" "Secret", CONFIG_MAP = "" "ConfigMap", SERVICE_ACCOUNT = "" "ServiceAccount",
    ENDPOINTS = "" "Endpoints", PERSISTENT_VOLUME = "" "PersistentVolume",
    PERSISTENT_VOLUME_CLAIM = "" "PersistentVolumeClaim", RESOURCE_QUOTA = "" "ResourceQuota",
    LIMIT_RANGE = "" "LimitRange", REPLICATION_CONTROLLER = "" "ReplicationController",
    POD_TEMPLATE = "" "PodTemplate",
    DEPLOYMENT = "apps" "Deployment", DAEMON_SET = "apps" "DaemonSet",
    STATEFUL_SET = "apps" "StatefulSet", REPLICA_SET = "apps" "ReplicaSet",
    JOB = "batch" "Job", CRON_JOB = "batch" "CronJob",
    ROLE = "rbac.authorization.k8s.io" "Role",
    ROLE_BINDING = "rbac.authorization.k8s.io" "RoleBinding",
    CLUSTER_ROLE = "rbac.authorization.k8s.io" "ClusterRole",
    CLUSTER_ROLE_BINDING = "rbac.authorization.k8s.io" "ClusterRoleBinding",
    NETWORK_POLICY = "networking.k8s.io" "NetworkPolicy", INGRESS = "networking.k8s.io" "Ingress",
    ENDPOINT_SLICE = "discovery.k8s.io" "EndpointSlice",
    VALIDATING_WEBHOOK = "admissionregistration.k8s.io" "ValidatingWebhookConfiguration",
    MUTATING_WEBHOOK = "admissionregistration.k8s.io" "MutatingWebhookConfiguration",
    VALIDATING_POLICY = "admissionregistration.k8s.io" "ValidatingAdmissionPolicy",
    VALIDATING_POLICY_BINDING = "admissionregistration.k8s.io" "ValidatingAdmissionPolicyBinding",
    MUTATING_POLICY = "admissionregistration.k8s.io" "MutatingAdmissionPolicy",
    MUTATING_POLICY_BINDING = "admissionregistration.k8s.io" "MutatingAdmissionPolicyBinding",
    API_SERVICE = "apiregistration.k8s.io" "APIService",
    CUSTOM_RESOURCE_DEFINITION = "apiextensions.k8s.io" "CustomResourceDefinition",
    FLOW_SCHEMA = "flowcontrol.apiserver.k8s.io" "FlowSchema",
    PRIORITY_LEVEL = "flowcontrol.apiserver.k8s.io" "PriorityLevelConfiguration",
    CERTIFICATE_SIGNING_REQUEST = "certificates.k8s.io" "CertificateSigningRequest",
    POD_SECURITY_POLICY = "policy" "PodSecurityPolicy",
    AUDIT_POLICY = "audit.k8s.io" "Policy",
    KUBELET_CONFIGURATION = "kubelet.config.k8s.io" "KubeletConfiguration",
    KUBE_PROXY_CONFIGURATION = "kubeproxy.config.k8s.io" "KubeProxyConfiguration",
    ENCRYPTION_CONFIGURATION = "apiserver.config.k8s.io" "EncryptionConfiguration",
    AUTHENTICATION_CONFIGURATION = "apiserver.config.k8s.io" "AuthenticationConfiguration",
    AUTHORIZATION_CONFIGURATION = "apiserver.config.k8s.io" "AuthorizationConfiguration",
    ADMISSION_CONFIGURATION = "apiserver.config.k8s.io" "AdmissionConfiguration",
    POD_SECURITY_CONFIGURATION = "pod-security.admission.config.k8s.io" "PodSecurityConfiguration",
    EVENT_RATE_LIMIT_CONFIGURATION = "eventratelimit.admission.k8s.io" "Configuration",
    CLUSTER_CONFIGURATION = "kubeadm.k8s.io" "ClusterConfiguration",
    KUBECONFIG = "" "Config",
}

impl Kind<'_> {
    /// Whether objects of the kind belong to no namespace. Unknown kinds are taken to belong to
    /// one.
    pub fn is_cluster_scoped(self) -> bool {
        const CLUSTER: [Kind<'static>; 18] = [
            Kind::NAMESPACE,
            Kind::NODE,
            Kind::PERSISTENT_VOLUME,
            Kind::CLUSTER_ROLE,
            Kind::CLUSTER_ROLE_BINDING,
            Kind::VALIDATING_WEBHOOK,
            Kind::MUTATING_WEBHOOK,
            Kind::VALIDATING_POLICY,
            Kind::VALIDATING_POLICY_BINDING,
            Kind::MUTATING_POLICY,
            Kind::MUTATING_POLICY_BINDING,
            Kind::API_SERVICE,
            Kind::CUSTOM_RESOURCE_DEFINITION,
            Kind::FLOW_SCHEMA,
            Kind::PRIORITY_LEVEL,
            Kind::CERTIFICATE_SIGNING_REQUEST,
            Kind::POD_SECURITY_POLICY,
            Kind::KUBECONFIG,
        ];
        CLUSTER.contains(&self) || self.group.ends_with(".config.k8s.io")
    }

    /// Whether it is the configuration of a program, which no cluster serves: it is in files.
    pub fn is_configuration(self) -> bool {
        self == Kind::KUBECONFIG
            || self == Kind::AUDIT_POLICY
            || self == Kind::EVENT_RATE_LIMIT_CONFIGURATION
            || self.group == "kubeadm.k8s.io"
            || self.group.ends_with(".config.k8s.io")
    }

    /// `Deployment.apps`, `Pod`.
    pub fn describe(self) -> String {
        if self.group.is_empty() {
            return self.kind.to_owned();
        }
        format!("{}.{}", self.kind, self.group)
    }
}

/// The group and the version of an `apiVersion`.
pub(crate) fn group_and_version(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

/// One object.
#[derive(Debug, Clone)]
pub struct Object {
    tree: Tree,
    origin: Origin,
}

impl Object {
    /// A mapping with `apiVersion` and `kind`; none of anything else.
    pub fn new(tree: Tree, origin: Origin) -> Option<Self> {
        let named = |key: &str| tree.get(key).text().is_some_and(|text| !text.is_empty());
        (named("apiVersion") && named("kind")).then_some(Self { tree, origin })
    }

    /// All of it.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Where it came from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    pub(crate) fn set_origin(&mut self, origin: Origin) {
        self.origin = origin;
    }

    /// `apiVersion`.
    pub fn api_version(&self) -> &str {
        self.tree.get("apiVersion").str()
    }

    /// The version of its API, as `v1`.
    pub fn version(&self) -> &str {
        group_and_version(self.api_version()).1
    }

    /// Group and kind.
    pub fn kind(&self) -> Kind<'_> {
        let (group, _) = group_and_version(self.api_version());
        Kind { group, kind: self.tree.get("kind").str() }
    }

    /// `metadata.namespace`; empty for objects at cluster scope, and for those in files that leave
    /// it to whoever applies them.
    pub fn namespace(&self) -> &str {
        self.tree.at(&["metadata", "namespace"]).str()
    }

    /// `metadata.name`; for objects that are to be created, `metadata.generateName`.
    pub fn name(&self) -> &str {
        let metadata = self.tree.get("metadata");
        metadata.get("name").text().unwrap_or_else(|| metadata.get("generateName").str())
    }

    /// `metadata.labels`.
    pub fn labels(&self) -> &Tree {
        self.tree.at(&["metadata", "labels"])
    }

    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels().get(key).text()
    }

    /// The value of an annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.tree.at(&["metadata", "annotations"]).get(key).text()
    }

    /// `Deployment apps/web`, `ClusterRole admin`.
    pub fn describe(&self) -> String {
        let kind = self.kind().kind;
        match self.namespace() {
            "" => format!("{kind} {}", self.name()),
            namespace => format!("{kind} {namespace}/{}", self.name()),
        }
    }

    /// What objects are ordered by.
    pub(crate) fn order(&self) -> (Kind<'_>, &str, &str, &Origin) {
        (self.kind(), self.namespace(), self.name(), &self.origin)
    }
}
