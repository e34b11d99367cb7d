//! JSON of others on a line of the log.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn check(json: &str, place: Place, expected: Option<&str>) {
    let found = compact(json.as_bytes(), place).map(|json| String::from_utf8(json).unwrap());
    assert_eq!(found.as_deref(), expected, "{json}");
}

#[test]
fn is_one_line_and_escaped_as_go_escapes_it() {
    let plain = |json, expected| check(json, Place::Elsewhere, Some(expected));
    plain(
        " { \"a\" : [ 1 , 2.5e3 , true , null ] ,\n\t\"b\" : { } , \"c\" : [ ] } ",
        r#"{"a":[1,2.5e3,true,null],"b":{},"c":[]}"#,
    );
    plain(" -7 ", "-7");
    plain(r#""a b , \" : {""#, r#""a b , \" : {""#);
    plain("\"<a>&\u{2028}\u{2029}\u{20ac}\"", "\"\\u003ca\\u003e\\u0026\\u2028\\u2029\u{20ac}\"");
    plain(r#""\ud83d\ude00 \u00e9 \/""#, r#""\ud83d\ude00 \u00e9 \/""#);
    // Half a pair is no character, and not every reader of JSON takes it.
    plain(r#""\ud83d""#, r#""\ufffd""#);
    plain(r#""\ude00\ud83dx\ud83d\n""#, r#""\ufffd\ufffdx\ufffd\n""#);
}

#[test]
fn refuses_what_is_not_json() {
    for json in
        ["", "{", "{\"a\":1}x", "{'a':1}", "[1,]", "\"\n\"", "\"\\x\"", "01", "nul", "{\"a\" 1}"]
    {
        check(json, Place::Object, None);
    }
    assert_eq!(compact(b"\"\xff\"", Place::Elsewhere).unwrap(), "\"\u{fffd}\"".as_bytes());
}

#[test]
fn leaves_managed_fields_out_of_objects_items_and_rows() {
    let omit = |json, expected| check(json, Place::Object, Some(expected));
    omit(
        r#"{"metadata":{"managedFields":[{"a":{}}],"name":"x"},"spec":{"managedFields":1}}"#,
        r#"{"metadata":{"name":"x"},"spec":{"managedFields":1}}"#,
    );
    omit(r#"{"metadata":{"name":"x", "managedFields":null}}"#, r#"{"metadata":{"name":"x"}}"#);
    omit(
        r#"{"metadata":{"a":1,"managedFields":"]}","b":{"managedFields":2}}}"#,
        r#"{"metadata":{"a":1,"b":{"managedFields":2}}}"#,
    );
    omit(r#"{"metadata":{"managedFields":[]}}"#, r#"{"metadata":{}}"#);
    omit(
        r#"{"kind":"List","items":[{"metadata":{"managedFields":[]},"items":[{"metadata":{"managedFields":1}}]}, {} ]}"#,
        r#"{"kind":"List","items":[{"metadata":{},"items":[{"metadata":{"managedFields":1}}]},{}]}"#,
    );
    omit(
        r#"{"kind":"Table","rows":[{"cells":["a",1],"object":{"metadata":{"name":"a","managedFields":[{}]}}}]}"#,
        r#"{"kind":"Table","rows":[{"cells":["a",1],"object":{"metadata":{"name":"a"}}}]}"#,
    );
    // What is not of the shape of a list or a table is copied as it is.
    omit(
        r#"{"items":{"metadata":{"managedFields":1}},"rows":7,"metadata":[{"managedFields":1}]}"#,
        r#"{"items":{"metadata":{"managedFields":1}},"rows":7,"metadata":[{"managedFields":1}]}"#,
    );
    check(
        r#"{"metadata":{"managedFields":[]}}"#,
        Place::Elsewhere,
        Some(r#"{"metadata":{"managedFields":[]}}"#),
    );
}

fn without(mut value: Value) -> Value {
    let strip = |object: &mut Value| {
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("managedFields");
        }
    };
    strip(&mut value);
    for item in value.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten() {
        strip(item);
    }
    for row in value.get_mut("rows").and_then(Value::as_array_mut).into_iter().flatten() {
        row.get_mut("object").into_iter().for_each(strip);
    }
    value
}

fn tree() -> impl Strategy<Value = Value> {
    let words = ["metadata", "managedFields", "items", "rows", "object", "<&>", "\"\\"];
    let key = prop::sample::select(words.to_vec());
    let leaf = prop_oneof![
        any::<Option<bool>>().prop_map(|value| serde_json::json!(value)),
        any::<i32>().prop_map(|value| serde_json::json!(value)),
        any::<String>().prop_map(|value| serde_json::json!(value)),
    ];
    leaf.prop_recursive(6, 64, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|value| serde_json::json!(value)),
            prop::collection::hash_map(key.clone(), inner, 0..5)
                .prop_map(|value| serde_json::json!(value)),
        ]
    })
}

proptest! {
    #[test]
    fn means_what_it_meant(value in tree(), is_pretty: bool) {
        let text = if is_pretty { format!("{value:#}") } else { value.to_string() };
        let kept = compact(text.as_bytes(), Place::Elsewhere).unwrap();
        prop_assert!(!kept.contains(&b'\n') && !kept.contains(&b'<') && !kept.contains(&b'&'));
        prop_assert_eq!(&serde_json::from_slice::<Value>(&kept).unwrap(), &value);
        let stripped = compact(text.as_bytes(), Place::Object).unwrap();
        prop_assert_eq!(serde_json::from_slice::<Value>(&stripped).unwrap(), without(value));
    }

    #[test]
    fn any_bytes_are_json_or_nothing(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Some(json) = compact(&bytes, Place::Object) {
            prop_assert!(serde_json::from_slice::<serde::de::IgnoredAny>(&json).is_ok());
        }
    }
}
