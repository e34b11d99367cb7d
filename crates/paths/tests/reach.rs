//! Paths and cuts against a slow walk that asks the authorizer itself, on random policies: the same
//! starts, the same lengths; and no smaller set of bindings stops them.

use std::collections::{BTreeMap, BTreeSet};

use authz::{
    ClusterRole, ClusterRoleBinding, Policy, PolicyRule, RoleBinding, RoleRef, Snapshot,
    Subject as Who,
};
use model::attributes::{Resource, Target};
use model::{Attributes, UserInfo};
use paths::graph::MAX_HOPS;
use paths::{Grants, Graph, Place, Sink, Subject, Surroundings};
use proptest::prelude::*;
use proptest::sample::select;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn paths_are_as_long_as_the_authorizer_lets_them(policy in policy()) {
        prop_assert_eq!(found(&policy), walked(&policy), "{:#?}", policy);
    }

    #[test]
    fn no_smaller_set_of_bindings_stops_all(policy in policy()) {
        let grants = Grants::of(&policy);
        let graph = Graph::of(&grants, Surroundings::default());
        let cut = graph.minimum_cut();
        let keys: BTreeSet<String> = cut.bindings.iter().map(ToString::to_string).collect();
        prop_assert!(is_stopped(&without(&policy, &keys)), "{:?} of {:#?}", keys, policy);
        let smallest = smallest(&policy);
        prop_assert!(smallest <= keys.len());
        if cut.is_smallest {
            prop_assert_eq!(smallest, keys.len(), "{:?} of {:#?}", keys, policy);
        }
        for needed in &keys {
            let mut fewer = keys.clone();
            fewer.remove(needed);
            prop_assert!(!is_stopped(&without(&policy, &fewer)), "{} of {:?}", needed, keys);
        }
    }
}

/// How many hops each subject is from being cluster-admin, by the graph.
fn found(policy: &Policy) -> BTreeMap<String, usize> {
    let grants = Grants::of(policy);
    let paths = Graph::of(&grants, Surroundings::default()).attack_paths();
    let to_admin = paths.iter().filter(|path| path.sink == Sink::ClusterAdmin);
    let lengths = to_admin.filter_map(|path| match &path.from {
        Place::Subject(subject) => Some((subject.to_string(), path.steps.len())),
        Place::Pod { .. } | Place::Sink(_) => None,
    });
    lengths.collect()
}

/// The same by asking the authorizer for every step.
fn walked(policy: &Policy) -> BTreeMap<String, usize> {
    let snapshot = Snapshot::build(policy.clone());
    let grants = Grants::of(policy);
    let subjects: Vec<Subject> = grants.subjects().into_iter().cloned().collect();
    let mut hops: BTreeMap<&Subject, usize> =
        subjects.iter().filter(|one| makes_admin(&snapshot, one)).map(|one| (one, 1)).collect();
    for length in 2..=MAX_HOPS {
        let reached: Vec<&Subject> = hops.keys().copied().collect();
        for subject in &subjects {
            let leads = reached.iter().any(|next| becomes(&snapshot, subject, next));
            if leads {
                hops.entry(subject).or_insert(length);
            }
        }
    }
    hops.into_iter().map(|(subject, hops)| (subject.to_string(), hops)).collect()
}

fn makes_admin(snapshot: &Snapshot, subject: &Subject) -> bool {
    let roles = |resource| Resource { group: RBAC, resource, ..Resource::default() };
    let everything =
        Resource { group: "*", resource: "*", name: "*", namespace: "*", ..Resource::default() };
    asked(snapshot, subject, "*", everything)
        || asked(snapshot, subject, "create", roles("clusterrolebindings"))
            && asked(
                snapshot,
                subject,
                "bind",
                Resource { name: "cluster-admin", ..roles("clusterroles") },
            )
}

fn becomes(snapshot: &Snapshot, subject: &Subject, next: &Subject) -> bool {
    match next {
        Subject::ServiceAccount { namespace, name } => {
            let here = |resource, subresource, name| Resource {
                resource,
                subresource,
                namespace,
                name,
                ..Resource::default()
            };
            asked(snapshot, subject, "create", here("serviceaccounts", "token", name))
                || asked(snapshot, subject, "impersonate", here("serviceaccounts", "", name))
                || asked(snapshot, subject, "create", here("pods", "", ""))
        }
        Subject::User(name) => {
            let user = Resource { resource: "users", name, ..Resource::default() };
            asked(snapshot, subject, "impersonate", user)
        }
        Subject::Group(name) => {
            let group = Resource { resource: "groups", name, ..Resource::default() };
            // Somebody has to be in the group: any user will do.
            let user = Resource { resource: "users", name: "u", ..Resource::default() };
            asked(snapshot, subject, "impersonate", group)
                && asked(snapshot, subject, "impersonate", user)
        }
    }
}

