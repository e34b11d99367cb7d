//! The requests that an audit policy is tried on: a fixed table of what must be in a log, as asked
//! by different callers.

use model::{Call, UserInfo};

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    Secrets,
    ConfigMaps,
    TokenReviews,
    ServiceAccountTokens,
    Exec,
    Attach,
    PortForward,
    Proxy,
    Rbac,
    Guards,
    SigningRequests,
    Nodes,
    Administrators,
    Anonymous,
    Deletions,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    /// A person with few rights.
    Developer,
    /// A program in a pod.
    Workload,
    /// A person who may do everything, impersonation included: an impersonated request is judged
    /// by who really asks.
    Administrator,
    /// Nobody known.
    Anonymous,
}

/// One request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request {
    pub(super) topic: Topic,
    pub(super) verb: &'static str,
    group: &'static str,
    /// `resource` or `resource/subresource`.
    pub(super) resource: &'static str,
    namespace: &'static str,
    pub(super) who: Who,
}

/// Every request of the table, by topic.
pub(super) fn all() -> impl Iterator<Item = Request> {
    TABLE.iter().flat_map(|row| {
        row.verbs.iter().flat_map(move |verb| {
            row.topic.callers().iter().map(move |who| Request {
                topic: row.topic,
                verb,
                group: row.group,
                resource: row.resource,
                namespace: row.namespace,
                who: *who,
            })
        })
    })
}

impl Topic {
    pub(super) const ALL: [Self; 15] = [
        Self::Secrets,
        Self::ConfigMaps,
        Self::TokenReviews,
        Self::ServiceAccountTokens,
        Self::Exec,
        Self::Attach,
        Self::PortForward,
        Self::Proxy,
        Self::Rbac,
        Self::Guards,
        Self::SigningRequests,
        Self::Nodes,
        Self::Administrators,
        Self::Anonymous,
        Self::Deletions,
    ];

    /// The stable name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Secrets => "secrets",
            Self::ConfigMaps => "configmaps",
            Self::TokenReviews => "tokenreviews",
            Self::ServiceAccountTokens => "serviceaccounts/token",
            Self::Exec => "pods/exec",
            Self::Attach => "pods/attach",
            Self::PortForward => "pods/portforward",
            Self::Proxy => "proxy",
            Self::Rbac => "rbac",
            Self::Guards => "admission webhooks and policies",
            Self::SigningRequests => "certificatesigningrequests",
            Self::Nodes => "nodes",
            Self::Administrators => "administrators",
            Self::Anonymous => "anonymous",
            Self::Deletions => "deletions",
        }
    }

    /// Whether bodies of such requests are or hold secrets.
    pub(super) fn holds_secrets(self) -> bool {
        match self {
            Self::Secrets | Self::ConfigMaps | Self::TokenReviews | Self::ServiceAccountTokens => {
                true
            }
            Self::Exec
            | Self::Attach
            | Self::PortForward
            | Self::Proxy
            | Self::Rbac
            | Self::Guards
            | Self::SigningRequests
            | Self::Nodes
            | Self::Administrators
            | Self::Anonymous
            | Self::Deletions => false,
        }
    }

    fn callers(self) -> &'static [Who] {
        match self {
            Self::Anonymous => &[Who::Anonymous],
            Self::Administrators => &[Who::Administrator],
            Self::Secrets
            | Self::ConfigMaps
            | Self::TokenReviews
            | Self::ServiceAccountTokens
            | Self::Exec
            | Self::Attach
            | Self::PortForward
            | Self::Proxy
            | Self::Rbac
            | Self::Guards
            | Self::SigningRequests
            | Self::Nodes
            | Self::Deletions => &[Who::Developer, Who::Workload, Who::Administrator],
        }
    }
}

impl Who {
    /// The user as kube-apiserver knows it.
    pub(super) fn user(self) -> UserInfo {
        let (name, groups): (&str, &[&str]) = match self {
            Self::Developer => ("jane", &["developers", "system:authenticated"]),
            Self::Workload => (
                "system:serviceaccount:apps:web",
                &["system:serviceaccounts", "system:serviceaccounts:apps", "system:authenticated"],
            ),
            Self::Administrator => {
                ("kubernetes-admin", &["kubeadm:cluster-admins", "system:authenticated"])
            }
            Self::Anonymous => ("system:anonymous", &["system:unauthenticated"]),
        };
        user(name, groups)
    }
}

/// A user of a name in groups.
pub(super) fn user(name: &str, groups: &[&str]) -> UserInfo {
    let groups = groups.iter().map(|group| (*group).to_owned()).collect();
    UserInfo { name: name.to_owned(), groups, ..UserInfo::default() }
}

impl Request {
    pub(super) fn user(&self) -> UserInfo {
        self.who.user()
    }

    pub(super) fn call(&self) -> Call {
        let (resource, subresource) = self.resource.split_once('/').unwrap_or((self.resource, ""));
        let is_named = !["list", "watch", "create", "deletecollection"].contains(&self.verb)
            || !subresource.is_empty();
        Call {
            is_resource: true,
            verb: self.verb.to_owned(),
            api_group: self.group.to_owned(),
            api_version: "v1".to_owned(),
            namespace: self.namespace.to_owned(),
            resource: resource.to_owned(),
            subresource: subresource.to_owned(),
            name: if is_named { "one" } else { "" }.to_owned(),
            ..Call::default()
        }
    }

    /// `get secrets`.
    pub(super) fn describe(&self) -> String {
        format!("{} {}", self.verb, self.resource)
    }
}

