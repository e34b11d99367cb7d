//! Which grants a policy makes, and what each allows.

use authz::{
    ClusterRole, ClusterRoleBinding, LabelSelector, Operator, Requirement, Role, RoleBinding,
    RoleRef,
};
use model::attributes::Resource;

use super::*;

fn words(text: &str) -> Vec<String> {
    let words = text.split_whitespace();
    words.map(|word| if word == "core" { "" } else { word }.to_owned()).collect()
}

/// Verbs, groups, resources, names, URLs.
fn rule([verbs, groups, resources, names, urls]: [&str; 5]) -> PolicyRule {
    PolicyRule {
        verbs: words(verbs),
        api_groups: words(groups),
        resources: words(resources),
        resource_names: words(names),
        non_resource_urls: words(urls),
    }
}

fn cluster_role(name: &str, rules: &[[&str; 5]]) -> ClusterRole {
    let rules = rules.iter().copied().map(rule).collect();
    ClusterRole { name: name.to_owned(), rules, ..ClusterRole::default() }
}

fn reference(kind: &str, name: &str) -> RoleRef {
    RoleRef { kind: kind.to_owned(), name: name.to_owned() }
}

fn jane() -> Vec<authz::Subject> {
    let [kind, name, namespace] = ["User", "jane", ""].map(str::to_owned);
    vec![authz::Subject { kind, name, namespace }]
}

fn bound(role: ClusterRole, namespace: &str) -> Policy {
    let role_ref = reference("ClusterRole", &role.name);
    let mut policy = Policy { cluster_roles: vec![role], ..Policy::default() };
    let (name, subjects) = ("b".to_owned(), jane());
    if namespace.is_empty() {
        let binding = ClusterRoleBinding { name, subjects, role: role_ref };
        policy.cluster_role_bindings.push(binding);
    } else {
        let namespace = namespace.to_owned();
        policy.role_bindings.push(RoleBinding { namespace, name, subjects, role: role_ref });
    }
    policy
}

fn allows(parts: [&str; 5], asked: [&str; 3], name: Option<&str>, expected: bool) {
    let policy = bound(cluster_role("r", &[parts]), "");
    let grants = Grants::of(&policy);
    let [verb, group, resource] = asked;
    let found = grants.iter().any(|grant| grant.allows(verb, group, resource, name));
    assert_eq!(found, expected, "{asked:?} {name:?} by {parts:?}");
}

#[test]
fn a_rule_matches_all_parts_of_a_call_or_nothing() {
    let pods = ["get", "core", "pods", "", ""];
    allows(pods, ["get", "", "pods"], None, true);
    allows(pods, ["get", "", "pods"], Some("web"), true);
    allows(pods, ["get", "", "pods/log"], Some("web"), false);
    allows(pods, ["get", "apps", "pods"], None, false);
    allows(pods, ["GET", "", "pods"], None, false);
    allows(["get", "core", "pods/*", "", ""], ["get", "", "pods/log"], None, false);
    allows(["get", "core", "pods/*", "", ""], ["get", "", "pods"], None, false);
    allows(["get", "core", "*/log", "", ""], ["get", "", "pods/log"], None, true);
    allows(["get", "core", "*/log", "", ""], ["get", "", "pods"], None, false);
    allows(["get", "core", "*/*", "", ""], ["get", "", "pods/log"], None, false);
    allows(["*", "*", "*", "", ""], ["bind", "x", "pods/log"], Some("a"), true);
    allows(["get", "", "pods", "", ""], ["get", "", "pods"], None, false);
}

#[test]
fn names_are_matched_where_the_call_has_one() {
    let named = ["get list create deletecollection", "core", "secrets", "one", ""];
    allows(named, ["get", "", "secrets"], Some("one"), true);
    allows(named, ["get", "", "secrets"], Some("two"), false);
    allows(named, ["create", "", "secrets"], None, false);
    allows(named, ["deletecollection", "", "secrets"], None, false);
    allows(named, ["list", "", "secrets"], None, false);
    allows(named, ["list", "", "secrets"], Some("one"), true);
    let token = ["create", "core", "serviceaccounts/token", "sa", ""];
    allows(token, ["create", "", "serviceaccounts/token"], Some("sa"), true);
}

fn path(parts: [&str; 5], namespace: &str, path: &str, expected: bool) {
    let grants = Grants::of(&bound(cluster_role("r", &[parts]), namespace));
    let found = grants.iter().any(|grant| grant.allows_path("get", path));
    assert_eq!(found, expected, "{path} by {parts:?} in {namespace:?}");
    let user = Subject::user("jane").as_user();
    let can = grants.can(&user, "get", &Target::Path(path)).is_some();
    assert_eq!(can, expected);
}

