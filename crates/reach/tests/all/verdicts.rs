//! Every sentence of the API reference of `NetworkPolicySpec` and of what lies below it, as
//! verdicts.

use crate::places::with;

/// `podSelector`: the pods to which the policy applies.
#[test]
fn a_policy_applies_to_the_pods_it_selects() {
    // No policy selects the pod: traffic is allowed.
    with(&[])
        .check("a/web", "a/db", "5432", "open > open")
        .check("a/web", "b/job", "53/UDP", "open > open")
        .check("a/web", "203.0.113.9", "443", "open > none")
        .check("203.0.113.9", "a/web", "443", "none > open")
        .check("203.0.113.9", "203.0.113.8", "443", "none > none");
    // An empty selector is for all pods of the policy's namespace, and of no other.
    with(&["a/p: {podSelector: {}}"])
        .check("b/web", "a/web", "8080", "no ingress: a/p")
        .check("b/web", "a/db", "8080", "no ingress: a/p")
        .check("a/web", "a/db", "5432", "no ingress: a/p")
        .check("a/web", "b/web", "80", "open > open")
        .check("b/web", "c/web", "80", "open > open");
    // The field is optional and defaults to the empty selector.
    with(&["a/p: {policyTypes: [Ingress]}"]).check("b/web", "a/web", "80", "no ingress: a/p");
    with(&["a/p: {}"]).check("b/web", "a/web", "80", "no ingress: a/p");
    with(&["a/p: null"]).check("b/web", "a/web", "80", "no ingress: a/p");
    // Others stay as they are.
    with(&["a/p: {podSelector: {matchLabels: {app: web}}}"])
        .check("b/web", "a/web", "80", "no ingress: a/p")
        .check("b/web", "a/db", "80", "open > open")
        .check("b/web", "c/web", "80", "open > open");
    with(&["a/p: {podSelector: {matchExpressions: [{key: tier, operator: Exists}]}}"])
        .check("b/web", "a/web", "80", "no ingress: a/p")
        .check("b/web", "a/db", "80", "open > open");
    with(&["a/p: {podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}}"])
        .check("b/web", "a/web", "80", "open > open")
        .check("b/web", "a/db", "80", "no ingress: a/p");
}

/// Several policies for one pod: their rules add up.
#[test]
fn policies_add_up() {
    with(&[
        "a/deny: {}",
        "a/one: {ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}",
        "a/two: {podSelector: {matchLabels: {app: db}}, ingress: [{}, {ports: [{port: 1}]}]}",
    ])
    .check("a/web", "a/many", "80", "open > a/one[0]")
    .check("a/db", "a/many", "80", "no ingress: a/deny a/one")
    .check("b/web", "a/many", "80", "no ingress: a/deny a/one")
    .check("b/web", "a/db", "80", "open > a/two[0]");
}

/// `policyTypes`: which directions the policy relates to.
#[test]
fn policy_types_say_which_directions() {
    with(&["a/p: {policyTypes: [Egress]}"]).check("a/web", "b/web", "80", "no egress: a/p").check(
        "b/web",
        "a/web",
        "80",
        "open > open",
    );
    with(&["a/p: {policyTypes: [Ingress, Egress]}"])
        .check("a/web", "b/web", "80", "no egress: a/p")
        .check("b/web", "a/web", "80", "no ingress: a/p")
        .check("a/web", "a/db", "80", "no egress: a/p");
    // Unset: ingress always, egress if there are rules for it.
    with(&["a/p: {egress: [{to: [{podSelector: {}}]}]}"])
        .check("a/web", "b/web", "80", "no egress: a/p")
        .check("b/web", "a/web", "80", "no ingress: a/p");
    with(&["a/p: {egress: []}"]).check("a/web", "b/web", "80", "open > open").check(
        "b/web",
        "a/web",
        "80",
        "no ingress: a/p",
    );
    with(&["a/p: {policyTypes: []}"]).check("a/web", "b/web", "80", "open > open");
    // Rules of a direction that is not listed do nothing.
    with(&["a/p: {policyTypes: [Egress], egress: [{}], ingress: []}"])
        .check("b/web", "a/web", "80", "open > open")
        .check("a/web", "b/web", "80", "a/p[0] > open");
    with(&["a/p: {policyTypes: [Ingress], ingress: [{}], egress: [{to: [{podSelector: {}}]}]}"])
        .check("a/web", "b/web", "80", "open > open")
        .check("b/web", "a/web", "80", "open > a/p[0]");
}

/// `from` and `to`: empty or missing is everyone, else any item will do.
#[test]
fn a_rule_without_peers_is_for_everyone() {
    for rule in ["{}", "null", "{from: []}", "{from: null, ports: []}"] {
        with(&[&format!("a/p: {{ingress: [{rule}]}}")])
            .check("b/web", "a/web", "80", "open > a/p[0]")
            .check("203.0.113.9", "a/web", "80", "none > a/p[0]")
            .check("b/host", "a/db", "80", "host > a/p[0]");
    }
    with(&["a/p: {egress: [{to: []}], policyTypes: [Egress]}"])
        .check("a/web", "b/web", "80", "a/p[0] > open")
        .check("a/web", "169.254.169.254", "80", "a/p[0] > none");
    with(&["a/p: {ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}, {podSelector: {}}]}]}"])
        .check("203.0.113.9", "a/web", "80", "none > a/p[0]")
        .check("a/db", "a/web", "80", "open > a/p[0]")
        .check("203.0.114.9", "a/web", "80", "no ingress: a/p")
        .check("b/web", "a/web", "80", "no ingress: a/p");
}

