//! Grants against the decisions of `authz` on random policies: the same answers, by the same
//! binding and subject; and who may do a thing is exactly who is allowed it.

use authz::{
    ClusterRole, ClusterRoleBinding, Decision, Grant, Policy, PolicyRule, Role, RoleBinding,
    RoleRef, Snapshot, Subject,
};
use model::attributes::{Resource, Target};
use model::{Attributes, UserInfo};
use paths::{Grants, Reach, Via};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn decides_as_the_authorizer((policy, calls) in (policy(), calls())) {
        let grants = Grants::of(&policy);
        let snapshot = Snapshot::build(policy);
        for call in &calls {
            let asked = call.attributes();
            let ours = grants.can(&call.user, asked.verb, &asked.target);
            let ours = ours.map(|grant| (grant.binding.to_string(), grant.subject_index));
            let theirs = match snapshot.decide_by_rules(&asked) {
                Decision::Allow(grant) => Some(told(&grant)),
                Decision::NoOpinion { .. } | Decision::Narrowed { .. } => None,
            };
            prop_assert_eq!(ours, theirs, "{:?}", call);
        }
    }

    #[test]
    fn whoever_can_is_listed_and_nobody_else((policy, calls) in (policy(), calls())) {
        let grants = Grants::of(&policy);
        let snapshot = Snapshot::build(policy);
        for call in &calls {
            let asked = call.attributes();
            let holders = grants.who_can(asked.verb, &asked.target, Reach::Asked);
            prop_assert!(matches!(holders[0].via, Via::Bypass));
            for subject in grants.subjects() {
                let mut user = subject.as_user();
                user.groups.truncate(usize::from(user.name.is_empty()));
                let allowed = snapshot.decide_by_rules(&Attributes { user: &user, ..asked });
                let listed = holders[1..].iter().any(|holder| holder.subject == *subject);
                prop_assert_eq!(allowed.is_allow(), listed, "{:?} {}", call, subject);
            }
        }
    }
}

fn told(grant: &Grant<'_>) -> (String, usize) {
    let at = |all: &[Subject], one: &Subject| {
        all.iter().take_while(|own| !std::ptr::eq(*own, one)).count()
    };
    match grant {
        Grant::PrivilegedGroup => (String::new(), 0),
        Grant::ClusterRoleBinding { binding, subject } => {
            (format!("ClusterRoleBinding \"{}\"", binding.name), at(&binding.subjects, subject))
        }
        Grant::RoleBinding { binding, subject } => (
            format!("RoleBinding \"{}/{}\"", binding.namespace, binding.name),
            at(&binding.subjects, subject),
        ),
    }
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
        select(vec!["", "apps", "none"]),
        select(vec!["pods", "nodes", "*", "none"]),
        select(vec!["", "", "log", "exec", "*"]),
    );
    let question = (
        user(),
        select(vec!["get", "list", "*", "none"]),
        resource,
        select(vec!["", "a", "b", "none"]),
        select(vec!["", "x", "y", "*", "none"]),
        proptest::option::weighted(0.3, select(PATHS_ASKED.to_vec())),
    );
    let question = question.prop_map(|(user, verb, resource, namespace, name, path)| Question {
        user,
        verb,
        resource,
        namespace,
        name,
        path,
    });
    proptest::collection::vec(question, 30)
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
    let cluster_roles = proptest::collection::vec((ROLE_NAMES, rules()), 1..6);
    let bindings = proptest::collection::vec(
        (select(vec!["a", "b", "a", "b", ""]), subjects(), role_ref()),
        0..12,
    );
    let cluster_bindings = proptest::collection::vec((subjects(), role_ref()), 0..6);
    (roles, cluster_roles, bindings, cluster_bindings).prop_map(
        |(roles, cluster_roles, bindings, cluster_bindings)| Policy {
            roles: roles
                .into_iter()
                .map(|(namespace, name, rules)| Role { namespace: namespace.into(), name, rules })
                .collect(),
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

fn role_ref() -> impl Strategy<Value = RoleRef> {
    let kind = select(vec!["Role", "ClusterRole", "ClusterRole", "Other"]);
    (kind, ROLE_NAMES).prop_map(|(kind, name)| RoleRef { kind: kind.to_owned(), name })
}

fn subjects() -> impl Strategy<Value = Vec<Subject>> {
    let kind = select(vec!["User", "Group", "ServiceAccount", "Other"]);
    let name = select(vec!["jane", "joe", "dev", "ops", "s", "system:serviceaccount:a:s"]);
    let subject = (kind, name, select(vec!["", "a", "b"])).prop_map(|(kind, name, namespace)| {
        Subject { kind: kind.to_owned(), name: name.to_owned(), namespace: namespace.to_owned() }
    });
    proptest::collection::vec(subject, 0..4)
}

fn rules() -> impl Strategy<Value = Vec<PolicyRule>> {
    proptest::collection::vec(rule(), 0..5)
}

fn rule() -> impl Strategy<Value = PolicyRule> {
    let parts = (
        words(&["get", "list", "*"], 1..=2),
        words(&["", "apps", "*"], 1..=2),
        words(&["pods", "pods/log", "*/log", "nodes", "*", "pods/*", "*/*"], 0..=3),
        prop_oneof![3 => Just(Vec::new()), 1 => words(&["x", "y", "", "*"], 1..=2)],
        prop_oneof![3 => Just(Vec::new()), 1 => words(PATHS, 1..=3)],
    );
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

const ROLE_NAMES: &str = "[rst]";
const PATHS: &[&str] = &["/healthz", "/health*", "/api/*", "*", "/a*/b", "/**"];
const PATHS_ASKED: &[&str] = &["/healthz", "/health", "/api", "/api/", "/apis", "/a*/b", "/", ""];
