//! The change that puts a rule into a policy, and takes out those that it leaves nothing for.

use edit::Edit;
use serde_json::Value;
use tree::Path;

use super::policy::Rules;
use super::reach::unreached;
use crate::Remedy;

/// Puts a rule before the one at `index`, or at the end.
pub(super) fn insert(rules: &Rules, index: Option<usize>, value: Value) -> Remedy {
    let path = Path::of(&["rules"]);
    let at = index.unwrap_or(rules.rules().len());
    let spare = spare(rules, at, &value);
    let mut edits = vec![match index {
        Some(index) => Edit::Insert { path: path.clone(), index, value },
        None => Edit::Append { path: path.clone(), value },
    }];
    // From the back, so that none moves what another one names.
    edits.extend(spare.into_iter().rev().map(|index| Edit::Remove { path: path.then(index) }));
    Remedy::Edit(edits)
}

/// The rules that are reached now and would not be with one more at `at`, as they then stand.
fn spare(rules: &Rules, at: usize, value: &Value) -> Vec<usize> {
    let mut changed = rules.value().clone();
    let list = changed.get_mut("rules").and_then(Value::as_array_mut);
    let Some(list) = list.filter(|list| at <= list.len()) else { return Vec::new() };
    list.insert(at, value.clone());
    let Some(changed) = Rules::of(changed) else { return Vec::new() };
    let moved = |index: usize| if index >= at { index.saturating_add(1) } else { index };
    let before: Vec<usize> = unreached(rules).into_iter().map(moved).collect();
    let is_new = |index: &usize| *index != at && !before.contains(index);
    unreached(&changed).into_iter().filter(is_new).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rules_that_are_left_nothing_go() {
        let policy = json!({"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [
            {"level": "None", "verbs": ["get"]},
            {"level": "Metadata", "users": ["a"]},
            {"level": "Metadata", "users": ["b"]},
            {"level": "Metadata", "users": ["b"]},
        ]});
        let rules = Rules::of(policy).unwrap();
        let of = |index: usize| Edit::Remove { path: Path::of(&["rules"]).then(index) };
        let check = |index: Option<usize>, rule: Value, expected: &[Edit]| {
            let Remedy::Edit(edits) = insert(&rules, index, rule.clone()) else { panic!("{rule}") };
            assert_eq!(&edits[1..], expected, "{rule}");
        };
        check(Some(0), json!({"level": "Metadata", "users": ["a"]}), &[of(2)]);
        check(Some(1), json!({"level": "Metadata"}), &[of(3), of(2)]);
        check(Some(0), json!({"level": "Metadata", "users": ["c"]}), &[]);
        check(None, json!({"level": "Metadata"}), &[]);
    }
}
