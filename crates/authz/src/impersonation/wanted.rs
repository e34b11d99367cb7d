//! Who a client wants to act as: the `Impersonate-*` headers.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use model::{Status, UserInfo};
use percent_encoding::percent_decode_str;

use super::Mode;
use model::quote::Quoted;

/// The identity that a client asks to act as. Its name is never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted(UserInfo);

impl Wanted {
    /// Reads the headers of a request, given by lower-case names, in the order they came; `None` if
    /// no impersonation is wanted. As upstream: of several users and UIDs the first counts, every
    /// group and extra does, and keys of extras are percent-decoded where they can be.
    pub fn from_headers<'h>(
        headers: impl IntoIterator<Item = (&'h str, &'h [u8])>,
    ) -> Result<Option<Self>, BadImpersonation> {
        let (mut name, mut uid) = (None, None);
        let mut groups = Vec::new();
        let mut extra: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (header, value) in headers {
            match header {
                "impersonate-user" => keep_first(&mut name, "Impersonate-User", value)?,
                "impersonate-uid" => keep_first(&mut uid, "Impersonate-Uid", value)?,
                "impersonate-group" => groups.push(text("Impersonate-Group", value)?),
                _ => {
                    if let Some(key) = header.strip_prefix("impersonate-extra-") {
                        let value = text("Impersonate-Extra-*", value)?;
                        extra.entry(extra_key(key)?).or_default().push(value);
                    }
                }
            }
        }
        let (name, uid) = (name.unwrap_or_default(), uid.unwrap_or_default());
        let wanted = UserInfo { name, uid, groups, extra };
        if !wanted.name.is_empty() {
            return Ok(Some(Self(wanted)));
        }
        let is_empty = wanted == UserInfo::default();
        if is_empty { Ok(None) } else { Err(BadImpersonation::NoUser(Box::new(wanted))) }
    }

    /// The user name wanted.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Everything wanted, as it was given: nothing is added that follows from it.
    pub fn user(&self) -> &UserInfo {
        &self.0
    }
}

/// Impersonation headers that mean nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadImpersonation {
    /// A UID, groups or extras are wanted, but no user.
    NoUser(Box<UserInfo>),
    /// A header is not UTF-8. No rule could name what it holds, and nothing here can carry it.
    NotText(&'static str),
}

impl BadImpersonation {
    /// The answer: 400, with the words of clusters of that kind.
    pub fn status(&self, mode: Mode) -> Status {
        Status::bad_request(match (self, mode) {
            (Self::NoUser(_), Mode::Constrained) | (Self::NotText(_), _) => self.to_string(),
            (Self::NoUser(wanted), Mode::Legacy) => {
                format!("requested {} without impersonating a user", References(wanted))
            }
        })
    }
}

impl fmt::Display for BadImpersonation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoUser(wanted) => {
                write!(out, "requested {} without impersonating a user name", GoUser(wanted))
            }
            Self::NotText(header) => write!(out, "the header {header} is not valid UTF-8"),
        }
    }
}

impl std::error::Error for BadImpersonation {}

fn keep_first(
    first: &mut Option<String>,
    header: &'static str,
    value: &[u8],
) -> Result<(), BadImpersonation> {
    if first.is_none() {
        *first = Some(text(header, value)?);
    }
    Ok(())
}

fn text(header: &'static str, value: &[u8]) -> Result<String, BadImpersonation> {
    String::from_utf8(value.to_vec()).map_err(|_not_utf8| BadImpersonation::NotText(header))
}

/// Go's `url.PathUnescape`, with the key itself where that fails.
fn extra_key(key: &str) -> Result<String, BadImpersonation> {
    let is_escaped = key
        .split('%')
        .skip(1)
        .all(|rest| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2);
    if !is_escaped {
        return Ok(key.to_owned());
    }
    let decoded = percent_decode_str(key).decode_utf8().map(Cow::into_owned);
    decoded.map_err(|_not_utf8| BadImpersonation::NotText("Impersonate-Extra-*"))
}

/// Displays a user as Go's `%#v` shows a `*user.DefaultInfo`.
struct GoUser<'a>(&'a UserInfo);

