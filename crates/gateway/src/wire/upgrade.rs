//! Which requests may become tunnels. An upgrade that belongs nowhere is no upgrade: the request is
//! served as if it had not asked, which is what Go's server does, and no tunnel opens.

use http::header::{CONNECTION, UPGRADE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Version};
use model::Call;

use super::firewall::Scope;

/// A tunnel that is asked for and may be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upgrade {
    /// What is spoken in it.
    pub(crate) protocol: Protocol,
    /// The `Upgrade` header as sent.
    pub(crate) header: HeaderValue,
}

/// What is spoken in a tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// RFC 6455.
    WebSocket,
    /// `SPDY/3.1`, kubectl's older way.
    Spdy,
}

impl Upgrade {
    /// The upgrade that `parts` asks for, where `call` is one that tunnels belong to.
    pub(crate) fn of(parts: &Parts, call: &Call) -> Option<Self> {
        // HTTP/2 has no upgrades, and HTTP/1.0 none that Kubernetes uses.
        if parts.version != Version::HTTP_11 || !asks(&parts.headers) {
            return None;
        }
        let header = sole(&parts.headers, &UPGRADE)?;
        let protocol = Protocol::of(header.as_bytes())?;
        Place::of(call).takes(protocol).then(|| Self { protocol, header: header.clone() })
    }
}

/// Whether any `Connection` header holds the word, as upstream looks for it.
fn asks(headers: &HeaderMap) -> bool {
    let holds = |value: &HeaderValue| {
        value.as_bytes().to_ascii_lowercase().windows(7).any(|part| part == b"upgrade")
    };
    headers.get_all(CONNECTION).iter().any(holds)
}

fn sole<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a HeaderValue> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    values.next().is_none().then_some(first)
}

impl Protocol {
    fn of(value: &[u8]) -> Option<Self> {
        if value.eq_ignore_ascii_case(b"websocket") {
            Some(Self::WebSocket)
        } else if value.eq_ignore_ascii_case(b"spdy/3.1") {
            Some(Self::Spdy)
        } else {
            None
        }
    }
}

/// How far tunnels belong to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Streams of a pod, and whatever a proxy subresource or an aggregated API serves.
    Any,
    /// Watches and logs, which kube-apiserver serves over WebSocket too.
    WebSocketOnly,
    /// None.
    Nowhere,
}

impl Place {
    fn of(call: &Call) -> Self {
        if !call.is_resource {
            return Self::Nowhere;
        }
        match (call.verb.as_str(), call.subresource.as_str()) {
            ("proxy", _) | (_, "exec" | "attach" | "portforward" | "proxy") => Self::Any,
            ("watch", _) | (_, "log") => Self::WebSocketOnly,
            (_, subresource) if !subresource.is_empty() && Scope::of(call) == Scope::Foreign => {
                Self::Any
            }
            _ => Self::Nowhere,
        }
    }

    fn takes(self, protocol: Protocol) -> bool {
        match self {
            Self::Any => true,
            Self::WebSocketOnly => protocol == Protocol::WebSocket,
            Self::Nowhere => false,
        }
    }
}
