//! What is kept of bodies, by level, verb and language.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use model::Call;
use proptest::prelude::*;

use super::*;
use crate::{Level, Stages, Verdict};

fn at(level: Level) -> Verdict {
    Verdict { level, omit_stages: Stages::default(), omit_managed_fields: true }
}

fn call(method: &str, target: &str) -> Call {
    Call::parse(method, target).unwrap()
}

const PODS: &str = "/api/v1/namespaces/demo/pods";
const WEB: &str = "/api/v1/namespaces/demo/pods/web";
const OBJECT: &str = r#"{"metadata":{"name":"web","managedFields":[{}]}}"#;
const STATUS: &str = r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"m","reason":"NotFound","details":{"name":"n","group":"g","kind":"k","uid":"u","causes":[{"reason":"r","message":"m","field":"f"}],"retryAfterSeconds":3},"code":404}"#;

#[derive(Debug, PartialEq)]
enum Kept {
    Nothing,
    Names,
    Body,
    Both,
}

fn kept(level: Level, method: &str, target: &str, content_type: &str, body: &str) -> Kept {
    let call = call(method, target);
    let Some(mut request) = RequestBody::of(at(level), &call, content_type.as_bytes(), 1000) else {
        return Kept::Nothing;
    };
    body.as_bytes().chunks(5).for_each(|chunk| request.push(chunk));
    let Sent { names, body } = request.finish();
    match (names.is_some_and(|names| names.name == "web"), body) {
        (false, Body::Nothing) => Kept::Nothing,
        (true, Body::Object(_)) if level < Level::Request => Kept::Names,
        (true, Body::Nothing) => Kept::Names,
        (false, _) => Kept::Body,
        (true, _) => Kept::Both,
    }
}

#[test]
fn a_request_is_kept_as_its_level_and_verb_want_it() {
    let json = "application/json";
    let check = |method: &str, target: &str, expected: [Kept; 3]| {
        let levels = [Level::None, Level::Metadata, Level::RequestResponse];
        let found = levels.map(|level| kept(level, method, target, json, OBJECT));
        assert_eq!(found, expected, "{method} {target}");
    };
    let nothing = || [Kept::Nothing, Kept::Nothing, Kept::Nothing];
    check("POST", PODS, [Kept::Nothing, Kept::Names, Kept::Both]);
    check("PUT", WEB, [Kept::Nothing, Kept::Names, Kept::Both]);
    check("PATCH", WEB, [Kept::Nothing, Kept::Nothing, Kept::Body]);
    check("DELETE", WEB, [Kept::Nothing, Kept::Nothing, Kept::Body]);
    check("DELETE", PODS, [Kept::Nothing, Kept::Nothing, Kept::Body]);
    check("POST", &format!("{WEB}/eviction"), [Kept::Nothing, Kept::Names, Kept::Both]);
    check("GET", WEB, nothing());
    check("POST", &format!("{WEB}/exec"), nothing());
    check("POST", &format!("{WEB}/proxy/x"), nothing());
    check("POST", "/metrics", nothing());
    check("OPTIONS", PODS, nothing());
}

#[test]
fn a_request_is_read_in_every_language_there_is() {
    let check = |content_type, body: &str, metadata, request| {
        let found = |level| kept(level, "POST", PODS, content_type, body);
        assert_eq!(
            [found(Level::Metadata), found(Level::Request)],
            [metadata, request],
            "{content_type}"
        );
    };
    let yaml = "metadata: {name: web}\n";
    check("", OBJECT, Kept::Names, Kept::Both);
    check("application/json; charset=utf-8", OBJECT, Kept::Names, Kept::Both);
    check("application/yaml", yaml, Kept::Names, Kept::Both);
    check("Application/YAML", yaml, Kept::Names, Kept::Both);
    check("application/cbor", OBJECT, Kept::Nothing, Kept::Body);
    check("application/json", "{", Kept::Nothing, Kept::Body);
    check("application/json", "", Kept::Nothing, Kept::Nothing);
}

fn sent(method: &str, target: &str, content_type: &[u8], body: &[u8], limit: usize) -> Body {
    let verdict = at(Level::Request);
    let mut request = RequestBody::of(verdict, &call(method, target), content_type, limit).unwrap();
    body.chunks(3).for_each(|chunk| request.push(chunk));
    request.finish().body
}

