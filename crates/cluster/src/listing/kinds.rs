//! The kinds that a scan looks at: those of Kubernetes by name, and of some other groups all.

use std::collections::BTreeMap;

use inventory::Kind;

/// A resource of the API that can be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resource {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) plural: String,
    pub(super) kind: String,
    pub(super) namespaced: bool,
}

impl Resource {
    /// `apps/v1`.
    pub(super) fn api_version(&self) -> String {
        match self.group.as_str() {
            "" => self.version.clone(),
            group => format!("{group}/{}", self.version),
        }
    }

    /// The path that lists it, in a namespace or in all.
    pub(super) fn path(&self, namespace: Option<&str>) -> String {
        let root = if self.group.is_empty() { "/api/" } else { "/apis/" };
        let namespace = namespace.map(|name| format!("/namespaces/{name}")).unwrap_or_default();
        format!("{root}{}{namespace}/{}", self.api_version(), self.plural)
    }
}

/// Plural and whether it belongs to namespaces, of each kind of Kubernetes that is looked at.
const KNOWN: [(Kind<'static>, &str, bool); 38] = [
    (Kind::NAMESPACE, "namespaces", false),
    (Kind::NODE, "nodes", false),
    (Kind::POD, "pods", true),
    (Kind::SERVICE, "services", true),
    (Kind::ENDPOINTS, "endpoints", true),
    (Kind::SERVICE_ACCOUNT, "serviceaccounts", true),
    (Kind::CONFIG_MAP, "configmaps", true),
    (Kind::SECRET, "secrets", true),
    (Kind::PERSISTENT_VOLUME, "persistentvolumes", false),
    (Kind::PERSISTENT_VOLUME_CLAIM, "persistentvolumeclaims", true),
    (Kind::RESOURCE_QUOTA, "resourcequotas", true),
    (Kind::LIMIT_RANGE, "limitranges", true),
    (Kind::REPLICATION_CONTROLLER, "replicationcontrollers", true),
    (Kind::POD_TEMPLATE, "podtemplates", true),
    (Kind::DEPLOYMENT, "deployments", true),
    (Kind::DAEMON_SET, "daemonsets", true),
    (Kind::STATEFUL_SET, "statefulsets", true),
    (Kind::REPLICA_SET, "replicasets", true),
    (Kind::JOB, "jobs", true),
    (Kind::CRON_JOB, "cronjobs", true),
    (Kind::ROLE, "roles", true),
    (Kind::ROLE_BINDING, "rolebindings", true),
    (Kind::CLUSTER_ROLE, "clusterroles", false),
    (Kind::CLUSTER_ROLE_BINDING, "clusterrolebindings", false),
    (Kind::NETWORK_POLICY, "networkpolicies", true),
    (Kind::INGRESS, "ingresses", true),
    (Kind::ENDPOINT_SLICE, "endpointslices", true),
    (Kind::VALIDATING_WEBHOOK, "validatingwebhookconfigurations", false),
    (Kind::MUTATING_WEBHOOK, "mutatingwebhookconfigurations", false),
    (Kind::VALIDATING_POLICY, "validatingadmissionpolicies", false),
    (Kind::VALIDATING_POLICY_BINDING, "validatingadmissionpolicybindings", false),
    (Kind::MUTATING_POLICY, "mutatingadmissionpolicies", false),
    (Kind::MUTATING_POLICY_BINDING, "mutatingadmissionpolicybindings", false),
    (Kind::API_SERVICE, "apiservices", false),
    (Kind::CUSTOM_RESOURCE_DEFINITION, "customresourcedefinitions", false),
    (Kind::FLOW_SCHEMA, "flowschemas", false),
    (Kind::PRIORITY_LEVEL, "prioritylevelconfigurations", false),
    (Kind::CERTIFICATE_SIGNING_REQUEST, "certificatesigningrequests", false),
];

/// Resources of other groups that are looked at; of a group without any, all are.
const OTHERS: [(&str, &[&str]); 24] = [
    ("cert-manager.io", &["certificates", "clusterissuers", "issuers"]),
    ("cilium.io", &["ciliumclusterwidenetworkpolicies", "ciliumnetworkpolicies"]),
    ("config.gatekeeper.sh", &["configs"]),
    ("constraints.gatekeeper.sh", &[]),
    ("crd.antrea.io", &["clusternetworkpolicies", "networkpolicies"]),
    ("crd.projectcalico.org", &["globalnetworkpolicies", "networkpolicies"]),
    ("external-secrets.io", &["clustersecretstores", "externalsecrets", "secretstores"]),
    ("gateway.networking.k8s.io", &["gateways", "httproutes", "tlsroutes"]),
    ("k8s.keycloak.org", &["keycloakrealmimports"]),
    ("k8s.ovn.org", &["egressfirewalls"]),
    ("keycloak.org", &["keycloakclients", "keycloakrealms"]),
    ("kyverno.io", &["clusterpolicies", "policies", "policyexceptions"]),
    ("monitoring.coreos.com", &["prometheusrules"]),
    ("networking.gke.io", &["fqdnnetworkpolicies"]),
    ("networking.k8s.aws", &["applicationnetworkpolicies", "clusternetworkpolicies"]),
    ("node.k8s.io", &["runtimeclasses"]),
    ("policies.kyverno.io", &["imagevalidatingpolicies", "policyexceptions", "validatingpolicies"]),
    (
        "policy.networking.k8s.io",
        &["adminnetworkpolicies", "baselineadminnetworkpolicies", "clusternetworkpolicies"],
    ),
    ("policy.sigstore.dev", &["clusterimagepolicies"]),
    ("projectcalico.org", &["globalnetworkpolicies", "networkpolicies"]),
    ("secrets-store.csi.x-k8s.io", &["secretproviderclasses"]),
    ("secrets.hashicorp.com", &["vaultauths", "vaultdynamicsecrets", "vaultstaticsecrets"]),
    ("templates.gatekeeper.sh", &["constrainttemplates"]),
    ("vault.banzaicloud.com", &["vaults"]),
];

/// The known kinds that are served, at the preferred version of their group.
pub(super) fn known(served: &BTreeMap<String, String>) -> Vec<Resource> {
    let known = KNOWN.iter().filter_map(|(kind, plural, namespaced)| {
        let version = version(*kind, served)?;
        Some(Resource {
            group: kind.group.to_owned(),
            version,
            plural: (*plural).to_owned(),
            kind: kind.kind.to_owned(),
            namespaced: *namespaced,
        })
    });
    known.collect()
}

/// The known kinds whose group is not served: there are no such objects.
pub(super) fn not_served(served: &BTreeMap<String, String>) -> impl Iterator<Item = Kind<'static>> {
    KNOWN.iter().map(|(kind, ..)| *kind).filter(|kind| version(*kind, served).is_none())
}

