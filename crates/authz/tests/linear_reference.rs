//! The indexes against the rules as they are written down, on random policies: the same decisions,
//! by the same binding and subject, with the same roles missing.

#[path = "support/linear.rs"]
mod linear;

use std::sync::Arc;

use authz::{
    ClusterRole, ClusterRoleBinding, Decision, Narrowed, Policy, PolicyRule, Role, RoleBinding,
    RoleRef, Rules, Snapshot, Subject,
};
use model::attributes::{Resource, Target};
use model::{Attributes, UserInfo};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use self::linear::{Linear, allows};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn decides_as_the_rules_are_written((policy, calls) in (policy(), calls())) {
        let snapshot = Snapshot::build(policy.clone());
        let linear = Linear(policy);
        for call in &calls {
            let asked = call.attributes();
            match (linear.decide(&asked), snapshot.decide_by_rules(&asked)) {
                (Ok(expected), decision) => prop_assert_eq!(decision, Decision::Allow(expected)),
                (Err(missing), Decision::NoOpinion { reason }) => {
                    prop_assert_eq!(reason.roles(), once_each(missing));
                }
                (Err(_), decision) => prop_assert!(false, "{:?} by nothing", decision),
            }
        }
    }

    #[test]
    fn narrowed_rules_allow_what_both_allow(
        (cluster, folder, calls) in (policy(), policy(), calls()),
    ) {
        let narrowed = Narrowed {
            cluster: Arc::new(Snapshot::build(cluster)),
            folder: Some(Arc::new(Snapshot::build(folder))),
        };
        for call in calls {
            let asked = call.attributes();
            let decision = narrowed.decide(&asked);
            let namespace = match asked.target {
                Target::Resource(what) => what.namespace,
                Target::Path(_) => "",
            };
            let listed = as_rules(&narrowed.rules(&call.user, namespace));
            let is_listed = listed.iter().any(|rule| allows(rule, &asked));
            prop_assert_eq!(decision.is_allow(), is_listed, "{:?}: {}\n{:?}", call, decision, listed);
        }
    }
}

/// Upstream tells equal errors once; that of a kind that cannot be does not name the role.
fn once_each(missing: Vec<&RoleRef>) -> Vec<&RoleRef> {
    let mut once: Vec<&RoleRef> = Vec::new();
    for role in missing {
        let is_told = |told: &&RoleRef| {
            told.kind == role.kind && (told.name == role.name || role.kind == "Other")
        };
        if !once.iter().any(is_told) {
            once.push(role);
        }
    }
    once
}

fn as_rules(rules: &Rules) -> Vec<PolicyRule> {
    let resources = rules.resource_rules.iter().map(|rule| PolicyRule {
        verbs: rule.verbs.clone(),
        api_groups: rule.api_groups.clone(),
        resources: rule.resources.clone(),
        resource_names: rule.resource_names.clone(),
        non_resource_urls: Vec::new(),
    });
    let urls = rules.non_resource_rules.iter().map(|rule| PolicyRule {
        verbs: rule.verbs.clone(),
        non_resource_urls: rule.non_resource_urls.clone(),
        ..PolicyRule::default()
    });
    resources.chain(urls).collect()
}

#[derive(Debug, Clone)]
struct Question {
    user: UserInfo,
    verb: &'static str,
    resource: (&'static str, &'static str, &'static str),
    namespace: &'static str,
    name: &'static str,
    path: Option<&'static str>,
}

impl Question {
    fn attributes(&self) -> Attributes<'_> {
        let (group, resource, subresource) = self.resource;
        let (namespace, name) = (self.namespace, self.name);
        let what = Resource { group, version: "v1", resource, subresource, namespace, name };
        let target = self.path.map_or(Target::Resource(what), Target::Path);
        Attributes { user: &self.user, verb: self.verb, target }
    }
}

fn calls() -> impl Strategy<Value = Vec<Question>> {
    let resource = (
        select(vec!["", "apps", "batch", "none"]),
        select(vec!["pods", "nodes", "w7", "w31", "*", "none"]),
        select(vec!["", "", "log", "exec", "none"]),
    );
    let path = proptest::option::weighted(0.3, select(PATHS_ASKED.to_vec()));
    let question = (
        user(),
        select(vec!["get", "list", "v3", "v29", "*", "none"]),
        resource,
        select(vec!["", "a", "b", "none"]),
        select(vec!["", "x", "y", "*", "none"]),
        path,
    );
    let question = question.prop_map(|(user, verb, resource, namespace, name, path)| Question {
        user,
        verb,
        resource,
        namespace,
        name,
        path,
    });
    proptest::collection::vec(question, 40)
}