/// A resource, and verbs that must be in a log.
struct Row {
    topic: Topic,
    verbs: &'static [&'static str],
    group: &'static str,
    resource: &'static str,
    namespace: &'static str,
}

const fn row(
    topic: Topic,
    verbs: &'static [&'static str],
    (group, resource): (&'static str, &'static str),
    namespace: &'static str,
) -> Row {
    Row { topic, verbs, group, resource, namespace }
}

const ANY: &[&str] =
    &["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
const WRITES: &[&str] = &["create", "update", "patch", "delete"];
const STREAM: &[&str] = &["create", "get"];
const DELETES: &[&str] = &["delete", "deletecollection"];
const RBAC: &str = "rbac.authorization.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";

static TABLE: [Row; 34] = [
    row(Topic::Secrets, ANY, ("", "secrets"), "apps"),
    row(Topic::ConfigMaps, &["get", "list"], ("", "configmaps"), "apps"),
    row(Topic::ConfigMaps, WRITES, ("", "configmaps"), "apps"),
    row(Topic::TokenReviews, &["create"], ("authentication.k8s.io", "tokenreviews"), ""),
    row(Topic::ServiceAccountTokens, &["create"], ("", "serviceaccounts/token"), "apps"),
    // A WebSocket begins as a GET, so both verbs open a stream.
    row(Topic::Exec, STREAM, ("", "pods/exec"), "apps"),
    row(Topic::Attach, STREAM, ("", "pods/attach"), "apps"),
    row(Topic::PortForward, STREAM, ("", "pods/portforward"), "apps"),
    row(Topic::Proxy, STREAM, ("", "pods/proxy"), "apps"),
    row(Topic::Proxy, STREAM, ("", "services/proxy"), "apps"),
    row(Topic::Proxy, STREAM, ("", "nodes/proxy"), ""),
    row(Topic::Rbac, WRITES, (RBAC, "roles"), "apps"),
    row(Topic::Rbac, WRITES, (RBAC, "rolebindings"), "apps"),
    row(Topic::Rbac, WRITES, (RBAC, "clusterroles"), ""),
    row(Topic::Rbac, WRITES, (RBAC, "clusterrolebindings"), ""),
    row(Topic::Guards, WRITES, (ADMISSION, "validatingwebhookconfigurations"), ""),
    row(Topic::Guards, WRITES, (ADMISSION, "mutatingwebhookconfigurations"), ""),
    row(Topic::Guards, WRITES, (ADMISSION, "validatingadmissionpolicies"), ""),
    row(Topic::Guards, WRITES, (ADMISSION, "validatingadmissionpolicybindings"), ""),
    row(Topic::SigningRequests, &["create"], (CERTIFICATES, "certificatesigningrequests"), ""),
    row(
        Topic::SigningRequests,
        &["update", "patch"],
        (CERTIFICATES, "certificatesigningrequests/approval"),
        "",
    ),
    row(Topic::Nodes, WRITES, ("", "nodes"), ""),
    row(Topic::Administrators, &["create"], ("", "pods"), "apps"),
    row(Topic::Administrators, &["patch"], ("apps", "deployments"), "apps"),
    row(Topic::Administrators, &["get"], ("", "secrets"), "apps"),
    row(Topic::Anonymous, &["list", "create"], ("", "pods"), "apps"),
    row(Topic::Anonymous, &["get", "list"], ("", "secrets"), "apps"),
    row(Topic::Anonymous, &["create"], (RBAC, "clusterrolebindings"), ""),
    row(Topic::Deletions, DELETES, ("", "pods"), "apps"),
    row(Topic::Deletions, DELETES, ("apps", "deployments"), "apps"),
    row(Topic::Deletions, DELETES, ("", "persistentvolumeclaims"), "apps"),
    row(Topic::Deletions, DELETES, ("batch", "jobs"), "apps"),
    row(Topic::Deletions, &["delete"], ("", "namespaces"), ""),
    row(Topic::Deletions, DELETES, ("networking.k8s.io", "networkpolicies"), "apps"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_holds_more_than_sixty_kinds_of_request_and_every_topic() {
        let kinds: usize = TABLE.iter().map(|row| row.verbs.len()).sum();
        assert!(kinds > 60, "{kinds}");
        for topic in Topic::ALL {
            assert!(all().any(|request| request.topic == topic), "{topic:?}");
        }
    }

    #[test]
    fn requests_read_as_kube_apiserver_reads_them() {
        let check = |method: &str, target: &str, description: &str| {
            let parsed = Call::parse(method, target).unwrap();
            let request = all().find(|one| one.describe() == description).unwrap();
            let call = request.call();
            assert_eq!(
                (&parsed.verb, &parsed.api_group, &parsed.resource, &parsed.subresource),
                (&call.verb, &call.api_group, &call.resource, &call.subresource),
                "{target}"
            );
            assert_eq!(
                (&parsed.namespace, &parsed.name),
                (&call.namespace, &call.name),
                "{target}"
            );
        };
        check("GET", "/api/v1/namespaces/apps/secrets/one", "get secrets");
        check("GET", "/api/v1/namespaces/apps/secrets?watch=1", "watch secrets");
        check("GET", "/api/v1/namespaces/apps/pods/one/exec?command=sh", "get pods/exec");
        check(
            "POST",
            "/api/v1/namespaces/apps/serviceaccounts/one/token",
            "create serviceaccounts/token",
        );
        check("DELETE", "/apis/batch/v1/namespaces/apps/jobs", "deletecollection jobs");
        check("POST", "/apis/authentication.k8s.io/v1/tokenreviews", "create tokenreviews");
    }
}
