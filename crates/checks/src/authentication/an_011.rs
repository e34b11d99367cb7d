//! AN-011: people without an identity of their own.

use super::BASE;
use super::effective::{Authenticator, Effective};
use super::people::{Person, all_bindings_seen, people};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(crate) const AN_011: Check = Check {
    id: "AN-011",
    name: "external-identity",
    title: "People come without an identity provider",
    severities: &[Severity::Medium],
    why: "Without one there is no single place to lock somebody out, to ask for a second factor or to see who logged in; people share certificates and tokens that live long.",
    fails: "Bindings name users or groups that are not of the system, and kube-apiserver knows no OpenID Connect issuer, no webhook and no authenticating proxy.",
    fix: Fix::Steps(
        "Put a gateway that authenticates people before the API, or name an issuer in a file for --authentication-config:\napiVersion: apiserver.config.k8s.io/v1   # v1beta1 before 1.34\nkind: AuthenticationConfiguration\njwt:\n- issuer: {url: https://ISSUER, audiences: [CLIENT-ID-OF-THIS-CLUSTER]}\n  claimMappings:\n    username: {claim: sub, prefix: 'oidc:'}\n    groups: {claim: groups, prefix: 'oidc:'}\n  userValidationRules:\n  - {expression: \"!user.username.startsWith('system:')\", message: names of the system are reserved}\n  - {expression: \"user.groups.all(group, !group.startsWith('system:'))\", message: groups of the system are reserved}",
    ),
    references: &[Reference::Nsa("Authentication and authorization"), Reference::Owasp("K09")],
    judge: Judge::Whole(|seen| Effective::judge_each(seen, judge)),
    examples: &[
        Example::of(
            "jane has a binding, and only certificates are taken",
            Expected::Fail(Severity::Medium),
            &[
                ExampleFile::at(
                    "apiserver.yaml",
                    apiserver!(
                        "--client-ca-file=/etc/kubernetes/pki/ca.crt",
                        "--requestheader-client-ca-file=/etc/kubernetes/pki/front-proxy-ca.crt",
                        "--requestheader-allowed-names=front-proxy-client"
                    ),
                ),
                ExampleFile::at("binding.yaml", BINDING),
            ],
        ),
        Example::of(
            "an issuer is known",
            Expected::Pass,
            &[
                ExampleFile::at(
                    "apiserver.yaml",
                    apiserver!(
                        "--oidc-issuer-url=https://id.example.com",
                        "--oidc-client-id=cluster-1"
                    ),
                ),
                ExampleFile::at("binding.yaml", BINDING),
            ],
        ),
        Example::of(
            "bindings of the system only",
            Expected::Pass,
            &[
                ExampleFile::at(
                    "apiserver.yaml",
                    apiserver!("--client-ca-file=/etc/kubernetes/pki/ca.crt"),
                ),
                ExampleFile::at("binding.yaml", SYSTEM),
            ],
        ),
        Example::of(
            "bindings were not listed",
            Expected::Unknown,
            &[ExampleFile::at(
                "apiserver.yaml",
                apiserver!("--client-ca-file=/etc/kubernetes/pki/ca.crt"),
            )],
        )
        .partial(),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>, effective: &Effective<'_>) -> Judged {
    let known = effective.authenticators()?;
    let is_external =
        |one: &Authenticator| matches!(one, Authenticator::Issuer(_) | Authenticator::Webhook);
    if known.iter().any(is_external) || effective.trusts_a_proxy() {
        return Ok(Verdict::Pass);
    }
    let people = people(seen);
    let Some(first) = people.first() else {
        return all_bindings_seen(seen).map(|()| Verdict::Pass);
    };
    let message = match people.len() {
        1 => format!("{} is named by a binding, but nothing vouches for people.", first.describe()),
        count => format!(
            "{count} users and groups of people are named by bindings, but nothing vouches for people."
        ),
    };
    Ok(Verdict::fail(
        Problem::new(Severity::Medium, message)
            .detail("identity provider")
            .evidence("no --oidc-issuer-url, no jwt, no token webhook, no authenticating proxy")
            .subjects(people.iter().take(MOST).map(Person::describe).collect()),
    ))
}

/// So many are named.
const MOST: usize = 20;

const BINDING: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: jane, namespace: apps}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
";

const SYSTEM: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: kubeadm:cluster-admins}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: Group, name: kubeadm:cluster-admins}
- {kind: ServiceAccount, name: operator, namespace: apps}
";
