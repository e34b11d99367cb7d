//! The table of defaults, read once. `data/defaults.py` writes it and says how it is read.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use authz::{
    ClusterRole, ClusterRoleBinding, LabelSelector, Policy, PolicyRule, Role, RoleBinding, RoleRef,
    Subject,
};

#[derive(Debug, Default)]
pub(super) struct Table {
    entries: Vec<Entry>,
    by_key: BTreeMap<[String; 3], Vec<usize>>,
    /// The lines that could not be read; a test holds them at none.
    pub(super) unread: Vec<String>,
}

/// One object with one content, and the versions that have it.
#[derive(Debug)]
pub(super) struct Entry {
    versions: Vec<(u16, u16)>,
    /// Whether it is so with alpha features on.
    pub(super) gates: bool,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    ClusterRole(ClusterRole),
    ClusterRoleBinding(ClusterRoleBinding),
    Role(Role),
    RoleBinding(RoleBinding),
}

impl Table {
    pub(super) fn get() -> &'static Self {
        static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(TEXT));
        &TABLE
    }

    /// Kind, namespace and name of every default, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &[String; 3]> {
        self.by_key.keys()
    }

    /// Every content of one default.
    pub(super) fn entries_of(&self, key: &[String; 3]) -> impl Iterator<Item = &Entry> {
        let numbers = self.by_key.get(key).into_iter().flatten();
        numbers.filter_map(|number| self.entries.get(*number))
    }

    #[cfg(test)]
    pub(super) fn all(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    pub(super) fn read(text: &str) -> Self {
        let mut table = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let read = match line.strip_prefix(' ') {
                None => table.start(line),
                Some(line) => table.entries.last_mut().and_then(|entry| entry.content.read(line)),
            };
            if read.is_none() {
                table.unread.push(line.to_owned());
            }
        }
        table
    }

    fn start(&mut self, line: &str) -> Option<()> {
        let words: Vec<&str> = line.split(' ').collect();
        let (kind, namespace, name, versions, gates) = match *words.as_slice() {
            [kind, namespace, name, versions] => (kind, namespace, name, versions, false),
            [kind, namespace, name, versions, "gates"] => (kind, namespace, name, versions, true),
            _ => return None,
        };
        let namespace = if namespace == "-" { "" } else { namespace };
        let versions = versions.split(',').map(range).collect::<Option<Vec<_>>>()?;
        let content = Content::named(kind, namespace, name)?;
        let key = [kind, namespace, name].map(str::to_owned);
        self.by_key.entry(key).or_default().push(self.entries.len());
        self.entries.push(Entry { versions, gates, content });
        Some(())
    }
}

impl Entry {
    pub(super) fn is_in(&self, minor: u16) -> bool {
        self.versions.iter().any(|(since, until)| (*since..=*until).contains(&minor))
    }
}

impl Content {
    fn named(kind: &str, namespace: &str, name: &str) -> Option<Self> {
        let (namespace, name) = (namespace.to_owned(), name.to_owned());
        Some(match kind {
            "ClusterRole" => Self::ClusterRole(ClusterRole { name, ..ClusterRole::default() }),
            "ClusterRoleBinding" => {
                Self::ClusterRoleBinding(ClusterRoleBinding { name, ..Default::default() })
            }
            "Role" => Self::Role(Role { namespace, name, ..Role::default() }),
            "RoleBinding" => {
                Self::RoleBinding(RoleBinding { namespace, name, ..RoleBinding::default() })
            }
            _ => return None,
        })
    }

    pub(super) fn add_to(&self, policy: &mut Policy) {
        match self {
            Self::ClusterRole(role) => policy.cluster_roles.push(role.clone()),
            Self::Role(role) => policy.roles.push(role.clone()),
            Self::ClusterRoleBinding(one) => policy.cluster_role_bindings.push(one.clone()),
            Self::RoleBinding(one) => policy.role_bindings.push(one.clone()),
        }
    }

    /// Reads a line of the object.
    fn read(&mut self, line: &str) -> Option<()> {
        let words: Vec<&str> = line.split(' ').collect();
        match (self, words.as_slice()) {
            (Self::ClusterRole(role), ["label", key, value]) => {
                role.labels.insert((*key).to_owned(), (*value).to_owned());
            }
            (Self::ClusterRole(role), ["picks", key, value]) => {
                let labels = BTreeMap::from([((*key).to_owned(), (*value).to_owned())]);
                let selector = LabelSelector { labels, expressions: Vec::new() };
                role.aggregation.get_or_insert_default().push(selector);
            }
            (
                Self::ClusterRole(ClusterRole { rules, .. }) | Self::Role(Role { rules, .. }),
                ["rule", verbs, groups, resources, names, urls],
            ) => rules.push(PolicyRule {
                verbs: list(verbs),
                api_groups: list(groups),
                resources: list(resources),
                resource_names: list(names),
                non_resource_urls: list(urls),
            }),
            (
                Self::ClusterRoleBinding(ClusterRoleBinding { role, .. })
                | Self::RoleBinding(RoleBinding { role, .. }),
                ["role", kind, name],
            ) => *role = RoleRef { kind: (*kind).to_owned(), name: (*name).to_owned() },
            (
                Self::ClusterRoleBinding(ClusterRoleBinding { subjects, .. })
                | Self::RoleBinding(RoleBinding { subjects, .. }),
                ["subject", kind, namespace, name],
            ) => subjects.push(Subject {
                kind: (*kind).to_owned(),
                name: (*name).to_owned(),
                namespace: if *namespace == "-" { String::new() } else { (*namespace).to_owned() },
            }),
            _ => return None,
        }
        Some(())
    }
}

fn range(text: &str) -> Option<(u16, u16)> {
    let (since, until) = text.split_once('-')?;
    let minor = |text: &str| text.strip_prefix("1.")?.parse().ok();
    Some((minor(since)?, minor(until)?))
}

fn list(text: &str) -> Vec<String> {
    let word = |word| if word == "\"\"" { "" } else { word };
    match text {
        "-" => Vec::new(),
        text => text.split(',').map(|text| word(text).to_owned()).collect(),
    }
}

const TEXT: &str = include_str!("defaults.txt");