fn object(json: &str) -> Body {
    Body::Object(json.as_bytes().to_vec())
}

#[test]
fn objects_patches_and_options_become_one_line() {
    let json = b"application/json";
    assert_eq!(
        sent("POST", PODS, json, OBJECT.as_bytes(), 1000),
        object(r#"{"metadata":{"name":"web"}}"#)
    );
    assert_eq!(sent("POST", PODS, json, OBJECT.as_bytes(), 20), Body::Cut);
    assert_eq!(sent("POST", PODS, json, b"{\"a\":", 1000), Body::Unread);
    let yaml = b"a: [1, x]\nmetadata:\n  name: web\n  managedFields: []\n";
    let expected = object(r#"{"a":[1,"x"],"metadata":{"name":"web"}}"#);
    assert_eq!(sent("POST", PODS, b"application/yaml", yaml, 1000), expected);
    // A patch is evidence: nothing is taken from it, whatever it is.
    let patch = b"application/apply-patch+yaml";
    assert_eq!(sent("PATCH", WEB, patch, OBJECT.as_bytes(), 1000), object(OBJECT));
    assert_eq!(sent("PATCH", WEB, patch, b"a: <1>\n", 1000), object("\"a: \\u003c1\\u003e\\n\""));
    assert_eq!(sent("PATCH", WEB, patch, b"\xff", 1000), Body::Unread);
    let options = br#"{"kind":"Other","gracePeriodSeconds":0,"apiVersion":"v1"}"#;
    let expected =
        r#"{"kind":"DeleteOptions","apiVersion":"meta.k8s.io/__internal","gracePeriodSeconds":0}"#;
    assert_eq!(sent("DELETE", WEB, json, options, 1000), object(expected));
    assert_eq!(sent("DELETE", WEB, json, b"", 1000), Body::Nothing);
    // A kind that is not known: its type and its bytes.
    let custom = b"k8s\0\x0a\x0a\x0a\x05x.io/\x12\x01K\x12\x03abc";
    let expected = r#"{"apiVersion":"x.io/","kind":"K","Raw":"YWJj","ContentEncoding":"","ContentType":"application/vnd.kubernetes.protobuf"}"#;
    assert_eq!(
        sent("POST", PODS, b"application/vnd.kubernetes.protobuf", custom, 1000),
        object(expected)
    );
}

#[test]
fn protobuf_becomes_the_json_of_its_kind() {
    let protobuf = b"application/vnd.kubernetes.protobuf";
    let envelope = |api_version: &[u8], kind: &[u8], object: &[u8]| {
        let field = |number: u8, bytes: &[u8]| {
            [&[number << 3 | 2, u8::try_from(bytes.len()).unwrap()], bytes].concat()
        };
        let kind = [field(1, api_version), field(2, kind)].concat();
        [b"k8s\0".to_vec(), field(1, &kind), field(2, object)].concat()
    };
    // Named `web`, managed by somebody.
    let metadata = b"\x0a\x08\x0a\x03web\x8a\x01\x00";
    let config = envelope(b"v1", b"ConfigMap", metadata);
    let expected = r#"{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"web"}}"#;
    assert_eq!(sent("POST", PODS, protobuf, &config, 100), object(expected));
    assert_eq!(sent("POST", PODS, protobuf, &config, config.len() - 1), Body::Cut);
    // Eight empty ports are short as protobuf, and long as JSON.
    let ports = [&[0x12, 16][..], &[0x0a, 0].repeat(8)].concat();
    let service = envelope(b"v1", b"Service", &ports);
    assert_eq!(sent("POST", PODS, protobuf, &service, 100), Body::Cut);
    // The options of a deletion are those of any group.
    let expected =
        r#"{"kind":"DeleteOptions","apiVersion":"meta.k8s.io/__internal","gracePeriodSeconds":0}"#;
    for options in [
        envelope(b"v1", b"DeleteOptions", b"\x08\x00"),
        envelope(b"apps/v1", b"DeleteOptions", b"\x08\x00"),
        envelope(b"", b"", b"\x08\x00"),
    ] {
        assert_eq!(sent("DELETE", WEB, protobuf, &options, 1000), object(expected));
    }
    assert_eq!(sent("DELETE", WEB, protobuf, b"", 1000), Body::Nothing);
    assert_eq!(sent("DELETE", WEB, protobuf, b"{}", 1000), Body::Unread);
}

/// What is kept of an answer: its status and its object.
fn answered(level: Level, target: &str, head: Head<'_>, body: &[u8], limit: usize) -> (bool, Body) {
    let Some(mut answer) = ResponseBody::of(at(level), &call("GET", target), head, limit) else {
        return (false, Body::Nothing);
    };
    body.chunks(9).for_each(|chunk| answer.push(chunk));
    let answered = answer.finish();
    (answered.status.is_some(), answered.body)
}

fn json(code: u16) -> Head<'static> {
    Head { code, content_type: b"application/json", content_encoding: b"" }
}

#[test]
fn a_status_is_kept_at_every_level_and_nothing_else_is() {
    let pod = r#"{"kind":"Pod","apiVersion":"v1","status":{"kind":"Status"}}"#;
    let at_metadata =
        |head, body: &str| answered(Level::Metadata, WEB, head, body.as_bytes(), 1000);
    assert_eq!(at_metadata(json(404), STATUS), (true, Body::Nothing));
    assert_eq!(at_metadata(json(200), STATUS), (true, Body::Nothing));
    let pretty: serde_json::Value = serde_json::from_str(STATUS).unwrap();
    assert_eq!(at_metadata(json(404), &format!("{pretty:#}")), (true, Body::Nothing));
    assert_eq!(at_metadata(json(200), pod), (false, Body::Nothing));
    assert_eq!(at_metadata(json(404), pod), (false, Body::Nothing));
    assert_eq!(
        at_metadata(Head { content_type: b"text/plain", ..json(404) }, STATUS),
        (false, Body::Nothing)
    );
    let yaml = "apiVersion: v1\ncode: 404\nkind: Status\nmetadata: {}\n";
    assert_eq!(
        at_metadata(Head { content_type: b"application/yaml", ..json(200) }, yaml),
        (true, Body::Nothing)
    );
    assert_eq!(
        answered(Level::None, WEB, json(404), STATUS.as_bytes(), 1000),
        (false, Body::Nothing)
    );
}

#[test]
fn an_object_is_kept_where_the_api_server_made_it() {
    let pod = r#"{"kind":"Pod","apiVersion":"v1"}"#;
    let check = |target: &str, head, body: &str, expected| {
        let found = answered(Level::RequestResponse, target, head, body.as_bytes(), 100);
        assert_eq!(found, expected, "{target}");
    };
    check(WEB, json(200), pod, (false, object(pod)));
    check("/apis", json(200), pod, (false, object(pod)));
    check("/version", json(200), r#"{"major":"1"}"#, (false, Body::Nothing));
    check("/openapi/v2", json(200), &"x".repeat(1000), (false, Body::Nothing));
    check(WEB, json(200), &pod.replace("Pod", &"x".repeat(100)), (false, Body::Cut));
    check(&format!("{PODS}?watch=1"), json(200), pod, (false, Body::Nothing));
    check(&format!("{WEB}/log"), json(200), pod, (false, Body::Nothing));
    // What stands behind a proxy must not speak as the API server.
    check(&format!("{WEB}/proxy"), json(404), STATUS, (false, Body::Nothing));
    let stream = Head { content_type: b"application/json;stream=watch", ..json(200) };
    check(WEB, stream, pod, (false, Body::Nothing));
    check(
        WEB,
        Head { content_type: b"application/cbor", ..json(200) },
        pod,
        (false, Body::Nothing),
    );
}

#[test]
fn a_compressed_answer_is_inflated_within_bounds() {
    let list = format!(r#"{{"kind":"List","items":[{}]}}"#, vec!["0"; 200].join(","));
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(list.as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    assert!(packed.len() < 200);
    let gzip = Head { content_encoding: b"gzip", ..json(200) };
    let found = |level, limit| answered(level, PODS, gzip, &packed, limit);
    assert_eq!(found(Level::RequestResponse, list.len()), (false, object(&list)));
    assert_eq!(found(Level::RequestResponse, list.len() - 1), (false, Body::Cut));
    assert_eq!(found(Level::Metadata, 1000), (false, Body::Nothing));
    let broken = answered(Level::RequestResponse, PODS, gzip, b"x", 1000);
    assert_eq!(broken, (false, Body::Cut));
}

#[test]
fn a_status_says_the_same_in_every_language() {
    let read = |encoding, body: &[u8]| status::read(encoding, body).unwrap();
    let expected = read(Encoding::Json, STATUS.as_bytes());
    let mut out = Vec::new();
    expected.write(&mut out);
    let there: serde_json::Value = serde_json::from_str(STATUS).unwrap();
    let mut fields = there.as_object().unwrap().clone();
    fields.retain(|key, _| key != "kind" && key != "apiVersion");
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&out).unwrap(),
        serde_json::json!(fields)
    );
    assert_eq!(read(Encoding::Yaml, STATUS.as_bytes()), expected);
    assert_eq!(String::from_utf8(expected.to_object()).unwrap(), STATUS);
    let cause = b"\x0a\x01r\x12\x01m\x1a\x01f";
    let details =
        [&b"\x0a\x01n\x12\x01g\x1a\x01k\x22\x09"[..], cause, b"\x28\x03\x32\x01u"].concat();
    let start = b"\x0a\0\x12\x07Failure\x1a\x01m\x22\x08NotFound\x2a";
    let object =
        [&start[..], &[u8::try_from(details.len()).unwrap()], &details, b"\x30\x94\x03"].concat();
    let length = u8::try_from(object.len()).unwrap();
    let body = [&b"k8s\0\x0a\x0c\x0a\x02v1\x12\x06Status\x12"[..], &[length], &object].concat();
    assert_eq!(read(Encoding::Protobuf, &body), expected);
    assert_eq!(status::starts_as_status(Encoding::Protobuf, &body), Some(true));
}

/// Ten lines of YAML that stand for a thousand million words.
fn bomb() -> String {
    let line = |level: usize| {
        let last = format!("*a{}, ", level - 1).repeat(10);
        format!("a{level}: &a{level} [{last}]\n")
    };
    let first = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    first + &(1..9).map(line).collect::<String>()
}

#[test]
fn yaml_that_explodes_is_not_read() {
    assert_eq!(sent("POST", PODS, b"application/yaml", bomb().as_bytes(), 10_000), Body::Unread);
    let deep = "[".repeat(100_000);
    assert_eq!(sent("POST", PODS, b"application/yaml", deep.as_bytes(), 200_000), Body::Unread);
    assert_eq!(sent("POST", PODS, b"application/json", deep.as_bytes(), 200_000), Body::Unread);
    // Deep JSON is read: it is copied, not built.
    let nested = deep + &"]".repeat(100_000);
    assert_eq!(
        sent("POST", PODS, b"application/json", nested.as_bytes(), 200_000),
        object(&nested)
    );
}

fn languages() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "application/json",
        "application/yaml",
        "application/vnd.kubernetes.protobuf",
        "x/y",
    ])
}

