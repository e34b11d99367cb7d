//! Policies that are wrong, and what the built-in one keeps out of the log.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn policy(value: &serde_json::Value) -> Policy {
    Policy::read(value).unwrap()
}

fn rule(rule: &serde_json::Value) -> serde_json::Value {
    json!({"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [rule]})
}

#[test]
fn the_built_in_policy_is_valid() {
    let value = serde_saphyr::from_str(BUILT_IN).unwrap();
    assert_eq!(Policy::read(&value), Ok(Policy::built_in()));
    assert_eq!(Policy::built_in().warnings(), []);
    assert_ne!(Policy::built_in(), Policy::everything());
}

fn check_problems(value: &serde_json::Value, expected: &[&str]) {
    let problems = Policy::read(value).unwrap_err();
    assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
}

#[test]
fn says_all_that_is_wrong_and_where() {
    let check = check_problems;
    check(
        &json!([]),
        &[
            "is a list; must be a mapping",
            r#"apiVersion: is ""; only "audit.k8s.io/v1" is known"#,
            r#"kind: is ""; only "Policy" is known"#,
            "rules: holds no rule; a policy has one at least",
        ],
    );
    check(
        &json!({"apiVersion": "audit.k8s.io/v1beta1", "kind": "Policy", "rules": null}),
        &[
            r#"apiVersion: is "audit.k8s.io/v1beta1"; only "audit.k8s.io/v1" is known"#,
            "rules: holds no rule; a policy has one at least",
        ],
    );
    let levels = "None, Metadata, Request, RequestResponse";
    check(&rule(&json!(null)), &[&format!("rules[0].level: is missing; one of {levels}")]);
    check(
        &rule(&json!({"level": "metadata"})),
        &[&format!(r#"rules[0].level: is "metadata"; one of {levels}"#)],
    );
    check(
        &rule(&json!({"level": "None", "users": "jane", "verbs": [1], "omitManagedFields": "yes"})),
        &[
            "rules[0].users: is a text; must be a list",
            "rules[0].verbs[0]: is a number; must be a text",
            "rules[0].omitManagedFields: is a text; must be true or false",
        ],
    );
}

#[test]
fn says_which_stages_paths_and_groups_are_none() {
    let check = check_problems;
    let stages = "RequestReceived, ResponseStarted, ResponseComplete, Panic";
    check(
        &rule(&json!({"level": "None", "omitStages": ["Panic", "All"]})),
        &[&format!(r#"rules[0].omitStages[1]: is "All"; one of {stages}"#)],
    );
    check(
        &rule(&json!({"level": "None", "nonResourceURLs": ["api", "/a*b", "*", "/a**", ""]})),
        &[
            r#"rules[0].nonResourceURLs[0]: "api" does not start with "/""#,
            r#"rules[0].nonResourceURLs[1]: "/a*b" has a "*" that is not its last character"#,
            r#"rules[0].nonResourceURLs[3]: "/a**" has a "*" that is not its last character"#,
            r#"rules[0].nonResourceURLs[4]: "" does not start with "/""#,
        ],
    );
    check(
        &rule(&json!({"level": "None", "nonResourceURLs": ["*"], "namespaces": [""]})),
        &["rules[0].nonResourceURLs: a rule is about resources and namespaces, or about paths; \
           make two rules"],
    );
    check(
        &rule(&json!({"level": "None", "resources": [
            {"group": "rbac.authorization.k8s.io/v1", "resourceNames": ["x"]}, {"group": "*"},
            {"group": "Apps"}, {"group": "-a"}, {"group": "a..b"}]})),
        &[
            r#"rules[0].resources[0].group: "rbac.authorization.k8s.io/v1" is no API group: a DNS name in lower case, or "*""#,
            "rules[0].resources[0].resourceNames: needs one of `resources` at least",
            r#"rules[0].resources[2].group: "Apps" is no API group: a DNS name in lower case, or "*""#,
            r#"rules[0].resources[3].group: "-a" is no API group: a DNS name in lower case, or "*""#,
            r#"rules[0].resources[4].group: "a..b" is no API group: a DNS name in lower case, or "*""#,
        ],
    );
}

#[test]
fn a_field_that_means_nothing_is_a_warning() {
    let read = policy(&json!({
        "apiVersion": "audit.k8s.io/v1", "kind": "Policy", "metadata": {"name": "x"}, "Rules": [],
        "rules": [{"level": "Metadata", "resources": [{"groups": ["apps"]}]}],
    }));
    let warnings: Vec<_> = read.warnings().iter().map(|warning| &*warning.path).collect();
    assert_eq!(warnings, ["Rules", "rules[0].resources[0].groups"]);
}

#[test]
fn no_rule_that_matches_is_no_record() {
    let read = policy(&rule(&json!({"level": "Metadata", "users": ["jane"]})));
    let call = Call::parse("GET", "/api/v1/pods").unwrap();
    assert_eq!(read.judge(None, &call).level, Level::None);
    let verdict = read.judge(Some(&UserInfo { name: "jane".into(), ..UserInfo::default() }), &call);
    assert_eq!(verdict.level, Level::Metadata);
    assert!(verdict.records(Stage::RequestReceived));
}

/// Every secret that a client may send or be sent, in each place where it may.
const SECRET_BODIES: &[(&str, &str)] = &[
    ("POST", "/api/v1/namespaces/a/secrets"),
    ("PUT", "/api/v1/namespaces/a/secrets/s"),
    ("PATCH", "/api/v1/namespaces/a/secrets/s"),
    ("DELETE", "/api/v1/namespaces/a/secrets/s"),
    ("DELETE", "/api/v1/namespaces/a/secrets"),
    ("GET", "/api/v1/secrets"),
    ("GET", "/api/v1/namespaces/a/secrets/s"),
    ("POST", "/api/v1/namespaces/a/configmaps"),
    ("PATCH", "/api/v1/namespaces/a/configmaps/c"),
    ("GET", "/api/v1/configmaps"),
    ("POST", "/api/v1/namespaces/a/serviceaccounts/s/token"),
    ("POST", "/apis/authentication.k8s.io/v1/tokenreviews"),
    ("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews"),
    ("POST", "/apis/example.com/v1/namespaces/a/vaults"),
];

#[test]
fn the_built_in_policy_keeps_secrets_out_of_the_log() {
    let body = br#"{"kind":"Secret","apiVersion":"v1","metadata":{"name":"s","annotations":
        {"kubectl.kubernetes.io/last-applied-configuration":"CANARY"}},"data":{"k":"CANARY"},
        "spec":{"token":"CANARY"},"status":{"token":"CANARY"}}"#;
    for (method, target) in SECRET_BODIES {
        let events = recorded(&Policy::built_in(), method, target, body);
        assert_eq!(events.len(), 1, "{method} {target}");
        assert!(!events.concat().contains("CANARY"), "{method} {target}: {events:?}");
        // The same bodies are seen when a policy asks for them: the test can fail.
        let all = policy(&rule(&json!({"level": "RequestResponse"})));
        let events = recorded(&all, method, target, body).concat();
        assert!(events.contains("CANARY"), "{method} {target}: {events}");
    }
}

fn recorded(policy: &Policy, method: &str, target: &str, body: &[u8]) -> Vec<String> {
    use crate::{Asked, Draft, RequestBody, ResponseBody, body::Head};
    let now = std::time::SystemTime::UNIX_EPOCH;
    let call = Call::parse(method, target).unwrap();
    let verdict = policy.judge(None, &call);
    let asked = Asked {
        audit_id: "1".into(),
        request_uri: target.to_owned(),
        user: UserInfo::default(),
        source_ips: Vec::new(),
        user_agent: String::new(),
        received: now,
    };
    let mut draft = Draft::new(verdict, asked, &call);
    let mut events = Vec::from_iter(draft.event(Stage::RequestReceived, now));
    if let Some(mut sent) = RequestBody::of(verdict, &call, b"application/json", 1 << 20) {
        sent.push(body);
        draft.sent(sent);
    }
    draft.answered(200);
    let head = Head { code: 200, content_type: b"application/json", content_encoding: b"" };
    if let Some(mut answer) = ResponseBody::of(verdict, &call, head, 1 << 20) {
        answer.push(body);
        draft.received(answer);
    }
    events.extend(draft.event(Stage::ResponseComplete, now));
    events.iter().map(|event| String::from_utf8(event.to_json()).unwrap()).collect()
}

/// JSON of any shape, with the words of a policy in it.
fn tree() -> impl Strategy<Value = serde_json::Value> {
    let word = prop::sample::select(vec![
        "apiVersion",
        "kind",
        "audit.k8s.io/v1",
        "Policy",
        "rules",
        "level",
        "Metadata",
        "users",
        "resources",
        "group",
        "nonResourceURLs",
        "omitStages",
        "*",
        "/a*",
        "",
        "\u{e9}*\u{e9}",
    ]);
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|flag| json!(flag)),
        any::<i64>().prop_map(|number| json!(number)),
        word.clone().prop_map(|word| json!(word)),
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(|list| json!(list)),
            prop::collection::btree_map(word.clone(), inner, 0..6).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    #[test]
    fn any_tree_is_a_policy_or_problems(value in tree()) {
        match Policy::read(&value) {
            Ok(read) => assert!(!read.rules.is_empty()),
            Err(problems) => assert!(!problems.is_empty()),
        }
    }
}
