//! Strategic merge patch, for the kinds the sandbox knows: a merge in which some lists are merged
//! by a key of their items.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Misfit;
use crate::object;

/// `target` with `patch` merged into it.
pub(crate) fn merged(target: Value, patch: &Value) -> Result<Value, Misfit> {
    let Value::Object(patch) = patch else { return Ok(patch.clone()) };
    match patch.get("$patch").and_then(Value::as_str) {
        Some("replace") => return Ok(Value::Object(without_directives(patch))),
        Some("delete") => return Ok(Value::Object(Map::new())),
        Some("merge") | None => {}
        Some(other) => return Err(Misfit::Malformed(format!("unknown $patch {other:?}"))),
    }
    let mut map = object::into_map(target);
    retain(&mut map, patch);
    for (key, value) in patch.iter().filter(|(key, _)| !key.starts_with('$')) {
        let old = map.remove(key);
        if !value.is_null() {
            map.insert(key.clone(), field(key, old, value)?);
        }
    }
    for (directive, items) in patch {
        if let Some(key) = directive.strip_prefix("$deleteFromPrimitiveList/") {
            without_items(&mut map, key, items);
        }
        if let Some(key) = directive.strip_prefix("$setElementOrder/") {
            in_order(&mut map, key, items);
        }
    }
    Ok(Value::Object(map))
}

fn field(key: &str, old: Option<Value>, patch: &Value) -> Result<Value, Misfit> {
    let old = old.unwrap_or_default();
    let Value::Array(items) = patch else { return merged(old, patch) };
    if SETS.contains(&key) {
        return Ok(union(old, items));
    }
    match merge_key(key, items) {
        Some(merge_key) => merged_by(merge_key, old, items),
        None => Ok(patch.clone()),
    }
}

/// The item key that a list is merged by; lists not named here are replaced.
fn merge_key(list: &str, items: &[Value]) -> Option<&'static str> {
    match list {
        "containers"
        | "initContainers"
        | "ephemeralContainers"
        | "env"
        | "volumes"
        | "imagePullSecrets"
        | "secrets" => Some("name"),
        "volumeMounts" => Some("mountPath"),
        "volumeDevices" => Some("devicePath"),
        "hostAliases" | "podIPs" => Some("ip"),
        "conditions" | "addresses" => Some("type"),
        "ownerReferences" => Some("uid"),
        "topologySpreadConstraints" => Some("topologyKey"),
        // Ports of a container and of a service have the same field name but other keys.
        "ports" if items.iter().any(|item| item.get("containerPort").is_some()) => {
            Some("containerPort")
        }
        "ports" => Some("port"),
        _ => None,
    }
}

fn merged_by(key: &str, old: Value, patch: &[Value]) -> Result<Value, Misfit> {
    if patch.iter().any(|item| directive(item) == Some("replace")) {
        let kept = patch.iter().filter(|item| directive(item).is_none());
        return Ok(Value::Array(kept.cloned().collect()));
    }
    let mut list = if let Value::Array(list) = old { list } else { Vec::new() };
    for item in patch {
        let id = item.get(key).ok_or_else(|| {
            Misfit::Malformed(format!("an item of a list merged by {key} does not have it"))
        })?;
        let at = list.iter().position(|held| held.get(key) == Some(id));
        match (at, directive(item)) {
            (Some(at), Some("delete")) => drop(list.remove(at)),
            (None, Some("delete")) => {}
            (at, _) => {
                let slot = at.and_then(|at| list.get_mut(at));
                if let Some(slot) = slot {
                    *slot = merged(slot.take(), item)?;
                } else {
                    list.push(merged(Value::Null, item)?);
                }
            }
        }
    }
    Ok(Value::Array(list))
}

fn directive(item: &Value) -> Option<&str> {
    item.get("$patch").and_then(Value::as_str)
}