fn asked(snapshot: &Snapshot, subject: &Subject, verb: &str, what: Resource<'_>) -> bool {
    let user: UserInfo = subject.as_user();
    let asked = Attributes { user: &user, verb, target: Target::Resource(what) };
    snapshot.decide_by_rules(&asked).is_allow()
}

fn without(policy: &Policy, keys: &BTreeSet<String>) -> Policy {
    let mut rest = policy.clone();
    rest.cluster_role_bindings
        .retain(|one| !keys.contains(&format!("ClusterRoleBinding \"{}\"", one.name)));
    rest.role_bindings
        .retain(|one| !keys.contains(&format!("RoleBinding \"{}/{}\"", one.namespace, one.name)));
    rest
}

fn is_stopped(policy: &Policy) -> bool {
    let grants = Grants::of(policy);
    Graph::of(&grants, Surroundings::default()).attack_paths().is_empty()
}

/// The size of the smallest set, by trying all.
fn smallest(policy: &Policy) -> usize {
    let cluster = policy.cluster_role_bindings.iter();
    let all: Vec<String> = cluster
        .map(|one| format!("ClusterRoleBinding \"{}\"", one.name))
        .chain(
            policy
                .role_bindings
                .iter()
                .map(|one| format!("RoleBinding \"{}/{}\"", one.namespace, one.name)),
        )
        .collect();
    let sets = (0..1_usize << all.len()).filter(|set| {
        let chosen = all.iter().enumerate().filter(|(bit, _)| set & (1 << bit) != 0);
        is_stopped(&without(policy, &chosen.map(|(_, key)| key.clone()).collect()))
    });
    sets.map(usize::count_ones).min().unwrap_or_default() as usize
}

fn policy() -> impl Strategy<Value = Policy> {
    let subject = select(SUBJECTS.to_vec());
    let binding = (
        select(vec!["", "", "a", "b"]),
        proptest::collection::vec(subject, 1..3),
        select(RULES.to_vec()),
    );
    proptest::collection::vec(binding, 1..7).prop_map(|bindings| {
        let mut policy = Policy::default();
        for (number, (namespace, subjects, rules)) in bindings.into_iter().enumerate() {
            let (name, role) = (format!("b{number}"), format!("r{number}"));
            let rules = rules.iter().copied().map(parsed).collect();
            let role_ref = RoleRef { kind: "ClusterRole".into(), name: role.clone() };
            policy.cluster_roles.push(ClusterRole { name: role, rules, ..Default::default() });
            let subjects = subjects.into_iter().map(who).collect();
            if namespace.is_empty() {
                let binding = ClusterRoleBinding { name, subjects, role: role_ref };
                policy.cluster_role_bindings.push(binding);
            } else {
                let namespace = namespace.to_owned();
                let binding = RoleBinding { namespace, name, subjects, role: role_ref };
                policy.role_bindings.push(binding);
            }
        }
        policy
    })
}

fn parsed([verb, group, resource, name]: [&str; 4]) -> PolicyRule {
    PolicyRule {
        verbs: vec![verb.into()],
        api_groups: vec![group.into()],
        resources: vec![resource.into()],
        resource_names: Some(name.to_owned()).filter(|name| !name.is_empty()).into_iter().collect(),
        ..PolicyRule::default()
    }
}

fn who(text: &str) -> Who {
    let (kind, namespace, name) = match (text.split_once('/'), text.strip_prefix('@')) {
        (Some((namespace, name)), _) => ("ServiceAccount", namespace, name),
        (None, Some(group)) => ("Group", "", group),
        (None, None) => ("User", "", text),
    };
    Who { kind: kind.into(), name: name.into(), namespace: namespace.into() }
}

const SUBJECTS: &[&str] =
    &["a/s", "a/t", "b/s", "b/t", "u", "v", "@dev", "@system:serviceaccounts:a"];
const RBAC: &str = "rbac.authorization.k8s.io";
const RULES: &[&[[&str; 4]]] = &[
    &[["*", "*", "*", ""]],
    &[["create", "", "serviceaccounts/token", ""]],
    &[["create", "", "serviceaccounts/token", "s"]],
    &[["create", "", "*/token", "t"]],
    &[["create", "", "pods", ""]],
    &[["impersonate", "", "users", ""]],
    &[["impersonate", "", "users", "v"]],
    &[["impersonate", "", "serviceaccounts", "t"]],
    &[["impersonate", "", "groups", "dev"], ["impersonate", "", "users", "u"]],
    &[["bind", RBAC, "clusterroles", "cluster-admin"]],
    &[["create", RBAC, "clusterrolebindings", ""]],
    &[["get", "", "pods", ""]],
];
