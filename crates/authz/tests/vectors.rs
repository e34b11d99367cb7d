//! Kubernetes' own answers to random questions about random policies. Ours must be the same.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;

use authz::{Policy, PolicyRule, Snapshot, escalation, policy, review};
use model::attributes::{Resource, Target};
use model::{Attributes, UserInfo};
use serde_json::{Value, json};

#[test]
fn decides_as_kubernetes_does() {
    let mut asked = 0;
    for line in vectors("rbac") {
        let snapshot = Snapshot::build(policy_of(&line["policy"]));
        for query in list(&line["queries"]) {
            asked += 1;
            let (user, request) = (user_of(&query["request"]["user"]), &query["request"]);
            let decision = snapshot.decide_by_rules(&Attributes {
                user: &user,
                verb: text(&request["verb"]),
                target: target_of(request),
            });
            let expected = text(&query["decision"]);
            assert_eq!(decision.is_allow(), expected == "allow", "{query}\n{}", line["policy"]);
            if decision.is_allow() {
                assert_eq!(decision.to_string(), text(&query["reason"]), "{query}");
            }
        }
    }
    assert!(asked >= 8000, "only {asked} questions");
}

#[test]
fn lists_rules_as_kubernetes_does() {
    let mut asked = 0;
    for line in vectors("rules") {
        asked += 1;
        let snapshot = Snapshot::build(policy_of(&line["policy"]));
        let rules = review::Rules::of(&snapshot, &user_of(&line["user"]), text(&line["namespace"]));
        let resource_rules: Vec<Value> = rules.resource_rules.iter().map(resource_rule).collect();
        let url_rules: Vec<Value> = rules.non_resource_rules.iter().map(url_rule).collect();
        assert_eq!(json!(resource_rules), line["resourceRules"], "{line}");
        assert_eq!(json!(url_rules), line["nonResourceRules"], "{line}");
        assert_eq!(json!(rules.incomplete), line["incomplete"], "{line}");
        let error = without_names(&rules.evaluation_error);
        assert_eq!(error, text(&line["error"]), "{line}");
    }
    assert!(asked >= 300, "only {asked} questions");
}

#[test]
fn covers_what_kubernetes_covers() {
    let mut asked = 0;
    for line in vectors("escalation") {
        asked += 1;
        let (held, wanted) = (rules_of(&line["owner"]), rules_of(&line["grant"]));
        let covered = authz::covers(&held, &wanted);
        assert_eq!(json!(covered), line["covered"], "{line}");
        assert_eq!(json!(escalation::uncovered(&held, &wanted).count()), line["missing"], "{line}");
    }
    assert!(asked >= 1500, "only {asked} questions");
}

fn vectors(kind: &str) -> impl Iterator<Item = Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/vectors");
    let file = std::fs::File::open(folder.join(format!("{kind}.jsonl.gz"))).unwrap();
    let lines = BufReader::new(flate2::read::MultiGzDecoder::new(file)).lines();
    lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap())
}

/// The vectors' lists hold objects without a kind.
fn policy_of(value: &Value) -> Policy {
    let lists = [
        ("Role", "roles"),
        ("RoleBinding", "roleBindings"),
        ("ClusterRole", "clusterRoles"),
        ("ClusterRoleBinding", "clusterRoleBindings"),
    ];
    let version = "rbac.authorization.k8s.io/v1";
    let typed = lists.map(|(kind, field)| {
        json!({"apiVersion": version, "kind": format!("{kind}List"), "items": value[field]})
    });
    policy::from_objects(&typed).unwrap()
}

fn rules_of(rules: &Value) -> Vec<PolicyRule> {
    let role = json!({"metadata": {"name": "any"}, "rules": rules});
    policy_of(&json!({"clusterRoles": [role]})).cluster_roles.remove(0).rules
}

fn user_of(value: &Value) -> UserInfo {
    let texts = |value: &Value| list(value).iter().map(|item| text(item).to_owned()).collect();
    let extra: BTreeMap<String, Vec<String>> = value["extra"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, values)| (key.clone(), texts(values)))
        .collect();
    UserInfo {
        name: text(&value["name"]).to_owned(),
        uid: text(&value["uid"]).to_owned(),
        groups: texts(&value["groups"]),
        extra,
    }
}

fn target_of(request: &Value) -> Target<'_> {
    if request["resourceRequest"] == json!(false) {
        return Target::Path(text(&request["path"]));
    }
    Target::Resource(Resource {
        group: text(&request["apiGroup"]),
        version: text(&request["apiVersion"]),
        resource: text(&request["resource"]),
        subresource: text(&request["subresource"]),
        namespace: text(&request["namespace"]),
        name: text(&request["name"]),
    })
}

fn resource_rule(rule: &review::ResourceRule) -> Value {
    json!({
        "verbs": or_null(&rule.verbs),
        "apiGroups": or_null(&rule.api_groups),
        "resources": or_null(&rule.resources),
        "resourceNames": or_null(&rule.resource_names),
    })
}

fn url_rule(rule: &review::NonResourceRule) -> Value {
    json!({"verbs": or_null(&rule.verbs), "nonResourceURLs": or_null(&rule.non_resource_urls)})
}

fn or_null(texts: &[String]) -> Value {
    if texts.is_empty() { Value::Null } else { json!(texts) }
}

/// The vectors' errors come from lists that do not say which role is missing.
fn without_names(errors: &str) -> String {
    let each = errors.trim_matches(['[', ']']).split(", ").filter(|error| !error.is_empty());
    let kinds: BTreeSet<&str> = each.filter_map(|error| error.split('.').next()).collect();
    let texts: Vec<String> = kinds.into_iter().map(|kind| format!("{kind} not found")).collect();
    if texts.len() > 1 { format!("[{}]", texts.join(", ")) } else { texts.concat() }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
