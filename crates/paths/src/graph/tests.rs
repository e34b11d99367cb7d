//! Who gets how far, by which steps, and what would stop them.

mod cuts;
mod steps;
mod walks;

use authz::{ClusterRole, ClusterRoleBinding, Policy, PolicyRule, RoleBinding, RoleRef};

use super::*;
use crate::bootstrap::{self, Minor};

/// A policy from lines: `binding [namespace] role subject`, where a role is named by its rules.
#[derive(Default)]
struct Given(Policy);

impl Given {
    /// The built-in roles and bindings of 1.34.
    fn cluster() -> Self {
        Self(bootstrap::policy(Minor(34)))
    }

    /// Binds `rules` (see [`rule`], `;` between them) to `subject` in a namespace, or everywhere.
    fn bind(mut self, name: &str, namespace: &str, rules: &str, subject: &str) -> Self {
        self.0.cluster_roles.push(ClusterRole {
            name: format!("role-of-{name}"),
            rules: rules.split(';').map(rule).collect(),
            ..ClusterRole::default()
        });
        let role = format!("role-of-{name}");
        self.bind_to(name, namespace, &role, subject)
    }

    fn bind_to(mut self, name: &str, namespace: &str, role: &str, subject: &str) -> Self {
        let role = RoleRef { kind: "ClusterRole".to_owned(), name: role.to_owned() };
        let (name, subjects) = (name.to_owned(), subject.split(',').map(who).collect());
        if namespace.is_empty() {
            let binding = ClusterRoleBinding { name, subjects, role };
            self.0.cluster_role_bindings.push(binding);
        } else {
            let namespace = namespace.to_owned();
            self.0.role_bindings.push(RoleBinding { namespace, name, subjects, role });
        }
        self
    }
}

/// `verbs resources [group [names]]`, lists with commas; the core group is `-`.
fn rule(text: &str) -> PolicyRule {
    let words: Vec<&str> = text.split_whitespace().collect();
    let list = |at: usize| -> Vec<String> {
        let words = words.get(at).into_iter().flat_map(|text| text.split(','));
        words.map(|word| if word == "-" { "" } else { word }.to_owned()).collect()
    };
    PolicyRule {
        verbs: list(0),
        resources: list(1),
        api_groups: if words.len() > 2 { list(2) } else { vec![String::new()] },
        resource_names: list(3),
        ..PolicyRule::default()
    }
}

/// `namespace/name` is a service account, `@name` a group, anything else a user.
fn who(text: &str) -> authz::Subject {
    let (kind, namespace, name) = match (text.split_once('/'), text.strip_prefix('@')) {
        (Some((namespace, name)), _) => ("ServiceAccount", namespace, name),
        (None, Some(group)) => ("Group", "", group),
        (None, None) => ("User", "", text),
    };
    let [kind, namespace, name] = [kind, namespace, name].map(str::to_owned);
    authz::Subject { kind, name, namespace }
}

fn paths(given: &Given, around: Surroundings<'_>) -> Vec<String> {
    let grants = Grants::of(&given.0);
    Graph::of(&grants, around).attack_paths().iter().map(ToString::to_string).collect()
}

fn version(minor: u16) -> Surroundings<'static> {
    Surroundings { version: Some(Minor(minor)), ..Surroundings::default() }
}

/// What jane reaches by `rules`, held in a namespace or everywhere, as steps and ends.
fn reaches(namespace: &str, rules: &str, around: Surroundings<'_>) -> Vec<(StepKind, Sink)> {
    let given = Given::default().bind("jane", namespace, rules, "jane").bind(
        "strong",
        "",
        "* * *",
        "apps/strong,other/strong,admin,@admins",
    );
    let grants = Grants::of(&given.0);
    let jane = Place::Subject(Subject::user("jane"));
    let paths = Graph::of(&grants, around).attack_paths();
    let own = paths.into_iter().filter(|path| path.from == jane);
    own.map(|path| (path.steps[0].kind, path.sink)).collect()
}

fn check(namespace: &str, rules: &str, expected: &[(StepKind, Sink)]) {
    assert_eq!(reaches(namespace, rules, version(36)), expected, "{rules} in {namespace:?}");
}
