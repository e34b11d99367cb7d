//! What policies do as a whole.

use reach::{Answer, Extent, Side, Width};

use crate::places::with;

#[test]
fn isolation_is_by_direction() {
    let check = |policies: &[&str], pod: (&str, &str, &str), ingress: Answer, egress: Answer| {
        let case = with(policies);
        let world = case.world();
        let found = world.isolation(world.pod(pod.0, pod.1, pod.2).unwrap());
        assert_eq!((found.ingress, found.egress), (ingress, egress), "{policies:?} {pod:?}");
    };
    let web = ("a", "Pod", "web");
    check(&[], web, Answer::No, Answer::No);
    check(&["a/p: {ingress: [{}]}"], web, Answer::Yes, Answer::No);
    check(&["a/p: {policyTypes: [Egress]}"], web, Answer::No, Answer::Yes);
    check(&["a/p: {podSelector: {matchLabels: {app: db}}}"], web, Answer::No, Answer::No);
    check(&["a/p: {podSelector: []}"], web, Answer::Unknown, Answer::Unknown);
    check(&["a/p: {podSelector: []}", "a/q: {}"], web, Answer::Yes, Answer::Unknown);
    check(&["b/p: {policyTypes: [Ingress, Egress]}"], ("b", "Pod", "host"), Answer::No, Answer::No);
    check(&["b/p: []"], ("b", "Pod", "host"), Answer::No, Answer::No);
}

#[test]
fn a_namespace_denies_by_default_when_all_its_pods_are_isolated() {
    let check = |policies: &[&str], ingress: Answer, egress: Answer| {
        let case = with(policies);
        let found = case.world().namespace_default_deny("a");
        assert_eq!((found.ingress, found.egress), (ingress, egress), "{policies:?}");
    };
    check(&[], Answer::No, Answer::No);
    check(&["b/p: {}"], Answer::No, Answer::No);
    check(&["a/p: {}"], Answer::Yes, Answer::No);
    check(&["a/p: {policyTypes: [Ingress, Egress]}"], Answer::Yes, Answer::Yes);
    check(&["a/p: {podSelector: {matchLabels: {app: web}}}"], Answer::No, Answer::No);
    check(&["a/p: {ingress: [{from: [{podSelector: {}}]}]}"], Answer::Yes, Answer::No);
    check(&["a/p: {ingress: [{}]}"], Answer::No, Answer::No);
    check(&["a/p: {}", "a/q: {ingress: [{ports: []}]}"], Answer::No, Answer::No);
    let some = "a/q: {podSelector: {matchLabels: {app: web}}, ingress: [{}]}";
    check(&["a/p: {}", some], Answer::Yes, Answer::No);
    check(&["a/p: {}", "a/q: {policyTypes: [Egress], egress: [{}]}"], Answer::Yes, Answer::No);
    check(&["a/p: {}", "a/bad: []"], Answer::Unknown, Answer::Unknown);
    let narrow = "a/bad: {podSelector: {matchLabels: {app: web}}, x: 1}";
    check(&["a/p: {}", narrow], Answer::Yes, Answer::No);
}

#[test]
fn finds_policies_and_rules_that_do_nothing() {
    let case = with(&[
        "a/all: {}",
        "a/none: {podSelector: {matchLabels: {app: wbe}}}",
        "z/none: {}",
        "b/quiet: {policyTypes: [Ingress], egress: [{}]}",
        "b/quieter: {policyTypes: [Egress], ingress: [{}], egress: [{}]}",
    ]);
    let idle: Vec<String> =
        case.world().policies_selecting_nothing().iter().map(ToString::to_string).collect();
    assert_eq!(idle, ["a/none", "z/none"]);
    let silent = case.world().silent_rules();
    let silent: Vec<_> = silent.iter().map(|one| (one.policy.to_string(), one.side)).collect();
    let expected = [("b/quiet", Side::Egress), ("b/quieter", Side::Ingress)];
    assert_eq!(silent, expected.map(|(policy, side)| (policy.to_owned(), side)));
}

