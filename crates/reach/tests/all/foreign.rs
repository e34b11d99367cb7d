//! Policies of other kinds: what they might change is unknown.

use reach::{Answer, Foreign, foreign_policies};

use crate::places::{with, with_foreign, yaml};

fn foreign(group: &str, kind: &str, namespace: &str) -> Vec<Foreign> {
    let object = format!(
        "{{apiVersion: {group}/v1, kind: {kind}, metadata: {{name: p, namespace: {namespace}}}}}"
    );
    foreign_policies([yaml(&object)].iter())
}

#[test]
fn a_policy_of_another_kind_leaves_its_namespace_unknown() {
    let cilium = || foreign("cilium.io", "CiliumNetworkPolicy", "a");
    with_foreign(&[], cilium())
        .check("b/web", "a/web", "80", "? foreign CiliumNetworkPolicy")
        .check("a/web", "b/web", "80", "? foreign CiliumNetworkPolicy")
        .check("a/web", "a/web", "80", "? foreign CiliumNetworkPolicy")
        .check("node", "a/web", "80", "? foreign CiliumNetworkPolicy")
        .check("b/web", "c/web", "80", "open > open");
    with_foreign(&["a/p: {ingress: [{}]}", "b/p: {}"], cilium())
        .check("c/web", "a/web", "80", "? foreign CiliumNetworkPolicy")
        .check("a/web", "b/web", "80", "no ingress: b/p");
    with_foreign(&["a/p: {}"], cilium()).check(
        "b/web",
        "a/web",
        "1",
        "? foreign CiliumNetworkPolicy",
    );
}

#[test]
fn a_policy_for_the_cluster_leaves_everyone_unknown() {
    let admin = foreign("policy.networking.k8s.io", "AdminNetworkPolicy", "");
    with_foreign(&["a/p: {ingress: [{}]}"], admin)
        .check("b/web", "a/web", "80", "? foreign AdminNetworkPolicy")
        .check("b/web", "c/web", "80", "? foreign AdminNetworkPolicy")
        .check("203.0.113.9", "203.0.113.8", "80", "none > none");
}

#[test]
fn a_baseline_counts_only_where_no_policy_isolates() {
    let baseline = foreign("policy.networking.k8s.io", "BaselineAdminNetworkPolicy", "");
    let case = with_foreign(
        &["a/p: {policyTypes: [Ingress, Egress], ingress: [{}], egress: [{}]}"],
        baseline,
    );
    case.check("203.0.113.9", "a/web", "80", "none > a/p[0]")
        .check("a/web", "a/db", "80", "a/p[0] > a/p[0]")
        .check("a/web", "b/web", "80", "? foreign BaselineAdminNetworkPolicy");
}

#[test]
fn isolation_by_another_kind_is_not_known() {
    let check = |kind: Vec<Foreign>, expected: Answer| {
        let case = with_foreign(&[], kind);
        let pod = case.world().pod("a", "Pod", "web").unwrap();
        assert_eq!(case.world().isolation(pod).ingress, expected);
        assert_eq!(case.world().namespace_default_deny("a").egress, expected);
    };
    check(Vec::new(), Answer::No);
    check(foreign("cilium.io", "CiliumNetworkPolicy", "b"), Answer::No);
    check(foreign("cilium.io", "CiliumNetworkPolicy", "a"), Answer::Unknown);
    check(foreign("crd.projectcalico.org", "GlobalNetworkPolicy", ""), Answer::Unknown);
    assert!(with(&[]).world().bad_policies().is_empty());
}
