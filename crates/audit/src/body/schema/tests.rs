//! Protobuf beside JSON, as kube-apiserver answered.

use std::io::Read;

use base64::Engine;
use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::body::compact::{Place, compact};

/// What kube-apiserver 1.36 answered to the same request in its two languages.
#[derive(Deserialize)]
struct Pair {
    path: String,
    json: String,
    protobuf: String,
}

const CLAIM: &str = r#"{"kind":"PersistentVolumeClaim","apiVersion":"v1","metadata":{"name":"d""#;

fn pairs() -> Vec<(Pair, Vec<u8>)> {
    let packed = include_bytes!("kube-apiserver.jsonl.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut text).unwrap();
    let pair = |line| {
        let pair: Pair = serde_json::from_str(line).unwrap();
        let body = base64::engine::general_purpose::STANDARD.decode(&pair.protobuf).unwrap();
        (pair, body)
    };
    text.lines().map(pair).collect()
}

#[test]
fn protobuf_becomes_the_json_that_kube_apiserver_has_for_it() {
    for (pair, body) in pairs() {
        let envelope = Envelope::read(&body).unwrap();
        let json = to_json(&envelope).unwrap_or_default();
        // The one thing that protobuf does not carry.
        let json_there = pair.json.replace(CLAIM, r#"{"metadata":{"name":"d""#);
        let expected = compact(json_there.as_bytes(), Place::Elsewhere).unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(text(&json), text(&expected), "{}", pair.path);
    }
}

#[test]
fn the_whole_table_is_read() {
    let schema = Schema::of_kubernetes();
    let kind = schema.kind("v1", "Pod").unwrap();
    assert_eq!(schema.fields(kind).unwrap().len(), 3);
    assert_eq!(schema.kind("example.com/v1", "Pod"), None);
}

proptest! {
    #[test]
    fn broken_protobuf_is_json_or_nothing(
        at in any::<prop::sample::Index>(),
        put in prop::collection::vec(any::<u8>(), 0..4),
        drop in 0_usize..4,
    ) {
        for (_, mut body) in pairs() {
            let start = at.index(body.len());
            let end = (start + drop).min(body.len());
            body.splice(start..end, put.iter().copied());
            let json = Envelope::read(&body).and_then(|envelope| to_json(&envelope));
            if let Some(json) = json {
                prop_assert!(compact(&json, Place::Elsewhere).is_some());
            }
        }
    }
}
