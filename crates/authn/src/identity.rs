//! The last step of every authenticator: the group every authenticated caller is in, and the proof
//! that headers carry the identity unchanged.

use model::{BadIdentity, Caller, UserInfo};

use crate::anonymous;

/// The caller that an authenticator found, with `system:authenticated` among its groups, unless it
/// is anonymous or already said to be one or the other.
pub(crate) fn caller(mut user: UserInfo) -> Result<Caller, BadIdentity> {
    let is_settled = user.name == anonymous::USER
        || user.is_in(AUTHENTICATED)
        || user.is_in(anonymous::UNAUTHENTICATED);
    if !is_settled {
        user.groups.push(AUTHENTICATED.to_owned());
    }
    Caller::new(user)
}

/// The group of every caller that presented a credential.
pub(crate) const AUTHENTICATED: &str = "system:authenticated";
/// The extra that names the credential a caller used.
pub(crate) const CREDENTIAL_ID: &str = "authentication.kubernetes.io/credential-id";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, groups: &[&str], expected: &[&str]) {
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        let user = UserInfo { name: name.to_owned(), groups, ..UserInfo::default() };
        assert_eq!(caller(user).unwrap().user().groups, expected, "{name}");
    }

    #[test]
    fn adds_the_group_of_the_authenticated() {
        check("jane", &[], &["system:authenticated"]);
        check("jane", &["dev"], &["dev", "system:authenticated"]);
        check("jane", &["system:authenticated", "dev"], &["system:authenticated", "dev"]);
        check("jane", &["system:unauthenticated"], &["system:unauthenticated"]);
        check("system:anonymous", &[], &[]);
        check("system:anonymous", &["system:unauthenticated"], &["system:unauthenticated"]);
    }

    #[test]
    fn refuses_what_headers_cannot_carry() {
        assert_eq!(caller(UserInfo::default()), Err(BadIdentity::Empty("user name")));
    }
}
