//! Requests without credentials: whether, and on which exact paths, they are let in as
//! `system:anonymous`.

use std::collections::BTreeSet;

use model::UserInfo;

/// Who may come without credentials. The default is nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Anonymous {
    /// Nobody.
    #[default]
    Refused,
    /// Requests for one of these decoded paths, compared byte for byte.
    OnPaths(BTreeSet<String>),
    /// Requests for any path.
    DangerAnywhere,
}

impl Anonymous {
    /// The anonymous identity, if `path` may be asked for without credentials.
    pub fn identity(&self, path: &str) -> Option<UserInfo> {
        let is_let_in = match self {
            Self::Refused => false,
            Self::OnPaths(paths) => paths.contains(path),
            Self::DangerAnywhere => true,
        };
        is_let_in.then(|| UserInfo {
            name: USER.to_owned(),
            groups: vec![UNAUTHENTICATED.to_owned()],
            ..UserInfo::default()
        })
    }
}

/// The name of a caller without credentials.
pub const USER: &str = "system:anonymous";
/// The group of callers without credentials.
pub const UNAUTHENTICATED: &str = "system:unauthenticated";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: &Anonymous, path: &str, expected: bool) {
        assert_eq!(rule.identity(path).is_some(), expected, "{rule:?} {path}");
    }

    #[test]
    fn paths_match_exactly() {
        let health = Anonymous::OnPaths(BTreeSet::from(["/livez".to_owned()]));
        check(&health, "/livez", true);
        check(&health, "/livez/", false);
        check(&health, "/livez/ping", false);
        check(&health, "/LIVEZ", false);
        check(&health, "", false);
        check(&Anonymous::default(), "/livez", false);
        check(&Anonymous::OnPaths(BTreeSet::new()), "/", false);
        check(&Anonymous::DangerAnywhere, "/api", true);
    }

    #[test]
    fn the_identity_is_upstreams() {
        let user = Anonymous::DangerAnywhere.identity("/").unwrap();
        assert_eq!(user.name, "system:anonymous");
        assert_eq!(user.groups, ["system:unauthenticated"]);
        assert_eq!((user.uid.as_str(), user.extra.len()), ("", 0));
    }
}
