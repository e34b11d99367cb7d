//! NW-012 to NW-014 and NW-021: what nobody sees in objects and files.

use super::deny::NETWORK;
use crate::{Check, Fix, Judge, Reference, Severity};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "NW-012",
        name: "etcd-reachable-from-outside",
        title: "etcd is reachable from hosts that are none of the control plane",
        severities: &[Severity::Critical],
        why: "Whoever reaches etcd and finds a way past its certificates owns every object of the cluster.",
        fails: "2379 or 2380 of a control plane node takes a connection from another host.",
        fix: Fix::Steps(
            "nft add rule inet filter input tcp dport { 2379, 2380 } ip saddr != { ADDRESSES OF THE CONTROL PLANE } drop",
        ),
        references: &[Reference::Mitre("T1190"), Reference::Owasp("K06")],
        judge: Judge::NotImplemented("a scan opens no connections to hosts"),
        ..NETWORK
    },
    Check {
        id: "NW-013",
        name: "kubelet-reachable-from-outside",
        title: "Kubelets are reachable from outside of the cluster's networks",
        severities: &[Severity::High],
        why: "10255 tells everybody what runs on the node; 10250 runs commands in it for whoever it lets in.",
        fails: "10255 of a node is open, or 10250 takes a connection from outside of the networks of nodes and control plane.",
        fix: Fix::Steps(
            "Set readOnlyPort: 0 (ND-005), and nft add rule inet filter input tcp dport 10250 ip saddr != { NETWORKS OF NODES AND CONTROL PLANE } drop",
        ),
        references: &[Reference::Mitre("T1190"), Reference::Owasp("K06")],
        judge: Judge::NotImplemented("a scan opens no connections to hosts"),
        ..NETWORK
    },
    Check {
        id: "NW-014",
        name: "open-firewall",
        title: "The firewall of a node lets everybody in",
        why: "It is what stands between the internet and the ports of the control plane where a node has a public address.",
        fails: "6443 is open to every address, 10250 or 2379 to others than nodes and control plane, or what no rule names is accepted.",
        fix: Fix::Steps(
            "nft add set inet filter api '{ type ipv4_addr; flags interval; }', put your networks there, and accept tcp dport 6443 from @api only; policy drop for input.",
        ),
        references: &[Reference::Nsa("Network separation"), Reference::Owasp("K05")],
        judge: Judge::NotImplemented("rules of firewalls are not read"),
        ..NETWORK
    },
    Check {
        id: "NW-021",
        name: "api-over-public-path",
        title: "Nodes reach the API over the internet",
        why: "What nodes and API say to each other, logs and commands included, then crosses networks of others.",
        fails: "Nodes and API meet over public addresses without konnectivity or a private link.",
        fix: Fix::Steps("Use konnectivity, or the private endpoint of the provider."),
        references: &[Reference::Owasp("K05")],
        judge: Judge::NotImplemented("routes between nodes and the API are not seen"),
        ..NETWORK
    },
];
