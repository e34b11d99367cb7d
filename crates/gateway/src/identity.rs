//! How the cluster learns who calls: the identity headers of a request that is let through, written
//! last, over nothing that the client could have sent.

use http::{HeaderMap, HeaderName, HeaderValue};
use model::{Caller, Status, UserInfo};

use crate::refusal::Refusal;

/// How the cluster learns who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// `X-Remote-*` headers, believed because of the gateway's front-proxy certificate. Exact for
    /// every caller.
    FrontProxy,
    /// `Impersonate-*` headers, by the rights of the gateway's own identity.
    Impersonation {
        /// Powerful callers that are let through all the same; see [`Leave`].
        leave: Leave,
    },
}

/// The powerful callers that may be impersonated at the cluster: `system:masters` (a group),
/// `system:node:NAME` and `system:serviceaccount:kube-system:NAME`, where `NAME` may be `*`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leave(Vec<String>);

impl Leave {
    /// Gives leave to those named.
    pub fn new(names: Vec<String>) -> Self {
        Self(names)
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|given| match given.strip_suffix('*') {
            Some(prefix) => name.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty()),
            None => given == name,
        })
    }
}

impl Identity {
    /// Writes `user` into `headers`, or says why the cluster cannot be told of them.
    pub(crate) fn write(&self, user: &UserInfo, headers: &mut HeaderMap) -> Result<(), Refusal> {
        // An identity that headers change on the way would be another one behind: an empty user
        // name would run as the gateway itself.
        let caller = Caller::new(user.clone()).map_err(|bad| unfit(user, &bad.to_string()))?;
        match self {
            Self::FrontProxy => Names::X_REMOTE.write(caller.user(), headers),
            Self::Impersonation { leave } => {
                if let Some(power) = power(user, leave) {
                    return Err(powerful(user, &power));
                }
                Names::IMPERSONATE.write(&impersonated(caller.user()), headers)
            }
        }
        .ok_or_else(|| unfit(user, "headers cannot carry it"))
    }
}

/// Why `user` is too powerful to be impersonated without leave; `None` if they are not.
fn power(user: &UserInfo, leave: &Leave) -> Option<String> {
    if user.is_in(MASTERS) && !leave.has(MASTERS) {
        return Some(format!("a member of {MASTERS}"));
    }
    let is_powerful = POWERFUL_PREFIXES.iter().any(|prefix| user.name.starts_with(prefix));
    (is_powerful && !leave.has(&user.name)).then(|| user.name.clone())
}

fn powerful(user: &UserInfo, power: &str) -> Refusal {
    let reason = format!(
        "User {:?} is {power}, whom this gateway does not impersonate at the cluster: whoever took over \
         the gateway could then be them; have the operator allow it with --allow-impersonating, or \
         connect the gateway as a front proxy",
        user.name
    );
    Refusal::Powerful(Box::new(Status::forbidden_because("", "", "", &reason)))
}

fn unfit(user: &UserInfo, problem: &str) -> Refusal {
    tracing::warn!(caller = ?user.name, problem, "The cluster cannot be told of this caller.");
    Refusal::Powerful(Box::new(Status::forbidden_because(
        "",
        "",
        "",
        &format!("the caller cannot be named to the cluster: {problem}"),
    )))
}

/// What is said of `user` when impersonating: no more than the cluster would not add by itself, since
/// each part needs a right.
fn impersonated(user: &UserInfo) -> UserInfo {
    if user.name.starts_with(SERVICE_ACCOUNT) {
        // Constrained impersonation of service accounts takes the name alone, and the cluster adds
        // their groups.
        return UserInfo { name: user.name.clone(), ..UserInfo::default() };
    }
    let mut told = user.clone();
    told.groups.retain(|group| group != AUTHENTICATED && group != UNAUTHENTICATED);
    told
}

struct Names {
    user: &'static str,
    uid: &'static str,
    group: &'static str,
    extra: &'static str,
}

impl Names {
    const X_REMOTE: Self = Self {
        user: "x-remote-user",
        uid: "x-remote-uid",
        group: "x-remote-group",
        extra: "x-remote-extra-",
    };
    const IMPERSONATE: Self = Self {
        user: "impersonate-user",
        uid: "impersonate-uid",
        group: "impersonate-group",
        extra: "impersonate-extra-",
    };

    /// Groups and values are repeated headers, never joined: they may hold commas.
    fn write(&self, user: &UserInfo, headers: &mut HeaderMap) -> Option<()> {
        headers.insert(HeaderName::from_static(self.user), value(&user.name)?);
        if !user.uid.is_empty() {
            headers.insert(HeaderName::from_static(self.uid), value(&user.uid)?);
        }
        for group in &user.groups {
            headers.append(HeaderName::from_static(self.group), value(group)?);
        }
        for (key, values) in &user.extra {
            let name = format!("{}{}", self.extra, escaped(key));
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            for one in values {
                headers.append(name.clone(), value(one)?);
            }
        }
        Some(())
    }
}