fn without_directives(map: &Map<String, Value>) -> Map<String, Value> {
    map.iter()
        .filter(|(key, _)| !key.starts_with('$'))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn retain(map: &mut Map<String, Value>, patch: &Map<String, Value>) {
    let Some(kept) = patch.get("$retainKeys").and_then(Value::as_array) else { return };
    let kept: BTreeSet<&str> = kept.iter().filter_map(Value::as_str).collect();
    map.retain(|key, _| kept.contains(key.as_str()));
}

fn union(old: Value, items: &[Value]) -> Value {
    let mut list = if let Value::Array(list) = old { list } else { Vec::new() };
    for item in items {
        if !list.contains(item) {
            list.push(item.clone());
        }
    }
    Value::Array(list)
}

fn without_items(map: &mut Map<String, Value>, key: &str, items: &Value) {
    let gone = items.as_array().map(Vec::as_slice).unwrap_or_default();
    if let Some(Value::Array(list)) = map.get_mut(key) {
        list.retain(|item| !gone.contains(item));
    }
}

/// Puts the items that the order names in that order; the others keep their places behind them.
fn in_order(map: &mut Map<String, Value>, key: &str, order: &Value) {
    let (Some(Value::Array(list)), Some(order)) = (map.get_mut(key), order.as_array()) else {
        return;
    };
    let place = |item: &Value| {
        let named = |wanted: &Value| match wanted.as_object().and_then(|keys| keys.iter().next()) {
            Some((key, id)) => item.get(key) == Some(id),
            None => item == wanted,
        };
        order.iter().position(named).unwrap_or(usize::MAX)
    };
    list.sort_by_key(place);
}

/// Lists of plain values that are merged as sets.
const SETS: [&str; 1] = ["finalizers"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check<const N: usize>(cases: [(Value, Value, Value); N]) {
        for (target, patch, expected) in cases {
            assert_eq!(merged(target, &patch), Ok(expected), "{patch}");
        }
    }

    #[test]
    fn containers_merge_by_name() {
        check([(
            json!({"containers": [{"name": "a", "image": "1", "tty": true}, {"name": "b"}]}),
            json!({"containers": [{"name": "a", "image": "2"}, {"name": "c"}]}),
            json!({"containers": [{"name": "a", "image": "2", "tty": true}, {"name": "b"}, {"name": "c"}]}),
        )]);
    }

    #[test]
    fn items_leave_by_directive() {
        check([
            (
                json!({"containers": [{"name": "a"}, {"name": "b"}]}),
                json!({"containers": [{"name": "a", "$patch": "delete"}]}),
                json!({"containers": [{"name": "b"}]}),
            ),
            (
                json!({"containers": [{"name": "a"}]}),
                json!({"containers": [{"$patch": "replace"}, {"name": "b"}]}),
                json!({"containers": [{"name": "b"}]}),
            ),
            (
                json!({"finalizers": ["a", "b"]}),
                json!({"finalizers": ["c"], "$deleteFromPrimitiveList/finalizers": ["a"]}),
                json!({"finalizers": ["b", "c"]}),
            ),
        ]);
    }

    #[test]
    fn order_and_retained_keys_hold() {
        check([
            (
                json!({"env": [{"name": "a"}, {"name": "b"}]}),
                json!({"env": [{"name": "c"}], "$setElementOrder/env": [{"name": "c"}, {"name": "b"}, {"name": "a"}]}),
                json!({"env": [{"name": "c"}, {"name": "b"}, {"name": "a"}]}),
            ),
            (
                json!({"strategy": {"type": "RollingUpdate", "rollingUpdate": {}}}),
                json!({"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}),
                json!({"strategy": {"type": "Recreate"}}),
            ),
        ]);
    }

    #[test]
    fn other_lists_are_replaced() {
        check([
            (json!({"args": ["a"]}), json!({"args": ["b"]}), json!({"args": ["b"]})),
            (
                json!({"ports": [{"port": 1}]}),
                json!({"ports": [{"port": 2}]}),
                json!({"ports": [{"port": 1}, {"port": 2}]}),
            ),
        ]);
    }

    #[test]
    fn misfits_are_told() {
        assert!(merged(json!({}), &json!({"containers": [{"image": "x"}]})).is_err());
        assert!(merged(json!({}), &json!({"$patch": "fly"})).is_err());
    }
}
