//! Who holds a grant. A service account is one subject however a binding writes it.

use std::fmt;
use std::sync::Arc;

use model::UserInfo;
use model::quote::Quoted;

/// A subject of a binding, as decisions see it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A user, by name.
    User(Arc<str>),
    /// A group, by name.
    Group(Arc<str>),
    /// A service account.
    ServiceAccount {
        /// Its namespace.
        namespace: Arc<str>,
        /// Its name.
        name: Arc<str>,
    },
}

/// How a binding writes its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// By the kind that it is.
    Plainly,
    /// A service account as the user that it is to authorizers.
    AsUser,
}

impl Subject {
    /// The user `name`; a service account where the name is that of one.
    pub fn user(name: &str) -> Self {
        match service_account(name) {
            Some((namespace, name)) => Self::service_account(namespace, name),
            None => Self::User(name.into()),
        }
    }

    /// The group `name`.
    pub fn group(name: &str) -> Self {
        Self::Group(name.into())
    }

    /// The service account `name` in `namespace`.
    pub fn service_account(namespace: &str, name: &str) -> Self {
        Self::ServiceAccount { namespace: namespace.into(), name: name.into() }
    }

    /// A subject of a binding in `namespace` (empty for a `ClusterRoleBinding`); none if it
    /// matches nobody.
    pub fn read(subject: &authz::Subject, namespace: &str) -> Option<(Self, Written)> {
        let name = subject.name.as_str();
        match subject.kind.as_str() {
            "User" => {
                let read = Self::user(name);
                let is_account = matches!(read, Self::ServiceAccount { .. });
                let written = if is_account { Written::AsUser } else { Written::Plainly };
                Some((read, written))
            }
            "Group" => Some((Self::group(name), Written::Plainly)),
            "ServiceAccount" => {
                let own = subject.namespace.as_str();
                let namespace = if own.is_empty() { namespace } else { own };
                let read = || (Self::service_account(namespace, name), Written::Plainly);
                (!namespace.is_empty()).then(read)
            }
            _ => None,
        }
    }

    /// The user name that authorizers compare; none for a group.
    pub fn user_name(&self) -> Option<String> {
        match self {
            Self::User(name) => Some(name.to_string()),
            Self::ServiceAccount { namespace, name } => {
                Some(format!("{ACCOUNT_PREFIX}{namespace}:{name}"))
            }
            Self::Group(_) => None,
        }
    }

    /// The groups that Kubernetes puts it in by itself; of a group, those its members are in too.
    pub fn implicit_groups(&self) -> Vec<String> {
        let texts = |groups: &[&str]| groups.iter().map(|group| (*group).to_owned()).collect();
        match self {
            Self::User(name) if &**name == ANONYMOUS => texts(&[UNAUTHENTICATED]),
            Self::User(_) => texts(&[AUTHENTICATED]),
            Self::ServiceAccount { namespace, .. } => vec![
                SERVICE_ACCOUNTS.to_owned(),
                format!("{SERVICE_ACCOUNTS}:{namespace}"),
                AUTHENTICATED.to_owned(),
            ],
            Self::Group(name) => match &**name {
                AUTHENTICATED | UNAUTHENTICATED => Vec::new(),
                name if name.starts_with(SERVICE_ACCOUNTS_OF) => {
                    texts(&[SERVICE_ACCOUNTS, AUTHENTICATED])
                }
                _ => texts(&[AUTHENTICATED]),
            },
        }
    }

    /// The subject as somebody who asks. A group asks as a member without a name.
    pub fn as_user(&self) -> UserInfo {
        let own = match self {
            Self::Group(name) => Some(name.to_string()),
            Self::User(_) | Self::ServiceAccount { .. } => None,
        };
        let groups = own.into_iter().chain(self.implicit_groups()).collect();
        UserInfo { name: self.user_name().unwrap_or_default(), groups, ..UserInfo::default() }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) => write!(out, "User {}", Quoted(name)),
            Self::Group(name) => write!(out, "Group {}", Quoted(name)),
            Self::ServiceAccount { namespace, name } => {
                write!(out, "ServiceAccount {}", Quoted(&format!("{namespace}/{name}")))
            }
        }
    }
}

/// Namespace and name of a service account's user name.
fn service_account(user: &str) -> Option<(&str, &str)> {
    let (namespace, name) = user.strip_prefix(ACCOUNT_PREFIX)?.split_once(':')?;
    (!namespace.is_empty() && !name.is_empty()).then_some((namespace, name))
}

/// The group that no authorizer is asked about.
pub const MASTERS: &str = "system:masters";
/// Every user that is not anonymous.
pub const AUTHENTICATED: &str = "system:authenticated";
/// The group of the anonymous user.
pub const UNAUTHENTICATED: &str = "system:unauthenticated";
/// The user of calls without credentials.
pub const ANONYMOUS: &str = "system:anonymous";
/// Every service account.
pub const SERVICE_ACCOUNTS: &str = "system:serviceaccounts";
const SERVICE_ACCOUNTS_OF: &str = "system:serviceaccounts:";
const ACCOUNT_PREFIX: &str = "system:serviceaccount:";

#[cfg(test)]
mod tests {
    use super::*;

    fn check([kind, name, namespace, binding]: [&str; 4], expected: &str) {
        let subject =
            authz::Subject { kind: kind.into(), name: name.into(), namespace: namespace.into() };
        let read = Subject::read(&subject, binding);
        let told = read.map(|(read, written)| match written {
            Written::Plainly => read.to_string(),
            Written::AsUser => format!("{read} written as a user"),
        });
        assert_eq!(told.as_deref().unwrap_or("nobody"), expected);
    }

    #[test]
    fn reads_subjects_as_authorizers_do() {
        check(["User", "jane", "", "apps"], r#"User "jane""#);
        check(["Group", "dev", "", ""], r#"Group "dev""#);
        check(["ServiceAccount", "sa", "", "apps"], r#"ServiceAccount "apps/sa""#);
        check(["ServiceAccount", "sa", "other", "apps"], r#"ServiceAccount "other/sa""#);
        check(["ServiceAccount", "sa", "", ""], "nobody");
        check(["Robot", "r2", "", "apps"], "nobody");
        let as_user = r#"ServiceAccount "apps/sa" written as a user"#;
        check(["User", "system:serviceaccount:apps:sa", "", ""], as_user);
        check(
            ["User", "system:serviceaccount:apps", "", ""],
            r#"User "system:serviceaccount:apps""#,
        );
    }

    #[test]
    fn knows_the_groups_nobody_writes_down() {
        let groups = |subject: Subject| subject.as_user().groups.join(" ");
        assert_eq!(groups(Subject::user("jane")), "system:authenticated");
        assert_eq!(groups(Subject::user(ANONYMOUS)), "system:unauthenticated");
        assert_eq!(groups(Subject::group("dev")), "dev system:authenticated");
        assert_eq!(groups(Subject::group(UNAUTHENTICATED)), "system:unauthenticated");
        assert_eq!(
            groups(Subject::service_account("apps", "sa")),
            "system:serviceaccounts system:serviceaccounts:apps system:authenticated"
        );
    }
}
