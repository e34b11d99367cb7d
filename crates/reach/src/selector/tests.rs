//! What selectors select, and which are refused.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tree::Tree;

use super::*;

fn read(selector: &Value) -> Result<Selector, Problem> {
    Selector::read(&Field::root(&Tree::from_json(selector)))
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    let pairs = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Labels::of_pod(pairs.collect::<BTreeMap<_, _>>())
}

fn expression(key: &str, operator: &str, values: &[&str]) -> Value {
    json!({"matchExpressions": [{"key": key, "operator": operator, "values": values}]})
}

#[test]
fn selects_as_the_api_server_does() {
    let check = |selector: Value, pairs: &[(&str, &str)], expected: bool| {
        let found = read(&selector).unwrap().selects(&labels(pairs));
        assert_eq!(found, Answer::from(expected), "{selector} {pairs:?}");
    };
    let web = [("app", "web"), ("tier", "front")];
    check(json!(null), &web, true);
    check(json!({}), &[], true);
    check(json!({"matchLabels": null, "matchExpressions": []}), &[], true);
    check(json!({"matchLabels": {"app": "web"}}), &web, true);
    check(json!({"matchLabels": {"app": "db"}}), &web, false);
    check(json!({"matchLabels": {"app": "web", "tier": "back"}}), &web, false);
    check(json!({"matchLabels": {"app": ""}}), &[], false);
    check(json!({"matchLabels": {"app": ""}}), &[("app", "")], true);
    check(expression("app", "In", &["db", "web"]), &web, true);
    check(expression("app", "In", &["db"]), &web, false);
    check(expression("app", "In", &["db"]), &[], false);
    check(expression("app", "NotIn", &["db"]), &web, true);
    check(expression("app", "NotIn", &["web"]), &web, false);
    check(expression("app", "NotIn", &["web"]), &[], true);
    check(expression("app", "Exists", &[]), &web, true);
    check(expression("app", "Exists", &[]), &[], false);
    check(expression("app", "DoesNotExist", &[]), &web, false);
    check(expression("app", "DoesNotExist", &[]), &[], true);
    let both = json!({"matchLabels": {"app": "web"},
        "matchExpressions": [{"key": "tier", "operator": "Exists"}]});
    check(both.clone(), &web, true);
    check(both, &[("app", "web")], false);
}

#[test]
fn what_is_not_known_of_a_namespace_stays_unknown() {
    let check = |selector: Value, expected: Answer| {
        let found = read(&selector).unwrap().selects(&Labels::unseen("a"));
        assert_eq!(found, expected, "{selector}");
    };
    check(json!({}), Answer::Yes);
    check(json!({"matchLabels": {"kubernetes.io/metadata.name": "a"}}), Answer::Yes);
    check(json!({"matchLabels": {"kubernetes.io/metadata.name": "b"}}), Answer::No);
    check(json!({"matchLabels": {"team": "x"}}), Answer::Unknown);
    check(expression("team", "DoesNotExist", &[]), Answer::Unknown);
    let mixed = json!({"matchLabels": {"kubernetes.io/metadata.name": "b", "team": "x"}});
    check(mixed, Answer::No);
}

#[test]
fn refuses_what_the_api_server_refuses() {
    let check = |selector: Value, path: &str, text: &str| {
        let problem = read(&selector).unwrap_err();
        assert_eq!((problem.path.to_string().as_str(), problem.text.as_str()), (path, text));
    };
    check(json!("app=web"), "", "must be a mapping");
    check(json!({"matchLabel": {}}), "matchLabel", "is not a known field");
    check(json!({"matchLabels": ["a"]}), "matchLabels", "must be a mapping");
    check(json!({"matchLabels": {"app": true}}), "matchLabels.app", "must be a text");
    check(json!({"matchLabels": {"app": null}}), "matchLabels.app", "is missing");
    check(json!({"matchLabels": {"a b": "c"}}), "matchLabels[\"a b\"]", "is not a key of a label");
    check(json!({"matchLabels": {"A/b": "c"}}), "matchLabels[\"A/b\"]", "is not a key of a label");
    check(json!({"matchLabels": {"a": "-"}}), "matchLabels.a", "is not a value of a label");
    let expressions = |path: &str| format!("matchExpressions[0].{path}");
    check(expression("a", "in", &["b"]), &expressions("operator"), "is not a known operator");
    check(expression("a", "In", &[]), &expressions("values"), "must not be empty");
    check(expression("a", "Exists", &["b"]), &expressions("values"), "must be empty");
    check(json!({"matchExpressions": [{"operator": "In"}]}), &expressions("key"), "is missing");
    check(json!({"matchExpressions": {}}), "matchExpressions", "must be a list");
}