proptest! {
    #[test]
    fn any_bytes_are_kept_as_json_or_not_at_all(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        start in prop::sample::select(vec!["", "{", "k8s\0", "k8s\0\u{a}\u{c}\u{a}\u{2}v1\u{12}\u{6}Status\u{12}", "kind: Status\n", "apiVersion: v1\n", "\u{1f}\u{8b}"]),
        language in languages(),
        method in prop::sample::select(vec!["POST", "PATCH", "DELETE"]),
        encoding in prop::sample::select(vec!["", "gzip"]),
        code in prop::sample::select(vec![200_u16, 404]),
    ) {
        let body = [start.as_bytes(), &bytes].concat();
        let call = call(method, if method == "POST" { PODS } else { WEB });
        let mut request =
            RequestBody::of(at(Level::RequestResponse), &call, language.as_bytes(), 150).unwrap();
        body.chunks(7).for_each(|chunk| request.push(chunk));
        let kept = request.finish().body;
        let head = Head { code, content_type: language.as_bytes(), content_encoding: encoding.as_bytes() };
        let answer = ResponseBody::of(at(Level::RequestResponse), &call, head, 150).map(|mut answer| {
            body.chunks(7).for_each(|chunk| answer.push(chunk));
            answer.finish().body
        });
        for kept in [Some(kept), answer].into_iter().flatten() {
            if let Body::Object(json) = kept {
                prop_assert!(serde_json::from_slice::<serde::de::IgnoredAny>(&json).is_ok());
                prop_assert!(!json.contains(&b'\n'));
            }
        }
    }
}