#[test]
fn paths_are_given_by_cluster_role_bindings_alone() {
    let rule = ["get", "", "", "", "/healthz /apis/*"];
    path(rule, "", "/healthz", true);
    path(rule, "", "/healthz/x", false);
    path(rule, "", "/apis", false);
    path(rule, "", "/apis/", true);
    path(rule, "apps", "/healthz", false);
    path(["get", "", "", "", "*"], "", "/metrics", true);
}

#[test]
fn a_role_binding_gives_a_cluster_role_in_its_namespace() {
    let policy = bound(cluster_role("r", &[["get", "core", "pods", "", ""]]), "apps");
    let grants = Grants::of(&policy);
    let user = Subject::user("jane").as_user();
    for (namespace, expected) in [("apps", true), ("other", false), ("", false)] {
        let what = Resource { resource: "pods", namespace, ..Resource::default() };
        let can = grants.can(&user, "get", &Target::Resource(what));
        assert_eq!(can.is_some(), expected, "{namespace}");
    }
    let grant = grants.held_by(&Subject::user("jane")).next().unwrap();
    assert_eq!(
        format!("{} {} {}", grant.binding, grant.role, grant.scope),
        r#"RoleBinding "apps/b" ClusterRole "r" in namespace "apps""#
    );
}

#[test]
fn bindings_to_nothing_are_told() {
    let mut policy = bound(cluster_role("r", &[]), "");
    policy.cluster_role_bindings[0].role = reference("ClusterRole", "gone");
    let subjects = jane();
    policy.roles.push(Role { namespace: "a".into(), name: "here".into(), rules: vec![] });
    for (namespace, role) in [
        ("a", reference("Role", "here")),
        ("b", reference("Role", "here")),
        ("b", reference("Other", "r")),
    ] {
        let (namespace, name) = (namespace.to_owned(), role.kind.clone());
        let subjects = subjects.clone();
        policy.role_bindings.push(RoleBinding { namespace, name, subjects, role });
    }
    let name = "of-a-role".to_owned();
    let role = reference("Role", "here");
    policy.cluster_role_bindings.push(ClusterRoleBinding { name, subjects, role });
    let grants = Grants::of(&policy);
    let told: Vec<String> = grants
        .dangling()
        .iter()
        .map(|one| format!("{} of {} {}", one.binding, one.role.kind, one.role.name))
        .collect();
    assert_eq!(
        told,
        [
            r#"ClusterRoleBinding "b" of ClusterRole gone"#,
            r#"ClusterRoleBinding "of-a-role" of Role here"#,
            r#"RoleBinding "b/Role" of Role here"#,
            r#"RoleBinding "b/Other" of Other r"#,
        ]
    );
}

fn picking(label: &str) -> Vec<LabelSelector> {
    let labels = [(label.to_owned(), "true".to_owned())].into();
    vec![LabelSelector { labels, expressions: Vec::new() }]
}

#[test]
fn aggregated_roles_are_filled_unless_a_cluster_has_filled_them() {
    let part = ClusterRole {
        labels: [("to-all".to_owned(), "true".to_owned())].into(),
        ..cluster_role("part", &[["get", "core", "pods", "", ""]])
    };
    let check = |rules: &[[&str; 5]], expected: &[&str]| {
        let all =
            ClusterRole { aggregation: Some(picking("to-all")), ..cluster_role("all", rules) };
        let mut policy = bound(all, "");
        policy.cluster_roles.push(part.clone());
        let grants = Grants::of(&policy);
        let verbs: Vec<&str> = grants.iter().map(|grant| grant.rule.verbs[0].as_str()).collect();
        assert_eq!(verbs, expected);
        assert!(grants.bad_selectors().is_empty());
    };
    check(&[], &["get"]);
    check(&[["list", "core", "pods", "", ""]], &["list"]);
}

#[test]
fn a_selector_that_means_nothing_is_told_and_the_rest_is_filled() {
    let part = ClusterRole {
        labels: [("to-all".to_owned(), "true".to_owned())].into(),
        ..cluster_role("part", &[["get", "core", "pods", "", ""]])
    };
    let all = ClusterRole { aggregation: Some(picking("to-all")), ..cluster_role("all", &[]) };
    let expressions =
        vec![Requirement { key: "k".to_owned(), operator: Operator::In, values: Vec::new() }];
    let bad = vec![LabelSelector { labels: [].into(), expressions }];
    let bad = ClusterRole { aggregation: Some(bad), ..cluster_role("bad", &[]) };
    let mut policy = bound(all, "");
    policy.cluster_roles.extend([part, bad]);
    let grants = Grants::of(&policy);
    assert_eq!(grants.iter().count(), 1);
    assert_eq!(grants.bad_selectors()[0].role, "bad");
}