fn user() -> impl Strategy<Value = UserInfo> {
    let name =
        select(vec!["jane", "joe", "system:serviceaccount:a:s", "system:serviceaccount:b:s"]);
    let groups = proptest::collection::vec(select(vec!["dev", "ops", "none"]), 0..4);
    (name, groups).prop_map(|(name, groups)| UserInfo {
        name: name.to_owned(),
        groups: groups.into_iter().map(str::to_owned).collect(),
        ..UserInfo::default()
    })
}

fn policy() -> impl Strategy<Value = Policy> {
    let roles = proptest::collection::vec((select(vec!["a", "b"]), ROLE_NAMES, rules()), 0..4);
    let cluster_roles = proptest::collection::vec((ROLE_NAMES, rules()), 1..8);
    let bindings = proptest::collection::vec(
        (select(vec!["a", "b", "a", "b", ""]), subjects(), role_ref()),
        0..20,
    );
    let cluster_bindings = proptest::collection::vec((subjects(), role_ref()), 0..8);
    (roles, cluster_roles, bindings, cluster_bindings).prop_map(
        |(roles, cluster_roles, bindings, cluster_bindings)| Policy {
            roles: roles.into_iter().map(role).collect(),
            cluster_roles: cluster_roles
                .into_iter()
                .map(|(name, rules)| ClusterRole { name, rules, ..ClusterRole::default() })
                .collect(),
            role_bindings: (0..)
                .zip(bindings)
                .map(|(number, (namespace, subjects, role))| RoleBinding {
                    namespace: namespace.to_owned(),
                    name: format!("binding-{number}"),
                    subjects,
                    role,
                })
                .collect(),
            cluster_role_bindings: (0..)
                .zip(cluster_bindings)
                .map(|(number, (subjects, role))| ClusterRoleBinding {
                    name: format!("binding-{number}"),
                    subjects,
                    role,
                })
                .collect(),
        },
    )
}

fn role((namespace, name, rules): (&str, String, Vec<PolicyRule>)) -> Role {
    Role { namespace: namespace.to_owned(), name, rules }
}

fn role_ref() -> impl Strategy<Value = RoleRef> {
    let kind = select(vec!["Role", "ClusterRole", "ClusterRole", "ClusterRole", "Other"]);
    (kind, ROLE_NAMES).prop_map(|(kind, name)| RoleRef { kind: kind.to_owned(), name })
}

fn subjects() -> impl Strategy<Value = Vec<Subject>> {
    let kind = select(vec!["User", "Group", "ServiceAccount", "Other"]);
    let name = select(vec!["jane", "joe", "dev", "ops", "s"]);
    let subject = (kind, name, select(vec!["", "a", "b"])).prop_map(|(kind, name, namespace)| {
        Subject { kind: kind.to_owned(), name: name.to_owned(), namespace: namespace.to_owned() }
    });
    proptest::collection::vec(subject, 0..4)
}

/// Mostly a few rules; sometimes more than are tried one by one.
fn rules() -> impl Strategy<Value = Vec<PolicyRule>> {
    prop_oneof![
        4 => proptest::collection::vec(rule(), 0..5),
        1 => proptest::collection::vec(rule(), 12..40),
    ]
}

fn rule() -> impl Strategy<Value = PolicyRule> {
    let few = (
        words(&["get", "list", "*"], 1..=2),
        words(&["", "apps", "*"], 1..=2),
        words(&["pods", "pods/log", "*/log", "nodes", "*", "pods/*"], 0..=3),
        prop_oneof![3 => Just(Vec::new()), 1 => words(&["x", "y", "", "*"], 1..=2)],
        prop_oneof![3 => Just(Vec::new()), 1 => words(PATHS, 1..=3)],
    );
    // Enough combinations that an index does not spell them out.
    let many = (
        numbered("v", 40),
        words(&["", "apps", "batch"], 2..=3),
        numbered("w", 40),
        Just(Vec::new()),
        Just(Vec::new()),
    );
    let parts = prop_oneof![9 => few.boxed(), 1 => many.boxed()];
    parts.prop_map(|(verbs, api_groups, resources, resource_names, non_resource_urls)| PolicyRule {
        verbs,
        api_groups,
        resources,
        resource_names,
        non_resource_urls,
    })
}

fn words(
    from: &'static [&'static str],
    count: std::ops::RangeInclusive<usize>,
) -> impl Strategy<Value = Vec<String>> {
    let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
    subsequence(from.to_vec(), count).prop_map(owned)
}

fn numbered(letter: &'static str, count: usize) -> impl Strategy<Value = Vec<String>> {
    let all: Vec<String> = (0..count).map(|number| format!("{letter}{number}")).collect();
    subsequence(all, count / 2..=count)
}

const ROLE_NAMES: &str = "[rst]";
const PATHS: &[&str] = &["/healthz", "/health*", "/api/*", "*", "/a*/b", "/**"];
const PATHS_ASKED: &[&str] = &["/healthz", "/health", "/api", "/api/", "/apis", "/a*/b", "/", ""];
