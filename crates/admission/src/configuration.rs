//! The configuration of the `PodSecurity` admission plugin: its own, and where the configuration
//! of all plugins has it. Read as strictly as kube-apiserver does, which does not start with what
//! is refused here. All mistakes are told at once.

mod names;

use std::collections::BTreeSet;

use tree::{Path, Tree};

use crate::namespace::Wrong;
use crate::{Exemptions, LevelVersion, Mode, NamespacePolicy};

/// What the plugin is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodSecurity {
    /// The policy of namespaces whose labels do not say.
    pub defaults: NamespacePolicy,
    /// Whom no policy is asked about.
    pub exemptions: Exemptions,
}

/// Told nothing, it allows everything.
impl Default for PodSecurity {
    fn default() -> Self {
        Self { defaults: NamespacePolicy::PRIVILEGED, exemptions: Exemptions::default() }
    }
}

/// Something in a configuration that kube-apiserver refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct BadSetting {
    /// Where.
    pub path: Path,
    /// What.
    pub problem: Problem,
}

/// What is wrong with a setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is a configuration of something else.
    #[error("must be {wanted}, not {found:?}")]
    Other {
        /// What it has to say.
        wanted: &'static str,
        /// What it says.
        found: String,
    },
    /// No such field.
    #[error("unknown field")]
    UnknownField,
    /// Not of the right shape.
    #[error("must be {0}")]
    Shape(&'static str),
    /// A level or version that is none.
    #[error("{wrong}, not {found:?}")]
    Policy {
        /// What is wrong.
        wrong: Wrong,
        /// What it says.
        found: String,
    },
    /// A name that nothing can have.
    #[error("nothing can be named {0:?}")]
    Name(String),
    /// Said before.
    #[error("{0:?} is there twice")]
    Duplicate(String),
}

/// Where the configuration of all plugins has that of `PodSecurity`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Settings<'t> {
    /// In itself.
    Here(&'t Tree),
    /// In a file; a relative name is relative to the file that names it.
    File(&'t str),
}

/// What an `AdmissionConfiguration` says of the plugin; nothing if it does not speak of it.
pub fn settings(configuration: &Tree) -> Option<Settings<'_>> {
    let mut plugins = configuration.get("plugins").items().iter();
    let plugin = plugins.find(|plugin| plugin.get("name").str() == "PodSecurity")?;
    let here = plugin.get("configuration");
    if !here.is_null() {
        return Some(Settings::Here(here));
    }
    plugin.get("path").text().filter(|path| !path.is_empty()).map(Settings::File)
}

impl PodSecurity {
    /// Reads a `PodSecurityConfiguration`. A file without a byte in it is none, and leaves the
    /// default; one with nothing but comments is refused.
    pub fn read(tree: &Tree) -> Result<Self, Vec<BadSetting>> {
        let mut reader = Reader { bad: Vec::new() };
        let read = reader.configuration(tree);
        if reader.bad.is_empty() { Ok(read) } else { Err(reader.bad) }
    }
}

/// What has been found wrong so far.
struct Reader {
    bad: Vec<BadSetting>,
}

impl Reader {
    fn configuration(&mut self, tree: &Tree) -> PodSecurity {
        let root = Path::root();
        self.fields(tree, &root, &["apiVersion", "kind", "defaults", "exemptions"]);
        self.says(tree, "kind", "PodSecurityConfiguration", |kind| {
            kind == "PodSecurityConfiguration"
        });
        self.says(tree, "apiVersion", "pod-security.admission.config.k8s.io/v1", |version| {
            let version = version.strip_prefix("pod-security.admission.config.k8s.io/");
            version.is_some_and(|version| matches!(version, "v1" | "v1beta1" | "v1alpha1"))
        });
        let defaults = self.defaults(tree.get("defaults"), &root.then("defaults"));
        let exemptions = self.exemptions(tree.get("exemptions"), &root.then("exemptions"));
        PodSecurity { defaults, exemptions }
    }

