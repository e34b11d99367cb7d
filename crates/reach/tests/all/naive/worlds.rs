//! Random clusters, and what of them is hidden from the room.

use std::collections::BTreeMap;
use std::net::IpAddr;

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use reach::{NamedPort, Pod, Port};
use serde_json::{Value, json};

use super::judge::Cluster;

pub(crate) const NAMESPACES: [&str; 3] = ["a", "b", "c"];

/// A cluster and what is hidden of it.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    namespaces: Vec<(Value, bool)>,
    pods: Vec<(Pod, Hidden)>,
    policies: Vec<(Value, bool)>,
}

#[derive(Debug, Clone)]
struct Hidden {
    addresses: bool,
    node: bool,
}

impl Drawn {
    pub(crate) fn truth(&self) -> Cluster {
        Cluster {
            namespaces: self.namespaces.iter().map(|(namespace, _)| namespace.clone()).collect(),
            pods: self.pods.iter().map(|(pod, _)| pod.clone()).collect(),
            policies: self.policies.iter().map(|(policy, _)| policy.clone()).collect(),
        }
    }

    /// The same where no pod is on the host network.
    pub(crate) fn truth_off_the_host(&self) -> Cluster {
        let mut cluster = self.truth();
        cluster.pods.iter_mut().for_each(|pod| pod.host_network = false);
        cluster
    }

    /// The same where the API server refused the policies that are bad in [`Drawn::known`].
    pub(crate) fn truth_without_bad(&self) -> Cluster {
        let good = self.policies.iter().filter(|(_, is_bad)| !is_bad);
        Cluster { policies: good.map(|(policy, _)| policy.clone()).collect(), ..self.truth() }
    }

    /// What is not hidden.
    pub(crate) fn known(&self) -> Cluster {
        let seen = self.namespaces.iter().filter(|(_, is_hidden)| !is_hidden);
        let pod = |(pod, hidden): &(Pod, Hidden)| {
            let addresses = if hidden.addresses { Vec::new() } else { pod.addresses.clone() };
            let node = pod.node.clone().filter(|_| !hidden.node);
            Pod { addresses, node, ..pod.clone() }
        };
        let policy = |(policy, is_bad): &(Value, bool)| {
            let mut policy = policy.clone();
            if *is_bad {
                policy["spec"]["ingress"] = json!([{"ports": [{"port": 0}]}]);
            }
            policy
        };
        Cluster {
            namespaces: seen.map(|(namespace, _)| namespace.clone()).collect(),
            pods: self.pods.iter().map(pod).collect(),
            policies: self.policies.iter().map(policy).collect(),
        }
    }
}

pub(crate) fn drawn() -> impl Strategy<Value = Drawn> {
    let namespaces = vec((of(select(vec!["x", "y"])), prop::bool::weighted(0.2)), 3);
    let policies = vec((policy(), prop::bool::weighted(0.1)), 0..6);
    (namespaces, vec(pod(), 1..6), policies).prop_map(|(namespaces, pods, policies)| Drawn {
        namespaces: NAMESPACES.iter().zip(namespaces).map(namespace).collect(),
        pods: pods.into_iter().enumerate().map(addressed).collect(),
        policies: policies.into_iter().enumerate().map(named).collect(),
    })
}

fn namespace((name, (team, is_hidden)): (&&str, (Option<&str>, bool))) -> (Value, bool) {
    let labels = team.map_or(json!({}), |team| json!({"team": team}));
    (json!({"metadata": {"name": name, "labels": labels}}), is_hidden)
}

fn named((index, (mut policy, is_bad)): (usize, (Value, bool))) -> (Value, bool) {
    policy["metadata"]["name"] = json!(format!("p{index}"));
    (policy, is_bad)
}

fn addressed((index, (mut pod, families, hidden)): (usize, (Pod, u8, Hidden))) -> (Pod, Hidden) {
    pod.name = format!("pod{index}");
    let addresses = [(1, format!("10.0.0.{index}")), (2, format!("fd00::{index}"))];
    let own = addresses.iter().filter(|(bit, _)| families & bit > 0);
    pod.addresses = own.map(|(_, address)| address.parse::<IpAddr>().unwrap()).collect();
    (pod, hidden)
}

