//! Peers that are ranges of addresses, as verdicts.

use crate::places::with;

/// `ipBlock`: a range of addresses without the exceptions.
#[test]
fn blocks_hold_addresses() {
    let egress = |block: &str| {
        format!("a/p: {{policyTypes: [Egress], egress: [{{to: [{{ipBlock: {block}}}]}}]}}")
    };
    with(&[&egress("{cidr: 203.0.113.0/24}")])
        .check("a/web", "203.0.113.255", "443", "a/p[0] > none")
        .check("a/web", "203.0.114.0", "443", "no egress: a/p")
        .check("a/web", "::ffff:203.0.113.9", "443", "a/p[0] > none")
        .check("a/web", "2001:db8::1", "443", "no egress: a/p");
    with(&[&egress("{cidr: 0.0.0.0/0, except: [169.254.169.254/32, 10.0.0.0/8]}")])
        .check("a/web", "169.254.169.254", "80", "no egress: a/p")
        .check("a/web", "169.254.169.253", "80", "a/p[0] > none")
        .check("a/web", "10.1.1.1", "80", "no egress: a/p")
        .check("a/web", "fd00:ec2::254", "80", "no egress: a/p");
    with(&[&egress("{cidr: '::/0', except: ['fd00:ec2::254/128']}")])
        .check("a/db", "fd00:ec2::254", "80", "no egress: a/p")
        .check("a/db", "fd00:ec2::253", "80", "a/p[0] > none")
        // A pod without an address of the family does not get there by any policy.
        .check("a/web", "fd00:ec2::253", "80", "? family")
        .check("a/web", "fd00:ec2::254", "80", "no egress: a/p")
        .check("a/web", "169.254.169.254", "80", "no egress: a/p");
    // An exception takes nothing away that another peer or rule gives.
    with(&[
        &egress("{cidr: 10.0.0.0/8, except: [10.9.0.0/16]}"),
        "a/q: {policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.9.9.0/24}}]}]}",
    ])
    .check("a/web", "10.9.9.1", "1", "a/q[0] > none")
    .check("a/web", "10.9.8.1", "1", "no egress: a/p a/q");
    // Selectors hold no address from outside, blocks no label.
    with(&["a/p: {ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}]}"])
        .check("203.0.113.9", "a/web", "1", "none > a/p[0]")
        .check("a/db", "a/web", "1", "no ingress: a/p");
}

/// A block holds a pod by its address, whatever its labels are.
#[test]
fn blocks_hold_pods_by_their_known_addresses() {
    with(&["a/p: {policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.0.2.0/24}}]}]}"])
        .check("a/web", "b/web", "80", "a/p[0] > open")
        .check("a/web", "c/web", "80", "no egress: a/p")
        .check("a/web", "10.0.2.1", "80", "a/p[0] > open");
    // Both ends have to allow it in the same family of addresses.
    let out = "a/p: {policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: '::/0'}}]}]}";
    with(&[out])
        .check("a/db", "c/six", "80", "a/p[0] > open")
        .check("a/web", "c/web", "80", "no egress: a/p")
        .check("a/web", "c/six", "80", "? family");
    with(&[out, "c/q: {ingress: [{from: [{ipBlock: {cidr: 'fd00::/64'}}]}]}"]).check(
        "a/db",
        "c/six",
        "80",
        "a/p[0] > c/q[0]",
    );
    with(&["c/q: {ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}"]).check(
        "a/db",
        "c/six",
        "80",
        "no ingress: c/q",
    );
}

/// An address that is known for a pod's is that pod.
#[test]
fn an_address_of_a_pod_is_the_pod() {
    with(&["a/p: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {}}]}]}"])
        .check("10.0.1.1", "10.0.1.2", "80", "open > a/p[0]")
        .check("10.0.2.1", "fd00::12", "80", "no ingress: a/p")
        .check("c/six", "fd00::12", "80", "no ingress: a/p")
        .check("a/web", "fd00::12", "80", "? family")
        .check("203.0.113.9", "10.0.1.2", "80", "no ingress: a/p");
}
