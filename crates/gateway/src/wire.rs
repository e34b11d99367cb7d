//! A request as it arrived, to what is asked: the first stage after TLS. Everything is parsed once,
//! here; what the later stages decide on is what goes on to the cluster.
//!
//! Invariant: no header with which a client could name itself leaves this stage. The credentials
//! and the wish to impersonate are taken out as values of their own.

use std::time::{Duration, Instant};

use authz::impersonation::{BadImpersonation, Wanted as WantedUser};
use http::header::{ACCEPT, AUTHORIZATION, HOST, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Uri, Version};
use model::Call;
use model::call::BadRequestInfo;
use model::query::Query;

use crate::answer::{Encoding, Wanted};
use crate::refusal::Refusal;

pub(crate) mod deadline;
pub(crate) mod firewall;
mod framing;
pub(crate) mod upgrade;

pub(crate) use upgrade::Upgrade;

/// What is asked, before it is known who asks. Made by [`Asked::read`] alone.
pub(crate) struct Asked {
    /// The request line as Kubernetes understands it.
    pub(crate) call: Call,
    /// The method as sent.
    pub(crate) method: Method,
    /// Path and query as sent. These very bytes go to the cluster.
    pub(crate) target: String,
    /// Headers that may go on: cleansed, without any identity.
    pub(crate) forwarded: HeaderMap,
    /// The values of `Authorization`, in order. Taken by authentication.
    pub(crate) authorization: Vec<HeaderValue>,
    /// Whom the client wants to be.
    pub(crate) impersonation: Result<Option<WantedUser>, BadImpersonation>,
    /// Whether somebody is named to be, in a header that nobody reads.
    pub(crate) hides_impersonation: bool,
    /// The tunnel that is asked for, if one is and may be.
    pub(crate) upgrade: Option<Upgrade>,
    /// When the request is given up; `None` for what runs long.
    pub(crate) deadline: Option<Instant>,
}

/// The encoding of an answer to a request that cannot be read, or is refused.
pub(crate) fn encoding_of(uri: &Uri, headers: &HeaderMap) -> Encoding {
    wanted(uri, headers).encoding()
}

/// The encoding of an answer that is made in JSON; `None` if the client does not take it.
pub(crate) fn json_of(uri: &Uri, headers: &HeaderMap) -> Option<Encoding> {
    wanted(uri, headers).in_json()
}

fn wanted<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Wanted<'a> {
    let query = uri.query().unwrap_or_default();
    // As upstream: without the word the query is not looked at.
    let pretty = query.contains("pretty").then(|| Query::of(query).first("pretty")).flatten();
    let accept = headers.get(ACCEPT).map(HeaderValue::as_bytes);
    let user_agent = headers.get(USER_AGENT).map(HeaderValue::as_bytes).unwrap_or_default();
    Wanted { accept, user_agent, pretty }
}

impl Asked {
    /// Reads a request. `longest` is the time that a request which does not run long may take.
    pub(crate) fn read(
        parts: &Parts,
        received: Instant,
        longest: Duration,
    ) -> Result<Self, Refusal> {
        let target = framing::target(parts)?;
        let call =
            Call::parse(parts.method.as_str(), target).map_err(|bad| unread(target, &bad))?;
        let deadline = if call.is_long_running() {
            None
        } else {
            let timeout = deadline::timeout(Query::of_target(target), longest)
                .map_err(Refusal::BadTimeout)?;
            received.checked_add(timeout)
        };
        let headers = &parts.headers;
        let upgrade = Upgrade::of(parts, &call);
        let forwarded = firewall::cleanse(headers, firewall::Scope::of(&call), upgrade.as_ref());
        let impersonation = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let impersonation = WantedUser::from_headers(impersonation);
        let named = headers.get_all("impersonate-user");
        let hides_impersonation =
            matches!(impersonation, Ok(None)) && named.iter().any(|name| !name.is_empty());
        Ok(Self {
            hides_impersonation,
            method: parts.method.clone(),
            target: target.to_owned(),
            forwarded,
            authorization: headers.get_all(AUTHORIZATION).iter().cloned().collect(),
            impersonation,
            upgrade,
            deadline,
            call,
        })
    }
}

fn unread(target: &str, bad: &BadRequestInfo) -> Refusal {
    match bad {
        BadRequestInfo::Malformed => Refusal::Malformed(bad.to_string()),
        BadRequestInfo::NoResource { .. } => {
            let problem = format!("failed to create RequestInfo: {bad}");
            Refusal::RequestInfo { target: target.to_owned(), problem }
        }
    }
}

/// Whether the request names its host once, as HTTP demands.
fn host_is_sound(headers: &HeaderMap, version: Version) -> bool {
    let count = headers.get_all(HOST).iter().count();
    if version == Version::HTTP_11 { count == 1 } else { count <= 1 }
}
