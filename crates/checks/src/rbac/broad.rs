//! RB-046 to RB-049: bindings that name everybody, or those who need none.

use inventory::{ComponentKind, Kind};
use paths::Subject;

use super::RIGHT;
use super::samples::{bound, bound_in, example};
use super::subject::{self, BINDINGS, Mend, Naming};
use crate::example::Expected;
use crate::{Check, Fix, Judge, Reference, Seen, Severity};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-046",
        name: "anonymous-rights",
        title: "Callers without credentials hold a role",
        severities: &[Severity::Critical],
        why: "Whoever reaches the API server has these rights, without a name in the audit log.",
        fails: "A binding names User system:anonymous or Group system:unauthenticated. Exempt are the bindings that Kubernetes and kubeadm make, as they make them: system:public-info-viewer (health and version) and kubeadm:bootstrap-signer-clusterinfo in kube-public; the role system:public-info-viewer passes whatever the name of the binding.",
        fix: Fix::Automatic(
            "Takes the subject out of the binding; deletes a binding that has no other.",
        ),
        references: &[
            Reference::Mitre("T1078.001"),
            Reference::Nsa("Authentication and authorization"),
            Reference::Owasp("K09"),
        ],
        judge: Judge::Objects(BINDINGS, &ANONYMOUS),
        examples: &[
            example!(
                "view, everywhere",
                Expected::Fail(Severity::Critical),
                bound!(
                    "view",
                    "{kind: User, name: \"system:anonymous\", apiGroup: rbac.authorization.k8s.io}"
                )
            ),
            example!(
                "beside somebody else, in a namespace",
                Expected::Fail(Severity::Critical),
                bound_in!(
                    "apps",
                    "view",
                    "{kind: Group, name: dev, apiGroup: rbac.authorization.k8s.io}",
                    "{kind: Group, name: \"system:unauthenticated\", apiGroup: rbac.authorization.k8s.io}"
                )
            ),
            example!(
                "health and version",
                Expected::Pass,
                bound!(
                    "system:public-info-viewer",
                    "{kind: Group, name: \"system:unauthenticated\", apiGroup: rbac.authorization.k8s.io}"
                )
            ),
            example!("as every cluster has it", Expected::Exempt, PUBLIC_INFO),
            example!(
                "a kind written wrongly names nobody",
                Expected::Pass,
                bound!(
                    "view",
                    "{kind: Users, name: \"system:anonymous\", apiGroup: rbac.authorization.k8s.io}",
                    "{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}"
                )
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-047",
        name: "everybody-rights",
        title: "Everybody with any credential holds a role",
        severities: &[Severity::Critical, Severity::High],
        why: "system:authenticated is every user, every pod and, where an identity provider takes anybody, everybody with an account there.",
        fails: "A binding names Group system:authenticated and its role is none of system:basic-user, system:discovery and system:public-info-viewer, as Kubernetes makes them. It is critical on GKE, where any Google account authenticates, and with an identity provider that is open to all.",
        fix: Fix::Automatic(
            "Takes the group out of the binding; deletes a binding that has no other subject.",
        ),
        references: &[Reference::Nsa("Authentication and authorization"), Reference::Owasp("K02")],
        judge: Judge::Objects(BINDINGS, &AUTHENTICATED),
        examples: &[
            example!(
                "edit",
                Expected::Fail(Severity::High),
                bound!(
                    "edit",
                    "{kind: Group, name: \"system:authenticated\", apiGroup: rbac.authorization.k8s.io}"
                )
            ),
            example!(
                "view, on GKE",
                Expected::Fail(Severity::Critical),
                bound!(
                    "view",
                    "{kind: Group, name: \"system:authenticated\", apiGroup: rbac.authorization.k8s.io}"
                ),
                "apiVersion: v1\nkind: Node\nmetadata: {name: node-1, labels: {cloud.google.com/gke-nodepool: default-pool}}\nspec: {providerID: gce://project/zone/node-1}\n"
            ),
            example!(
                "discovery",
                Expected::Pass,
                bound!(
                    "system:discovery",
                    "{kind: Group, name: \"system:authenticated\", apiGroup: rbac.authorization.k8s.io}"
                )
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-048",
        name: "all-accounts-rights",
        title: "All service accounts hold a role",
        why: "Every pod, of the namespace or of the cluster, has these rights, whoever made it; a break into any of them is a break into all.",
        fails: "A binding names Group system:serviceaccounts or system:serviceaccounts:NAMESPACE, and its role allows more than reading what everybody may (system:basic-user, system:discovery, system:public-info-viewer, system:service-account-issuer-discovery).",
        fix: Fix::Steps(
            "Bind the role to each service account that needs it: subjects: [{kind: ServiceAccount, name: NAME, namespace: NAMESPACE}] for those that the audit log shows (ravelin audit learn), then take the group out.",
        ),
        references: &[Reference::Nsa("Authentication and authorization"), Reference::Owasp("K02")],
        judge: Judge::Objects(BINDINGS, &ACCOUNTS),
        examples: &[
            example!(
                "of the cluster",
                Expected::Fail(Severity::High),
                bound!(
                    "view",
                    "{kind: Group, name: \"system:serviceaccounts\", apiGroup: rbac.authorization.k8s.io}"
                )
            ),
            example!(
                "of a namespace",
                Expected::Fail(Severity::High),
                bound_in!(
                    "apps",
                    "edit",
                    "{kind: Group, name: \"system:serviceaccounts:apps\", apiGroup: rbac.authorization.k8s.io}"
                )
            ),
            example!(
                "the keys of tokens",
                Expected::Pass,
                bound!(
                    "system:service-account-issuer-discovery",
                    "{kind: Group, name: \"system:serviceaccounts\", apiGroup: rbac.authorization.k8s.io}"
                )
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-049",
        name: "masters-bound",
        title: "A binding names system:masters",
        severities: &[Severity::Low],
        why: "Members of system:masters may do everything without any binding; one that names the group suggests that deleting it takes something away.",
        fails: "A binding names Group system:masters. Exempt is the binding cluster-admin, as Kubernetes makes it.",
        fix: Fix::Automatic(
            "Takes the group out of the binding; deletes a binding that has no other subject.",
        ),
        references: &[Reference::Cis("5.1.7"), Reference::Owasp("K02")],
        judge: Judge::Objects(BINDINGS, &MASTERS),
        examples: &[
            example!(
                "by another name",
                Expected::Fail(Severity::Low),
                bound!(
                    "cluster-admin",
                    "{kind: Group, name: \"system:masters\", apiGroup: rbac.authorization.k8s.io}"
                )
            ),
            example!("as every cluster has it", Expected::Exempt, CLUSTER_ADMIN),
            example!(
                "a user of that name",
                Expected::Pass,
                bound!(
                    "view",
                    "{kind: User, name: \"system:masters\", apiGroup: rbac.authorization.k8s.io}"
                )
            ),
        ],
        ..RIGHT
    },
];

const ANONYMOUS: Naming = Naming {
    picks: |subject| match subject {
        Subject::User(name) => &**name == "system:anonymous",
        Subject::Group(name) => &**name == "system:unauthenticated",
        Subject::ServiceAccount { .. } => false,
    },
    severity: |seen, object| {
        let is_public = subject::is_of(seen, object, &["system:public-info-viewer"]);
        (!is_public).then_some(Severity::Critical)
    },
    says: "(whoever has no credentials at all) holds",
    mend: Mend::TakeOut,
};

const AUTHENTICATED: Naming = Naming {
    picks: |subject| is_group(subject, |name| name == "system:authenticated"),
    severity: |seen, object| {
        if subject::is_of(seen, object, PUBLIC) {
            return None;
        }
        Some(if is_open(seen) { Severity::Critical } else { Severity::High })
    },
    says: "(everybody who is not anonymous) holds",
    mend: Mend::TakeOut,
};

const ACCOUNTS: Naming = Naming {
    picks: |subject| {
        is_group(subject, |name| {
            name == "system:serviceaccounts" || name.starts_with("system:serviceaccounts:")
        })
    },
    severity: |seen, object| {
        let is_harmless = subject::is_of(seen, object, PUBLIC)
            || subject::is_of(seen, object, &["system:service-account-issuer-discovery"]);
        (!is_harmless).then_some(Severity::High)
    },
    says: "(every service account there) holds",
    mend: Mend::Explained,
};

const MASTERS: Naming = Naming {
    picks: |subject| is_group(subject, |name| name == "system:masters"),
    severity: |_, _| Some(Severity::Low),
    says: "may do everything anyhow, and is bound to",
    mend: Mend::TakeOut,
};

/// Whether it is a group of such a name.
pub(crate) fn is_group(subject: &Subject, is_it: fn(&str) -> bool) -> bool {
    match subject {
        Subject::Group(name) => is_it(name),
        Subject::User(_) | Subject::ServiceAccount { .. } => false,
    }
}

/// Whether anybody at all can authenticate: on GKE, or with an identity provider open to all.
fn is_open(seen: &Seen<'_>) -> bool {
    let inventory = seen.inventory();
    let on_gke = inventory
        .of(Kind::NODE)
        .iter()
        .any(|node| node.label("cloud.google.com/gke-nodepool").is_some());
    let is_open_issuer = |issuer: &str| OPEN_ISSUERS.iter().any(|open| issuer.starts_with(open));
    let by_flag = inventory.components(ComponentKind::ApiServer).any(|server| {
        server.flags.get("oidc-issuer-url").is_some_and(|flag| is_open_issuer(&flag.value))
    });
    let by_file = inventory.of(Kind::AUTHENTICATION_CONFIGURATION).iter().any(|object| {
        let issuers = object.tree().get("jwt").items().iter();
        issuers.clone().any(|jwt| is_open_issuer(jwt.at(&["issuer", "url"]).str()))
    });
    on_gke || by_flag || by_file
}

const PUBLIC: &[&str] = &["system:basic-user", "system:discovery", "system:public-info-viewer"];
const OPEN_ISSUERS: &[&str] = &[
    "https://accounts.google.com",
    "https://login.microsoftonline.com/common",
    "https://login.microsoftonline.com/organizations",
    "https://token.actions.githubusercontent.com",
];
const PUBLIC_INFO: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: \"system:public-info-viewer\"}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: \"system:public-info-viewer\"}
subjects:
- {kind: Group, name: \"system:authenticated\", apiGroup: rbac.authorization.k8s.io}
- {kind: Group, name: \"system:unauthenticated\", apiGroup: rbac.authorization.k8s.io}
";
const CLUSTER_ADMIN: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: cluster-admin}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects:
- {kind: Group, name: \"system:masters\", apiGroup: rbac.authorization.k8s.io}
";
