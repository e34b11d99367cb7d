//! Nobody gives away more than they have: what a write of an RBAC object grants must be held by
//! who writes it, or they may `escalate` or `bind`.

use std::collections::BTreeMap;

use authz::{Policy, PolicyRule, covers, escalation, policy};
use model::attributes::Resource;
use model::quote::Quoted;
use serde_json::Value;

use crate::asked::Asked;
use crate::kind::{self, Kind, RBAC};
use crate::object::text;
use crate::refusal::Refusal;
use crate::store::Key;

/// Refuses a write that grants what its caller does not hold.
pub(crate) fn check(
    asked: &Asked,
    kind: &'static Kind,
    before: Option<&Value>,
    new: &Value,
) -> Result<(), Refusal> {
    if kind.group != RBAC || asked.user.is_in("system:masters") {
        return Ok(());
    }
    match kind.plural {
        "roles" | "clusterroles" => role(asked, kind, before, new),
        _ => binding(asked, kind, new),
    }
}

fn role(asked: &Asked, kind: &Kind, before: Option<&Value>, new: &Value) -> Result<(), Refusal> {
    let place = Resource {
        group: RBAC,
        version: "v1",
        resource: kind.plural,
        subresource: "",
        namespace: &asked.call.namespace,
        name: &asked.call.name,
    };
    if asked.may("escalate", place) {
        return Ok(());
    }
    let aggregates =
        |object: &Value| object.get("aggregationRule").is_some_and(|rule| !rule.is_null());
    let held = held(asked, &asked.call.namespace);
    if (aggregates(new) || before.is_some_and(aggregates)) && !covers(&held, &everything()) {
        let why = "must have cluster-admin privileges to use the aggregationRule";
        return Err(Refusal::forbidden(kind, crate::object::name(new), why));
    }
    granted(asked, kind, new, &held, &rules_of(kind, new, &asked.call.namespace)?)
}

fn binding(asked: &Asked, kind: &Kind, new: &Value) -> Result<(), Refusal> {
    let (of, name) = (text(new, "/roleRef/kind"), text(new, "/roleRef/name"));
    let namespace = asked.call.namespace.as_str();
    let (plural, home) = if of == "Role" { ("roles", namespace) } else { ("clusterroles", "") };
    let role =
        Resource { group: RBAC, version: "v1", resource: plural, subresource: "", namespace, name };
    if asked.may("bind", role) {
        return Ok(());
    }
    let role_kind = kind::find(RBAC, plural).ok_or_else(Refusal::no_such_path)?;
    let key = Key::new(role_kind, home, name);
    let role = asked.world.store.read(&key);
    let role = role.ok_or_else(|| Refusal::not_found(role_kind, name))?;
    let wanted = rules_of(role_kind, &role, home)?;
    granted(asked, kind, new, &held(asked, namespace), &wanted)
}

fn granted(
    asked: &Asked,
    kind: &Kind,
    new: &Value,
    held: &[PolicyRule],
    wanted: &[PolicyRule],
) -> Result<(), Refusal> {
    let missing: Vec<PolicyRule> = escalation::uncovered(held, wanted).take(MOST_TOLD).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let user = &asked.user;
    let groups: Vec<String> = user.groups.iter().map(|group| Quoted(group).to_string()).collect();
    let why = format!(
        "user {} (groups=[{}]) is attempting to grant RBAC permissions not currently held:\n{}",
        Quoted(&user.name),
        groups.join(" "),
        told(&missing),
    );
    Err(Refusal::forbidden(kind, crate::object::name(new), &why))
}

/// What the caller may do in a namespace; in all of them where it is empty.
fn held(asked: &Asked, namespace: &str) -> Vec<PolicyRule> {
    let rules = asked.rules.rules(&asked.user, namespace);
    let resources = rules.resource_rules.into_iter().map(|rule| PolicyRule {
        verbs: rule.verbs,
        api_groups: rule.api_groups,
        resources: rule.resources,
        resource_names: rule.resource_names,
        ..PolicyRule::default()
    });
    let urls = rules.non_resource_rules.into_iter().map(|rule| PolicyRule {
        verbs: rule.verbs,
        non_resource_urls: rule.non_resource_urls,
        ..PolicyRule::default()
    });
    resources.chain(urls).collect()
}

/// The rules of a role. It may not have its name and namespace yet: what it permits is all that
/// is looked at.
fn rules_of(kind: &Kind, role: &Value, namespace: &str) -> Result<Vec<PolicyRule>, Refusal> {
    let mut role = role.clone();
    crate::object::set_default(&mut role, &["metadata", "name"], "unnamed");
    if kind.is_namespaced() {
        crate::object::set(&mut role, &["metadata", "namespace"], namespace);
    }
    let Policy { roles, cluster_roles, .. } = policy::from_objects(&[role])
        .map_err(|problems| Refusal::unreadable_rules(kind, &problems))?;
    let of_roles = roles.into_iter().flat_map(|role| role.rules);
    Ok(of_roles.chain(cluster_roles.into_iter().flat_map(|role| role.rules)).collect())
}

fn everything() -> [PolicyRule; 2] {
    let all = || vec!["*".to_owned()];
    let resources =
        PolicyRule { verbs: all(), api_groups: all(), resources: all(), ..PolicyRule::default() };
    let urls = PolicyRule { verbs: all(), non_resource_urls: all(), ..PolicyRule::default() };
    [resources, urls]
}

/// The rules as upstream prints them: those that differ in their verb alone as one, sorted.
fn told(rules: &[PolicyRule]) -> String {
    let mut verbs: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for rule in rules {
        let mut parts = Vec::new();
        for (part, texts) in [
            ("NonResourceURLs", &rule.non_resource_urls),
            ("APIGroups", &rule.api_groups),
            ("Resources", &rule.resources),
            ("ResourceNames", &rule.resource_names),
        ] {
            let quoted: Vec<String> = texts.iter().map(|text| Quoted(text).to_string()).collect();
            if !quoted.is_empty() {
                parts.push(format!("{part}:[{}]", quoted.join(" ")));
            }
        }
        verbs.entry(parts.join(", ")).or_default().extend(rule.verbs.iter().map(String::as_str));
    }
    let lines = verbs.into_iter().map(|(what, verbs)| {
        let verbs: Vec<String> = verbs.into_iter().map(|verb| Quoted(verb).to_string()).collect();
        format!("{{{what}, Verbs:[{}]}}", verbs.join(" "))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// As many combinations as a refusal tells.
const MOST_TOLD: usize = 1_000;
