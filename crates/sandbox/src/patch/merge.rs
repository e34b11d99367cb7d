//! JSON merge patch, RFC 7386.

use serde_json::Value;

use crate::object;

/// `target` with `patch` merged into it; null removes.
pub(crate) fn merged(target: Value, patch: &Value) -> Value {
    let Value::Object(patch) = patch else { return patch.clone() };
    let mut map = object::into_map(target);
    for (key, value) in patch {
        if value.is_null() {
            map.remove(key);
        } else {
            let old = map.remove(key).unwrap_or_default();
            map.insert(key.clone(), merged(old, value));
        }
    }
    Value::Object(map)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn merges_as_the_rfc_shows() {
        let cases = [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (
                json!({"a": {"b": "c"}}),
                json!({"a": {"b": "d", "c": null}}),
                json!({"a": {"b": "d"}}),
            ),
            (json!("x"), json!({"a": {"b": null}}), json!({"a": {}})),
        ];
        for (target, patch, expected) in cases {
            assert_eq!(merged(target, &patch), expected);
        }
    }
}
