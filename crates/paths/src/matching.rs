//! Whether one rule allows one thing: Kubernetes' match, part by part.

use authz::PolicyRule;
use model::attributes::Target;

/// Whether the rule has `verb`.
pub fn has_verb(rule: &PolicyRule, verb: &str) -> bool {
    has_or_star(&rule.verbs, verb)
}

/// Whether the rule has the API group; empty for core.
pub fn has_group(rule: &PolicyRule, group: &str) -> bool {
    has_or_star(&rule.api_groups, group)
}

/// Whether the rule has `resource` or `resource/subresource`. `pods` is not `pods/log`, and
/// `pods/*` is nothing.
pub fn has_resource(rule: &PolicyRule, resource: &str) -> bool {
    rule.resources.iter().any(|held| is_resource(held, resource))
}

/// Whether an entry among resources is `resource` or `resource/subresource`.
pub(crate) fn is_resource(held: &str, resource: &str) -> bool {
    let sub = resource.split_once('/').map(|(_, sub)| sub);
    held == "*"
        || held == resource
        || sub.is_some_and(|sub| held.strip_prefix("*/").is_some_and(|held| held == sub))
}

/// Whether the rule has the object; a call without a name is an empty name.
pub fn has_name(rule: &PolicyRule, name: &str) -> bool {
    rule.resource_names.is_empty() || rule.resource_names.iter().any(|held| held == name)
}

/// Whether the rule has the URL path.
pub(crate) fn has_path(rule: &PolicyRule, path: &str) -> bool {
    rule.non_resource_urls.iter().any(|held| is_path(held, path))
}

/// Whether an entry among URLs is `path`.
pub(crate) fn is_path(held: &str, path: &str) -> bool {
    held == path || held.ends_with('*') && path.starts_with(held.trim_end_matches('*'))
}

/// Whether the rule allows `verb` on a resource, all within itself.
pub fn allows(
    rule: &PolicyRule,
    verb: &str,
    group: &str,
    resource: &str,
    name: Option<&str>,
) -> bool {
    has_verb(rule, verb)
        && has_group(rule, group)
        && has_resource(rule, resource)
        && has_name(rule, name.unwrap_or_default())
}

/// Whether the rule allows what is asked, held everywhere.
pub(crate) fn allows_target(rule: &PolicyRule, verb: &str, target: &Target<'_>) -> bool {
    match target {
        Target::Path(path) => has_verb(rule, verb) && has_path(rule, path),
        Target::Resource(what) if what.subresource.is_empty() => {
            allows(rule, verb, what.group, what.resource, Some(what.name))
        }
        Target::Resource(what) => {
            let resource = format!("{}/{}", what.resource, what.subresource);
            allows(rule, verb, what.group, &resource, Some(what.name))
        }
    }
}

fn has_or_star(held: &[String], wanted: &str) -> bool {
    held.iter().any(|held| held == "*" || held == wanted)
}
