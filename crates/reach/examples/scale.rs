//! How long a large cluster takes: 10,000 pods, 1,000 policies, 100 namespaces; once with pods of
//! 2,000 workloads, once with every pod unlike all others.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reach::{NamedPort, Peer, Pod, Port, World};
use serde_json::{Value, json};
use tree::Tree;

fn main() {
    for workloads in [2_000, PODS] {
        let measured = measure(workloads);
        #[expect(clippy::print_stdout, reason = "printing is what it is for")]
        for (what, took) in measured {
            println!("{workloads:>6} workloads  {what:<28} {took:>10.1?}");
        }
    }
}

const PODS: usize = 10_000;
const POLICIES: usize = 1_000;
const NAMESPACES: usize = 100;

fn measure(workloads: usize) -> Vec<(&'static str, Duration)> {
    let trees = |objects: Vec<Value>| objects.iter().map(Tree::from_json).collect::<Vec<_>>();
    let namespaces = trees((0..NAMESPACES).map(namespace).collect());
    let policies = trees((0..POLICIES).map(policy).collect());
    let pods: Vec<Pod> = (0..PODS).map(|index| pod(index, workloads)).collect();
    let start = Instant::now();
    let world = World::build(namespaces.iter(), pods.into_iter(), policies.iter(), Vec::new());
    let built = start.elapsed();
    let start = Instant::now();
    let metadata = "169.254.169.254".parse().unwrap_or(std::net::IpAddr::from([0; 4]));
    let reach = |pod: &_| world.reaches_address(*pod, metadata, Port::tcp(80)).is_allowed();
    let reaching = world.pods().filter(reach).count();
    let addresses = start.elapsed();
    let start = Instant::now();
    let pods: Vec<_> = world.pods().collect();
    let pairs = pods.iter().zip(pods.iter().rev()).cycle().take(100_000);
    let talks =
        pairs.map(|(from, to)| world.verdict(Peer::Pod(*from), Peer::Pod(*to), Port::tcp(80)));
    let talking = talks.filter(reach::Verdict::is_allowed).count();
    let verdicts = start.elapsed();
    let start = Instant::now();
    let names: Vec<&str> = world.namespaces().collect();
    let one = names.first().map_or(0, |name| world.namespaces_that_reach(name).len());
    let crossing = start.elapsed();
    let start = Instant::now();
    let all: usize = names.iter().map(|name| world.namespaces_that_reach(name).len()).sum();
    let matrix = start.elapsed();
    std::hint::black_box((reaching, talking, one, all));
    vec![
        ("built", built),
        ("10,000 pods to an address", addresses),
        ("100,000 verdicts", verdicts),
        ("reaching one namespace", crossing),
        ("all namespaces to all", matrix),
    ]
}

fn namespace(index: usize) -> Value {
    let team = format!("team{}", index % 10);
    json!({"metadata": {"name": format!("n{index}"), "labels": {"team": team}}})
}

fn pod(index: usize, workloads: usize) -> Pod {
    let workload = index % workloads;
    let labels = [
        ("app", format!("app{}", workload / NAMESPACES % 20)),
        ("tier", format!("tier{}", workload % 3)),
        ("pod-template-hash", format!("hash{workload}")),
        ("team", format!("team{}", workload % 7)),
    ];
    let labels = labels.into_iter().map(|(key, value)| (key.to_owned(), value));
    let part = |shift: usize| u8::try_from(index >> shift & 255).unwrap_or_default();
    Pod {
        namespace: format!("n{}", workload % NAMESPACES),
        kind: "Pod".to_owned(),
        name: format!("p{index}"),
        labels: labels.collect::<BTreeMap<_, _>>(),
        ports: vec![NamedPort { name: "http".to_owned(), port: Port::tcp(8080) }],
        addresses: vec![[10, 0, part(8), part(0)].into()],
        ..Pod::default()
    }
}

/// Ten policies for a namespace: a default deny, names, and eight of one workload each.
fn policy(index: usize) -> Value {
    let app = |index: usize| json!({"matchLabels": {"app": format!("app{}", index % 20)}});
    let own = index / NAMESPACES;
    let dns = json!({"to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "n0"}}}],
        "ports": [{"port": 53, "protocol": "UDP"}]});
    let spec = match own {
        0 => json!({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}),
        1 => json!({"podSelector": {}, "policyTypes": ["Egress"], "egress": [dns]}),
        _ => json!({
            "podSelector": app(own),
            "ingress": [
                {"from": [{"podSelector": app(own + 1)}, {"namespaceSelector": {"matchLabels": {"team": format!("team{}", index % 10)}}}],
                 "ports": [{"port": "http"}, {"port": 9000, "endPort": 9100}]},
                {"from": [{"ipBlock": {"cidr": format!("10.{}.0.0/16", index % 200), "except": [format!("10.{}.1.0/24", index % 200)]}}]},
            ],
            "egress": [
                {"to": [{"namespaceSelector": {}, "podSelector": app(index)}], "ports": [{"port": 8080}]},
                {"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8", "169.254.169.254/32"]}}]},
            ],
        }),
    };
    json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"namespace": format!("n{}", index % NAMESPACES), "name": format!("p{own}")},
        "spec": spec,
    })
}