/// `podSelector` and `namespaceSelector` of a peer, alone and together.
#[test]
fn selectors_of_one_peer_narrow_and_peers_widen() {
    let ingress = |peers: &str| format!("a/p: {{ingress: [{{from: [{peers}]}}]}}");
    // Pods of the policy's own namespace.
    with(&[&ingress("{podSelector: {}}")])
        .check("a/db", "a/web", "80", "open > a/p[0]")
        .check("b/web", "a/web", "80", "no ingress: a/p")
        .check("203.0.113.9", "a/web", "80", "no ingress: a/p");
    with(&[&ingress("{podSelector: {matchLabels: {app: web}}}")])
        .check("a/web", "a/db", "80", "open > a/p[0]")
        .check("b/web", "a/db", "80", "no ingress: a/p");
    // All pods of some namespaces.
    with(&[&ingress("{namespaceSelector: {matchLabels: {team: blue}}}")])
        .check("b/web", "a/web", "80", "open > a/p[0]")
        .check("b/job", "a/web", "80", "open > a/p[0]")
        .check("c/web", "a/web", "80", "no ingress: a/p")
        .check("a/db", "a/web", "80", "no ingress: a/p");
    // All pods of all namespaces, but no addresses from outside.
    with(&[&ingress("{namespaceSelector: {}}")])
        .check("a/db", "a/web", "80", "open > a/p[0]")
        .check("c/web", "a/web", "80", "open > a/p[0]")
        .check("d/web", "a/web", "80", "open > a/p[0]")
        .check("203.0.113.9", "a/web", "80", "no ingress: a/p");
    // Both in one peer: the pods that match in the namespaces that match.
    let team = "namespaceSelector: {matchLabels: {team: blue}}";
    let app = "podSelector: {matchLabels: {app: web}}";
    with(&[&ingress(&format!("{{{team}, {app}}}"))])
        .check("b/web", "a/db", "80", "open > a/p[0]")
        .check("b/job", "a/db", "80", "no ingress: a/p")
        .check("a/web", "a/db", "80", "no ingress: a/p")
        .check("c/web", "a/db", "80", "no ingress: a/p");
    // The same in two peers: either.
    with(&[&ingress(&format!("{{{team}}}, {{{app}}}"))])
        .check("b/web", "a/db", "80", "open > a/p[0]")
        .check("b/job", "a/db", "80", "open > a/p[0]")
        .check("a/web", "a/db", "80", "open > a/p[0]")
        .check("c/web", "a/db", "80", "no ingress: a/p");
    with(&[&ingress("{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}")])
        .check("c/web", "a/db", "80", "open > a/p[0]")
        .check("b/job", "a/db", "80", "no ingress: a/p");
    // Every namespace has its name for a label.
    let name = "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: c}}";
    with(&[&ingress(&format!("{{{name}}}"))])
        .check("c/web", "a/db", "80", "open > a/p[0]")
        .check("b/web", "a/db", "80", "no ingress: a/p")
        .check("d/web", "a/db", "80", "no ingress: a/p");
}

/// `ports`: empty or missing is all, else any item will do.
#[test]
fn ports_narrow_a_rule() {
    let ingress = |ports: &str| format!("a/p: {{ingress: [{{ports: [{ports}]}}]}}");
    // TCP is meant where no protocol is named.
    with(&[&ingress("{port: 80}")])
        .check("b/web", "a/web", "80", "open > a/p[0]")
        .check("b/web", "a/web", "80/UDP", "no ingress: a/p")
        .check("b/web", "a/web", "80/SCTP", "no ingress: a/p")
        .check("b/web", "a/web", "81", "no ingress: a/p");
    with(&[&ingress("{port: 80, protocol: UDP}")])
        .check("b/web", "a/web", "80/UDP", "open > a/p[0]")
        .check("b/web", "a/web", "80", "no ingress: a/p");
    with(&[&ingress("{port: 80, protocol: SCTP}")])
        .check("b/web", "a/web", "80/SCTP", "open > a/p[0]")
        .check("b/web", "a/web", "80", "no ingress: a/p");
    // Without a port: all of the protocol.
    with(&[&ingress("{protocol: UDP}")])
        .check("b/web", "a/web", "65535/UDP", "open > a/p[0]")
        .check("b/web", "a/web", "65535", "no ingress: a/p");
    with(&[&ingress("{}")]).check("b/web", "a/web", "1", "open > a/p[0]").check(
        "b/web",
        "a/web",
        "1/UDP",
        "no ingress: a/p",
    );
    // A range, both ends in it.
    with(&[&ingress("{port: 32000, endPort: 32768}")])
        .check("b/web", "a/web", "31999", "no ingress: a/p")
        .check("b/web", "a/web", "32000", "open > a/p[0]")
        .check("b/web", "a/web", "32768", "open > a/p[0]")
        .check("b/web", "a/web", "32769", "no ingress: a/p")
        .check("b/web", "a/web", "32100/UDP", "no ingress: a/p");
    with(&[&ingress("{port: 80, endPort: 80}")])
        .check("b/web", "a/web", "80", "open > a/p[0]")
        .check("b/web", "a/web", "81", "no ingress: a/p");
    // Any item of the list.
    with(&[&ingress("{port: 80}, {port: 53, protocol: UDP}")])
        .check("b/web", "a/web", "53/UDP", "open > a/p[0]")
        .check("b/web", "a/web", "80", "open > a/p[0]")
        .check("b/web", "a/web", "53", "no ingress: a/p");
    // Peers and ports of one rule belong together.
    with(&[
        "a/p: {ingress: [{from: [{podSelector: {}}], ports: [{port: 1}]}, {ports: [{port: 2}]}]}",
    ])
    .check("a/db", "a/web", "1", "open > a/p[0]")
    .check("b/web", "a/web", "1", "no ingress: a/p")
    .check("b/web", "a/web", "2", "open > a/p[1]");
}

