//! Names in objects of every order, size and honesty.

use proptest::prelude::*;

use super::*;

fn found(encoding: Encoding, body: &[u8], step: usize) -> Option<Names> {
    let mut finder = Finder::of(encoding).unwrap();
    body.chunks(step).for_each(|chunk| finder.push(chunk));
    finder.finish()
}

fn names(namespace: &str, name: &str, uid: &str, resource_version: &str) -> Names {
    Names {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        uid: uid.to_owned(),
        resource_version: resource_version.to_owned(),
    }
}

#[test]
fn finds_names_wherever_they_are() {
    let check = |json: &str, expected: Option<Names>| {
        for step in [1, 2, 7, json.len().max(1)] {
            assert_eq!(found(Encoding::Json, json.as_bytes(), step), expected, "{json}");
        }
    };
    let web = || Some(names("demo", "web", "", ""));
    check(r#"{"metadata":{"name":"web","namespace":"demo"}}"#, web());
    check(r#" { "metadata" : { "namespace" : "demo" , "name" : "web" } } "#, web());
    check(
        r#"{"data":{"metadata":{"name":"no"}},"metadata":{"labels":{"name":"no"},"name":"web","namespace":"demo"}}"#,
        web(),
    );
    check(
        r#"{"a":["metadata",{"name":"no"}],"metadata":{"name":"web","finalizers":["name","no"],"namespace":"demo"},"name":"no"}"#,
        web(),
    );
    check(
        r#"{"x":"\"metadata\":{\"name\":\"no\"}","metadata":{"name":"web","namespace":"demo"}}"#,
        web(),
    );
    check(r#"{"metadata":{"uid":"u","resourceVersion":"7"}}"#, Some(names("", "", "u", "7")));
    // As Go reads it: the last one counts, and null is nothing.
    check(
        r#"{"metadata":{"name":"a"},"metadata":{"name":"web","name":null,"namespace":"demo"}}"#,
        web(),
    );
    check(
        r#"{"metadata":{"n\u0061me":"w\u0065b","namespace":"d\u00e9\"mo"}}"#,
        Some(names("dé\"mo", "web", "", "")),
    );
    check(r#"{"metadata":{"name":{"name":"no"},"uid":[1,"no"]}}"#, Some(Names::default()));
    check(r#"{"metadata":[{"name":"no"}]}"#, Some(Names::default()));
    check(r#"{"metadata":{"metadata":{"name":"no"},"name":7}}"#, Some(Names::default()));
    check("{}", Some(Names::default()));
    for broken in [
        "",
        " ",
        "[]",
        "7",
        "\"{}\"",
        "{",
        r#"{"metadata":{"name":"web"}"#,
        "{}{}",
        "{]}",
        r#"{"a"#,
    ] {
        check(broken, None);
    }
}

#[test]
fn a_name_past_all_bounds_is_left_out() {
    let long = "x".repeat(LONGEST);
    let body = format!(r#"{{"metadata":{{"name":"{long}","uid":"{long}y","namespace":"a"}}}}"#);
    assert_eq!(found(Encoding::Json, body.as_bytes(), 1000), Some(names("a", &long, "", "")));
}

/// A field of bytes.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut length = bytes.len();
    let mut out = vec![number << 3 | 2];
    while length >= 0x80 {
        out.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    out.push(u8::try_from(length).unwrap());
    [&*out, bytes].concat()
}

fn protobuf(object: &[u8]) -> Vec<u8> {
    let kind = [field(1, b"v1"), field(2, b"Pod")].concat();
    [&b"k8s\0"[..], &field(1, &kind), &field(2, object), &field(3, b""), &field(4, b"")].concat()
}

#[test]
fn finds_names_in_protobuf() {
    let check = |body: &[u8], expected: Option<Names>| {
        for step in [1, 2, 7, body.len().max(1)] {
            assert_eq!(found(Encoding::Protobuf, body, step), expected, "{body:?}");
        }
    };
    let metadata =
        [field(1, b"web"), field(2, b"no"), field(3, b"demo"), field(5, b"u"), field(6, b"7")];
    let metadata = field(1, &metadata.concat());
    let spec = field(2, &[field(1, &field(1, b"no")), vec![0x08, 0x96, 0x01]].concat());
    let large = field(2, &field(1, &vec![b'x'; 100_000]));
    let expected = || Some(names("demo", "web", "u", "7"));
    check(&protobuf(&[&*metadata, &*spec].concat()), expected());
    check(&protobuf(&[&*spec, &*metadata].concat()), expected());
    check(&protobuf(&[&*large, &*metadata].concat()), expected());
    check(
        &protobuf(&[&b"\x18\x01\x25\0\0\0\0\x31\0\0\0\0\0\0\0\0"[..], &*metadata].concat()),
        expected(),
    );
    check(&protobuf(&field(1, &[field(7, b""), field(1, b"")].concat())), Some(Names::default()));
    check(&protobuf(b""), Some(Names::default()));
    let whole = protobuf(&metadata);
    for length in 0..whole.len() {
        let cut = found(Encoding::Protobuf, &whole[..length], 3);
        // Cut between the fields of the envelope it is whole, if empty.
        assert!(
            cut.is_none_or(|cut| cut == Names::default() || Some(cut) == expected()),
            "{length}"
        );
    }
    check(b"k8s\x01", None);
    check(b"{}", None);
    // A field that is longer than the message it is in.
    check(&[&b"k8s\0\x12\x04\x0a\x20"[..], &field(1, b"web")].concat(), None);
    // A number without end.
    check(b"k8s\0\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", None);
}

#[test]
fn finds_the_names_that_kubernetes_finds_in_odd_protobuf() {
    let check = |body: &[u8], expected: Option<Names>| {
        for step in [1, 2, 7] {
            assert_eq!(found(Encoding::Protobuf, body, step), expected, "{body:?}");
        }
    };
    let named = |name: &[u8]| field(1, &field(1, name));
    let web = || Some(names("", "web", "", ""));
    // Of several objects the last one counts, of several metadata all, of several names the last.
    let envelope = |objects: &[Vec<u8>]| {
        let objects: Vec<_> = objects.iter().map(|object| field(2, object)).collect();
        [b"k8s\0".to_vec(), objects.concat()].concat()
    };
    check(&envelope(&[named(b"no"), named(b"web")]), web());
    check(&envelope(&[named(b"no"), field(1, b"")]), Some(Names::default()));
    let both = field(1, &field(3, b"demo"));
    check(&envelope(&[[named(b"web"), both].concat()]), Some(names("demo", "web", "", "")));
    check(&envelope(&[[named(b"no"), named(b"web")].concat()]), web());
    // Groups are passed over, with what is in them, if they end where they began.
    let group = |inner: &[u8]| [&[0x0b], inner, &[0x0c]].concat();
    let nested = group(&[group(&named(b"no")), named(b"no")].concat());
    check(&envelope(&[[nested.clone(), named(b"web"), nested].concat()]), web());
    check(&envelope(&[field(1, &[group(&field(1, b"no")), field(1, b"web")].concat())]), web());
    check(b"k8s\0\x0b", None);
    check(b"k8s\0\x0c", None);
    check(&[envelope(&[vec![0x0b]]), vec![0x0c]].concat(), None);
    // Of a field's number 32 bits count.
    let far = |number: u8, inner: &[u8]| {
        let length = u8::try_from(inner.len()).unwrap();
        [&[number << 3 | 0x82, 0x80, 0x80, 0x80, 0x80, 0x01, length][..], inner].concat()
    };
    check(&[&b"k8s\0"[..], &far(2, &far(1, &far(1, b"web")))].concat(), web());
}

proptest! {
    #[test]
    fn any_bytes_are_read_in_any_pieces(
        body in prop::collection::vec(any::<u8>(), 0..200),
        step in 1_usize..20,
        encoding in prop::sample::select(vec![Encoding::Json, Encoding::Protobuf]),
    ) {
        let body = [if encoding == Encoding::Json { &b"{\"metadata\":{"[..] } else { b"k8s\0" }, &body].concat();
        prop_assert_eq!(found(encoding, &body, step), found(encoding, &body, body.len()));
    }

    #[test]
    fn agrees_with_a_parser_on_json(value in object()) {
        let text = value.to_string();
        let found = found(Encoding::Json, text.as_bytes(), 5).unwrap();
        let text_at = |key: &str| value["metadata"][key].as_str().unwrap_or_default().to_owned();
        prop_assert_eq!(found.name, text_at("name"));
        prop_assert_eq!(found.namespace, text_at("namespace"));
        prop_assert_eq!(found.uid, text_at("uid"));
        prop_assert_eq!(found.resource_version, text_at("resourceVersion"));
    }
}

fn object() -> impl Strategy<Value = serde_json::Value> {
    let words = ["metadata", "name", "namespace", "uid", "resourceVersion", "labels", "\"", "\\"];
    let key = prop::sample::select(words.to_vec());
    let leaf = prop_oneof![
        any::<Option<bool>>().prop_map(|value| serde_json::json!(value)),
        any::<i32>().prop_map(|value| serde_json::json!(value)),
        "[a-z\"\\\\{}\\[\\],:\u{e9}\n]{0,8}".prop_map(|value| serde_json::json!(value)),
    ];
    let tree = leaf.prop_recursive(4, 32, 5, {
        let key = key.clone();
        move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5)
                    .prop_map(|value| serde_json::json!(value)),
                prop::collection::hash_map(key.clone(), inner, 0..5)
                    .prop_map(|value| serde_json::json!(value)),
            ]
        }
    });
    prop::collection::hash_map(key, tree, 0..6).prop_map(|value| serde_json::json!(value))
}
