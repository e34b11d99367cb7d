//! What of a rule nobody used.

use authz::{ClusterRole, ClusterRoleBinding, Policy, PolicyRule, RoleRef};

use super::*;

fn policy([verbs, resources, urls]: [&str; 3], kind: &str, name: &str) -> Policy {
    let list = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    let rule = PolicyRule {
        verbs: list(verbs),
        api_groups: vec![String::new()],
        resources: list(resources),
        non_resource_urls: list(urls),
        ..PolicyRule::default()
    };
    let who = authz::Subject { kind: kind.to_owned(), name: name.to_owned(), ..Default::default() };
    Policy {
        cluster_roles: vec![ClusterRole {
            name: "r".to_owned(),
            rules: vec![rule],
            ..ClusterRole::default()
        }],
        cluster_role_bindings: vec![ClusterRoleBinding {
            name: "b".to_owned(),
            subjects: vec![who],
            role: RoleRef { kind: "ClusterRole".to_owned(), name: "r".to_owned() },
        }],
        ..Policy::default()
    }
}

/// `verb resource` or `verb /path`, by jane of dev.
fn event(text: &str) -> Event {
    let (verb, what) = text.split_once(' ').unwrap();
    let is_path = what.starts_with('/');
    let (resource, subresource) = what.split_once('/').unwrap_or((what, ""));
    Event {
        user: "jane".to_owned(),
        groups: vec!["dev".to_owned()],
        verb: verb.to_owned(),
        resource: if is_path { String::new() } else { resource.to_owned() },
        subresource: if is_path { String::new() } else { subresource.to_owned() },
        path: if is_path { what.to_owned() } else { String::new() },
        is_allowed: true,
        ..Event::default()
    }
}

fn check(rule: [&str; 3], log: &[&str], expected: &str) {
    let (policy, events) =
        (policy(rule, "User", "jane"), log.iter().map(|text| event(text)).collect::<Vec<_>>());
    let grants = Grants::of(&policy);
    let found = unused(&grants, &events);
    let told = found.first().map(|one| {
        let stars: Vec<&str> = one.used_by_star.iter().map(String::as_str).collect();
        let parts = [&one.verbs, &one.resources, &one.paths, &stars];
        let whole = if one.is_whole() { "all: " } else { "" };
        format!("{whole}{}", parts.map(|part| part.join(" ")).join("|"))
    });
    assert_eq!(told.unwrap_or_default(), expected, "{rule:?} after {log:?}");
}

#[test]
fn tells_verbs_and_resources_apart() {
    let rule = ["get list", "pods nodes", ""];
    check(rule, &["get pods", "list nodes"], "");
    check(rule, &["get pods"], "list|nodes||");
    check(rule, &[], "all: get list|pods nodes||");
    check(rule, &["delete pods", "get secrets"], "all: get list|pods nodes||");
    check(["get", "pods pods/log */exec", ""], &["get pods/exec"], "|pods pods/log||");
    check(["get", "", "/healthz /metrics*"], &["get /metrics/a"], "||/healthz|");
}

#[test]
fn says_what_a_star_was_used_for() {
    check(["*", "pods", ""], &["get pods", "list pods", "get pods"], "|||get list");
    check(["*", "pods", ""], &[], "all: *|pods||");
    check(["get", "*", ""], &["get pods"], "");
}

#[test]
fn groups_are_used_by_their_members_and_refusals_are_no_use() {
    let policy = policy(["get", "pods", ""], "Group", "dev");
    let grants = Grants::of(&policy);
    let used = event("get pods");
    assert_eq!(unused(&grants, std::slice::from_ref(&used)), []);
    let refused = Event { is_allowed: false, ..used.clone() };
    let other = Event { groups: vec!["ops".to_owned()], ..used };
    for event in [refused, other] {
        assert!(unused(&grants, &[event])[0].is_whole());
    }
}