fn version(kind: Kind<'_>, served: &BTreeMap<String, String>) -> Option<String> {
    if kind.group.is_empty() { Some("v1".to_owned()) } else { served.get(kind.group).cloned() }
}

/// The other groups that are looked at and served, with their versions.
pub(super) fn others(served: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, &str)> {
    let known = |group: &str| OTHERS.iter().any(|(name, _)| *name == group);
    let others = served.iter().filter(move |(group, _)| known(group));
    others.map(|(group, version)| (group.as_str(), version.as_str()))
}

/// Whether a resource of one of the other groups is looked at.
pub(super) fn is_wanted(group: &str, plural: &str) -> bool {
    let found = OTHERS.iter().find(|(name, _)| *name == group);
    found.is_some_and(|(_, plurals)| plurals.is_empty() || plurals.contains(&plural))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_api() {
        let resource = |group: &str, version: &str, plural: &str| Resource {
            group: group.to_owned(),
            version: version.to_owned(),
            plural: plural.to_owned(),
            kind: String::new(),
            namespaced: true,
        };
        let check = |resource: Resource, namespace: Option<&str>, expected: &str| {
            assert_eq!(resource.path(namespace), expected);
        };
        check(resource("", "v1", "pods"), None, "/api/v1/pods");
        check(resource("", "v1", "pods"), Some("a"), "/api/v1/namespaces/a/pods");
        check(resource("apps", "v1", "deployments"), None, "/apis/apps/v1/deployments");
    }

    #[test]
    fn the_role_that_ships_names_what_is_listed() {
        let role = include_str!("../../../../deploy/scan.yaml");
        let named = |plural: &str| role.contains(&format!("- {plural}\n"));
        let known = KNOWN.iter().map(|(_, plural, _)| *plural);
        let others = OTHERS.iter().flat_map(|(_, plurals)| plurals.iter().copied());
        let missing: Vec<&str> = known.chain(others).filter(|plural| !named(plural)).collect();
        assert!(missing.is_empty(), "deploy/scan.yaml lacks {missing:?}");
    }

    #[test]
    fn what_is_not_served_is_not_there() {
        let served = BTreeMap::from([("apps".to_owned(), "v1".to_owned())]);
        let absent: Vec<_> = not_served(&served).collect();
        assert!(absent.contains(&Kind::FLOW_SCHEMA) && !absent.contains(&Kind::DEPLOYMENT));
        assert!(known(&served).iter().any(|resource| resource.kind == "Pod"));
    }
}
