//! Protobuf beside JSON, as kube-apiserver answered and as Kubernetes' own types have it.

use std::fmt::Write;
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

fn pairs() -> Vec<(Pair, Vec<u8>)> {
    let pair = |line: &str| {
        let pair: Pair = serde_json::from_str(line).unwrap();
        let body = base64::engine::general_purpose::STANDARD.decode(&pair.protobuf).unwrap();
        (pair, body)
    };
    unpacked(include_bytes!("kube-apiserver.jsonl.gz")).lines().map(pair).collect()
}

/// A body, and what Kubernetes' own decoder and encoder make of it; see `crates/audit/schema`.
#[derive(Deserialize)]
struct Vector {
    name: String,
    protobuf: String,
    json: String,
}

fn vectors() -> Vec<(Vector, Vec<u8>)> {
    let vector = |line: &str| {
        let vector: Vector = serde_json::from_str(line).unwrap();
        let digits = vector.protobuf.as_bytes().chunks(2);
        let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        let body = digits.map(byte).collect();
        (vector, body)
    };
    unpacked(include_bytes!("vectors.jsonl.gz")).lines().map(vector).collect()
}

fn unpacked(packed: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    text
}

fn json_of(body: &[u8]) -> Result<String, Unshown> {
    let envelope = Envelope::read(body).ok_or(Unshown::Unknown)?;
    to_json(&envelope, LIMIT).map(|json| String::from_utf8(json).unwrap())
}

const LIMIT: usize = 1 << 20;

#[test]
fn protobuf_becomes_the_json_that_kube_apiserver_has_for_it() {
    for (pair, body) in pairs() {
        let expected = compact(pair.json.as_bytes(), Place::Elsewhere).unwrap();
        let expected = String::from_utf8(expected).unwrap();
        assert_eq!(json_of(&body), Ok(expected), "{}", pair.path);
    }
}

#[test]
fn protobuf_becomes_the_json_that_kubernetes_own_types_become() {
    let mut problems = String::new();
    for (vector, body) in vectors() {
        let json = json_of(&body);
        if json.as_ref() != Ok(&vector.json) {
            writeln!(problems, "{}:\n  {json:?}\n  {}", vector.name, vector.json).unwrap();
        }
    }
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn the_whole_table_is_read() {
    let schema = Schema::of_kubernetes();
    let kind = schema.kind("v1", "Pod").unwrap();
    assert_eq!(schema.fields(kind).unwrap().len(), 3);
    assert_eq!(schema.kind("apps/v1", "DeleteOptions"), schema.kind("v1", "DeleteOptions"));
    assert_eq!(schema.kind("example.com/v1", "Pod"), None);
    assert_eq!(schema.kind("v1", "Table"), None);
}

fn envelope<'a>(api_version: &str, kind: &str, object: &'a [u8]) -> Envelope<'a> {
    Envelope { api_version: api_version.to_owned(), kind: kind.to_owned(), object }
}

#[test]
fn a_few_bytes_do_not_become_many() {
    // Each two bytes are a node, which is three hundred bytes as JSON.
    let nodes = b"\x12\x00".repeat(100_000);
    assert_eq!(to_json(&envelope("v1", "NodeList", &nodes), 10_000), Err(Unshown::TooLong));
    assert!(to_json(&envelope("v1", "NodeList", b"\x12\x00"), 10_000).is_ok());
    let entries = b"\x12\x00".repeat(100_000);
    assert!(to_json(&envelope("v1", "ConfigMap", &entries), 10_000).is_ok());
    let names: Vec<u8> = (0..=255).flat_map(|byte| [0x12, 3, 10, 1, byte]).collect();
    assert_eq!(to_json(&envelope("v1", "ConfigMap", &names), 1_000), Err(Unshown::TooLong));
}

#[test]
fn depth_has_an_end() {
    // A JSON schema in the place of another, and so on.
    let nested = |depth| {
        (0..depth).fold(Vec::new(), |inner: Vec<u8>, _| {
            let mut outer = vec![0xda, 0x01];
            let mut length = inner.len();
            while length >= 0x80 {
                outer.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
                length >>= 7;
            }
            outer.push(u8::try_from(length).unwrap());
            outer.extend(inner);
            outer
        })
    };
    let schema = Schema::of_kubernetes();
    let crd = schema.kind("apiextensions.k8s.io/v1", "CustomResourceDefinition").unwrap();
    let path = ["spec", "versions", "schema", "openAPIV3Schema"];
    let kind = path.iter().fold(crd, |kind, name| {
        let field = schema.fields(kind).unwrap().iter().find(|field| field.name == *name).unwrap();
        let Form::Message(inner) = field.form else { panic!("{name}") };
        inner
    });
    let written = |depth| {
        let (mut out, object) = (Vec::new(), nested(depth));
        let writer = Writer { schema, limit: LIMIT, depth: DEEPEST };
        let written = writer.message(&mut out, kind, &[(0, Value::Bytes(&object))]);
        written.map(|()| String::from_utf8(out).unwrap())
    };
    assert_eq!(written(2).unwrap(), r#"{"anyOf":[{"anyOf":[{}]}]}"#);
    assert!(written(DEEPEST - 1).is_some());
    assert_eq!(written(DEEPEST), None);
    assert_eq!(written(100_000), None);
}

/// The JSON is short and one value, if there is any.
fn check(body: &[u8]) -> Result<(), TestCaseError> {
    const LIMIT: usize = 4096;
    let Some(envelope) = Envelope::read(body) else { return Ok(()) };
    if let Ok(json) = to_json(&envelope, LIMIT) {
        prop_assert!(json.len() <= LIMIT + 6 * body.len() + 100);
        prop_assert!(compact(&json, Place::Elsewhere).is_some());
    }
    Ok(())
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
            check(&body)?;
        }
    }

    #[test]
    fn any_bytes_are_json_or_nothing(object in prop::collection::vec(any::<u8>(), 0..64)) {
        let schema = Schema::of_kubernetes();
        for kind in 0.. {
            if schema.fields(kind).is_none() {
                break;
            }
            let mut out = Vec::new();
            let writer = Writer { schema, limit: 4096, depth: DEEPEST };
            if writer.message(&mut out, kind, &[(0, Value::Bytes(&object))]).is_some() {
                prop_assert!(compact(&out, Place::Elsewhere).is_some());
            }
        }
    }
}
