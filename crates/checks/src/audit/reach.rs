//! Whether any request reaches a rule: it matches the rule and none before it.
//!
//! Rules match by membership alone, so it is enough to try, for each thing that a rule names, a
//! request that has that thing and is otherwise unlike anything that any rule names. Where there
//! are too many to try, the rule counts as reached.

use model::{Call, UserInfo};
use serde_json::Value;

use super::policy::{Rules, text, texts};
use super::request;

/// The rules that decide no request.
pub(super) fn unreached(rules: &Rules) -> Vec<usize> {
    (1..rules.rules().len()).filter(|index| !is_reached(rules, *index)).collect()
}

fn is_reached(rules: &Rules, index: usize) -> bool {
    let rule = rules.rule(index);
    let users = users(rule);
    let calls = calls(rule);
    if users.len().saturating_mul(calls.len()) > MOST {
        return true;
    }
    calls.iter().any(|call| {
        users.iter().any(|user| rules.first(Some(user), call).is_none_or(|first| first >= index))
    })
}

/// Callers that a rule is about, each in as few groups as can be.
fn users(rule: &Value) -> Vec<UserInfo> {
    let names = or_other(texts(rule, "users"), OTHER);
    let groups = texts(rule, "userGroups");
    let of = |name: &&str| -> Vec<UserInfo> {
        if groups.is_empty() {
            return vec![request::user(name, &[])];
        }
        groups.iter().map(|group| request::user(name, &[group])).collect()
    };
    names.iter().flat_map(of).collect()
}

/// Calls that a rule is about.
fn calls(rule: &Value) -> Vec<Call> {
    let verbs = or_other(texts(rule, "verbs"), OTHER);
    let mut targets = Vec::new();
    let paths = texts(rule, "nonResourceURLs");
    let is_about_resources =
        rule.get("resources").and_then(Value::as_array).is_some_and(|items| !items.is_empty())
            || !texts(rule, "namespaces").is_empty();
    if paths.is_empty() {
        targets.extend(resources(rule));
    }
    if !is_about_resources {
        targets.extend(or_other(paths, "*").into_iter().map(of_path));
    }
    let with = |target: &Call| -> Vec<Call> {
        verbs.iter().map(|verb| Call { verb: (*verb).to_owned(), ..target.clone() }).collect()
    };
    targets.iter().flat_map(with).collect()
}

fn of_path(pattern: &str) -> Call {
    let path = match pattern.strip_suffix('*') {
        Some("") => format!("/{OTHER}"),
        Some(start) => format!("{start}{OTHER}"),
        None => pattern.to_owned(),
    };
    Call { path, ..Call::default() }
}

fn resources(rule: &Value) -> Vec<Call> {
    let namespaces = or_other(texts(rule, "namespaces"), OTHER);
    let groups = rule.get("resources").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut targets: Vec<Call> = groups.iter().flat_map(of_group).collect();
    if groups.is_empty() {
        targets.push(of_resource(OTHER, OTHER));
    }
    let within = |target: &Call| -> Vec<Call> {
        let of = |namespace: &&str| Call { namespace: (*namespace).to_owned(), ..target.clone() };
        namespaces.iter().map(of).collect()
    };
    targets.iter().flat_map(within).collect()
}

fn of_group(group: &Value) -> Vec<Call> {
    let name = match text(group, "group") {
        "*" => OTHER,
        name => name,
    };
    let names = or_other(texts(group, "resourceNames"), OTHER);
    let patterns = or_other(texts(group, "resources"), "*");
    let of = |pattern: &&str| -> Vec<Call> {
        let call = of_resource(name, pattern);
        names.iter().map(|name| Call { name: (*name).to_owned(), ..call.clone() }).collect()
    };
    patterns.iter().flat_map(of).collect()
}

/// A request on a resource that a pattern covers and a narrower one does not.
fn of_resource(group: &str, pattern: &str) -> Call {
    let (resource, subresource) = pattern.split_once('/').unwrap_or((pattern, ""));
    let other = |part: &str| if part == "*" { OTHER } else { part }.to_owned();
    Call {
        is_resource: true,
        api_group: group.to_owned(),
        resource: other(resource),
        subresource: other(subresource),
        ..Call::default()
    }
}

