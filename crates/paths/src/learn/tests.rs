//! What is learnt from a log, and that it is enough and not more.

use authz::Snapshot;
use model::Attributes;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// `verb [namespace:]resource[/sub][.group] [name]`, or `verb /path`.
fn event(text: &str) -> Event {
    let words: Vec<&str> = text.split_whitespace().collect();
    let own = |text: &str| text.to_owned();
    let mut event = Event {
        user: own("jane"),
        groups: vec![own("dev"), own("system:authenticated")],
        verb: own(words[0]),
        name: own(words.get(2).copied().unwrap_or_default()),
        is_allowed: true,
        ..Event::default()
    };
    if words[1].starts_with('/') {
        return Event { path: own(words[1]), ..event };
    }
    let (namespace, what) = words[1].split_once(':').unwrap_or(("", words[1]));
    let (what, group) = what.split_once('.').unwrap_or((what, ""));
    let (resource, sub) = what.split_once('/').unwrap_or((what, ""));
    (event.namespace, event.group) = (own(namespace), own(group));
    (event.resource, event.subresource) = (own(resource), own(sub));
    event
}

fn options(names: usize) -> Options {
    Options { names, role_name: "learnt".to_owned() }
}

/// The learnt rules, one a line: place, verbs, groups, resources, names, URLs.
fn told(events: &[Event], names: usize) -> Vec<String> {
    let learned = learn(events, &Subject::user("jane"), &options(names));
    let lines = learned.iter().flat_map(|role| {
        let cluster = role.policy.cluster_roles.iter().flat_map(|role| &role.rules);
        let inside = role.policy.roles.iter().flat_map(|role| &role.rules);
        cluster.chain(inside).map(|rule| {
            let place = match &role.scope {
                Scope::Cluster => "everywhere",
                Scope::Namespace(name) => name,
            };
            let lists = [&rule.verbs, &rule.api_groups, &rule.resources, &rule.resource_names];
            let lists = lists.into_iter().chain([&rule.non_resource_urls]);
            let words: Vec<String> = lists.map(|list| list.join(",")).collect();
            format!("{place}: {}", words.join("|"))
        })
    });
    lines.collect()
}

fn check(log: &[&str], names: usize, expected: &[&str]) {
    let events: Vec<Event> = log.iter().map(|text| event(text)).collect();
    assert_eq!(told(&events, names), expected, "{log:?}");
}

#[test]
fn one_rule_for_what_agrees() {
    let log = ["get a:pods x", "list a:pods", "get a:services x", "list a:services"];
    check(&log, 0, &["a: get,list||pods,services||"]);
    let log = ["get a:jobs.batch x", "get a:jobs.old x", "get b:pods x"];
    check(&log, 0, &["a: get|batch,old|jobs||", "b: get||pods||"]);
    let log = ["create a:pods", "create a:pods/exec x", "get a:pods/log x"];
    check(&log, 0, &["a: create||pods,pods/exec||", "a: get||pods/log||"]);
}

#[test]
fn names_are_kept_up_to_a_number() {
    let log = ["get a:secrets x", "get a:secrets y"];
    check(&log, 2, &["a: get||secrets|x,y|"]);
    check(&log, 1, &["a: get||secrets||"]);
    check(&log, 0, &["a: get||secrets||"]);
    // A call without a name is allowed by no rule with names.
    check(&["list a:secrets x", "list a:secrets"], 5, &["a: list||secrets||"]);
    check(&["create a:secrets x"], 5, &["a: create||secrets||"]);
    check(&["create a:pods/exec x"], 5, &["a: create||pods/exec|x|"]);
    check(&["deletecollection a:pods x"], 5, &["a: deletecollection||pods||"]);
}

#[test]
fn what_is_allowed_everywhere_is_not_said_twice() {
    check(
        &["list pods", "list a:pods", "get a:pods x"],
        0,
        &["everywhere: list||pods||", "a: get||pods||"],
    );
    check(
        &["get /healthz", "get /livez", "post /x"],
        0,
        &["everywhere: get||||/healthz,/livez", "everywhere: post||||/x"],
    );
}

#[test]
fn only_what_was_allowed_to_the_subject_is_learnt() {
    let refused = Event { is_allowed: false, ..event("get a:pods x") };
    let other = Event { user: "joe".to_owned(), ..event("get a:pods x") };
    assert_eq!(told(&[refused, other.clone()], 0), [""; 0]);
    let as_group = learn(&[other], &Subject::group("dev"), &options(0));
    assert_eq!(as_group.len(), 1);
    assert_eq!(as_group[0].events, 1);
    assert_eq!(as_group[0].policy.role_bindings[0].subjects[0].kind, "Group");
}

#[test]
fn asking_for_everything_does_not_give_it() {
    check(&["get a:*", "* a:pods x", "get /*", "* /healthz", "get pods.*"], 0, &[]);
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let on_resource = (
        select(vec!["get", "list", "create", "delete", "deletecollection", "patch"]),
        select(vec!["", "a:", "b:"]),
        select(vec!["pods", "pods/exec", "pods/log", "jobs.batch", "jobs.old", "nodes"]),
        select(vec!["", "x", "y", "z"]),
    );
    let on_resource = on_resource
        .prop_map(|(verb, place, what, name)| event(&format!("{verb} {place}{what} {name}")));
    let on_path = (select(vec!["get", "post"]), select(vec!["/healthz", "/livez", "/a/b"]))
        .prop_map(|(verb, path)| event(&format!("{verb} {path}")));
    let either = prop_oneof![5 => on_resource, 1 => on_path];
    let with_refused =
        (either, any::<bool>()).prop_map(|(event, is_allowed)| Event { is_allowed, ..event });
    proptest::collection::vec(with_refused, 0..30)
}

fn joined(learned: &[LearnedRole]) -> Policy {
    let mut all = Policy::default();
    for role in learned {
        let own = role.policy.clone();
        all.roles.extend(own.roles);
        all.role_bindings.extend(own.role_bindings);
        all.cluster_roles.extend(own.cluster_roles);
        all.cluster_role_bindings.extend(own.cluster_role_bindings);
    }
    all
}

fn all_allowed(policy: &Policy, events: &[Event]) -> bool {
    let snapshot = Snapshot::build(policy.clone());
    events.iter().filter(|event| event.is_allowed).all(|event| {
        let (user, target) = (event.asker(), event.target());
        snapshot.decide(&Attributes { user: &user, verb: &event.verb, target }).is_allow()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn learnt_roles_allow_all_and_need_every_rule((events, names) in (events(), 0..4_usize)) {
        let policy = joined(&learn(&events, &Subject::user("jane"), &options(names)));
        prop_assert!(all_allowed(&policy, &events), "{:#?}", policy);
        for role in 0..policy.roles.len() {
            for rule in 0..policy.roles[role].rules.len() {
                let mut less = policy.clone();
                less.roles[role].rules.remove(rule);
                prop_assert!(!all_allowed(&less, &events), "{:?} of {:#?}", rule, policy);
            }
        }
        for role in 0..policy.cluster_roles.len() {
            for rule in 0..policy.cluster_roles[role].rules.len() {
                let mut less = policy.clone();
                less.cluster_roles[role].rules.remove(rule);
                prop_assert!(!all_allowed(&less, &events), "{:?} of {:#?}", rule, policy);
            }
        }
    }

    #[test]
    fn nothing_learnt_is_unused(events in events()) {
        let policy = joined(&learn(&events, &Subject::user("jane"), &options(0)));
        let grants = crate::Grants::of(&policy);
        prop_assert_eq!(crate::unused(&grants, &events), vec![]);
    }
}
