//! What is known of a request the moment it is here.

use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::{Instant, SystemTime};

use flow::priority::Classified;
use http::header::{AUTHORIZATION, HeaderName, USER_AGENT, WARNING};
use http::{HeaderMap, HeaderValue, Request, Version};
use hyper::body::Incoming;
use model::{Attributes, Call, UserInfo};

use crate::answer::Encoding;
use crate::gate::Gate;
use crate::peer::Peer;
use crate::record::Origin;
use crate::wire;

/// A request's arrival.
pub(crate) struct Arrival {
    /// When, for deadlines.
    pub(crate) received: Instant,
    /// The client's address: the peer's, or what trusted proxies say.
    pub(crate) client: IpAddr,
    /// What every audit event of the request says.
    pub(crate) origin: Origin,
    /// How an answer of our own is written.
    pub(crate) encoding: Encoding,
    /// Whether the client speaks HTTP/2.
    pub(crate) is_http2: bool,
    /// How the cluster would have classified the request, once it has come so far that it would
    /// have, and is refused here.
    pub(crate) classified: OnceLock<Classified>,
    /// What the client is warned of, whatever the answer is.
    pub(crate) warning: Option<HeaderValue>,
}

impl Arrival {
    /// Notes the arrival of `request` from `peer`.
    pub(crate) fn of(gate: &Gate, peer: &Peer, request: &Request<Incoming>) -> Self {
        let headers = request.headers();
        let forwarded = headers.get_all("x-forwarded-for").iter().map(HeaderValue::as_bytes);
        let forwarded: Vec<&[u8]> = forwarded.collect();
        let client = gate.trusted_proxies.client(peer.address, &forwarded);
        let origin = Origin {
            audit_id: audit_id(headers),
            uri: target(request),
            source_ips: audit::source_ips(None, Some(&client.to_string()), Some(peer.address)),
            user_agent: headers.get(USER_AGENT).map(text).unwrap_or_default(),
            received: SystemTime::now(),
        };
        Self {
            received: Instant::now(),
            client,
            origin,
            encoding: wire::encoding_of(request.uri(), headers),
            is_http2: request.version() == Version::HTTP_2,
            classified: OnceLock::new(),
            warning: has_blank_token(headers).then(|| HeaderValue::from_static(BLANK_TOKEN)),
        }
    }

    /// Notes how the cluster classifies the request, for an answer that is made in its place.
    pub(crate) fn classify(&self, gate: &Gate, call: &Call, user: &UserInfo) {
        if let Some(classified) = gate.priorities.classify(&Attributes::of(call, user)) {
            // A request is classified once; a second answer in its place says the same.
            self.classified.get_or_init(|| classified);
        }
    }

    /// Writes what holds for every answer to the request into the headers of one.
    pub(crate) fn mark(&self, headers: &mut HeaderMap) {
        if let Some(classified) = self.classified.get() {
            let uids = [
                (FLOW_SCHEMA, &classified.flow_schema_uid),
                (PRIORITY_LEVEL, &classified.priority_level_uid),
            ];
            for (name, uid) in uids {
                if let Ok(uid) = HeaderValue::from_str(uid) {
                    headers.insert(name, uid);
                }
            }
        }
        if let Some(warning) = &self.warning {
            headers.append(WARNING, warning.clone());
        }
        if let Ok(id) = HeaderValue::from_str(&self.origin.audit_id) {
            headers.entry(AUDIT_ID).or_insert(id);
        }
    }
}

/// The client's own id, so that its logs join ours, or a new one. An id that cannot be echoed is
/// not taken.
fn audit_id(headers: &HeaderMap) -> String {
    let given = headers.get("audit-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    if given.is_empty() || given.len() > LONGEST_ID {
        return uuid::Uuid::new_v4().to_string();
    }
    given.to_owned()
}

/// Whether a token is preceded by two spaces, so that it is none: kube-apiserver warns of that.
fn has_blank_token(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(AUTHORIZATION) else { return false };
    let mut parts = value.as_bytes().trim_ascii().splitn(3, |byte| *byte == b' ');
    let is_bearer = parts.next().is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer"));
    is_bearer && parts.next().is_some_and(<[u8]>::is_empty) && parts.next().is_some()
}

fn target(request: &Request<Incoming>) -> String {
    let target = request.uri().path_and_query();
    target.map_or_else(|| request.uri().to_string(), |target| target.as_str().to_owned())
}

fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

const AUDIT_ID: HeaderName = HeaderName::from_static("audit-id");
const FLOW_SCHEMA: HeaderName = HeaderName::from_static("x-kubernetes-pf-flowschema-uid");
const PRIORITY_LEVEL: HeaderName = HeaderName::from_static("x-kubernetes-pf-prioritylevel-uid");
const BLANK_TOKEN: &str = "299 - \"the provided Authorization header contains extra space before the \
                           bearer token, and is ignored\"";
/// kube-apiserver takes an id of any length; each is written several times for a request.
const LONGEST_ID: usize = 1024;
