//! RBAC objects as JSON: what is read from them, and everything that is wrong with them at once.

use std::collections::BTreeMap;

use authz::{LabelSelector, Operator, PolicyRule, Requirement, RoleRef, Subject, policy};
use proptest::prelude::*;
use serde_json::{Value, json};

const V1: &str = "rbac.authorization.k8s.io/v1";

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn reads_each_kind() {
    let objects = [
        json!({"apiVersion": V1, "kind": "ClusterRole",
            "metadata": {"name": "all", "labels": {"a": "b"}, "uid": 7},
            "aggregationRule": {"clusterRoleSelectors": [
                {"matchLabels": {"c": "d"},
                 "matchExpressions": [{"key": "e", "operator": "NotIn", "values": ["f"]}]},
            ]},
            "rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"],
                "resourceNames": ["x"], "unknown": 1}, {"verbs": ["*"], "nonResourceURLs": ["*"]}]}),
        json!({"apiVersion": V1, "kind": "Role",
            "metadata": {"name": "none", "namespace": "ns"}, "rules": null}),
        json!({"apiVersion": V1, "kind": "ClusterRoleBinding", "metadata": {"name": "all"},
            "roleRef": {"apiGroup": "x", "kind": "ClusterRole", "name": "all"}}),
        json!({"apiVersion": V1, "kind": "RoleBinding", "metadata": {"name": "b", "namespace": "ns"},
            "subjects": [{"kind": "ServiceAccount", "name": "s", "namespace": "other"}],
            "roleRef": {"kind": "Role", "name": "none"}}),
    ];
    let policy = policy::from_objects(&objects).unwrap();
    let [role] = policy.cluster_roles.as_slice() else { panic!("{policy:?}") };
    assert_eq!(role.labels, BTreeMap::from([("a".to_owned(), "b".to_owned())]));
    assert_eq!(
        role.rules,
        [
            PolicyRule {
                verbs: texts(&["get"]),
                api_groups: texts(&[""]),
                resources: texts(&["pods"]),
                resource_names: texts(&["x"]),
                non_resource_urls: Vec::new(),
            },
            PolicyRule {
                verbs: texts(&["*"]),
                non_resource_urls: texts(&["*"]),
                ..PolicyRule::default()
            },
        ]
    );
    let expression =
        Requirement { key: "e".to_owned(), operator: Operator::NotIn, values: texts(&["f"]) };
    let selector = LabelSelector {
        labels: BTreeMap::from([("c".to_owned(), "d".to_owned())]),
        expressions: vec![expression],
    };
    assert_eq!(role.aggregation, Some(vec![selector]));
    let [role] = policy.roles.as_slice() else { panic!("{policy:?}") };
    assert_eq!((role.namespace.as_str(), role.name.as_str()), ("ns", "none"));
    let [binding] = policy.cluster_role_bindings.as_slice() else { panic!("{policy:?}") };
    assert_eq!(binding.role, RoleRef { kind: "ClusterRole".to_owned(), name: "all".to_owned() });
    let [binding] = policy.role_bindings.as_slice() else { panic!("{policy:?}") };
    let subject = Subject {
        kind: "ServiceAccount".to_owned(),
        name: "s".to_owned(),
        namespace: "other".to_owned(),
    };
    assert_eq!(binding.subjects, [subject]);
}

#[test]
fn looks_into_lists_and_past_other_kinds() {
    let role = json!({"metadata": {"name": "typed"}});
    let list = json!({"apiVersion": V1, "kind": "ClusterRoleList", "items": [role]});
    let other = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": 1}});
    let own = json!({"apiVersion": "example.com/v1", "kind": "Role", "metadata": {}});
    let all = json!({"apiVersion": "v1", "kind": "List", "items": [list, other, own]});
    let policy = policy::from_objects(&[all, Value::Null]).unwrap();
    assert_eq!(policy.cluster_roles.len(), 1);
    assert!(policy.roles.is_empty());
}

#[test]
fn tells_all_problems_at_once() {
    let objects = [
        json!({"apiVersion": V1, "kind": "ClusterRole", "metadata": {"labels": {"a": 1}},
            "aggregationRule": {"clusterRoleSelectors": [
                {"matchExpressions": [{"key": "k", "operator": "in"}, {"operator": "Exists"}]}]},
            "rules": [{"verbs": "get", "resources": [1, "pods", null]}, 3]}),
        json!({"apiVersion": V1, "kind": "RoleBinding", "metadata": {"name": true},
            "subjects": [{"name": "x", "kind": ""}], "roleRef": "admin"}),
        json!("text"),
        json!({"kind": "Role"}),
        json!({"apiVersion": V1, "kind": "ClusterRoleBinding"}),
        json!({"apiVersion": "rbac.authorization.k8s.io/v1beta1", "kind": "Role"}),
        json!({"apiVersion": "v1", "kind": "List", "items": [
            {"apiVersion": V1, "kind": "RoleList", "items": [{"metadata": {"name": "n"}}]}]}),
        json!({"apiVersion": V1, "kind": "Role", "metadata": [], "rules": {}}),
    ];
    let problems = policy::from_objects(&objects).unwrap_err();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let expected = "\
object 0: metadata.name: is missing
object 0: metadata.labels.a: must be a string, not a number
object 0: rules[0].verbs: must be a list, not a string
object 0: rules[0].resources[0]: must be a string, not a number
object 0: rules[0].resources[2]: must be a string, not null
object 0: rules[1]: must be an object, not a number
object 0: aggregationRule.clusterRoleSelectors[0].matchExpressions[0].operator: must be In, NotIn, Exists or DoesNotExist
object 0: aggregationRule.clusterRoleSelectors[0].matchExpressions[1].key: is missing
object 1: metadata.name: must be a string, not a boolean
object 1: metadata.namespace: is missing
object 1: subjects[0].kind: is missing
object 1: roleRef: must be an object, not a string
object 2: must be an object, not a string
object 3: apiVersion: is missing
object 4: metadata: is missing
object 4: roleRef: is missing
object 5: apiVersion: must be rbac.authorization.k8s.io/v1
object 6: items[0].items[0].metadata.namespace: is missing
object 7: metadata: must be an object, not a list
object 7: rules: must be a list, not an object";
    assert_eq!(told.join("\n"), expected);
}

proptest! {
    #[test]
    fn takes_any_json(objects in proptest::collection::vec(anything(), 0..4)) {
        drop(policy::from_objects(&objects));
    }
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z*/]{0,3}".prop_map(Value::from),
        Just(json!(V1)),
        proptest::sample::select(vec!["Role", "RoleBinding", "ClusterRole", "List", "RoleList"])
            .prop_map(Value::from),
    ];
    let fields = [
        "apiVersion",
        "kind",
        "metadata",
        "name",
        "namespace",
        "rules",
        "verbs",
        "roleRef",
        "subjects",
        "items",
        "aggregationRule",
        "clusterRoleSelectors",
        "matchExpressions",
    ];
    leaf.prop_recursive(6, 60, 8, move |inner| {
        let field = proptest::sample::select(fields.to_vec()).prop_map(str::to_owned);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(field, inner, 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