    fn says(&mut self, tree: &Tree, key: &str, wanted: &'static str, is_it: fn(&str) -> bool) {
        let found = tree.get(key).str();
        if !is_it(found) {
            self.refuse(Path::of(&[key]), Problem::Other { wanted, found: found.to_owned() });
        }
    }

    fn defaults(&mut self, tree: &Tree, path: &Path) -> NamespacePolicy {
        let known = Mode::ALL.map(|mode| [mode.as_str(), mode.version_key()]);
        self.fields(tree, path, known.as_flattened());
        let mut policy = NamespacePolicy::PRIVILEGED;
        for mode in Mode::ALL {
            *policy.of_mut(mode) = self.policy(tree, path, mode);
        }
        policy
    }

    fn policy(&mut self, tree: &Tree, path: &Path, mode: Mode) -> LevelVersion {
        let LevelVersion { level, version } = LevelVersion::PRIVILEGED;
        LevelVersion {
            level: self.parsed(tree, path, mode.as_str(), level),
            version: self.parsed(tree, path, mode.version_key(), version),
        }
    }

    /// A word of a table; what is not said, or empty, is the default.
    fn parsed<T>(&mut self, tree: &Tree, path: &Path, key: &str, default: T) -> T
    where
        T: std::str::FromStr<Err: Into<Wrong>>,
    {
        let node = tree.get(key);
        if !matches!(node, Tree::Text(_) | Tree::Null) {
            self.refuse(path.then(key), Problem::Shape("a text"));
        }
        let Some(text) = node.text().filter(|text| !text.is_empty()) else { return default };
        text.parse().unwrap_or_else(|wrong: T::Err| {
            let problem = Problem::Policy { wrong: wrong.into(), found: text.to_owned() };
            self.refuse(path.then(key), problem);
            default
        })
    }

    fn exemptions(&mut self, tree: &Tree, path: &Path) -> Exemptions {
        self.fields(tree, path, &["usernames", "namespaces", "runtimeClasses"]);
        let mut names = |key: &str, is_name: fn(&str) -> bool| {
            self.names(tree.get(key), &path.then(key), is_name)
        };
        Exemptions {
            usernames: names("usernames", |name| !name.is_empty()),
            namespaces: names("namespaces", names::is_label),
            runtime_classes: names("runtimeClasses", names::is_subdomain),
        }
    }

    fn names(&mut self, list: &Tree, path: &Path, is_name: fn(&str) -> bool) -> BTreeSet<String> {
        if !matches!(list, Tree::List(_) | Tree::Null) {
            self.refuse(path.clone(), Problem::Shape("a list"));
        }
        let mut names = BTreeSet::new();
        for (index, item) in list.items().iter().enumerate() {
            let problem = match item {
                Tree::Text(name) if !is_name(name) => Problem::Name(name.to_string()),
                Tree::Text(name) if names.insert(name.to_string()) => continue,
                Tree::Text(name) => Problem::Duplicate(name.to_string()),
                // A null among texts is an empty one.
                Tree::Null => Problem::Name(String::new()),
                Tree::Bool(_) | Tree::Int(_) | Tree::Float(_) | Tree::List(_) | Tree::Map(_) => {
                    Problem::Shape("a text")
                }
            };
            self.refuse(path.then(index), problem);
        }
        names
    }

    fn fields(&mut self, tree: &Tree, path: &Path, known: &[&str]) {
        if !matches!(tree, Tree::Map(_) | Tree::Null) {
            self.refuse(path.clone(), Problem::Shape("a mapping"));
        }
        for (key, _) in tree.entries() {
            if !known.contains(&&**key) {
                self.refuse(path.then(&**key), Problem::UnknownField);
            }
        }
    }

    fn refuse(&mut self, path: Path, problem: Problem) {
        self.bad.push(BadSetting { path, problem });
    }
}

impl Mode {
    /// The key of a configuration that says the version.
    fn version_key(self) -> &'static str {
        match self {
            Self::Enforce => "enforce-version",
            Self::Audit => "audit-version",
            Self::Warn => "warn-version",
        }
    }
}

#[cfg(test)]
mod tests;
