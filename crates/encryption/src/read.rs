//! A tree to a configuration, with everything kube-apiserver would refuse in it. What can be
//! understood is, so that a configuration with one mistake can still be judged in all else.

use std::time::Duration;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use tree::{Path, Tree};
use zeroize::Zeroizing;

use crate::configuration::{Configuration, Entry, Key, Kms, KmsVersion, Provider};
use crate::duration::nanoseconds;
use crate::{Fault, Problem, Weakness, endpoint, rules, schema, weaknesses};

/// Whether kube-apiserver reads the file again when it changes
/// (`--encryption-provider-config-automatic-reload`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reload {
    /// It reads it at its start.
    #[default]
    AtStart,
    /// It reads it whenever it changes, and then wants every plugin to have a name of its own.
    Automatic,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The configuration, as far as it can be understood.
    pub configuration: Configuration,
    /// What kube-apiserver refuses in it. It starts if there is nothing.
    pub problems: Vec<Problem>,
}

/// The object is no configuration of encryption.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{api_version:?} {kind:?} is no EncryptionConfiguration")]
pub struct NotAConfiguration {
    /// What it says to be.
    pub kind: String,
    /// And of which version.
    pub api_version: String,
}

/// Reads an `EncryptionConfiguration` of `apiserver.config.k8s.io/v1`, or an `EncryptionConfig` of
/// `v1` as it was once called.
pub fn read(tree: &Tree, reload: Reload) -> Result<Reading, NotAConfiguration> {
    let (kind, api_version) = (tree.get("kind").str(), tree.get("apiVersion").str());
    let is_one =
        [("EncryptionConfiguration", "apiserver.config.k8s.io/v1"), ("EncryptionConfig", "v1")]
            .contains(&(kind, api_version));
    if !is_one {
        let (kind, api_version) = (kind.to_owned(), api_version.to_owned());
        return Err(NotAConfiguration { kind, api_version });
    }
    let mut reader = Reader { reload, ..Reader::default() };
    reader.problems = schema::problems(tree);
    let configuration = reader.configuration(tree);
    reader.problems.extend(rules::across_entries(&configuration));
    Ok(Reading { configuration, problems: reader.problems })
}

#[derive(Default)]
struct Reader {
    reload: Reload,
    problems: Vec<Problem>,
    plugins: Vec<String>,
    keys: Vec<(String, Zeroizing<Vec<u8>>)>,
}

impl Reader {
    /// A field whose type is wrong is told once, not again because it then seems to be missing.
    fn tell(&mut self, path: &Path, fault: Fault) {
        let is_told = |problem: &Problem| {
            problem.path == *path
                && matches!(problem.fault, Fault::WrongType(_) | Fault::NotADuration)
        };
        if !self.problems.iter().any(is_told) {
            self.problems.push(Problem { path: path.clone(), fault });
        }
    }

    fn configuration(&mut self, tree: &Tree) -> Configuration {
        let path = Path::of(&["resources"]);
        let items = tree.get("resources").items();
        if items.is_empty() {
            self.tell(&path, Fault::Empty);
        }
        let entries = items.iter().enumerate();
        let entries = entries.map(|(index, item)| self.entry(item, &path.then(index))).collect();
        Configuration { entries }
    }

    fn entry(&mut self, tree: &Tree, path: &Path) -> Entry {
        let names = tree.get("resources").items();
        let resources: Vec<String> = names.iter().map(|name| name.str().to_owned()).collect();
        for problem in rules::of_list(&resources, &path.then("resources")) {
            self.tell(&problem.path, problem.fault);
        }
        let path = path.then("providers");
        let items = tree.get("providers").items();
        if items.is_empty() {
            self.tell(&path, Fault::Empty);
        }
        let providers = items.iter().enumerate();
        let providers =
            providers.map(|(index, item)| self.provider(item, &path.then(index))).collect();
        Entry { resources, providers }
    }

    /// Of several providers in one item, kube-apiserver looks at the first in this order.
    fn provider(&mut self, tree: &Tree, path: &Path) -> Provider {
        let known = ["kms", "aesgcm", "aescbc", "secretbox", "identity"];
        let mut set = known.into_iter().filter(|name| !tree.get(name).is_null());
        let Some(name) = set.next() else {
            self.tell(path, Fault::UnknownProvider);
            return Provider::Unusable;
        };
        let is_alone = set.next().is_none();
        if !is_alone {
            self.tell(path, Fault::SeveralProviders);
        }
        let (tree, path) = (tree.get(name), path.then(name));
        let provider = match name {
            "kms" => Provider::Kms(self.kms(tree, &path)),
            "aesgcm" => Provider::AesGcm(self.keys(tree, &path, AES)),
            "aescbc" => Provider::AesCbc(self.keys(tree, &path, AES)),
            "secretbox" => Provider::Secretbox(self.keys(tree, &path, SECRETBOX)),
            _ => Provider::Identity,
        };
        if is_alone { provider } else { Provider::Unusable }
    }

