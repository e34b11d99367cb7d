//! Objects as trees: reading and setting the few fields the sandbox itself looks at.

use serde_json::{Map, Value};

/// The text at a JSON pointer, or empty.
pub(crate) fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The number at a JSON pointer, or `default`.
pub(crate) fn number(object: &Value, pointer: &str, default: i64) -> i64 {
    object.pointer(pointer).and_then(Value::as_i64).unwrap_or(default)
}

/// The list at a JSON pointer, or an empty one.
pub(crate) fn list<'a>(object: &'a Value, pointer: &str) -> &'a [Value] {
    object.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The map at a JSON pointer, if there is one.
pub(crate) fn map<'a>(object: &'a Value, pointer: &str) -> Option<&'a Map<String, Value>> {
    object.pointer(pointer).and_then(Value::as_object)
}

/// `metadata.name`.
pub(crate) fn name(object: &Value) -> &str {
    text(object, "/metadata/name")
}

/// `metadata.namespace`; empty for cluster scope.
pub(crate) fn namespace(object: &Value) -> &str {
    text(object, "/metadata/namespace")
}

/// `metadata.uid`.
pub(crate) fn uid(object: &Value) -> &str {
    text(object, "/metadata/uid")
}

/// Sets the field at `path`, making the maps on the way; what is no map on the way is replaced.
pub(crate) fn set(object: &mut Value, path: &[&str], value: impl Into<Value>) {
    put(object, path, value.into());
}

fn put(object: &mut Value, path: &[&str], value: Value) {
    let Some((first, rest)) = path.split_first() else {
        *object = value;
        return;
    };
    let mut map = into_map(object.take());
    put(map.entry(*first).or_insert(Value::Null), rest, value);
    *object = Value::Object(map);
}

/// Sets the field at `path` unless something is there.
pub(crate) fn set_default(object: &mut Value, path: &[&str], value: impl Into<Value>) {
    if at(object, path).is_none_or(Value::is_null) {
        set(object, path, value);
    }
}

/// Removes the field at `path`.
pub(crate) fn remove(object: &mut Value, path: &[&str]) {
    let Some((last, parents)) = path.split_last() else { return };
    let mut at = object;
    for part in parents {
        let Some(next) = at.get_mut(*part) else { return };
        at = next;
    }
    if let Some(map) = at.as_object_mut() {
        map.remove(*last);
    }
}

/// `value` as a map; what is none becomes an empty one.
pub(crate) fn into_map(value: Value) -> Map<String, Value> {
    if let Value::Object(map) = value { map } else { Map::new() }
}

fn at<'a>(object: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(object, |at, part| at.get(*part))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sets_through_what_is_missing() {
        let mut object = json!({"spec": null});
        set(&mut object, &["spec", "a", "b"], 1);
        set_default(&mut object, &["spec", "a", "b"], 2);
        set_default(&mut object, &["metadata", "name"], "x");
        assert_eq!(object, json!({"spec": {"a": {"b": 1}}, "metadata": {"name": "x"}}));
        remove(&mut object, &["spec", "a"]);
        remove(&mut object, &["gone", "a"]);
        assert_eq!(object, json!({"spec": {}, "metadata": {"name": "x"}}));
    }
}
