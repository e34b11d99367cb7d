//! Bodies of requests and answers, as an audit record reads them. The first line says how they are
//! encoded. The record is one line of JSON, and the same however the body was cut into chunks.

#![no_main]

use std::sync::LazyLock;
use std::time::SystemTime;

use audit::body::Head;
use audit::{Asked, Draft, Policy, RequestBody, ResponseBody, Stage, Verdict};
use libfuzzer_sys::fuzz_target;
use model::{Call, UserInfo};
use serde_json::json;
use serde_json::value::RawValue;

/// What is kept of a body; little, so that bodies are longer at times.
const LIMIT: usize = 2048;

static VERDICT: LazyLock<(Verdict, Call)> = LazyLock::new(|| {
    let policy = Policy::read(&json!({
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        "omitManagedFields": true,
        "rules": [{ "level": "RequestResponse" }],
    }));
    let call = Call::parse("POST", "/api/v1/namespaces/a/pods").expect("it has a reading");
    (policy.expect("a policy").judge(None, &call), call)
});

fuzz_target!(|bytes: &[u8]| {
    let Some(at) = bytes.iter().position(|&byte| byte == b'\n') else { return };
    let (content_type, body) = (&bytes[..at], &bytes[at + 1..]);
    let whole = record(content_type, body, body.len().max(1));
    assert_eq!(record(content_type, body, 1), whole);
    assert_eq!(record(content_type, body, 7), whole);
    assert!(!whole.contains(&b'\n'));
    let read: Result<&RawValue, _> = serde_json::from_slice(&whole);
    assert!(read.is_ok(), "{}", String::from_utf8_lossy(&whole));
});

/// The record of a request with this body, in chunks of `length` bytes, and of an answer with the
/// same.
fn record(content_type: &[u8], body: &[u8], length: usize) -> Vec<u8> {
    let (verdict, call) = &*VERDICT;
    let mut draft = Draft::new(*verdict, asked(), call);
    if let Some(mut sent) = RequestBody::of(*verdict, call, content_type, LIMIT) {
        body.chunks(length).for_each(|chunk| sent.push(chunk));
        draft.sent(sent);
    }
    let code = if body.len().is_multiple_of(2) { 201 } else { 409 };
    draft.answered(code);
    let head = Head { code, content_type, content_encoding: b"" };
    if let Some(mut received) = ResponseBody::of(*verdict, call, head, LIMIT) {
        body.chunks(length).for_each(|chunk| received.push(chunk));
        draft.received(received);
    }
    let event = draft.event(Stage::ResponseComplete, SystemTime::UNIX_EPOCH);
    event.expect("the policy wants it").to_json()
}

fn asked() -> Asked {
    Asked {
        audit_id: "1".to_owned(),
        request_uri: "/".to_owned(),
        user: UserInfo::default(),
        source_ips: Vec::new(),
        user_agent: String::new(),
        received: SystemTime::UNIX_EPOCH,
    }
}
