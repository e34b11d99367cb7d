//! The head of the request that goes to the cluster: the client's, cleansed, with the identity
//! written last.

use http::header::{CONTENT_LENGTH, SEC_WEBSOCKET_PROTOCOL};
use http::{HeaderName, HeaderValue, Request, Uri};
use model::UserInfo;

use crate::chain::Arrival;
use crate::gate::Gate;
use crate::refusal::Refusal;
use crate::wire::Asked;

/// The head of the request. Its target is, byte for byte, the one that was authorized.
pub(super) fn head(
    gate: &Gate,
    arrival: &Arrival,
    asked: &Asked,
    user: &UserInfo,
) -> Result<Request<()>, Refusal> {
    let unfit = |_bad| Refusal::Malformed("the request's target is not a URL path".to_owned());
    let uri = Uri::try_from(asked.target.as_str()).map_err(unfit)?;
    let mut request = Request::new(());
    *request.method_mut() = asked.method.clone();
    *request.uri_mut() = uri;
    let headers = request.headers_mut();
    *headers = asked.forwarded.clone();
    if asked.upgrade.is_some() {
        // The body of an upgrade is the tunnel.
        headers.remove(CONTENT_LENGTH);
        if headers.get(SEC_WEBSOCKET_PROTOCOL).is_some_and(HeaderValue::is_empty) {
            headers.remove(SEC_WEBSOCKET_PROTOCOL);
        }
    }
    if let Ok(id) = HeaderValue::from_str(&arrival.origin.audit_id) {
        headers.insert(AUDIT_ID, id);
    }
    let hops: Vec<String> = arrival.origin.source_ips.iter().map(ToString::to_string).collect();
    if let Ok(hops) = HeaderValue::from_str(&hops.join(", ")) {
        headers.insert(X_FORWARDED_FOR, hops);
    }
    gate.identity.write(user, headers)?;
    Ok(request)
}

const AUDIT_ID: HeaderName = HeaderName::from_static("audit-id");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
