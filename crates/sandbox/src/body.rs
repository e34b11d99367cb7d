//! Request bodies: read up to a limit, as JSON, YAML or protobuf, into a tree.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use model::Status;
use serde_json::Value;
use tokio::time::timeout;

use crate::protobuf;
use crate::refusal::Refusal;

/// Reads a body of at most `limit` bytes that comes within `patience`.
pub(crate) async fn read(
    body: Incoming,
    limit: usize,
    patience: Duration,
) -> Result<Bytes, Refusal> {
    let whole = timeout(patience, Limited::new(body, limit).collect()).await;
    match whole.map_err(|_late| Refusal::from(Status::timeout()))? {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            Err(Status::too_large(limit.try_into().unwrap_or(u64::MAX)).into())
        }
        Err(error) => Err(Refusal::bad_request(format!("the body could not be read: {error}"))),
    }
}

/// The media type of a request, without parameters; JSON if it says none.
pub(crate) fn media(headers: &HeaderMap) -> &str {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = value.split(';').next().unwrap_or_default().trim();
    if media.is_empty() { "application/json" } else { media }
}

/// The tree in a body.
pub(crate) fn tree(media: &str, bytes: &[u8]) -> Result<Value, Refusal> {
    match media {
        "application/json" => json(bytes),
        "application/yaml" => yaml(bytes),
        "application/vnd.kubernetes.protobuf" => protobuf::object(bytes),
        _ => Err(Status::unsupported_media_type(&MEDIA).into()),
    }
}

/// The tree in JSON.
pub(crate) fn json(bytes: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(bytes).map_err(|error| unreadable(&error.to_string()))
}

/// The tree in YAML; JSON is YAML too.
pub(crate) fn yaml(bytes: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(bytes).or_else(|_not_json| {
        serde_saphyr::from_slice(bytes).map_err(|error| unreadable(&error.to_string()))
    })
}

fn unreadable(why: &str) -> Refusal {
    Refusal::bad_request(format!("the object provided is unrecognized: {why}"))
}

const MEDIA: [&str; 3] =
    ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_json_and_yaml() {
        assert_eq!(tree("application/yaml", b"a: [1, x]\n"), Ok(json!({"a": [1, "x"]})));
        assert_eq!(tree("application/yaml", br#"{"a": 1}"#), Ok(json!({"a": 1})));
        assert_eq!(tree("application/json", br#"{"a": 1}"#), Ok(json!({"a": 1})));
    }

    #[test]
    fn refuses_the_rest() {
        assert_eq!(tree("application/json", b"a: 1").unwrap_err().code(), 400);
        assert_eq!(tree("application/cbor", b"").unwrap_err().code(), 415);
    }
}
