//! What the entries of a Secret are, decoded: which are credentials, of what kind, and which are
//! public. Says nothing of whether the Secret may be where it is.

use tree::{Path, Tree};

use crate::classify::{classify, decoded, undecoded};
use crate::kind::LeakKind;
use crate::leak::Sighting;

/// What an entry of a Secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryClass {
    /// Nothing is in it.
    Empty,
    /// A reference, a template, ciphertext or a stand-in.
    Reference,
    /// Certificates, public keys, names: nothing to hide.
    Public,
    /// A private key in PEM, as in `tls.key`.
    PrivateKey,
    /// A private key for SSH.
    SshKey,
    /// Logins to these registries.
    DockerConfig {
        /// The registries, in the order of the document.
        registries: Vec<String>,
    },
    /// A token of a service account.
    ServiceAccountToken,
    /// A kubeconfig with credentials.
    Kubeconfig {
        /// Whether its certificate is one of an administrator's group.
        is_admin: bool,
    },
    /// A key of a cloud: AWS, Google Cloud, Azure.
    CloudKey(LeakKind),
    /// Another credential of a known structure.
    Known(LeakKind),
    /// A release of Helm, with values and manifests in it.
    HelmRelease,
    /// A file of configuration in which no credential was found.
    Configuration,
    /// A credential as far as anybody can say.
    Opaque,
}

/// An entry of a Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretEntry {
    /// Its key.
    pub key: String,
    /// `data[…]` or `stringData[…]`.
    pub path: Path,
    /// What it is.
    pub class: EntryClass,
    /// The kind of leak it would be elsewhere.
    pub kind: LeakKind,
    /// At most the first four characters, and the length; of what is public too.
    pub preview: String,
    /// How many characters it has, decoded.
    pub length: usize,
    /// What can be said without saying the value.
    pub note: Option<String>,
}

impl SecretEntry {
    /// Whether whoever reads it gains something.
    pub fn is_credential(&self) -> bool {
        match self.class {
            EntryClass::Empty
            | EntryClass::Reference
            | EntryClass::Public
            | EntryClass::Configuration => false,
            EntryClass::PrivateKey
            | EntryClass::SshKey
            | EntryClass::DockerConfig { .. }
            | EntryClass::ServiceAccountToken
            | EntryClass::Kubeconfig { .. }
            | EntryClass::CloudKey(_)
            | EntryClass::Known(_)
            | EntryClass::HelmRelease
            | EntryClass::Opaque => true,
        }
    }
}

/// The entries of a Secret, `data` decoded, `stringData` as it is.
pub fn secret_entries(secret: &Tree) -> Vec<SecretEntry> {
    let is_release = secret.get("type").str() == "helm.sh/release.v1";
    let of =
        |field: &'static str| secret.get(field).entries().iter().map(move |entry| (field, entry));
    let all = of("data").chain(of("stringData"));
    all.map(|(field, (key, value))| {
        let text = value.plain().unwrap_or_default();
        let decoded = if field == "data" { decoded(&text) } else { Some(text.clone()) };
        let read = decoded.as_deref().unwrap_or(&text);
        let (class, sighting) = match &decoded {
            _ if is_release && &**key == "release" => (EntryClass::HelmRelease, None),
            Some(read) => classify(key, read),
            None => undecoded(key, &text),
        };
        entry(key, Path::of(&[field]).then(&**key), (class, sighting), read)
    })
    .collect()
}

fn entry(key: &str, path: Path, found: (EntryClass, Option<Sighting>), read: &str) -> SecretEntry {
    let (class, sighting) = found;
    let preview = Sighting::new(LeakKind::Credential, crate::Confidence::Low, read).preview;
    let preview = sighting.as_ref().map_or(preview, |found| found.preview.clone());
    let kind = sighting.as_ref().map_or(LeakKind::Credential, |found| found.kind);
    let note = sighting.and_then(|found| found.note);
    let length = read.chars().count();
    SecretEntry { key: key.to_owned(), path, class, kind, preview, length, note }
}
