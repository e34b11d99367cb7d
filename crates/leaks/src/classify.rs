//! What one decoded entry of a Secret is: by its structure, and only then by its key.

use tree::{Keys, Path, Tree};

use crate::document;
use crate::entries::EntryClass;
use crate::innocent::{is_measure, is_stand_in, points_elsewhere};
use crate::kind::LeakKind;
use crate::leak::Sighting;
use crate::name::{Name, Promise};
use crate::shape::{Texture, decode64, decode64_text, texture};
use crate::text::{Depth, within};
use crate::value::{scan_value, structured};
use crate::{jwt, pem};

/// The text in base64; nothing if it is none.
pub(crate) fn decoded(text: &str) -> Option<String> {
    // The API decodes the standard alphabet alone.
    if points_elsewhere(text) || text.contains(['-', '_']) {
        return None;
    }
    decode64(text).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// The API takes no such entry, so it is a template or a mistake: believed if certain.
pub(crate) fn undecoded(key: &str, text: &str) -> (EntryClass, Option<Sighting>) {
    let found = structured(text.trim());
    let class = found.as_ref().map_or(EntryClass::Reference, |found| class_of(key, found.kind));
    (class, found)
}

/// What an entry is, by its content first and its key last, and what was found in it.
pub(crate) fn classify(key: &str, text: &str) -> (EntryClass, Option<Sighting>) {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return (EntryClass::Empty, None);
    }
    if let Some(found) = whole_document(trimmed) {
        return found;
    }
    if let Some(found) = pem::find(trimmed) {
        return (class_of(key, found.kind), Some(found));
    }
    if pem::is_public(trimmed) || is_public_key(key) {
        return (EntryClass::Public, None);
    }
    if points_elsewhere(trimmed) || is_stand_in(trimmed) {
        return (EntryClass::Reference, None);
    }
    // A token of a service account is often encoded once too often.
    let twice = decode64_text(trimmed).and_then(|text| jwt::find(&text));
    match jwt::find(trimmed).or(twice).or_else(|| scan_value(key, trimmed)) {
        Some(found) => (class_of(key, found.kind), Some(found)),
        None => remaining(key, trimmed),
    }
}

/// What has no structure of its own: a file, a setting beside the credentials, or one of them.
fn remaining(key: &str, text: &str) -> (EntryClass, Option<Sighting>) {
    let name = Name::of(key);
    if text.contains("-----BEGIN ") {
        return (EntryClass::Reference, None);
    }
    if name.promise() >= Promise::Credential {
        return (EntryClass::Opaque, None);
    }
    if text.contains('\n') {
        let found = within(key, text, Depth::TOP).into_iter().next();
        let is_file = text.contains([':', '=']) && text.len() > 32;
        return match found {
            Some(found) => (class_of(key, found.kind), Some(found)),
            None if is_file => (EntryClass::Configuration, None),
            None => (EntryClass::Opaque, None),
        };
    }
    let is_address = is_url(text) && !name.has(&["webhook"]) && !name.has(&["hook"]);
    let is_setting = PUBLIC_LAST.contains(&name.last()) || is_plain(&name, text) || is_address;
    (if is_setting { EntryClass::Public } else { EntryClass::Opaque }, None)
}

