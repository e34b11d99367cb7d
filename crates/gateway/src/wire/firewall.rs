//! The header firewall: what of a client's headers goes on to the cluster. What goes is listed;
//! towards servers behind the cluster's own (proxy subresources, aggregated APIs) what may not go
//! is. Identity never passes either way; it is written last, elsewhere.

use http::HeaderValue;
use http::header::{CONNECTION, HeaderMap, HeaderName, UPGRADE};
use model::Call;

use super::Upgrade;

/// Who reads the headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// kube-apiserver itself: only headers that mean something to it pass.
    Own,
    /// A server behind it, with needs of its own: all but the denied headers pass.
    Foreign,
}

impl Scope {
    /// Who serves `call`.
    pub(crate) fn of(call: &Call) -> Self {
        if call.verb == "proxy" || call.subresource == "proxy" {
            return Self::Foreign;
        }
        let group = if call.is_resource { call.api_group.as_str() } else { group_of(&call.path) };
        if group.is_empty() || BUILT_IN.contains(&group) { Self::Own } else { Self::Foreign }
    }
}

/// The group of a discovery path, such as `/apis/metrics.k8s.io/v1beta1`; empty for others.
fn group_of(path: &str) -> &str {
    let rest = path.strip_prefix("/apis/").unwrap_or_default();
    rest.split('/').next().unwrap_or_default()
}

/// The headers of `given` that go on. Of an upgrade, its own headers are put back.
pub(crate) fn cleanse(given: &HeaderMap, scope: Scope, upgrade: Option<&Upgrade>) -> HeaderMap {
    let nominated = nominated(given);
    let mut kept = HeaderMap::with_capacity(given.keys_len());
    for (name, value) in given {
        let text = name.as_str();
        let passes = match scope {
            Scope::Own => {
                ALLOWED.binary_search(&text).is_ok()
                    || (upgrade.is_some() && text.starts_with(WEBSOCKET))
                    || (upgrade.is_some() && text == STREAM_PROTOCOL)
            }
            Scope::Foreign => !is_denied(text),
        };
        if passes && !nominated.iter().any(|taken| taken == text.as_bytes()) {
            kept.append(name.clone(), value.clone());
        }
    }
    if let Some(upgrade) = upgrade {
        kept.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        kept.insert(UPGRADE, upgrade.header.clone());
    }
    kept
}

/// The headers that `Connection` names, in lower case: they end here, whatever they are.
pub(crate) fn nominated(given: &HeaderMap) -> Vec<Vec<u8>> {
    let values = given.get_all(CONNECTION).iter();
    let names = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    names
        .map(|name| name.trim_ascii().to_ascii_lowercase())
        .filter(|name| {
            !name.is_empty() && name != b"close" && name != b"keep-alive" && name != b"upgrade"
        })
        .take(MOST_NOMINATED)
        .collect()
}

