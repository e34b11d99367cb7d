//! SC-020: stores of secrets that any namespace may ask.

use inventory::{Kind, Object};
use tree::{Path, Tree};

use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(super) const SC_020: Check = Check {
    id: "SC-020",
    name: "store-for-every-namespace",
    title: "A store of secrets gives to every namespace",
    severities: &[Severity::Medium],
    why: "Whoever may make an ExternalSecret, or run a pod, in any namespace gets the secrets of all.",
    fails: "A ClusterSecretStore has no conditions, a VaultAuth allows namespaces `*`, or a role of a Vault resource is bound to service accounts and namespaces `*`. Conditions by name, pattern or label pass.",
    fix: Fix::Steps(
        "ClusterSecretStore: spec.conditions with the namespaces that need it. VaultAuth: spec.allowedNamespaces with their names. Vault role: bound_service_account_names and bound_service_account_namespaces with the names of the one workload.",
    ),
    references: &[Reference::Owasp("K03"), Reference::Owasp("K08")],
    judge: Judge::Objects(&[STORE, AUTH, VAULT], &judge),
    examples: &[
        Example::of(
            "no conditions",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(OPEN)],
        ),
        Example::of(
            "any namespace",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(AUTH_OPEN)],
        ),
        Example::of(
            "any service account",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(ROLE)],
        ),
        Example::of("by label", Expected::Pass, &[ExampleFile::manifest(NARROW)]),
        Example::of("no store was seen", Expected::Unknown, &[]).partial(),
    ],
    ..super::SECRETS
};

const STORE: Kind<'static> = Kind { group: "external-secrets.io", kind: "ClusterSecretStore" };
const AUTH: Kind<'static> = Kind { group: "secrets.hashicorp.com", kind: "VaultAuth" };
const VAULT: Kind<'static> = Kind { group: "vault.banzaicloud.com", kind: "Vault" };

fn judge(_seen: &Seen<'_>, object: &Object) -> Judged {
    let spec = object.tree().get("spec");
    let problem = |path: Path, detail: &str, message: String| {
        Problem::new(Severity::Medium, message).detail(detail).evidence(detail).at(path)
    };
    if object.kind() == STORE {
        let is_open = spec.get("conditions").items().is_empty();
        let message = format!("Every namespace may use the store {}.", object.name());
        return Ok(Verdict::from(
            is_open.then(|| problem(Path::of(&["spec"]), "no conditions", message)),
        ));
    }
    if object.kind() == AUTH {
        let is_open = spec.get("allowedNamespaces").texts().any(|name| name == "*");
        let message = format!("Every namespace may use the login {}.", object.name());
        let path = Path::of(&["spec", "allowedNamespaces"]);
        return Ok(Verdict::from(is_open.then(|| problem(path, "allowedNamespaces: *", message))));
    }
    let methods = spec.at(&["externalConfig", "auth"]).items();
    let roles = methods.iter().flat_map(|method| method.get("roles").items());
    let open = roles.filter(|role| {
        has_star(role, "bound_service_account_names")
            && has_star(role, "bound_service_account_namespaces")
    });
    let problems = open.map(|role| {
        let name = role.get("name").str();
        let message =
            format!("Every service account of every namespace has the Vault role {name:?}.");
        problem(Path::of(&["spec", "externalConfig", "auth"]), name, message)
    });
    Ok(Verdict::of(problems.collect()))
}

fn has_star(role: &Tree, field: &str) -> bool {
    let field = role.get(field);
    field.str() == "*" || field.texts().any(|name| name == "*")
}

const OPEN: &str = "\
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec: {provider: {vault: {server: \"https://vault.example.com\", path: secret}}}
";

const NARROW: &str = "\
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec:
  conditions: [{namespaceSelector: {matchLabels: {team: shop}}}]
  provider: {vault: {server: \"https://vault.example.com\", path: secret}}
";

const AUTH_OPEN: &str = "\
apiVersion: secrets.hashicorp.com/v1beta1
kind: VaultAuth
metadata: {name: default, namespace: vault}
spec: {method: kubernetes, mount: kubernetes, allowedNamespaces: [\"*\"]}
";

const ROLE: &str = "\
apiVersion: vault.banzaicloud.com/v1alpha1
kind: Vault
metadata: {name: vault, namespace: vault}
spec:
  externalConfig:
    auth:
    - type: kubernetes
      roles:
      - {name: default, bound_service_account_names: [\"*\"], bound_service_account_namespaces: [\"*\"]}
";
