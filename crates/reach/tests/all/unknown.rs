//! What is not known stays unknown, and no more than that.

use crate::places::with;

/// A policy that cannot be read leaves the pods it may select unknown, never open.
#[test]
fn a_bad_policy_leaves_its_pods_unknown() {
    let bad = "a/bad: {podSelector: {matchLabels: {app: web}}, ingres: []}";
    with(&[bad])
        .check("b/web", "a/web", "80", "? bad a/bad")
        .check("a/web", "b/web", "80", "? bad a/bad")
        .check("b/web", "a/db", "80", "open > open")
        .check("b/web", "b/job", "80", "open > open")
        .check("node", "a/web", "80", "none > node")
        .check("a/web", "a/web", "80", "self > self");
    // A denial may be lifted by it; what a good policy allows, none takes away.
    with(&[bad, "a/p: {ingress: [{ports: [{port: 1}]}]}"])
        .check("b/web", "a/web", "2", "? bad a/bad")
        .check("b/web", "a/web", "1", "open > a/p[0]")
        .check("b/web", "a/db", "2", "no ingress: a/p");
    // A selector that cannot be read may be for all.
    with(&["a/bad: {podSelector: []}"]).check("b/web", "a/db", "80", "? bad a/bad");
    with(&["a/bad: []"]).check("a/db", "b/web", "80", "? bad a/bad");
    with(&["a/bad: {policyTypes: [Egress], egress: [{ports: [{port: 0}]}]}"])
        .check("b/web", "a/db", "80", "open > open")
        .check("a/db", "b/web", "80", "? bad a/bad");
    // One end that surely denies is enough.
    with(&["a/bad: []", "b/p: {}"]).check("a/web", "b/web", "80", "no ingress: b/p");
}

#[test]
fn a_bad_policy_is_reported_with_its_place() {
    let check = |policies: &[&str], expected: &[&str]| {
        let case = with(policies);
        let found: Vec<String> =
            case.world().bad_policies().iter().map(ToString::to_string).collect();
        assert_eq!(found, expected);
    };
    check(&["a/p: {}"], &[]);
    check(
        &["b/q: {egress: [{}, {to: [{ipBlock: {cidr: 1.2.3.4}}]}]}", "a/p: {policyTypes: [x]}"],
        &[
            "network policy a/p cannot be read: spec.policyTypes[0] must be Ingress or Egress",
            "network policy b/q cannot be read: spec.egress[1].to[0].ipBlock.cidr is not a range \
             of addresses",
        ],
    );
    let doubled = "network policy a/p cannot be read: metadata.name is the name of several \
                   policies that differ";
    check(&["a/p: {}", "a/p: {ingress: [{}]}"], &[doubled]);
    check(&["a/p: {}", "a/p: {podSelector: {}}"], &[]);
}

#[test]
fn two_policies_of_one_name_are_both_in_doubt() {
    with(&["a/p: {podSelector: {matchLabels: {app: db}}}", "a/p: {ingress: [{}]}"])
        .check("b/web", "a/db", "80", "? bad a/p")
        .check("b/web", "a/web", "80", "? bad a/p")
        .check("a/web", "b/web", "80", "open > open");
}

/// Labels of a namespace nobody saw.
#[test]
fn a_namespace_that_was_not_seen_may_be_selected() {
    let ingress = |selector: &str| {
        format!("a/p: {{ingress: [{{from: [{{namespaceSelector: {selector}}}]}}]}}")
    };
    with(&[&ingress("{matchLabels: {team: blue}}")])
        .check("d/web", "a/web", "80", "? namespace a/p")
        .check("c/web", "a/web", "80", "no ingress: a/p");
    with(&[&ingress("{matchExpressions: [{key: team, operator: DoesNotExist}]}")])
        .check("d/web", "a/web", "80", "? namespace a/p")
        .check("c/web", "a/web", "80", "open > a/p[0]");
    with(&[&ingress("{matchLabels: {kubernetes.io/metadata.name: d}}")]).check(
        "d/web",
        "a/web",
        "80",
        "open > a/p[0]",
    );
    let both = "{matchLabels: {team: blue}}, podSelector: {matchLabels: {app: db}}";
    with(&[&ingress(both)]).check("d/web", "a/web", "80", "no ingress: a/p");
}

/// Addresses of a pod nobody saw.
#[test]
fn a_pod_whose_address_was_not_seen_may_be_in_a_block() {
    let egress =
        |peers: &str| format!("a/p: {{policyTypes: [Egress], egress: [{{to: [{peers}]}}]}}");
    with(&[&egress("{ipBlock: {cidr: 10.0.0.0/8}}")])
        .check("a/web", "b/job", "80", "? address a/p")
        .check("a/many", "b/job", "80", "? address a/p")
        .check("a/web", "c/web", "80", "a/p[0] > open");
    // The source has IPv4 alone, so the destination has it too, or they never meet.
    with(&[&egress("{ipBlock: {cidr: 0.0.0.0/0}}")])
        .check("a/web", "b/job", "80", "a/p[0] > open")
        .check("a/many", "b/job", "80", "? address a/p")
        .check("a/db", "b/job", "80", "? address a/p");
    with(&[&egress("{ipBlock: {cidr: 'fd00::/8'}}")]).check(
        "a/web",
        "b/job",
        "80",
        "no egress: a/p",
    );
    with(&[&egress("{ipBlock: {cidr: 0.0.0.0/0}}, {ipBlock: {cidr: '::/0'}}")]).check(
        "a/many",
        "b/job",
        "80",
        "a/p[0] > open",
    );
    // Surely in one family and perhaps in the other is not surely.
    with(&[&egress("{ipBlock: {cidr: 0.0.0.0/0}}, {ipBlock: {cidr: 'fd00::/8'}}")]).check(
        "a/many",
        "b/job",
        "80",
        "? address a/p",
    );
}

/// Networks differ in whether they see a pod on the host network or its node alone.
#[test]
fn a_pod_on_the_host_network_may_be_seen_or_not() {
    let ingress = |peer: &str| format!("a/p: {{ingress: [{{from: [{peer}]}}]}}");
    with(&[&ingress("{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}")])
        .check("b/host", "a/db", "80", "? host a/p")
        .check("192.168.0.1", "a/db", "80", "? host a/p")
        .check("n9@192.168.0.1", "a/db", "80", "? host a/p");
    with(&[&ingress("{namespaceSelector: {}, podSelector: {matchLabels: {app: db}}}")])
        .check("b/host", "a/db", "80", "no ingress: a/p")
        .check("192.168.0.1", "a/db", "80", "no ingress: a/p");
    let named = "a/p: {policyTypes: [Egress], egress: [{ports: [{port: http}]}]}";
    with(&[named])
        .check("a/db", "b/host", "80", "? host a/p")
        .check("a/db", "192.168.0.1", "80", "? host a/p")
        .check("a/db", "b/host", "81", "no egress: a/p");
}

#[test]
fn a_node_without_a_name_may_be_the_pods_own() {
    with(&["a/p: {policyTypes: [Ingress, Egress]}", "c/p: {}"])
        .check("@192.168.0.9", "a/web", "80", "? node")
        .check("a/web", "@192.168.0.9", "80", "? node")
        .check("b/host", "c/web", "80", "? node")
        .check("n1@192.168.0.9", "c/web", "80", "? node")
        .check("192.168.0.9", "a/web", "80", "no ingress: a/p");
}