#[test]
fn finds_peers_that_hold_whole_worlds() {
    let check = |policy: &str, expected: &[(&str, Width)]| {
        let case = with(&[policy]);
        let found = case.world().wide_peers();
        let found: Vec<_> = found.iter().map(|one| (one.path.to_string(), one.width)).collect();
        let expected: Vec<_> = expected.iter().map(|one| (one.0.to_owned(), one.1)).collect();
        assert_eq!(found, expected, "{policy}");
    };
    check("a/p: {ingress: [{from: [{podSelector: {}}]}]}", &[]);
    check("a/p: {ingress: [{}]}", &[("spec.ingress[0]", Width::Everyone)]);
    check("a/p: {policyTypes: [Egress], ingress: [{}]}", &[]);
    let from =
        |peer: &str| format!("a/p: {{ingress: [{{from: [{{podSelector: {{}}}}, {peer}]}}]}}");
    let path = "spec.ingress[0].from[1]";
    check(&from("{namespaceSelector: {}}"), &[(path, Width::EveryNamespace)]);
    check(&from("{namespaceSelector: {}, podSelector: {}}"), &[(path, Width::EveryNamespace)]);
    let some = "{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}";
    check(&from(some), &[(path, Width::PodsOfEveryNamespace)]);
    let whole = Width::EveryAddress { has_exceptions: false };
    check(&from("{ipBlock: {cidr: 0.0.0.0/0}}"), &[(path, whole)]);
    check(&from("{ipBlock: {cidr: '::/0'}}"), &[(path, whole)]);
    check(&from("{ipBlock: {cidr: 0.0.0.0/1}}"), &[]);
    let holed = Width::EveryAddress { has_exceptions: true };
    check(&from("{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}"), &[(path, holed)]);
    let egress = "a/p: {egress: [{to: [{ipBlock: {cidr: '::/0'}}]}]}";
    check(egress, &[("spec.egress[0].to[0]", whole)]);
}

#[test]
fn namespaces_reach_one_all_in_part_or_not() {
    let check = |policies: &[&str], to: &str, expected: &[(&str, Extent)]| {
        let case = with(policies);
        let found = case.world().namespaces_that_reach(to);
        let named = found.iter().filter(|one| one.from.len() == 1);
        let found: Vec<_> = named.map(|one| (one.from, one.extent())).collect();
        assert_eq!(found, expected, "{policies:?}");
    };
    let [a, b, c, d] = ["a", "b", "c", "d"];
    let (all, some, none, unknown) = (Extent::All, Extent::Some, Extent::None, Extent::Unknown);
    // The namespace of one pod has no pair with itself. One pod of `c` has IPv6 alone.
    check(&[], d, &[(a, all), (b, all), (c, some)]);
    check(&["d/p: {}"], d, &[(a, none), (b, none), (c, none)]);
    let team = "d/p: {ingress: [{from: [{namespaceSelector: {matchLabels: {team: blue}}}]}]}";
    check(&[team], d, &[(a, none), (b, all), (c, none)]);
    let app = "d/p: {ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}]}]}";
    check(&[app], d, &[(a, some), (b, some), (c, some)]);
    check(&["d/p: []"], d, &[(a, unknown), (b, unknown), (c, unknown)]);
    // Egress to one port and ingress on another never meet.
    let out = "a/out: {policyTypes: [Egress], egress: [{ports: [{port: 80, endPort: 90}]}]}";
    let closed = "d/p: {ingress: [{ports: [{port: 91}]}]}";
    check(&[out, closed], d, &[(a, none), (b, all), (c, some)]);
    let open = "d/p: {ingress: [{ports: [{port: 90, endPort: 99}]}]}";
    check(&[out, open], d, &[(a, all), (b, all), (c, some)]);
}

#[test]
fn a_crossing_names_what_allows_it() {
    let case = with(&["d/p: {ingress: [{from: [{namespaceSelector: {}}]}]}"]);
    let found = case.world().namespaces_that_reach("d");
    let by = found.iter().find(|one| one.from == "b").map(|one| format!("{:?}", one.by)).unwrap();
    assert!(
        by.contains(r#"Rule { policy: PolicyName { namespace: "d", name: "p" }, rule: 0 }"#),
        "{by}"
    );
    let names: Vec<&str> = case.world().namespaces().collect();
    assert_eq!(names, ["a", "b", "c", "d", "kube-system"]);
}
