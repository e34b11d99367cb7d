//! What two HTTP parsers may read in two ways is not let through: the class of attacks called
//! request smuggling. hyper refuses most of it; this is the rest.

use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderValue, Version};

use super::host_is_sound;
use crate::refusal::Refusal;

/// The request target in origin form, if the request's framing is beyond doubt.
pub(super) fn target(parts: &Parts) -> Result<&str, Refusal> {
    let refuse = |problem: &str| Err(Refusal::Malformed(problem.to_owned()));
    if !host_is_sound(&parts.headers, parts.version) {
        return refuse("the request must name its Host once");
    }
    if parts.headers.contains_key(TRANSFER_ENCODING) && parts.headers.contains_key(CONTENT_LENGTH) {
        return refuse("the request has both Content-Length and Transfer-Encoding");
    }
    if !authority_is_host(parts) {
        return refuse("the request's URL names another host than its Host header");
    }
    match parts.uri.path_and_query() {
        Some(target) if target.as_str().starts_with('/') => Ok(target.as_str()),
        Some(_) | None => refuse("the request's target must be a path"),
    }
}

/// An absolute URL in a request line must not name another host than the header does. Over HTTP/2
/// `:authority` takes the place of `Host`, which may repeat it.
fn authority_is_host(parts: &Parts) -> bool {
    let Some(authority) = parts.uri.authority() else { return true };
    match parts.headers.get(HOST).map(HeaderValue::as_bytes) {
        Some(host) => host.eq_ignore_ascii_case(authority.as_str().as_bytes()),
        None => parts.version == Version::HTTP_2,
    }
}
