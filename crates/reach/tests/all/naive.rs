//! The room against a judge that reads the objects sentence by sentence and remembers nothing.

mod judge;
mod worlds;

use proptest::prelude::*;
use reach::{Peer, Pod, Port, Protocol, World};

use judge::{Cluster, End};
use worlds::{Drawn, drawn};

/// Ports up to the last that a drawn policy speaks of, and one more for all above.
fn ports() -> impl Iterator<Item = Port> {
    let protocols = [Protocol::Tcp, Protocol::Udp, Protocol::Sctp];
    protocols.into_iter().flat_map(|protocol| (1..=7).map(move |number| Port { protocol, number }))
}

const OUTSIDE: [&str; 4] = ["10.0.0.200", "203.0.113.9", "fd00::200", "2001:db8::9"];

fn ends(cluster: &Cluster) -> Vec<End> {
    let outside = OUTSIDE.iter().map(|address| End::Address(address.parse().unwrap()));
    (0..cluster.pods.len()).map(End::Pod).chain(outside).collect()
}

fn peer(world: &World, end: End) -> Peer<'static> {
    match end {
        End::Pod(index) => Peer::Pod(world.pods().nth(index).unwrap()),
        End::Address(address) => Peer::Address(address),
    }
}

/// What is known holds whatever the rest is: of what was hidden, of whether the network sees pods
/// on the host network, and of whether the API server took policies that cannot be read.
fn check_nothing_false(drawn: &Drawn) {
    let (truth, known) = (drawn.truth(), drawn.known());
    let possible = [
        (truth.clone(), true),
        (truth.clone(), false),
        (drawn.truth_without_bad(), true),
        (drawn.truth_without_bad(), false),
    ];
    let world = world(&known);
    for from in ends(&truth) {
        for to in ends(&truth) {
            for port in ports().filter(|_| truth.share_a_family(from, to)) {
                let verdict = world.verdict(peer(&world, from), peer(&world, to), port);
                for (cluster, sees_hosts) in &possible {
                    let allowed = cluster.allows(from, to, port, *sees_hosts);
                    let is_false = if allowed { verdict.is_denied() } else { verdict.is_allowed() };
                    assert!(!is_false, "{from:?} -> {to:?} {port}: {verdict:?}");
                }
            }
        }
    }
}

/// Where everything is known, everything is decided, and as the judge decides it.
fn check_everything_decided(cluster: &Cluster) {
    let world = world(cluster);
    for from in ends(cluster) {
        for to in ends(cluster) {
            for port in ports() {
                let verdict = world.verdict(peer(&world, from), peer(&world, to), port);
                let allowed = cluster.allows(from, to, port, true);
                assert_eq!(verdict.is_allowed(), allowed, "{from:?} -> {to:?} {port}: {verdict:?}");
                let decided = verdict.is_allowed() || verdict.is_denied();
                assert!(decided || !cluster.share_a_family(from, to), "{verdict:?}");
            }
        }
    }
}

/// Pairs of pods are counted as one by one.
fn check_crossings(cluster: &Cluster) {
    let world = world(cluster);
    for to in worlds::NAMESPACES {
        for crossing in world.namespaces_that_reach(to) {
            let pairs = pairs(&cluster.pods, crossing.from, to);
            let reaches = |(from, to): &&(usize, usize)| {
                let (from, to) = (End::Pod(*from), End::Pod(*to));
                ports().any(|port| cluster.allows(from, to, port, true))
            };
            let allowed = pairs.iter().filter(reaches).count();
            assert_eq!(crossing.pairs.allowed, allowed as u64, "{} -> {to}", crossing.from);
            let found = crossing.pairs.allowed + crossing.pairs.denied + crossing.pairs.unknown;
            assert_eq!(found, pairs.len() as u64, "{} -> {to}", crossing.from);
            assert_eq!(crossing.by.is_empty(), allowed == 0);
        }
    }
}

fn pairs(pods: &[Pod], from: &str, to: &str) -> Vec<(usize, usize)> {
    let of = |namespace: &str| {
        let pods = pods.iter().enumerate().filter(|(_, pod)| pod.namespace == namespace);
        pods.map(|(index, _)| index).collect::<Vec<_>>()
    };
    let all = of(from).into_iter().flat_map(|from| of(to).into_iter().map(move |to| (from, to)));
    all.filter(|(from, to)| from != to).collect()
}

fn world(cluster: &Cluster) -> World {
    let trees = |objects: &[serde_json::Value]| {
        objects.iter().map(tree::Tree::from_json).collect::<Vec<_>>()
    };
    let (namespaces, policies) = (trees(&cluster.namespaces), trees(&cluster.policies));
    let pods = cluster.pods.clone().into_iter();
    World::build(namespaces.iter(), pods, policies.iter(), Vec::new())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_is_said_is_false(drawn in drawn()) {
        check_nothing_false(&drawn);
    }

    #[test]
    fn what_is_known_is_decided_as_the_text_says(drawn in drawn()) {
        check_everything_decided(&drawn.truth_off_the_host());
    }

    #[test]
    fn namespaces_reach_each_other_as_their_pods_do(drawn in drawn()) {
        check_crossings(&drawn.truth_off_the_host());
    }
}
