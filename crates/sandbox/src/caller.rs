//! Who asks: a client certificate, or a front proxy that says it in headers.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::{HeaderMap, HeaderName};
use model::{Status, UserInfo};
use percent_encoding::percent_decode_str;
use pki::Facts;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::ClientCertVerifier;

use crate::refusal::Refusal;

/// Who holds a connection, proved by its TLS handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Peer {
    /// No certificate was shown.
    Nobody,
    /// A certificate of the client authority.
    Client(UserInfo),
    /// A certificate of the front-proxy authority: its `X-Remote-*` headers are believed.
    FrontProxy,
}

impl Peer {
    /// Tells whose chain a handshake accepted. `front` knows the front-proxy authority alone; the
    /// handshake has checked the chain against both.
    pub(crate) fn of(
        chain: Option<&[CertificateDer<'_>]>,
        front: Option<&Arc<dyn ClientCertVerifier>>,
    ) -> Self {
        let Some((leaf, rest)) = chain.and_then(<[_]>::split_first) else { return Self::Nobody };
        let fronted = |front: &Arc<dyn ClientCertVerifier>| {
            front.verify_client_cert(leaf, rest, UnixTime::now()).is_ok()
        };
        if front.is_some_and(fronted) {
            return Self::FrontProxy;
        }
        let facts = Facts::of_der(leaf).ok().filter(|facts| !facts.common_name.is_empty());
        facts.map_or(Self::Nobody, |facts| Self::Client(of_facts(facts)))
    }
}

/// The caller of one request.
pub(crate) fn of(peer: &Peer, headers: &HeaderMap) -> Result<UserInfo, Refusal> {
    let user = match peer {
        Peer::Client(user) => user.clone(),
        Peer::FrontProxy => remote(headers)?,
        Peer::Nobody if headers.contains_key(http::header::AUTHORIZATION) => {
            return Err(unauthorized());
        }
        Peer::Nobody => return Ok(anonymous()),
    };
    Ok(authenticated(user))
}

/// Everyone who is known is in this group.
fn authenticated(mut user: UserInfo) -> UserInfo {
    if user.name != ANONYMOUS && !user.is_in(AUTHENTICATED) {
        user.groups.push(AUTHENTICATED.to_owned());
    }
    user
}

fn of_facts(facts: Facts) -> UserInfo {
    let credential = format!("X509SHA256={}", facts.fingerprint);
    let extra = BTreeMap::from([(CREDENTIAL.to_owned(), vec![credential])]);
    UserInfo { name: facts.common_name, groups: facts.organizations, extra, uid: String::new() }
}

/// The identity that a front proxy says in `X-Remote-*` headers.
fn remote(headers: &HeaderMap) -> Result<UserInfo, Refusal> {
    let mut user = UserInfo::default();
    for (name, value) in headers {
        let Some(part) = name.as_str().strip_prefix("x-remote-") else { continue };
        let text = str::from_utf8(value.as_bytes()).map_err(|_not_text| unreadable(name))?;
        match part {
            "user" if user.name.is_empty() => text.clone_into(&mut user.name),
            "uid" if user.uid.is_empty() => text.clone_into(&mut user.uid),
            "group" => user.groups.push(text.to_owned()),
            _ => {
                let Some(key) = part.strip_prefix("extra-") else { continue };
                let key = percent_decode_str(key).decode_utf8();
                let key = key.map_err(|_not_text| unreadable(name))?.to_lowercase();
                user.extra.entry(key).or_default().push(text.to_owned());
            }
        }
    }
    if user.name.is_empty() { Err(unauthorized()) } else { Ok(user) }
}

fn anonymous() -> UserInfo {
    UserInfo {
        name: ANONYMOUS.to_owned(),
        groups: vec!["system:unauthenticated".to_owned()],
        ..UserInfo::default()
    }
}

fn unauthorized() -> Refusal {
    Status::unauthorized().into()
}

fn unreadable(name: &HeaderName) -> Refusal {
    Refusal::bad_request(format!("the header {name} is not UTF-8"))
}

const ANONYMOUS: &str = "system:anonymous";
const AUTHENTICATED: &str = "system:authenticated";
const CREDENTIAL: &str = "authentication.kubernetes.io/credential-id";

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers() -> HeaderMap {
        let mut headers = HeaderMap::new();
        let pairs = [
            ("x-remote-user", "jane"),
            ("x-remote-group", "dev"),
            ("x-remote-group", "ops"),
            ("x-remote-uid", "7"),
            ("x-remote-extra-team%2fname", "red"),
        ];
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn a_front_proxy_is_believed() {
        let user = of(&Peer::FrontProxy, &headers()).unwrap();
        assert_eq!((user.name.as_str(), user.uid.as_str()), ("jane", "7"));
        assert_eq!(user.groups, ["dev", "ops", "system:authenticated"]);
        assert_eq!(user.extra["team/name"], ["red"]);
    }

    #[test]
    fn nobody_else_is() {
        let admin = UserInfo { name: "admin".into(), ..UserInfo::default() };
        assert_eq!(of(&Peer::Client(admin), &headers()).unwrap().name, "admin");
        assert_eq!(of(&Peer::Nobody, &headers()).unwrap().name, ANONYMOUS);
    }

    #[test]
    fn a_front_proxy_without_a_user_and_tokens_are_refused() {
        assert_eq!(of(&Peer::FrontProxy, &HeaderMap::new()), Err(unauthorized()));
        let token = HeaderMap::from_iter([(
            http::header::AUTHORIZATION,
            HeaderValue::from_static("Bearer x"),
        )]);
        assert_eq!(of(&Peer::Nobody, &token), Err(unauthorized()));
    }
}
