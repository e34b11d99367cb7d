//! Pods that no policy is asked about.

use std::collections::BTreeSet;

/// Whom a configuration exempts. Texts are compared as they are: there are no patterns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exemptions {
    /// Names of authenticated users.
    pub usernames: BTreeSet<String>,
    /// Names of namespaces.
    pub namespaces: BTreeSet<String>,
    /// Names of runtime classes.
    pub runtime_classes: BTreeSet<String>,
}

/// Who asks for which pod; what is not known is empty, and empty is never exempt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Subject<'a> {
    /// The namespace of the pod.
    pub namespace: &'a str,
    /// Who creates it.
    pub username: &'a str,
    /// The class it is to run as.
    pub runtime_class: &'a str,
}

/// Why a pod is exempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exemption {
    /// Its namespace is.
    Namespace,
    /// Its creator is.
    User,
    /// Its runtime class is.
    RuntimeClass,
}

impl Exemption {
    /// The word of upstream's audit annotation.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Namespace => "namespace",
            Self::User => "user",
            Self::RuntimeClass => "runtimeClass",
        }
    }
}

impl Exemptions {
    /// The first reason, in upstream's order, why no policy is asked.
    pub fn of(&self, subject: &Subject<'_>) -> Option<Exemption> {
        let has = |names: &BTreeSet<String>, name: &str| !name.is_empty() && names.contains(name);
        if has(&self.namespaces, subject.namespace) {
            Some(Exemption::Namespace)
        } else if has(&self.usernames, subject.username) {
            Some(Exemption::User)
        } else if has(&self.runtime_classes, subject.runtime_class) {
            Some(Exemption::RuntimeClass)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_namespace_then_user_then_class() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let exemptions = Exemptions {
            usernames: set(&["jane", ""]),
            namespaces: set(&["infra", ""]),
            runtime_classes: set(&["sealed", ""]),
        };
        let check = |(namespace, username, runtime_class), expected: Option<&str>| {
            let found = exemptions.of(&Subject { namespace, username, runtime_class });
            assert_eq!(found.map(Exemption::as_str), expected, "{namespace} {username}");
        };
        check(("infra", "jane", "sealed"), Some("namespace"));
        check(("web", "jane", "sealed"), Some("user"));
        check(("web", "joe", "sealed"), Some("runtimeClass"));
        check(("web", "joe", "open"), None);
        check(("infra-2", "Jane", "seal"), None);
        check(("", "", ""), None);
    }
}
