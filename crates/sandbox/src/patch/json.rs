//! JSON patch, RFC 6902.

use serde_json::Value;

use super::Misfit;
use crate::object;

/// `target` after every operation of `patch`, or the first misfit.
pub(crate) fn patched(mut target: Value, patch: &Value) -> Result<Value, Misfit> {
    let operations = patch.as_array().ok_or_else(|| malformed("not a list of operations"))?;
    if operations.len() > MOST_OPERATIONS {
        return Err(malformed("more than 10000 operations"));
    }
    let mut room = MOST_COPIED;
    for operation in operations {
        perform(&mut target, operation, &mut room)?;
    }
    Ok(target)
}

/// `room` is how many more bytes may be copied: copies of copies would fill any memory.
fn perform(target: &mut Value, operation: &Value, room: &mut usize) -> Result<(), Misfit> {
    let path = path(operation, "path")?;
    match object::text(operation, "/op") {
        "add" => add(target, path, value(operation)?),
        "remove" => remove(target, path).map(drop),
        "replace" => replace(target, path, value(operation)?),
        "test" => test(target, path, &value(operation)?),
        "copy" => {
            let copied = find(target, self::path(operation, "from")?)?.clone();
            *room = room
                .checked_sub(copied.to_string().len())
                .ok_or_else(|| malformed("it copies more than 3 MiB"))?;
            add(target, path, copied)
        }
        "move" => {
            let moved = remove(target, self::path(operation, "from")?)?;
            add(target, path, moved)
        }
        other => Err(malformed(&format!("unknown operation {other:?}"))),
    }
}

fn add(target: &mut Value, path: &str, value: Value) -> Result<(), Misfit> {
    if path.matches('/').count() + depth(&value) > DEEPEST {
        return Err(malformed("it nests too deep"));
    }
    let Some((parent, last)) = parent(target, path)? else {
        *target = value;
        return Ok(());
    };
    if let Some(map) = parent.as_object_mut() {
        map.insert(last, value);
        return Ok(());
    }
    let items = parent.as_array_mut().ok_or_else(|| nowhere(path))?;
    if last == "-" {
        items.push(value);
        return Ok(());
    }
    let at = index(&last).filter(|at| *at <= items.len()).ok_or_else(|| nowhere(path))?;
    items.insert(at, value);
    Ok(())
}

fn remove(target: &mut Value, path: &str) -> Result<Value, Misfit> {
    let Some((parent, last)) = parent(target, path)? else { return Ok(target.take()) };
    if let Some(map) = parent.as_object_mut() {
        return map.remove(&last).ok_or_else(|| nowhere(path));
    }
    let items = parent.as_array_mut().ok_or_else(|| nowhere(path))?;
    let at = index(&last).filter(|at| *at < items.len()).ok_or_else(|| nowhere(path))?;
    Ok(items.remove(at))
}

fn replace(target: &mut Value, path: &str, value: Value) -> Result<(), Misfit> {
    if path.matches('/').count() + depth(&value) > DEEPEST {
        return Err(malformed("it nests too deep"));
    }
    *target.pointer_mut(path).ok_or_else(|| nowhere(path))? = value;
    Ok(())
}

fn test(target: &Value, path: &str, expected: &Value) -> Result<(), Misfit> {
    if find(target, path)? == expected { Ok(()) } else { Err(Misfit::Tested(path.to_owned())) }
}

fn find<'a>(target: &'a Value, path: &str) -> Result<&'a Value, Misfit> {
    target.pointer(path).ok_or_else(|| nowhere(path))
}

/// The value that holds what `path` names, and the last part of the path; none for the whole.
fn parent<'a>(
    target: &'a mut Value,
    path: &str,
) -> Result<Option<(&'a mut Value, String)>, Misfit> {
    let Some((before, last)) = path.rsplit_once('/') else { return Ok(None) };
    let parent = target.pointer_mut(before).ok_or_else(|| nowhere(path))?;
    Ok(Some((parent, last.replace("~1", "/").replace("~0", "~"))))
}

fn path<'a>(operation: &'a Value, key: &str) -> Result<&'a str, Misfit> {
    let path = operation.get(key).and_then(Value::as_str);
    let path = path.ok_or_else(|| malformed(&format!("an operation without {key}")))?;
    if path.is_empty() || path.starts_with('/') { Ok(path) } else { Err(nowhere(path)) }
}

fn value(operation: &Value) -> Result<Value, Misfit> {
    operation.get("value").cloned().ok_or_else(|| malformed("an operation without value"))
}

