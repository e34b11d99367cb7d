//! MF-006: an identity provider that lets people in with a password alone.

use inventory::{Kind, Unknown};
use tree::Tree;

use super::BASE;
use super::providers::{Config, Provider, providers};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Problem, Reference, Seen, Severity, Tally, Verdict};

pub(crate) const MF_006: Check = Check {
    id: "MF-006",
    name: "provider-with-passwords",
    title: "The identity provider lets people in with a password alone",
    severities: &[Severity::High],
    why: "dex knows no second factor of its own, and Keycloak's direct grant asks for none on a page: a password that was guessed is enough, whatever other flows ask for.",
    fails: "dex has enablePasswordDB, staticPasswords or a connector of type mockCallback or mockPassword; or a client of Keycloak has directAccessGrantsEnabled. Clients that are bearer-only or not enabled pass.",
    fix: Fix::Steps(
        "dex: enablePasswordDB: false, no staticPasswords, no mock connectors; name a connector (oidc, saml) to a provider that asks for two factors.\nKeycloak: for each client, directAccessGrantsEnabled: false (Capability config, Direct access grants off), and a browser flow with a second factor.",
    ),
    references: &[Reference::Mitre("T1110"), Reference::Owasp("K09")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "passwords in dex",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(DEX)],
        ),
        Example::of(
            "a client of Keycloak with a direct grant",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(
                "apiVersion: k8s.keycloak.org/v2alpha1\nkind: KeycloakRealmImport\nmetadata: {name: prod, namespace: keycloak}\nspec:\n  realm:\n    realm: prod\n    clients: [{clientId: cluster-1, directAccessGrantsEnabled: true}]\n",
            )],
        ),
        Example::of(
            "dex before another provider",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: dex, namespace: dex}\ndata:\n  config.yaml: |\n    issuer: https://dex.example.com\n    storage: {type: kubernetes}\n    connectors: [{type: oidc, id: corp, name: Corp, config: {issuer: https://id.example.com}}]\n",
            )],
        ),
        Example::of(
            "a client that only checks tokens",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: k8s.keycloak.org/v2alpha1\nkind: KeycloakRealmImport\nmetadata: {name: prod, namespace: keycloak}\nspec:\n  realm:\n    realm: prod\n    clients: [{clientId: api, bearerOnly: true, directAccessGrantsEnabled: true}]\n",
            )],
        ),
        Example::of("neither is here", Expected::NotApplicable, &[]),
        Example::of("nothing was listed", Expected::Unknown, &[]).partial(),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for provider in providers(seen) {
        let problems = faults(&provider.config).into_iter().map(|(detail, message)| {
            let problem = Problem::new(Severity::High, message).detail(detail);
            match &provider.at {
                Some(path) => problem.at(path.clone()),
                None => problem,
            }
        });
        let verdict = Verdict::of(problems.collect());
        let Provider { about, .. } = provider;
        tally.add(about, Ok(verdict));
    }
    if tally.is_empty() {
        seen.all(Kind::CONFIG_MAP)?;
        seen.all(Kind::SECRET)?;
        return Ok(Verdict::NotApplicable("neither dex nor Keycloak was seen".to_owned()).into());
    }
    Ok(tally)
}

fn faults(config: &Config) -> Vec<(String, String)> {
    match config {
        Config::Dex(tree) => of_dex(tree),
        Config::Keycloak(tree) => of_keycloak(tree),
    }
}

fn of_dex(tree: &Tree) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if tree.get("enablePasswordDB").is_true() {
        found.push((
            "enablePasswordDB".to_owned(),
            "dex keeps passwords of its own (enablePasswordDB).".to_owned(),
        ));
    }
    let count = tree.get("staticPasswords").items().len();
    if count > 0 {
        found.push((
            "staticPasswords".to_owned(),
            format!("dex has {count} passwords in its configuration (staticPasswords)."),
        ));
    }
    for connector in tree.get("connectors").items() {
        let kind = connector.get("type").str();
        if matches!(kind, "mockCallback" | "mockPassword") {
            found.push((
                format!("connector {kind}"),
                format!("dex lets in whoever asks, by its connector for tests {kind}."),
            ));
        }
    }
    found
}

/// A realm with its clients, or one client.
fn of_keycloak(tree: &Tree) -> Vec<(String, String)> {
    let clients = tree.get("clients").items();
    let clients = if clients.is_empty() { std::slice::from_ref(tree) } else { clients };
    let is_open = |client: &&Tree| {
        client.get("directAccessGrantsEnabled").is_true()
            && !client.get("bearerOnly").is_true()
            && client.get("enabled").bool() != Some(false)
    };
    clients
        .iter()
        .filter(is_open)
        .map(|client| {
            let name = client.get("clientId").str();
            (
                format!("client {name}"),
                format!(
                    "Keycloak's client {name} takes a password alone (directAccessGrantsEnabled)."
                ),
            )
        })
        .collect()
}

const DEX: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: dex, namespace: dex}
data:
  config.yaml: |
    issuer: https://dex.example.com
    storage: {type: kubernetes}
    enablePasswordDB: true
    staticPasswords:
    - {email: admin@example.com, username: admin, userID: '1', hash: $2a$10$x}
";
