//! `claimMappings` and the rules of an `AuthenticationConfiguration`, and all that is told of them.

use serde_json::{Value, json};

use crate::configuration::check_item;

#[test]
fn a_mapping_is_a_claim_with_a_prefix() {
    let username = |value: Value, expected: &[&str]| {
        check_item("/claimMappings/username", value, expected);
    };
    let path = "jwt[0].claimMappings.username";
    username(json!({}), &[&format!("{path}: claim or expression is required")]);
    username(json!(null), &[&format!("{path}: claim or expression is required")]);
    username(
        json!({"claim": "sub"}),
        &[&format!("{path}.prefix: is required when claim is given")],
    );
    username(
        json!({"expression": "claims.sub"}),
        &[&format!("{path}.expression: CEL expressions are not supported yet")],
    );
    username(
        json!({"expression": "claims.sub", "prefix": ""}),
        &[
            &format!("{path}.expression: CEL expressions are not supported yet"),
            &format!("{path}.prefix: must not be given when expression is given"),
        ],
    );
    username(
        json!({"claim": "sub", "expression": "claims.sub", "prefix": ""}),
        &[
            &format!("{path}: claim and expression must not both be given"),
            &format!("{path}.expression: CEL expressions are not supported yet"),
        ],
    );
    let groups =
        |value: Value, expected: &[&str]| check_item("/claimMappings/groups", value, expected);
    groups(json!({}), &[]);
    groups(json!({"claim": "groups"}), &["jwt[0].claimMappings.groups.prefix: is required"]);
    let uid = |value: Value, expected: &[&str]| check_item("/claimMappings/uid", value, expected);
    uid(json!({}), &[]);
    uid(json!({"claim": "sub"}), &[]);
    uid(json!({"expression": "claims.sub"}), &["jwt[0].claimMappings.uid.expression: CEL "]);
}

#[test]
fn extra_needs_expressions() {
    let extra = |key: &str, expected: &[&str]| {
        let value = json!([{"key": key, "valueExpression": "claims.x"}]);
        let cel = "jwt[0].claimMappings.extra[0].valueExpression: CEL expressions are not";
        let key = expected.iter().map(|text| format!("jwt[0].claimMappings.extra[0].key: {text}"));
        let expected: Vec<String> = key.chain([cel.to_owned()]).collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        check_item("/claimMappings/extra", value, &expected);
    };
    let path = "must be a path after a domain";
    let reserved = "k8s.io, kubernetes.io and their subdomains are reserved";
    extra("acme.io/foo", &[]);
    extra("acme.io/foo/b%2Fr", &["must be lower case"]);
    extra("", &["is required"]);
    extra("foo", &[path]);
    extra("/foo", &[path]);
    extra("acme.io/", &[path]);
    extra("acme..io/foo", &[path]);
    extra("-acme.io/foo", &[path]);
    extra("acme.io/fo o", &[path]);
    extra("Acme.io/foo", &[path, "must be lower case"]);
    extra("k8s.io/foo", &[reserved]);
    extra("sub.kubernetes.io/foo", &[reserved]);
    extra("notkubernetes.io/foo", &[]);
    let twice = json!([{"key": "a.io/b", "valueExpression": "x"}, {"key": "a.io/b"}]);
    check_item(
        "/claimMappings/extra",
        twice,
        &[
            "jwt[0].claimMappings.extra[0].valueExpression: CEL",
            "jwt[0].claimMappings.extra[1].key: \"a.io/b\" is already used above",
            "jwt[0].claimMappings.extra[1].valueExpression: is required",
        ],
    );
}

#[test]
fn rules_are_claims_with_a_value() {
    let rules =
        |value: Value, expected: &[&str]| check_item("/claimValidationRules", value, expected);
    let path = "jwt[0].claimValidationRules";
    rules(json!([{"claim": "a", "requiredValue": "b"}, {"claim": "c"}]), &[]);
    rules(json!([{}]), &[&format!("{path}[0]: claim or expression is required")]);
    rules(
        json!([{"claim": "a", "message": "b"}]),
        &[&format!("{path}[0].message: must not be given when claim is given")],
    );
    rules(
        json!([{"claim": "a"}, {"claim": "a"}]),
        &[&format!("{path}[1].claim: \"a\" is already used above")],
    );
    rules(
        json!([{"claim": "a", "expression": "b"}]),
        &[
            &format!("{path}[0]: claim and expression must not both be given"),
            &format!("{path}[0].expression: CEL"),
        ],
    );
    let expression = json!({"expression": "true", "requiredValue": "x", "message": "y"});
    rules(
        json!([expression, {"expression": "true"}]),
        &[
            &format!("{path}[0].expression: CEL"),
            &format!("{path}[0].requiredValue: must not be given when expression is given"),
            &format!("{path}[1].expression: CEL"),
            &format!("{path}[1].expression: \"true\" is already used above"),
        ],
    );
    let users = json!([{"expression": "true"}, {"expression": "true"}, {}]);
    check_item(
        "/userValidationRules",
        users,
        &[
            "jwt[0].userValidationRules[0].expression: CEL",
            "jwt[0].userValidationRules[1].expression: \"true\" is already used above",
            "jwt[0].userValidationRules[2].expression: is required",
        ],
    );
}
