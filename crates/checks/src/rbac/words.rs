//! How findings about grants read.

use authz::PolicyRule;
use inventory::Object;
use paths::{RoleKey, Scope, Subject};

use super::need::Found;
use crate::UNNAMED;

/// `ServiceAccount apps/web`.
pub(crate) fn who(subject: &Subject) -> String {
    match subject {
        Subject::User(name) => format!("User {name}"),
        Subject::Group(name) => format!("Group {name}"),
        Subject::ServiceAccount { namespace, name } if &**namespace == UNNAMED => {
            format!("ServiceAccount {name}")
        }
        Subject::ServiceAccount { namespace, name } => format!("ServiceAccount {namespace}/{name}"),
    }
}

/// The same, of all.
pub(crate) fn whos(subjects: &[Subject]) -> Vec<String> {
    let mut all: Vec<String> = subjects.iter().map(who).collect();
    all.sort();
    all.dedup();
    all
}

/// The first of several and how many more there are.
pub(crate) fn some_of(names: &[String]) -> String {
    match names {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [one, other, rest @ ..] => format!("{one}, {other} and {} more", rest.len()),
    }
}

/// `everywhere`, `in namespace apps`.
pub(crate) fn place(scope: &Scope) -> String {
    match scope {
        Scope::Cluster => "everywhere".to_owned(),
        Scope::Namespace(name) if &**name == UNNAMED => {
            "in the namespace it is applied to".to_owned()
        }
        Scope::Namespace(name) => format!("in namespace {name}"),
    }
}

/// `ClusterRole edit`, `Role apps/deployer`.
pub(crate) fn role(key: &RoleKey) -> String {
    match key.namespace.as_deref() {
        None => format!("ClusterRole {}", key.name),
        Some(namespace) if namespace == UNNAMED => format!("Role {}", key.name),
        Some(namespace) => format!("Role {namespace}/{}", key.name),
    }
}

/// A rule as one line of YAML.
pub(crate) fn rule(rule: &PolicyRule) -> String {
    let list = |held: &[String]| {
        let quoted: Vec<String> = held.iter().map(|one| format!("{one:?}")).collect();
        format!("[{}]", quoted.join(", "))
    };
    let parts = [
        ("apiGroups", &rule.api_groups),
        ("resources", &rule.resources),
        ("resourceNames", &rule.resource_names),
        ("nonResourceURLs", &rule.non_resource_urls),
        ("verbs", &rule.verbs),
    ];
    let told: Vec<String> = parts
        .iter()
        .filter(|(_, held)| !held.is_empty())
        .map(|(key, held)| format!("{key}: {}", list(held)))
        .collect();
    format!("{{{}}}", told.join(", "))
}

/// What was found, in the order of its content: `create,patch deployments.apps; get secrets [a]`.
pub(crate) fn content(found: &[Found<'_>]) -> String {
    let mut all: Vec<(String, Vec<&str>)> = Vec::new();
    for one in found {
        let what = object(one);
        match all.iter_mut().find(|(before, _)| *before == what) {
            Some((_, verbs)) => verbs.push(one.verb),
            None => all.push((what, vec![one.verb])),
        }
    }
    let mut lines: Vec<String> = all
        .into_iter()
        .map(|(what, mut verbs)| {
            verbs.sort_unstable();
            verbs.dedup();
            format!("{} {what}", verbs.join(","))
        })
        .collect();
    lines.sort();
    lines.join("; ")
}

fn object(one: &Found<'_>) -> String {
    let group = if one.group.is_empty() { String::new() } else { format!(".{}", one.group) };
    if one.names.is_empty() {
        return format!("{}{group}", one.resource);
    }
    let mut names: Vec<&str> = one.names.iter().map(String::as_str).collect();
    names.sort_unstable();
    format!("{}{group} [{}]", one.resource, names.join(","))
}

/// What kubectl calls an object: `clusterrole edit`, `rolebinding dev -n apps`.
pub(crate) fn kubectl(object: &Object) -> String {
    let kind = object.kind().kind.to_lowercase();
    match object.namespace() {
        "" => format!("{kind} {}", object.name()),
        namespace => format!("{kind} {} -n {namespace}", object.name()),
    }
}

/// The same of a role by its key.
pub(crate) fn kubectl_role(key: &RoleKey) -> String {
    match key.namespace.as_deref() {
        None => format!("clusterrole {}", key.name),
        Some(namespace) if namespace == UNNAMED => format!("role {}", key.name),
        Some(namespace) => format!("role {} -n {namespace}", key.name),
    }
}