/// Whether a header never goes on, whoever reads it: those that end at each hop, those that name
/// somebody, and those spelt so that a careless reader takes them for one of these.
fn is_denied(name: &str) -> bool {
    // Gateways of the CGI family read `_` as `-`.
    if name.contains('_') {
        return is_denied(&name.replace('_', "-"));
    }
    DENIED.binary_search(&name).is_ok()
        || DENIED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether a header of an answer ends at this hop.
pub(crate) fn ends_here(name: &HeaderName) -> bool {
    HOP_BY_HOP.contains(&name.as_str())
}

/// What kube-apiserver reads, besides identity: k8s.io/apiserver and Go's net/http. Sorted, as the
/// list of what is denied is, since every header of every request is looked up.
const ALLOWED: &[&str] = &[
    "accept",
    "accept-encoding",
    "accept-language",
    "access-control-request-headers",
    "access-control-request-method",
    "baggage",
    "cache-control",
    "content-encoding",
    "content-language",
    "content-length",
    "content-type",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "kubectl-command",
    "kubectl-session",
    "origin",
    "pragma",
    "range",
    "referer",
    "traceparent",
    "tracestate",
    "user-agent",
    "x-request-id",
];
const WEBSOCKET: &str = "sec-websocket-";
const STREAM_PROTOCOL: &str = "x-stream-protocol-version";

const HOP_BY_HOP: &[&str] = &[
    "connection",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

const DENIED: &[&str] = &[
    "audit-id",
    "authorization",
    "connection",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "keep-alive",
    "remote-user",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-auth-request-user",
    "x-original-user",
    "x-real-ip",
];
const DENIED_PREFIXES: &[&str] = &["impersonate-", "proxy-", "x-forwarded", "x-remote-"];

/// The API groups that kube-apiserver serves itself (1.20 to 1.37). Others are custom resources,
/// where more headers do no harm, or aggregated APIs.
const BUILT_IN: &[&str] = &[
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
    "extensions",
    "flowcontrol.apiserver.k8s.io",
    "internal.apiserver.k8s.io",
    "networking.k8s.io",
    "node.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "resource.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
    "storagemigration.k8s.io",
];
/// More names than any honest `Connection` header has.
const MOST_NOMINATED: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(scope: Scope, given: &[(&str, &str)]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        cleanse(&headers, scope, None).keys().map(|name| name.as_str().to_owned()).collect()
    }

    #[test]
    fn identity_never_passes() {
        let names = [
            "Impersonate-User",
            "impersonate-group",
            "Impersonate-Extra-Scopes",
            "Impersonate_User",
            "X-Remote-User",
            "X-Remote-Group",
            "x_remote_group",
            "X-Remote_Uid",
            "X-Remote-Extra-Scopes",
            "X-Forwarded-For",
            "X-Forwarded-User",
            "X_Forwarded_For",
            "Authorization",
            "Proxy-Authorization",
            "Forwarded",
            "X-Real-Ip",
            "Audit-ID",
            "Host",
            "TE",
            "Trailer",
            "Keep-Alive",
            "HTTP2-Settings",
            "Upgrade",
            "Expect",
            "Transfer-Encoding",
        ];
        for name in names {
            assert!(kept(Scope::Own, &[(name, "x")]).is_empty(), "{name}");
            assert!(kept(Scope::Foreign, &[(name, "x")]).is_empty(), "{name}");
        }
    }

    #[test]
    fn what_is_looked_up_is_sorted() {
        assert!(ALLOWED.is_sorted() && DENIED.is_sorted());
    }

    #[test]
    fn what_connection_names_ends_here() {
        let given = [
            ("Connection", "close, Accept, X-Own"),
            ("Accept", "a"),
            ("X-Own", "b"),
            ("Range", "c"),
        ];
        assert_eq!(kept(Scope::Own, &given), ["range"]);
        assert_eq!(kept(Scope::Foreign, &given), ["range"]);
    }

    #[test]
    fn foreign_servers_get_their_own_headers() {
        assert_eq!(kept(Scope::Foreign, &[("X-Own", "a"), ("Cookie", "b")]), ["x-own", "cookie"]);
        assert!(kept(Scope::Own, &[("X-Own", "a"), ("Cookie", "b")]).is_empty());
    }

    #[test]
    fn who_serves_a_call_is_told_by_its_path() {
        let check = |target: &str, expected| {
            assert_eq!(Scope::of(&Call::parse("GET", target).unwrap()), expected, "{target}");
        };
        check("/api/v1/namespaces/a/pods/b", Scope::Own);
        check("/apis/apps/v1/deployments", Scope::Own);
        check("/version", Scope::Own);
        check("/apis", Scope::Own);
        check("/api/v1/namespaces/a/services/b/proxy/c", Scope::Foreign);
        check("/api/v1/nodes/a/proxy", Scope::Foreign);
        check("/apis/metrics.k8s.io/v1beta1/nodes", Scope::Foreign);
        check("/apis/metrics.k8s.io/v1beta1", Scope::Foreign);
        check("/apis/example.com/v1/namespaces/a/widgets/b", Scope::Foreign);
    }
}
