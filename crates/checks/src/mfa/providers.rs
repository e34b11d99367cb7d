//! Identity providers that run in the cluster, or whose configuration lies among the files: dex
//! and Keycloak.

use inventory::{Kind, Object};
use tree::{Keys, Path, Tree, documents, read};

use crate::credentials::decoded;
use crate::{About, Seen};

/// The configuration of an identity provider.
#[derive(Debug)]
pub(super) struct Provider {
    /// What holds it.
    pub(super) about: About,
    /// Where in that it stands, if in an object.
    pub(super) at: Option<Path>,
    /// Which it is, and what it says.
    pub(super) config: Config,
}

/// What an identity provider is told.
#[derive(Debug)]
pub(super) enum Config {
    /// dex's configuration.
    Dex(Tree),
    /// A realm of Keycloak, or one client of it.
    Keycloak(Tree),
}

/// Those that were seen.
pub(super) fn providers(seen: &Seen<'_>) -> Vec<Provider> {
    let mut found = Vec::new();
    for object in seen.of(Kind::CONFIG_MAP).iter().chain(seen.of(Kind::SECRET)) {
        found.extend(of_data(object));
    }
    for (kind, keys) in KEYCLOAK {
        found.extend(seen.of(kind).iter().map(|object| Provider {
            about: About::object(object),
            at: Some(Path::of(keys)),
            config: Config::Keycloak(object.tree().at(keys).clone()),
        }));
    }
    for file in seen.files() {
        let config = file.text.as_deref().and_then(of_text);
        found.extend(config.map(|config| Provider { about: About::file(file), at: None, config }));
    }
    found
}

/// Objects of operators, and where in them the realm or client stands.
const KEYCLOAK: [(Kind<'static>, &[&str]); 4] = [
    (Kind { group: "k8s.keycloak.org", kind: "KeycloakRealmImport" }, &["spec", "realm"]),
    (Kind { group: "keycloak.org", kind: "KeycloakRealm" }, &["spec", "realm"]),
    (Kind { group: "keycloak.org", kind: "KeycloakClient" }, &["spec", "client"]),
    (
        Kind { group: "openidclient.keycloak.crossplane.io", kind: "Client" },
        &["spec", "forProvider"],
    ),
];

fn of_data(object: &Object) -> Vec<Provider> {
    let is_secret = object.kind() == Kind::SECRET;
    let mut found = Vec::new();
    for field in ["data", "stringData"] {
        for (key, value) in object.tree().get(field).entries() {
            let Some(text) = value.text().filter(|text| text.len() <= LONGEST) else { continue };
            let plain = if is_secret && field == "data" {
                decoded(text).as_deref().and_then(of_text)
            } else {
                of_text(text)
            };
            found.extend(plain.map(|config| Provider {
                about: About::object(object),
                at: Some(Path::of(&[field, key])),
                config,
            }));
        }
    }
    found
}

/// No configuration of a provider is longer; Secrets of Helm are, and decoding them takes time.
const LONGEST: usize = 1 << 18;

/// What a text configures, if it is one of the two. Few texts are read: the words must be there.
fn of_text(text: &str) -> Option<Config> {
    let has = |words: &[&str]| words.iter().all(|word| text.contains(word));
    if !has(&["issuer", "storage"]) && !has(&["realm", "clientId"]) {
        return None;
    }
    let document = documents(text).next()?;
    let tree = read(document.text, &mut Keys::default()).ok()?;
    if !tree.get("issuer").str().is_empty() && tree.get("storage").is_map() {
        return Some(Config::Dex(tree));
    }
    let is_realm = tree.get("realm").text().is_some() && !tree.get("clients").items().is_empty();
    is_realm.then_some(Config::Keycloak(tree))
}