fn or_other<'v>(named: Vec<&'v str>, other: &'v str) -> Vec<&'v str> {
    if named.is_empty() { vec![other] } else { named }
}

/// What no rule names.
const OTHER: &str = "ravelin.other";

/// So many requests are tried for one rule.
const MOST: usize = 20_000;

#[cfg(test)]
mod tests {
    use inventory::{File, Inventory, Kind};

    use super::*;
    use crate::{Example, Seen};

    fn check(rules: &str, expected: &[usize]) {
        let text = format!("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n{rules}");
        let mut builder = Inventory::builder();
        builder.add_file(File::new("policy.yaml"), &text);
        builder.set_minor(inventory::Minor::of(36));
        let inventory = builder.build();
        let seen = Seen::new(&inventory, Example::now());
        let rules = Rules::read(&seen, &inventory.of(Kind::AUDIT_POLICY)[0]).unwrap();
        assert_eq!(unreached(&rules), expected, "{text}");
    }

    #[test]
    fn a_rule_is_reached_by_what_no_rule_before_it_matches() {
        check("- {level: Metadata}\n- {level: None}\n", &[1]);
        check("- {level: Metadata, verbs: [get]}\n- {level: None}\n", &[]);
        check("- {level: Metadata, verbs: [get, list]}\n- {level: None, verbs: [list]}\n", &[1]);
        check("- {level: None, users: [a]}\n- {level: None, users: [a, b]}\n", &[]);
        check(
            "- {level: None, users: [a]}\n- {level: None, users: [b]}\n- {level: None, users: [b, a]}\n",
            &[2],
        );
        check("- {level: None, userGroups: [a]}\n- {level: None, users: [b]}\n", &[]);
        check("- {level: None, namespaces: [a]}\n- {level: None, namespaces: ['']}\n", &[]);
        check(
            "- {level: None, nonResourceURLs: ['/a*']}\n- {level: None, nonResourceURLs: ['/a/b', '/ab*']}\n",
            &[1],
        );
        check("- {level: None, nonResourceURLs: ['*']}\n- {level: None}\n", &[]);
        check(
            "- {level: None, nonResourceURLs: ['*']}\n- {level: None, resources: [{group: '*'}]}\n- {level: Metadata}\n",
            &[2],
        );
    }

    #[test]
    fn patterns_of_resources_cover_each_other_as_they_do_upstream() {
        let two = |one: &str, other: &str, expected: &[usize]| {
            check(
                &format!(
                    "- {{level: None, resources: [{{group: '', resources: [{one}]}}]}}\n- {{level: Metadata, resources: [{{group: '', resources: [{other}]}}]}}\n"
                ),
                expected,
            );
        };
        two("'*'", "secrets", &[1]);
        two("'pods/*'", "pods", &[1]);
        two("'pods/*'", "pods/exec", &[1]);
        two("pods", "'pods/*'", &[]);
        two("pods", "pods/exec", &[]);
        two("'*/exec'", "pods/exec", &[1]);
        two("pods/exec", "'*/exec'", &[]);
        two("'*/exec', pods", "'pods/*'", &[]);
        two("secrets", "secrets, configmaps", &[]);
    }

    #[test]
    fn names_of_objects_and_groups_part_rules() {
        check(
            "- {level: None, resources: [{group: '', resources: [configmaps], resourceNames: [a]}]}\n- {level: None, resources: [{group: '', resources: [configmaps]}]}\n",
            &[],
        );
        check(
            "- {level: None, resources: [{group: apps}]}\n- {level: None, resources: [{group: '', resources: [deployments]}]}\n",
            &[],
        );
        check(
            "- {level: None, resources: [{group: '*', resources: [deployments]}]}\n- {level: None, resources: [{group: apps, resources: [deployments]}]}\n",
            &[1],
        );
    }
}
