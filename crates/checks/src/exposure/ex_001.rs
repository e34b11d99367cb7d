//! EX-001: an API that stands on a public address.

use std::collections::BTreeMap;

use inventory::{Kind, Kubeconfig, Object, Unknown};
use tree::Path;

use super::api::EXPOSURE;
use crate::address::{Host, host, url_host};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Confidence, Fix, Judge, Problem, Reference, Seen, Severity, Tally, Verdict,
};

pub(crate) const EX_001: Check = Check {
    id: "EX-001",
    name: "public-api-address",
    title: "The API has a public address",
    severities: &[Severity::High],
    why: "Everybody may try passwords, tokens and the next flaw of kube-apiserver on it, from anywhere.",
    fails: "The server of a kubeconfig, or controlPlaneEndpoint of kubeadm, is a globally reachable address by the registries of IANA. Private, loopback and documentation addresses and names that only a site knows pass; a name of the public DNS is unknown, since no name is looked up. A firewall in front of it is not seen: the finding is of medium confidence.",
    fix: Fix::Steps(
        "Give the API a private address and reach it by VPN or a gateway. Where it must stay public, let only your own networks in, in the firewall or the provider's list of authorized networks, and waive this finding with that reason.",
    ),
    references: &[Reference::Mitre("T1133"), Reference::Owasp("K06")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of("a public address", Expected::Fail(Severity::High), &[PUBLIC]),
        Example::of("of kubeadm", Expected::Fail(Severity::High), &[KUBEADM]),
        Example::of("a private address", Expected::Pass, &[PRIVATE]),
        Example::of("a name of the cluster's own network", Expected::Pass, &[NAME]),
        Example::of("a name of the public DNS", Expected::Unknown, &[DNS]),
        Example::of("no kubeconfig was seen", Expected::Unknown, &[]),
    ],
    ..EXPOSURE
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut hosts: BTreeMap<Host, Vec<Place<'_>>> = BTreeMap::new();
    for (host, place) in named(seen) {
        hosts.entry(host).or_default().push(place);
    }
    if hosts.is_empty() {
        return Err(Unknown::new(
            "no kubeconfig was seen, which tells the address of the API",
            "give a kubeconfig, or /etc/kubernetes of a control plane node",
        ));
    }
    let mut tally = Tally::new();
    for (host, places) in hosts {
        let Some(Place { object, path }) = places.first() else { continue };
        let judged = match host {
            Host::PrivateAddress(_) | Host::PrivateName(_) => Ok(Verdict::Pass),
            Host::PublicName(name) => Err(Unknown::new(
                format!("what address {name} has is not looked up"),
                format!("look whether it is public: dig {name}"),
            )),
            Host::PublicAddress(address) => Ok(Verdict::fail(
                Problem::new(Severity::High, format!("The API has the public address {address}."))
                    .detail(address.to_string())
                    .evidence(format!("{address}, in {} places", places.len()))
                    .confidence(Confidence::Medium)
                    .at(path.clone()),
            )),
        };
        tally.add(About::object(object), judged);
    }
    Ok(tally)
}

/// Where a host is named.
struct Place<'i> {
    object: &'i Object,
    path: Path,
}

/// The hosts at which clients look for the API, and what names them.
fn named<'i>(seen: &Seen<'i>) -> Vec<(Host, Place<'i>)> {
    let inventory = seen.inventory();
    let mut found = Vec::new();
    for config in inventory.of(Kind::KUBECONFIG).iter().filter_map(Kubeconfig::of) {
        for cluster in config.clusters() {
            let server = url_host(cluster.cluster.get("server").str());
            let place = || Place { object: config.object(), path: cluster.path.then("server") };
            found.extend(server.map(|host| (host, place())));
        }
    }
    for object in inventory.of(Kind::CLUSTER_CONFIGURATION) {
        let endpoint = host(object.tree().get("controlPlaneEndpoint").str());
        let place = || Place { object, path: Path::of(&["controlPlaneEndpoint"]) };
        found.extend(endpoint.map(|host| (host, place())));
    }
    found
}

const PUBLIC: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: 'https://192.175.48.6:6443'}}]\nusers: [{name: me, user: {}}]\n",
);
const KUBEADM: ExampleFile = ExampleFile::manifest(
    "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.36.0\ncontrolPlaneEndpoint: 192.175.48.6:6443\n",
);
const PRIVATE: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Config\nclusters:\n- {name: c, cluster: {server: 'https://10.0.0.10:6443'}}\n- {name: d, cluster: {server: 'https://100.64.0.10:6443'}}\nusers: [{name: me, user: {}}]\n",
);
const NAME: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: 'https://kind-control-plane:6443'}}]\nusers: [{name: me, user: {}}]\n",
);
const DNS: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: 'https://api.example.com'}}]\nusers: [{name: me, user: {}}]\n",
);
