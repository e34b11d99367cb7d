//! Who calls. A [`Caller`] is an identity that HTTP headers carry exactly; anything else is
//! refused where it is made, so that no upstream can read a different name than the one decided on.

use std::collections::BTreeMap;
use std::fmt;

/// Kubernetes' `user.Info`: what an authenticator says of a caller, not yet fit for headers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct UserInfo {
    /// The user name, for example `jane` or `system:serviceaccount:apps:builder`.
    pub name: String,
    /// A name for this user that is unique over time; empty where the credential has none.
    pub uid: String,
    /// The groups, in the order the authenticator gave them.
    pub groups: Vec<String>,
    /// Further facts by lower-case key, for example `authentication.kubernetes.io/credential-id`.
    pub extra: BTreeMap<String, Vec<String>>,
}

impl UserInfo {
    /// Whether the user is a member of `group`, by exact name.
    pub fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|held| held == group)
    }
}

/// A caller whose name, UID, groups and extras travel through HTTP headers unchanged.
///
/// [`Caller::new`] is the only way to make one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Caller(UserInfo);

impl Caller {
    /// Takes an identity if headers can carry it byte for byte.
    pub fn new(user: UserInfo) -> Result<Self, BadIdentity> {
        carried("user name", &user.name, Empty::Refused)?;
        carried("uid", &user.uid, Empty::Allowed)?;
        for group in &user.groups {
            carried("group", group, Empty::Refused)?;
        }
        for (key, values) in &user.extra {
            extra_key(key)?;
            for value in values {
                carried("extra value", value, Empty::Allowed)?;
            }
        }
        Ok(Self(user))
    }

    /// The identity itself.
    pub fn user(&self) -> &UserInfo {
        &self.0
    }

    /// The identity itself, by value.
    pub fn into_user(self) -> UserInfo {
        self.0
    }

    /// The user name; never empty.
    pub fn name(&self) -> &str {
        &self.0.name
    }
}

/// Why an identity cannot be carried by headers. The text names the part, never its value: a
/// value may hold control bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadIdentity {
    /// The part is empty where emptiness would change its meaning.
    Empty(&'static str),
    /// The part starts or ends with white space, which header parsers trim.
    Edges(&'static str),
    /// The part holds a control byte, which header parsers refuse or split at.
    Control(&'static str),
    /// The extra key is not lower case; header names are not case-sensitive.
    Case,
}

impl fmt::Display for BadIdentity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty(part) => write!(out, "the {part} is empty"),
            Self::Edges(part) => write!(out, "the {part} starts or ends with white space"),
            Self::Control(part) => write!(out, "the {part} holds a control character"),
            Self::Case => write!(out, "an extra key has upper-case letters"),
        }
    }
}

impl std::error::Error for BadIdentity {}

#[derive(Clone, Copy)]
enum Empty {
    Allowed,
    Refused,
}

fn carried(part: &'static str, value: &str, empty: Empty) -> Result<(), BadIdentity> {
    if value.is_empty() && matches!(empty, Empty::Refused) {
        return Err(BadIdentity::Empty(part));
    }
    if value.bytes().any(|byte| byte.is_ascii_control()) {
        return Err(BadIdentity::Control(part));
    }
    // Go's header reader trims ASCII space and tab; other white space is refused with them, since
    // what a reader between here and there trims is not ours to know.
    if value.trim() != value {
        return Err(BadIdentity::Edges(part));
    }
    Ok(())
}

fn extra_key(key: &str) -> Result<(), BadIdentity> {
    carried("extra key", key, Empty::Refused)?;
    if key.chars().any(char::is_uppercase) {
        return Err(BadIdentity::Case);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> UserInfo {
        UserInfo { name: name.to_owned(), ..UserInfo::default() }
    }

    fn takes(user: UserInfo) {
        assert_eq!(Caller::new(user).map(drop), Ok(()));
    }

    fn refuses(user: UserInfo, expected: BadIdentity) {
        assert_eq!(Caller::new(user), Err(expected));
    }

    #[test]
    fn takes_what_headers_carry() {
        takes(named("jane"));
        takes(named("cn=jane, ou=dev"));
        takes(named("jürgen"));
        takes(named("a b"));
    }

    #[test]
    fn refuses_what_headers_would_change() {
        refuses(named(""), BadIdentity::Empty("user name"));
        refuses(named(" jane"), BadIdentity::Edges("user name"));
        refuses(named("jane\u{a0}"), BadIdentity::Edges("user name"));
        refuses(named("ja\nne"), BadIdentity::Control("user name"));
        refuses(named("ja\0ne"), BadIdentity::Control("user name"));
        let group = |group: &str| UserInfo { groups: vec![group.to_owned()], ..named("jane") };
        refuses(group(""), BadIdentity::Empty("group"));
        refuses(group("dev\t"), BadIdentity::Control("group"));
        let extra = |key: &str, value: &str| UserInfo {
            extra: BTreeMap::from([(key.to_owned(), vec![value.to_owned()])]),
            ..named("jane")
        };
        refuses(extra("Team", "x"), BadIdentity::Case);
        refuses(extra("", "x"), BadIdentity::Empty("extra key"));
        refuses(extra("team", "x "), BadIdentity::Edges("extra value"));
        takes(extra("team", ""));
    }
}