fn is_url(text: &str) -> bool {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Words, numbers and dates under a name that promises nothing.
fn is_plain(name: &Name, text: &str) -> bool {
    let is_word = (texture(text) == Texture::Words && !text.contains(':'))
        || is_measure(text)
        || text.len() <= 3;
    is_word && name.promise() == Promise::Nothing
}

fn class_of(key: &str, kind: LeakKind) -> EntryClass {
    match kind {
        LeakKind::PrivateKey(crate::PemKey::OpenSsh) => EntryClass::SshKey,
        LeakKind::PrivateKey(_) if key.starts_with("ssh-") || key.starts_with("id_") => {
            EntryClass::SshKey
        }
        LeakKind::PrivateKey(_) => EntryClass::PrivateKey,
        LeakKind::ServiceAccountToken => EntryClass::ServiceAccountToken,
        LeakKind::Kubeconfig => EntryClass::Kubeconfig { is_admin: false },
        LeakKind::AwsAccessKeyId
        | LeakKind::AwsKeyPair
        | LeakKind::AwsSecretKey
        | LeakKind::GcpServiceAccount
        | LeakKind::AzureClientSecret
        | LeakKind::AzureConnectionString
        | LeakKind::AzureStorageKey => EntryClass::CloudKey(kind),
        LeakKind::Password | LeakKind::Credential => EntryClass::Opaque,
        LeakKind::ProviderToken(_)
        | LeakKind::Jwt
        | LeakKind::BootstrapToken
        | LeakKind::DockerAuth
        | LeakKind::UrlPassword
        | LeakKind::DatabasePassword
        | LeakKind::EncryptionKey
        | LeakKind::PublishedExampleKey
        | LeakKind::AuthorizationHeader
        | LeakKind::PasswordHash => EntryClass::Known(kind),
    }
}

fn whole_document(text: &str) -> Option<(EntryClass, Option<Sighting>)> {
    let could_be = text.len() <= LONGEST
        && (text.starts_with('{') || text.contains("users:") || text.contains("kind:"));
    let tree = could_be.then(|| tree::read(text, &mut Keys::default()).ok()).flatten()?;
    let found = document::credentials(&tree);
    let (_, first) = found.first()?;
    let class = if first.kind == LeakKind::DockerAuth {
        EntryClass::DockerConfig { registries: found.iter().filter_map(registry_of).collect() }
    } else if first.kind == LeakKind::Kubeconfig {
        EntryClass::Kubeconfig { is_admin: is_admin(&tree) }
    } else {
        class_of("", first.kind)
    };
    Some((class, Some(first.clone())))
}

fn registry_of((path, _): &(Path, Sighting)) -> Option<String> {
    let (login, _) = path.split_last()?;
    let (_, host) = login.split_last()?;
    if let tree::Step::Key(host) = host { Some(host.to_string()) } else { None }
}

/// Whether a certificate of a kubeconfig names a group of administrators: organization (2.5.4.10),
/// as `UTF8String` or `PrintableString`.
fn is_admin(kubeconfig: &Tree) -> bool {
    let users = kubeconfig.get("users").items().iter();
    let mut certificates = users.filter_map(|entry| {
        let pem = decode64_text(entry.at(&["user", "client-certificate-data"]).str())?;
        let body = pem.split("-----").nth(2)?.to_owned();
        decode64(&body)
    });
    certificates.any(|der| ADMINS.iter().any(|group| has_organization(&der, group)))
}

fn has_organization(der: &[u8], group: &str) -> bool {
    let length = u8::try_from(group.len()).unwrap_or(u8::MAX);
    [0x0c_u8, 0x13].into_iter().any(|tag| {
        let mut wanted = vec![0x06, 0x03, 0x55, 0x04, 0x0a, tag, length];
        wanted.extend(group.bytes());
        der.windows(wanted.len()).any(|window| window == wanted)
    })
}

fn is_public_key(key: &str) -> bool {
    PUBLIC_KEYS.contains(&key) || PUBLIC_ENDS.iter().any(|end| key.ends_with(end))
}

/// Files of certificates and of public keys.
const PUBLIC_ENDS: [&str; 2] = [".crt", ".pub"];

const ADMINS: [&str; 2] = ["system:masters", "kubeadm:cluster-admins"];

/// Last words of names of what identifies, not authenticates.
const PUBLIC_LAST: [&str; 16] = [
    "username",
    "user",
    "name",
    "email",
    "host",
    "hostname",
    "endpoint",
    "region",
    "port",
    "bucket",
    "database",
    "type",
    "project",
    "mtime",
    "expiration",
    "description",
];

const PUBLIC_KEYS: [&str; 16] = [
    "ca.crt",
    "tls.crt",
    "namespace",
    "username",
    "user",
    "host",
    "hostname",
    "port",
    "database",
    "dbname",
    "url",
    "endpoint",
    "region",
    "email",
    "service-ca.crt",
    "known_hosts",
];

/// No kubeconfig or login is longer.
const LONGEST: usize = 1 << 18;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{LETTERS, UPPER, base64, drawn, jwt, pem};
    use crate::secret_entries;

    fn class(key: &str, value: &str) -> EntryClass {
        let data = secret(key, &base64(value));
        let entries = secret_entries(&data);
        assert_eq!(entries.len(), 1, "{key}");
        entries.into_iter().next().unwrap().class
    }

    fn secret(key: &str, value: &str) -> Tree {
        tree::read(&format!("kind: Secret\ndata:\n  {key}: \"{value}\"\n"), &mut Keys::default())
            .unwrap()
    }

    #[test]
    fn classifies_by_content_first() {
        let check = |key: &str, value: &str, expected: EntryClass| {
            assert_eq!(class(key, value), expected, "{key}");
        };
        let token = jwt(r#"{"iss":"kubernetes/serviceaccount"}"#);
        check("tls.key", &pem("PRIVATE KEY"), EntryClass::PrivateKey);
        check("tls.crt", &pem("CERTIFICATE"), EntryClass::Public);
        check("bundle.pem", &pem("CERTIFICATE"), EntryClass::Public);
        check(
            "bundle.pem",
            &(pem("CERTIFICATE") + &pem("RSA PRIVATE KEY")),
            EntryClass::PrivateKey,
        );
        check("ca.crt", "x", EntryClass::Public);
        check("namespace", "default", EntryClass::Public);
        check("ssh-privatekey", &pem("RSA PRIVATE KEY"), EntryClass::SshKey);
        check("key", &pem("OPENSSH PRIVATE KEY"), EntryClass::SshKey);
        check("token", &token, EntryClass::ServiceAccountToken);
        check("token", &base64(&token), EntryClass::ServiceAccountToken);
        check("password", "pw1", EntryClass::Opaque);
        check("password", "", EntryClass::Empty);
        check("password", "changeme", EntryClass::Reference);
        check("password", "${PASSWORD}", EntryClass::Reference);
        check(
            "id",
            &format!("AKIA{}", drawn(1, 16, UPPER)),
            EntryClass::CloudKey(LeakKind::AwsAccessKeyId),
        );
        let login =
            format!(r#"{{"auths":{{"r.io":{{"auth":"{}"}}}}}}"#, base64("u:hunter2hunter2"));
        check(
            ".dockerconfigjson",
            &login,
            EntryClass::DockerConfig { registries: vec!["r.io".into()] },
        );
        let key = format!(
            r#"{{"type":"service_account","private_key":"{}"}}"#,
            pem("PRIVATE KEY").replace('\n', "\\n")
        );
        check("key.json", &key, EntryClass::CloudKey(LeakKind::GcpServiceAccount));
        let hash = format!("admin:$2y$05${}", drawn(3, 53, LETTERS));
        check("auth", &hash, EntryClass::Known(LeakKind::PasswordHash));
    }

    #[test]
    fn an_administrators_kubeconfig_is_told() {
        let check = |group: &str, expected: bool| {
            let length = u8::try_from(group.len()).unwrap();
            let mut der = vec![0x30, 0x06, 0x03, 0x55, 0x04, 0x0a, 0x0c, length];
            der.extend(group.bytes());
            let dashes = "-".repeat(5);
            let certificate = format!("{dashes}BEGIN CERTIFICATE{dashes}\n{}\n", base64(der));
            let config = format!(
                "kind: Config\nusers:\n- name: a\n  user:\n    client-certificate-data: {}\n    token: {}\n",
                base64(certificate),
                drawn(4, 40, LETTERS),
            );
            assert_eq!(
                class("config", &config),
                EntryClass::Kubeconfig { is_admin: expected },
                "{group}"
            );
        };
        check("system:masters", true);
        check("kubeadm:cluster-admins", true);
        check("developers", false);
    }

    #[test]
    fn string_data_is_read_as_it_is() {
        let text = "kind: Secret\nstringData: {a: hunter2hunter2, b: 'ENC[AES256_GCM,data:x]'}\n";
        let entries = secret_entries(&tree::read(text, &mut Keys::default()).unwrap());
        let classes: Vec<&EntryClass> = entries.iter().map(|entry| &entry.class).collect();
        assert_eq!(classes, [&EntryClass::Opaque, &EntryClass::Reference]);
        assert_eq!(entries[0].path.to_string(), "stringData.a");
    }
}