/// A named port is the one that the destination's containers call so.
#[test]
fn names_of_ports_are_those_of_the_destination() {
    with(&["a/p: {ingress: [{ports: [{port: http}]}]}"])
        .check("b/web", "a/web", "8080", "open > a/p[0]")
        .check("b/web", "a/web", "80", "no ingress: a/p")
        .check("b/web", "a/web", "8080/UDP", "no ingress: a/p")
        .check("b/web", "a/db", "8080", "no ingress: a/p");
    // The protocol has to be that of the container's port.
    with(&["a/p: {ingress: [{ports: [{port: dns}]}]}"]).check(
        "b/web",
        "a/web",
        "53",
        "no ingress: a/p",
    );
    with(&["a/p: {ingress: [{ports: [{port: dns, protocol: UDP}]}]}"]).check(
        "b/web",
        "a/web",
        "53/UDP",
        "open > a/p[0]",
    );
    with(&["a/p: {policyTypes: [Egress], egress: [{ports: [{port: http}]}]}"])
        .check("a/db", "b/web", "80", "a/p[0] > open")
        .check("a/db", "b/web", "8080", "no egress: a/p")
        .check("a/db", "a/web", "8080", "a/p[0] > open")
        .check("a/db", "203.0.113.9", "80", "no egress: a/p");
}

/// Both ends count.
#[test]
fn both_ends_must_allow() {
    let out = "a/out: {policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}]}]}";
    let closed = "b/closed: {}";
    with(&[out, closed])
        .check("a/web", "b/web", "80", "no ingress: b/closed")
        .check("a/web", "c/web", "80", "a/out[0] > open")
        .check("a/web", "203.0.113.9", "80", "no egress: a/out");
    with(&[out, closed, "b/in: {ingress: [{from: [{namespaceSelector: {}}]}]}"])
        .check("a/web", "b/web", "80", "a/out[0] > b/in[0]")
        .check("203.0.113.9", "b/web", "80", "no ingress: b/closed b/in");
}

/// The own node is always allowed, and so is the pod itself.
#[test]
fn a_pod_talks_with_its_node_and_itself() {
    with(&["a/p: {policyTypes: [Ingress, Egress]}"])
        .check("node", "a/web", "8080", "none > node")
        .check("a/web", "node", "10250", "node > none")
        .check("n1@192.168.0.9", "a/web", "80", "none > node")
        .check("n2@192.168.0.9", "a/web", "80", "no ingress: a/p")
        .check("a/web", "n1@192.168.0.9", "10250", "node > none")
        .check("a/web", "n2@192.168.0.9", "10250", "no egress: a/p")
        .check("a/web", "a/web", "1", "self > self")
        .check("10.0.1.1", "a/web", "1", "self > self")
        // A Deployment makes pods that are not each other.
        .check("a/many", "a/many", "1", "no egress: a/p");
}

/// Pods on the host network are outside of policies.
#[test]
fn pods_on_the_host_network_are_not_isolated() {
    with(&["b/p: {policyTypes: [Ingress, Egress]}"])
        .check("a/web", "b/host", "80", "open > host")
        .check("b/host", "a/web", "80", "host > open")
        .check("a/web", "b/web", "80", "no ingress: b/p");
    let closed = "a/p: {policyTypes: [Ingress, Egress]}";
    with(&[closed])
        .check("b/host", "a/web", "80", "host > node")
        .check("b/host", "a/db", "80", "no ingress: a/p")
        .check("a/web", "b/host", "80", "node > host")
        .check("a/db", "192.168.0.1", "80", "no egress: a/p");
    // An address of its node is an address as any other.
    with(&["a/p: {ingress: [{from: [{ipBlock: {cidr: 192.168.0.0/24}}]}]}"])
        .check("b/host", "a/db", "80", "host > a/p[0]")
        .check("192.168.0.1", "a/db", "80", "none > a/p[0]");
}