/// Leading zeros and signs are no index.
fn index(text: &str) -> Option<usize> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    (plain && (text == "0" || !text.starts_with('0'))).then(|| text.parse().ok()).flatten()
}

fn nowhere(path: &str) -> Misfit {
    Misfit::Nowhere(path.to_owned())
}

fn malformed(what: &str) -> Misfit {
    Misfit::Malformed(what.to_owned())
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(depth).max().unwrap_or(0) + 1,
        Value::Object(map) => map.values().map(depth).max().unwrap_or(0) + 1,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// As many as kube-apiserver takes.
const MOST_OPERATIONS: usize = 10_000;
/// As many bytes as kube-apiserver copies.
const MOST_COPIED: usize = 3 * 1024 * 1024;
/// What nests deeper is refused: reading, writing and dropping it takes stack.
const DEEPEST: usize = 100;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check<const N: usize>(cases: [(Value, Result<Value, Misfit>); N]) {
        for (patch, expected) in cases {
            let target = json!({"a": [1, 2], "b/c": {"d": "e"}});
            assert_eq!(patched(target, &patch), expected, "{patch}");
        }
    }

    #[test]
    fn every_operation_works() {
        check([
            (
                json!([{"op": "add", "path": "/a/-", "value": 3}]),
                Ok(json!({"a": [1, 2, 3], "b/c": {"d": "e"}})),
            ),
            (
                json!([{"op": "add", "path": "/a/0", "value": 0}]),
                Ok(json!({"a": [0, 1, 2], "b/c": {"d": "e"}})),
            ),
            (json!([{"op": "remove", "path": "/b~1c"}]), Ok(json!({"a": [1, 2]}))),
            (
                json!([{"op": "replace", "path": "/a", "value": 1}]),
                Ok(json!({"a": 1, "b/c": {"d": "e"}})),
            ),
            (
                json!([{"op": "move", "from": "/b~1c", "path": "/x"}]),
                Ok(json!({"a": [1, 2], "x": {"d": "e"}})),
            ),
            (
                json!([{"op": "copy", "from": "/a/1", "path": "/x"}]),
                Ok(json!({"a": [1, 2], "b/c": {"d": "e"}, "x": 2})),
            ),
            (
                json!([{"op": "test", "path": "/a/0", "value": 1}, {"op": "remove", "path": "/b~1c"}]),
                Ok(json!({"a": [1, 2]})),
            ),
        ]);
    }

    #[test]
    fn copies_of_copies_end() {
        let wide = json!({"op": "copy", "from": "/a", "path": "/a/-"});
        let wide = Value::Array(vec![wide; 100]);
        assert!(matches!(patched(json!({"a": ["x"]}), &wide), Err(Misfit::Malformed(_))));
        let deep = json!({"op": "move", "from": "/a", "path": "/b/a"});
        let back = json!({"op": "move", "from": "/b", "path": "/a"});
        let make = json!({"op": "add", "path": "/b", "value": {}});
        let deep: Vec<Value> = [make, deep, back].into_iter().cycle().take(900).collect();
        let deep = patched(json!({"a": {}}), &Value::Array(deep));
        assert_eq!(deep, Err(Misfit::Malformed("it nests too deep".into())));
    }

    #[test]
    fn misfits_are_told() {
        check([
            (json!([{"op": "remove", "path": "/x"}]), Err(Misfit::Nowhere("/x".into()))),
            (
                json!([{"op": "add", "path": "/a/9", "value": 1}]),
                Err(Misfit::Nowhere("/a/9".into())),
            ),
            (
                json!([{"op": "add", "path": "/a/00", "value": 1}]),
                Err(Misfit::Nowhere("/a/00".into())),
            ),
            (json!([{"op": "add", "path": "a", "value": 1}]), Err(Misfit::Nowhere("a".into()))),
            (json!([{"op": "test", "path": "/a", "value": 1}]), Err(Misfit::Tested("/a".into()))),
            (json!({}), Err(Misfit::Malformed("not a list of operations".into()))),
            (
                json!([{"op": "fly", "path": ""}]),
                Err(Misfit::Malformed("unknown operation \"fly\"".into())),
            ),
        ]);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(operations in proptest::collection::vec(
            ("add|remove|replace|move|copy|test", "(/[ab01~-]{0,2}){0,3}", "(/[ab01-]){0,3}"), 0..8,
        )) {
            let operations = operations.iter().map(|(operation, path, from)| {
                json!({"op": operation, "path": path, "from": from, "value": {"a": [1]}})
            });
            patched(json!({"a": [1, {"b": 2}], "b": {}}), &operations.collect()).ok();
        }
    }
}
