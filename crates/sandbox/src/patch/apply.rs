//! Server-side apply, reduced: what a manager applies is merged in, and what it applied before but
//! leaves out now goes. There is no ownership: no conflicts, no `managedFields`.

use serde_json::Value;

use super::{Misfit, strategic};

/// `live` after a manager applied `wanted`, having applied `last` before.
pub(crate) fn applied(live: Value, last: Option<&Value>, wanted: &Value) -> Result<Value, Misfit> {
    let mut live = live;
    if let Some(last) = last {
        forget(&mut live, last, wanted);
    }
    strategic::merged(live, wanted)
}

/// Takes out of `live` what `last` has and `wanted` has no more.
fn forget(live: &mut Value, last: &Value, wanted: &Value) {
    match (live, last, wanted) {
        (Value::Object(live), Value::Object(last), Value::Object(wanted)) => {
            for (key, was) in last {
                match (live.get_mut(key), wanted.get(key)) {
                    (Some(live), Some(wanted)) => forget(live, was, wanted),
                    (Some(_), None) => drop(live.remove(key)),
                    (None, _) => {}
                }
            }
        }
        (Value::Array(live), Value::Array(last), Value::Array(wanted)) => {
            live.retain(|item| among(last, item).is_none() || among(wanted, item).is_some());
            for item in live {
                if let (Some(was), Some(wanted)) = (among(last, item), among(wanted, item)) {
                    let (was, wanted) = (was.clone(), wanted.clone());
                    forget(item, &was, &wanted);
                }
            }
        }
        // A plain value, or one that changed its type, is simply overwritten by the merge.
        _ => {}
    }
}

/// The item of `list` that is `item`, by name where items have one.
fn among<'a>(list: &'a [Value], item: &Value) -> Option<&'a Value> {
    list.iter().find(|held| match (held.get("name"), item.get("name")) {
        (Some(one), Some(other)) => one == other,
        _ => *held == item,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_no_more_applied_goes_and_the_rest_stays() {
        let live = json!({"data": {"a": "1", "b": "2", "other": "3"}});
        let last = json!({"data": {"a": "1", "b": "2"}});
        let wanted = json!({"data": {"a": "9"}});
        assert_eq!(
            applied(live, Some(&last), &wanted),
            Ok(json!({"data": {"a": "9", "other": "3"}}))
        );
    }

    #[test]
    fn items_go_by_name() {
        let live = json!({"containers": [{"name": "a", "image": "1", "x": 1}, {"name": "b"}]});
        let last = json!({"containers": [{"name": "a", "image": "1"}, {"name": "b"}]});
        let wanted = json!({"containers": [{"name": "a", "image": "2"}]});
        assert_eq!(
            applied(live, Some(&last), &wanted),
            Ok(json!({"containers": [{"name": "a", "image": "2", "x": 1}]}))
        );
    }
}
