//! Documents that are credentials as a whole, known by their fields: kubeconfigs, registry logins,
//! key files of service accounts, encryption configurations.

use tree::{Keys, Path, Tree};

use crate::encryption::is_published_example_key;
use crate::innocent::{is_stand_in, points_elsewhere};
use crate::kind::LeakKind;
use crate::leak::{Confidence, Sighting};
use crate::value::is_basic;

/// What a JSON text is as a whole.
pub(crate) fn json(text: &str) -> Option<Sighting> {
    if !text.starts_with('{') || !text.ends_with('}') || text.len() > LONGEST {
        return None;
    }
    let tree = tree::read(text, &mut Keys::default()).ok()?;
    credentials(&tree).into_iter().next().map(|(_, found)| found)
}

/// The credentials a tree is made for, each with its path. Empty if it is no such document.
pub(crate) fn credentials(tree: &Tree) -> Vec<(Path, Sighting)> {
    if !tree.is_map() {
        return Vec::new();
    }
    let mut found: Vec<(Path, Sighting)> = service_account(tree).into_iter().collect();
    found.extend(registries(tree));
    found.extend(kubeconfig(tree));
    found.extend(encryption(tree));
    found
}

/// Whether a tree is an `EncryptionConfiguration`: all it holds has been looked at.
pub(crate) fn is_encryption_configuration(tree: &Tree) -> bool {
    ["EncryptionConfiguration", "EncryptionConfig"].contains(&tree.get("kind").str())
}

fn service_account(tree: &Tree) -> Option<(Path, Sighting)> {
    let kind = tree.get("type").str();
    let known = ["service_account", "authorized_user", "external_account_authorized_user"];
    let field = if kind == "service_account" { "private_key" } else { "refresh_token" };
    let secret = tree.get(field).str();
    let is_there = known.contains(&kind) && secret.len() >= 20;
    let is_real = is_there && !points_elsewhere(secret) && !is_stand_in(secret);
    is_real.then(|| {
        let found = Sighting::new(LeakKind::GcpServiceAccount, Confidence::High, secret);
        let account = tree.get("client_email").str();
        (Path::of(&[field]), found.noted(format!("account {account}")))
    })
}

/// `auths` of a Docker configuration, or the older form without it.
fn registries(tree: &Tree) -> Vec<(Path, Sighting)> {
    let new = tree.get("auths").entries().iter().map(|(host, login)| (&["auths"][..], host, login));
    let old = tree.entries().iter().filter(|(_, login)| login.is_map());
    let old = old.map(|(host, login)| (&[][..], host, login));
    new.chain(old)
        .filter_map(|(before, host, login)| {
            let (field, secret) = login_secret(login)?;
            let found = Sighting::new(LeakKind::DockerAuth, Confidence::High, secret);
            let path = Path::of(before).then(&**host).then(field);
            Some((path, found.noted(format!("registry {}", &**host))))
        })
        .collect()
}

fn login_secret(login: &Tree) -> Option<(&'static str, &str)> {
    let auth = login.get("auth").str();
    if is_basic(auth) {
        return Some(("auth", auth));
    }
    // Without a registry's field beside it, a password is one like any other.
    let is_login = login.get("auth").text().is_some() || login.get("email").text().is_some();
    // `auth` and `password` are fields of many things.
    ["auth", "password", "identitytoken", "registrytoken"].into_iter().find_map(|field| {
        let secret = login.get(field).str();
        let fits = is_login && (field != "auth" || is_login_of(login));
        (fits && is_real(secret)).then_some((field, secret))
    })
}

/// Whether nothing but the fields of a login is there.
fn is_login_of(login: &Tree) -> bool {
    let known = ["auth", "email", "username", "password", "identitytoken", "registrytoken"];
    login.entries().iter().all(|(key, _)| known.contains(&&**key))
}

fn kubeconfig(tree: &Tree) -> Vec<(Path, Sighting)> {
    if tree.get("kind").str() != "Config" && tree.get("clusters").items().is_empty() {
        return Vec::new();
    }
    let users = tree.get("users").items().iter().enumerate();
    users
        .filter_map(|(number, entry)| {
            let (field, secret) = user_secret(entry.get("user"))?;
            let path = Path::of(&["users"]).then(number).join(&["user", field]);
            let found = Sighting::new(LeakKind::Kubeconfig, Confidence::High, secret);
            Some((path, found.noted(format!("user {}", entry.get("name").str()))))
        })
        .collect()
}

fn user_secret(user: &Tree) -> Option<(&'static str, &str)> {
    ["client-key-data", "token", "password"].into_iter().find_map(|field| {
        let secret = user.get(field).str();
        is_real(secret).then_some((field, secret))
    })
}

fn is_real(secret: &str) -> bool {
    secret.len() >= 8 && !points_elsewhere(secret) && !is_stand_in(secret)
}

fn encryption(tree: &Tree) -> Vec<(Path, Sighting)> {
    if !is_encryption_configuration(tree) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (entry, resource) in tree.get("resources").items().iter().enumerate() {
        for (number, provider) in resource.get("providers").items().iter().enumerate() {
            for (name, settings) in provider.entries() {
                let path = Path::of(&["resources"]).then(entry).join(&["providers"]);
                let path = path.then(number).join(&[name, "keys"]);
                found.extend(keys(&path, settings.get("keys").items()));
            }
        }
    }
    found
}

fn keys(path: &Path, keys: &[Tree]) -> Vec<(Path, Sighting)> {
    let keys = keys.iter().enumerate();
    keys.filter_map(|(number, key)| {
        let secret = key.get("secret").str();
        let kind = if is_published_example_key(secret) {
            LeakKind::PublishedExampleKey
        } else if is_real(secret) {
            LeakKind::EncryptionKey
        } else {
            return None;
        };
        let found = Sighting::new(kind, Confidence::High, secret);
        let found = found.noted(format!("key {}", key.get("name").str()));
        Some((path.then(number).then("secret"), found))
    })
    .collect()
}

/// A document of credentials is short.
const LONGEST: usize = 1 << 18;