    fn keys(&mut self, tree: &Tree, path: &Path, allowed: &'static [usize]) -> Vec<Key> {
        let path = path.then("keys");
        let items = tree.get("keys").items();
        if items.is_empty() {
            self.tell(&path, Fault::Empty);
        }
        let mut keys: Vec<Key> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let mut key = self.key(item, &path.then(index), allowed);
            if keys.iter().any(|earlier| earlier.name == key.name) {
                key.weaknesses.push(Weakness::DuplicateName);
            }
            keys.push(key);
        }
        keys
    }

    fn key(&mut self, tree: &Tree, path: &Path, allowed: &'static [usize]) -> Key {
        let name = tree.get("name").str().to_owned();
        if name.is_empty() {
            self.tell(&path.then("name"), Fault::Missing);
        }
        let path = path.then("secret");
        let bytes = match decode(tree.get("secret").str()) {
            Ok(bytes) => bytes,
            Err(fault) => {
                self.tell(&path, fault);
                return Key { name, length: None, weaknesses: Vec::new() };
            }
        };
        let length = bytes.len();
        if !allowed.contains(&length) {
            self.tell(&path, Fault::KeyLength { found: length, allowed });
        }
        let weaknesses = self.weaknesses(&name, bytes);
        Key { name, length: Some(length), weaknesses }
    }

    fn weaknesses(&mut self, name: &str, bytes: Zeroizing<Vec<u8>>) -> Vec<Weakness> {
        let mut found = weaknesses(&bytes);
        let same = self.keys.iter().find(|(other, known)| other != name && *known == bytes);
        found.extend(same.map(|(other, _)| Weakness::SameAs(other.clone())));
        self.keys.push((name.to_owned(), bytes));
        found
    }

    fn kms(&mut self, tree: &Tree, path: &Path) -> Kms {
        let name = tree.get("name").str().to_owned();
        let version = match tree.get("apiVersion").str() {
            "" | "v1" => KmsVersion::V1,
            "v2" => KmsVersion::V2,
            other => KmsVersion::Other(other.to_owned()),
        };
        self.kms_name(&name, &version, &path.then("name"));
        let timeout = self.timeout(tree.get("timeout"), &path.then("timeout"));
        let endpoint = tree.get("endpoint").str().to_owned();
        if let Err(fault) = endpoint::check(&endpoint) {
            self.tell(&path.then("endpoint"), fault);
        }
        let cache_size = tree.get("cachesize").int();
        self.cache(cache_size, &version, &path.then("cachesize"));
        if let KmsVersion::Other(other) = &version {
            self.tell(&path.then("apiVersion"), Fault::KmsVersion(other.clone()));
        }
        self.plugins.push(name.clone());
        let cache_size = cache_size.or((version == KmsVersion::V1).then_some(DEFAULT_CACHE));
        Kms { version, name, endpoint, timeout, cache_size }
    }

    fn kms_name(&mut self, name: &str, version: &KmsVersion, path: &Path) {
        let is_v1 = *version == KmsVersion::V1;
        if name.is_empty() {
            self.tell(path, Fault::Missing);
        }
        if !is_v1 && name.contains(':') {
            self.tell(path, Fault::KmsNameWithColon);
        }
        let must_differ = !is_v1 || self.reload == Reload::Automatic;
        if must_differ && self.plugins.iter().any(|known| known == name) {
            self.tell(path, Fault::DuplicateKmsName(name.to_owned()));
        }
    }

    fn timeout(&mut self, tree: &Tree, path: &Path) -> Option<Duration> {
        let Some(text) = tree.text() else {
            return tree.is_null().then_some(DEFAULT_TIMEOUT);
        };
        let length = nanoseconds(text)?;
        if length <= 0 {
            self.tell(path, Fault::NotPositive);
            return None;
        }
        u64::try_from(length).ok().map(Duration::from_nanos)
    }

    fn cache(&mut self, size: Option<i64>, version: &KmsVersion, path: &Path) {
        match (version, size) {
            (KmsVersion::V1, Some(0)) => self.tell(path, Fault::CacheOfZero),
            (KmsVersion::V2 | KmsVersion::Other(_), Some(_)) => self.tell(path, Fault::CacheInV2),
            (KmsVersion::V1 | KmsVersion::V2 | KmsVersion::Other(_), _) => {}
        }
    }
}

/// Base64 as Go reads it: line ends inside are passed over, the last bits are not looked at.
fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, Fault> {
    if text.is_empty() {
        return Err(Fault::Missing);
    }
    let mut joined = Zeroizing::new(String::with_capacity(text.len()));
    joined.extend(text.chars().filter(|letter| !matches!(letter, '\r' | '\n')));
    let bytes =
        GO.decode(joined.as_bytes()).map_err(|_detail_could_show_the_key| Fault::NotBase64)?;
    Ok(Zeroizing::new(bytes))
}

const GO: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

const AES: &[usize] = &[16, 24, 32];
const SECRETBOX: &[usize] = &[32];
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(3);
const DEFAULT_CACHE: i64 = 1000;