fn value(text: &str) -> Option<HeaderValue> {
    HeaderValue::from_bytes(text.as_bytes()).ok()
}

/// A key as part of a header name: bytes that a name cannot hold, and `%`, are percent-encoded, as
/// client-go does and kube-apiserver reads.
fn escaped(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    for byte in key.bytes() {
        if byte != b'%' && (byte.is_ascii_alphanumeric() || b"!#$&'*+-.^_`|~".contains(&byte)) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend([byte >> 4, byte & 15].into_iter().map(hex));
        }
    }
    out
}

fn hex(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase()
}

const MASTERS: &str = "system:masters";
const AUTHENTICATED: &str = "system:authenticated";
const UNAUTHENTICATED: &str = "system:unauthenticated";
const SERVICE_ACCOUNT: &str = "system:serviceaccount:";
const POWERFUL_PREFIXES: [&str; 2] = ["system:node:", "system:serviceaccount:kube-system:"];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn jane() -> UserInfo {
        UserInfo {
            name: "jane".to_owned(),
            uid: "u-1".to_owned(),
            groups: vec!["CN=x,OU=y".to_owned(), "dev".to_owned(), AUTHENTICATED.to_owned()],
            extra: BTreeMap::from([(
                "acme.com/project".to_owned(),
                vec!["a".to_owned(), "b".to_owned()],
            )]),
        }
    }

    fn written(identity: &Identity, user: &UserInfo) -> Result<Vec<(String, String)>, u16> {
        let mut headers = HeaderMap::new();
        identity.write(user, &mut headers).map_err(|refusal| refusal.code())?;
        let pair = |(name, value): (&HeaderName, &HeaderValue)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Ok(headers.iter().map(pair).collect())
    }

    fn impersonation(names: &[&str]) -> Identity {
        let leave = Leave::new(names.iter().map(|&name| name.to_owned()).collect());
        Identity::Impersonation { leave }
    }

    #[test]
    fn a_front_proxy_tells_all() {
        let told = written(&Identity::FrontProxy, &jane()).unwrap();
        let expected = [
            ("x-remote-user", "jane"),
            ("x-remote-uid", "u-1"),
            ("x-remote-group", "CN=x,OU=y"),
            ("x-remote-group", "dev"),
            ("x-remote-group", AUTHENTICATED),
            ("x-remote-extra-acme.com%2fproject", "a"),
            ("x-remote-extra-acme.com%2fproject", "b"),
        ];
        assert_eq!(told, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn impersonation_tells_what_the_cluster_does_not_add() {
        let told = written(&impersonation(&[]), &jane()).unwrap();
        assert!(told.contains(&("impersonate-user".to_owned(), "jane".to_owned())));
        assert!(!told.iter().any(|(_, value)| value == AUTHENTICATED));
        let builder = UserInfo { name: "system:serviceaccount:a:b".to_owned(), ..jane() };
        let told = written(&impersonation(&[]), &builder).unwrap();
        assert_eq!(told, [("impersonate-user".to_owned(), builder.name)]);
    }

    #[test]
    fn powerful_callers_need_leave() {
        let check = |name: &str, group: &str, leave: &[&str], is_let: bool| {
            let user = UserInfo {
                name: name.to_owned(),
                groups: vec![group.to_owned()],
                ..UserInfo::default()
            };
            assert_eq!(written(&impersonation(leave), &user).is_ok(), is_let, "{name} {leave:?}");
            assert!(written(&Identity::FrontProxy, &user).is_ok());
        };
        check("admin", MASTERS, &[], false);
        check("admin", MASTERS, &["system:masters"], true);
        check("system:node:a", "x", &[], false);
        check("system:node:a", "x", &["system:node:*"], true);
        check("system:node:a", "x", &["system:node:b"], false);
        check("system:serviceaccount:kube-system:a", "x", &[], false);
        check(
            "system:serviceaccount:kube-system:a",
            "x",
            &["system:serviceaccount:kube-system:a"],
            true,
        );
        check("system:serviceaccount:other:a", "x", &[], true);
    }

    #[test]
    fn an_identity_that_headers_change_is_refused() {
        for name in ["", " ", "a ", "a\nb"] {
            let user = UserInfo { name: name.to_owned(), ..UserInfo::default() };
            assert_eq!(written(&Identity::FrontProxy, &user), Err(403), "{name:?}");
            assert_eq!(written(&impersonation(&[]), &user), Err(403), "{name:?}");
        }
    }
}