impl fmt::Display for GoUser<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let UserInfo { name, uid, groups, extra } = self.0;
        let (name, uid, groups) = (Quoted(name), Quoted(uid), go_list(groups));
        write!(out, "&user.DefaultInfo{{Name:{name}, UID:{uid}, Groups:{groups}, Extra:")?;
        out.write_str("map[string][]string")?;
        if extra.is_empty() {
            return out.write_str("(nil)}");
        }
        let entry =
            |(key, values): (&String, &Vec<String>)| format!("{}:{}", Quoted(key), go_list(values));
        let entries: Vec<String> = extra.iter().map(entry).collect();
        write!(out, "{{{}}}}}", entries.join(", "))
    }
}

fn go_list(texts: &[String]) -> String {
    if texts.is_empty() {
        return "[]string(nil)".to_owned();
    }
    let quoted: Vec<String> = texts.iter().map(|text| Quoted(text).to_string()).collect();
    format!("[]string{{{}}}", quoted.join(", "))
}

/// Displays what is wanted as Go's `%v` shows the list of object references that clusters before
/// 1.36 make of it.
struct References<'a>(&'a UserInfo);

impl fmt::Display for References<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let UserInfo { name: _, uid, groups, extra } = self.0;
        let groups = groups.iter().map(|group| format!("{{Group  {group}    }}"));
        let extras = extra.iter().flat_map(|(key, values)| {
            let one = move |value| format!("{{UserExtra  {value}  {VERSION}  {key}}}");
            values.iter().map(one)
        });
        let uid = Some(uid).filter(|uid| !uid.is_empty());
        let uid = uid.map(|uid| format!("{{UID  {uid}  {VERSION}  }}"));
        let all: Vec<String> = groups.chain(extras).chain(uid).collect();
        write!(out, "[{}]", all.join(" "))
    }
}

const VERSION: &str = "authentication.k8s.io/v1";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(headers: &[(&str, &str)]) -> Result<Option<Wanted>, BadImpersonation> {
        Wanted::from_headers(headers.iter().map(|(name, value)| (*name, value.as_bytes())))
    }

    #[test]
    fn takes_the_first_user_and_every_group() {
        let headers = [
            ("impersonate-user", "bob"),
            ("impersonate-user", "eve"),
            ("impersonate-group", "dev"),
            ("impersonate-group", "cn=a, ou=b"),
            ("impersonate-uid", "u1"),
            ("impersonate-extra-example.com%2fteam", "x"),
            ("impersonate-extra-example.com%2Fteam", "y"),
            ("impersonate-extra-50%", "z"),
            ("accept", "*/*"),
        ];
        let wanted = read(&headers).unwrap().unwrap();
        let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let user = UserInfo {
            name: "bob".to_owned(),
            uid: "u1".to_owned(),
            groups: list(&["dev", "cn=a, ou=b"]),
            extra: BTreeMap::from([
                ("example.com/team".to_owned(), list(&["x", "y"])),
                ("50%".to_owned(), list(&["z"])),
            ]),
        };
        assert_eq!(wanted.user(), &user);
    }

    #[test]
    fn wants_nobody_without_a_name() {
        assert_eq!(read(&[("host", "x")]), Ok(None));
        assert_eq!(read(&[("impersonate-user", ""), ("impersonate-user", "bob")]), Ok(None));
        assert_eq!(read(&[("impersonate-uid", "")]), Ok(None));
        assert!(matches!(read(&[("impersonate-group", "")]), Err(BadImpersonation::NoUser(_))));
    }

    #[test]
    fn refuses_bytes_that_are_no_text() {
        let bad = BadImpersonation::NotText("Impersonate-User");
        assert_eq!(Wanted::from_headers([("impersonate-user", &b"\xff"[..])]), Err(bad.clone()));
        let status = bad.status(Mode::Legacy);
        assert_eq!(status.code, 400);
        assert_eq!(status.message, "the header Impersonate-User is not valid UTF-8");
        assert!(read(&[("impersonate-user", "bob"), ("impersonate-extra-%ff", "x")]).is_err());
    }

    proptest! {
        #[test]
        fn takes_any_bytes(
            headers in proptest::collection::vec(
                (
                    "impersonate-(user|uid|group|extra-[a-z%0-9A-F]{0,6})",
                    proptest::collection::vec(any::<u8>(), 0..4),
                ),
                0..6,
            ),
        ) {
            let given = headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
            if let Ok(Some(wanted)) = Wanted::from_headers(given) {
                prop_assert!(!wanted.name().is_empty());
            }
        }
    }
}