fn pod() -> impl Strategy<Value = (Pod, u8, Hidden)> {
    let labels = (of(select(vec!["a", "b"])), of(select(vec!["s", "t"])));
    let ports = (of(1..6_u16), of(1..6_u16));
    let node = (prop::bool::weighted(0.2), select(vec!["n1", "n2"]));
    let hidden = (prop::bool::weighted(0.3), prop::bool::weighted(0.3));
    (select(&NAMESPACES[..]), labels, ports, node, (1..4_u8, hidden)).prop_map(
        |(namespace, (app, tier), (web, dns), (host_network, node), (families, hidden))| {
            let labels = [("app", app), ("tier", tier)].into_iter();
            let labels =
                labels.filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned())));
            let ports = [("web", web.map(Port::tcp)), ("dns", dns.map(Port::udp))].into_iter();
            let ports = ports
                .filter_map(|(name, port)| Some(NamedPort { name: name.to_owned(), port: port? }));
            let pod = Pod {
                namespace: namespace.to_owned(),
                kind: "Pod".to_owned(),
                labels: labels.collect::<BTreeMap<_, _>>(),
                ports: ports.collect(),
                host_network,
                node: Some(node.to_owned()),
                ..Pod::default()
            };
            (pod, families, Hidden { addresses: hidden.0, node: hidden.1 })
        },
    )
}

fn policy() -> impl Strategy<Value = Value> {
    let types = select(vec![
        json!(null),
        json!([]),
        json!(["Ingress"]),
        json!(["Egress"]),
        json!(["Ingress", "Egress"]),
    ]);
    let rules = |peers: &'static str| {
        prop_oneof![
            1 => Just(json!(null)),
            4 => vec(rule(peers), 0..3).prop_map(Value::from),
        ]
    };
    (select(&NAMESPACES[..]), pod_selector(), types, rules("from"), rules("to")).prop_map(
        |(namespace, pods, types, ingress, egress)| {
            json!({
                "apiVersion": "networking.k8s.io/v1",
                "kind": "NetworkPolicy",
                "metadata": {"namespace": namespace},
                "spec": {"podSelector": pods, "policyTypes": types, "ingress": ingress, "egress": egress},
            })
        },
    )
}

fn rule(peers: &'static str) -> impl Strategy<Value = Value> {
    (of(vec(peer(), 0..3)), of(vec(port(), 0..3)))
        .prop_map(move |(from, ports)| json!({peers: from, "ports": ports}))
}

fn peer() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => pod_selector().prop_map(|pods| json!({"podSelector": pods})),
        2 => namespace_selector().prop_map(|namespaces| json!({"namespaceSelector": namespaces})),
        2 => (namespace_selector(), pod_selector())
            .prop_map(|(namespaces, pods)| json!({"namespaceSelector": namespaces, "podSelector": pods})),
        2 => block().prop_map(|block| json!({"ipBlock": block})),
    ]
}

fn block() -> impl Strategy<Value = Value> {
    let v4 = json!({"cidr": "0.0.0.0/0"});
    let v6 = json!({"cidr": "::/0", "except": ["fd00::2/128"]});
    select(vec![
        v4,
        v6,
        json!({"cidr": "10.0.0.0/30", "except": ["10.0.0.2/32", "10.0.0.0/31"]}),
        json!({"cidr": "10.0.0.0/8", "except": ["10.0.0.0/24"]}),
        json!({"cidr": "fd00::/127"}),
        json!({"cidr": "0.0.0.0/0", "except": ["10.0.0.0/31"]}),
        json!({"cidr": "10.0.0.3/32", "except": []}),
    ])
}

fn port() -> impl Strategy<Value = Value> {
    let protocol = select(vec![json!(null), json!("TCP"), json!("UDP"), json!("SCTP")]);
    let number = (1..6_u16, of(0..3_u16)).prop_map(|(port, more)| {
        let end = more.map(|more| (port + more).min(6));
        json!({"port": port, "endPort": end})
    });
    let which = prop_oneof![
        1 => Just(json!({})),
        4 => number,
        2 => select(vec!["web", "dns"]).prop_map(|name| json!({"port": name})),
    ];
    (protocol, which).prop_map(|(protocol, mut which)| {
        which["protocol"] = protocol;
        which
    })
}

fn pod_selector() -> impl Strategy<Value = Value> {
    selector("app", "a")
}

fn namespace_selector() -> impl Strategy<Value = Value> {
    let name = json!({"matchLabels": {"kubernetes.io/metadata.name": "b"}});
    prop_oneof![5 => selector("team", "x"), 1 => Just(name)]
}

fn selector(key: &'static str, value: &'static str) -> impl Strategy<Value = Value> {
    let expression = |operator: &str, values: &[&str]| json!({"matchExpressions": [{"key": key, "operator": operator, "values": values}]});
    select(vec![
        json!({}),
        json!({"matchLabels": {key: value}}),
        json!({"matchLabels": {key: value, "tier": "s"}}),
        expression("In", &[value, "b"]),
        expression("NotIn", &[value]),
        expression("Exists", &[]),
        expression("DoesNotExist", &[]),
    ])
}
