//! NW-015 to NW-018: addresses that the control plane and the nodes listen on.

mod examples;

use inventory::{Component, ComponentKind, Kind, Object, Origin, Unknown};
use std::net::IpAddr;
use tree::Path;

use super::deny::NETWORK;
use super::map::api;
use crate::address::{Host, host, is_public};
use crate::example::{Example, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};
use examples::{
    ADVERTISES, ALL, ALL_IN_MAP, API_OWN, ENDPOINTS, ENDPOINTS_PUBLIC, LOCAL, NODE, NODE_PRIVATE,
    PRIMARY, PROXY, SERVICE,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "NW-015",
        name: "api-listens-everywhere",
        title: "kube-apiserver listens on a public interface of its node",
        why: "A firewall that is forgotten once, and the internet talks to it.",
        fails: "--bind-address is 0.0.0.0 or ::, which is the default, on a node that has a public address, or it is a public address itself. On nodes with private addresses alone it passes.",
        fix: Fix::Steps(
            "Give the node no public address, or set --bind-address to its private one. First look who else connects: the probes of its manifest, load balancers, and clients on loopback.",
        ),
        references: &[Reference::Mitre("T1133"), Reference::Owasp("K06")],
        judge: Judge::Components(ComponentKind::ApiServer, &binds),
        examples: &[
            Example::of(
                "a node with a public address",
                Expected::Fail(Severity::Medium),
                &[API_OWN, NODE],
            ),
            Example::of("a node without", Expected::Pass, &[API_OWN, NODE_PRIVATE]),
            Example::of("its node was not seen", Expected::Unknown, &[API_OWN]),
            Example::of("a private address", Expected::Pass, &[LOCAL, NODE]),
        ],
        ..NETWORK
    },
    Check {
        id: "NW-016",
        name: "public-advertise-address",
        title: "kube-apiserver tells pods to find it at a public address",
        why: "What pods send to the API leaves the network of the cluster and comes back from outside, past what is meant to guard it.",
        fails: "--advertise-address is a public address; where it is not given, an endpoint of default/kubernetes is.",
        fix: Fix::Steps(
            "Set --advertise-address (localAPIEndpoint.advertiseAddress of kubeadm) to the private address of the node, which must be in the certificate, on one node after the other.",
        ),
        references: &[Reference::Owasp("K06")],
        judge: Judge::Components(ComponentKind::ApiServer, &advertises),
        examples: &[
            Example::of("a public address", Expected::Fail(Severity::Medium), &[ADVERTISES]),
            Example::of("a private address", Expected::Pass, &[API_OWN]),
            Example::of(
                "of the endpoints",
                Expected::Fail(Severity::Medium),
                &[LOCAL, ENDPOINTS_PUBLIC],
            ),
            Example::of("of the endpoints, private", Expected::Pass, &[LOCAL, ENDPOINTS]),
            Example::of("nothing tells it", Expected::Unknown, &[LOCAL]),
        ],
        ..NETWORK
    },
    Check {
        id: "NW-017",
        name: "kube-proxy-metrics-exposed",
        title: "kube-proxy shows its metrics to everybody",
        why: "They tell which services there are, and its debug handlers cost the node time; nobody is asked for a credential.",
        fails: "metricsBindAddress of kube-proxy is not a loopback address. Unset it is 127.0.0.1:10249. healthzBindAddress passes: load balancers have to reach it.",
        fix: Fix::Sometimes(
            "Sets metricsBindAddress: 127.0.0.1:10249 in a file. In the ConfigMap of a cluster: kubectl -n kube-system edit configmap kube-proxy, then kubectl -n kube-system rollout restart daemonset kube-proxy.",
        ),
        references: &[Reference::Cis("4.3.1"), Reference::Owasp("K06")],
        judge: Judge::Objects(&[Kind::KUBE_PROXY_CONFIGURATION], &metrics),
        examples: &[
            Example::of("every address", Expected::Fail(Severity::Medium), &[ALL]),
            Example::of(
                "in the ConfigMap of a cluster",
                Expected::Fail(Severity::Medium),
                &[ALL_IN_MAP],
            ),
            Example::of("what kubeadm writes", Expected::Pass, &[PROXY]),
            Example::of("no configuration was seen", Expected::Unknown, &[]).partial(),
        ],
        ..NETWORK
    },
    Check {
        id: "NW-018",
        name: "node-ports-on-every-address",
        title: "Node ports are open on every address of a node, public ones too",
        severities: &[Severity::Low],
        why: "A port that was meant for the network of the nodes is open to the internet.",
        fails: "nodePortAddresses of kube-proxy is empty, there are Services with node ports, and a node has a public address.",
        fix: Fix::Sometimes(
            "Sets nodePortAddresses: [primary] in a file. In the ConfigMap of a cluster: kubectl -n kube-system edit configmap kube-proxy, then kubectl -n kube-system rollout restart daemonset kube-proxy.",
        ),
        references: &[Reference::Owasp("K06")],
        judge: Judge::Objects(&[Kind::KUBE_PROXY_CONFIGURATION], &node_ports),
        examples: &[
            Example::of("a public node", Expected::Fail(Severity::Low), &[PROXY, SERVICE, NODE]),
            Example::of("a private node", Expected::Pass, &[PROXY, SERVICE, NODE_PRIVATE]),
            Example::of("no node ports", Expected::Pass, &[PROXY, NODE]),
            Example::of("on its primary address", Expected::Pass, &[PRIMARY, SERVICE, NODE]),
            Example::of("services were not listed", Expected::Unknown, &[PROXY, NODE]).partial(),
        ],
        ..NETWORK
    },
];

fn binds(seen: &Seen<'_>, component: &Component) -> Judged {
    let flag = component.flags.value("bind-address").unwrap_or("0.0.0.0");
    let Ok(address) = flag.parse::<IpAddr>() else { return Ok(Verdict::Pass) };
    if address.is_unspecified() {
        let Some(node) = node_of(seen, component) else {
            return Err(Unknown::new(
                "the addresses of the node that kube-apiserver runs on were not seen",
                "scan the cluster, or give kubectl get nodes -o yaml",
            ));
        };
        let public = addresses(node).find(|address| is_public(*address));
        return Ok(public.map(|public| listens(component, flag, public)).into());
    }
    Ok(is_public(address).then(|| listens(component, flag, address)).into())
}

fn listens(component: &Component, flag: &str, public: IpAddr) -> Problem {
    let message = format!("kube-apiserver listens on {public}, a public address of its node.");
    let problem = Problem::new(Severity::Medium, message)
        .detail("bind-address")
        .evidence(format!("--bind-address={flag}, node address {public}"));
    match component.flags.get("bind-address").and_then(|flag| flag.path.clone()) {
        Some(path) => problem.at(path),
        None => problem,
    }
}

/// The node of a component: by its name, or by the address that it advertises.
fn node_of<'i>(seen: &Seen<'i>, component: &Component) -> Option<&'i Object> {
    let inventory = seen.inventory();
    let named = component.node.as_deref().and_then(|name| inventory.find(Kind::NODE, "", name));
    let advertised = component.flags.value("advertise-address")?.parse::<IpAddr>().ok();
    named.or_else(|| {
        let is_it = |node: &&Object| addresses(node).any(|address| Some(address) == advertised);
        inventory.of(Kind::NODE).iter().find(is_it)
    })
}

/// All addresses of a node.
fn addresses(node: &Object) -> impl Iterator<Item = IpAddr> {
    let all = node.tree().at(&["status", "addresses"]).items().iter();
    all.filter_map(|one| one.get("address").str().parse().ok())
}

fn advertises(seen: &Seen<'_>, component: &Component) -> Judged {
    let given = component.flags.get("advertise-address");
    let public = match given.and_then(|flag| flag.value.parse::<IpAddr>().ok()) {
        Some(address) => is_public(address).then_some(address),
        None => api(seen)?.into_iter().map(|spot| spot.address).find(|one| is_public(*one)),
    };
    Ok(public
        .map(|address| {
            let message = format!("Pods are told to find the API at {address}.");
            let problem = Problem::new(Severity::Medium, message)
                .detail("advertise-address")
                .evidence(address.to_string());
            match given.and_then(|flag| flag.path.clone()) {
                Some(path) => problem.at(path),
                None => problem,
            }
        })
        .into())
}

fn metrics(_seen: &Seen<'_>, object: &Object) -> Judged {
    let given = object.tree().get("metricsBindAddress").str();
    let is_loopback = match host(given) {
        None => true,
        Some(Host::PrivateAddress(address) | Host::PublicAddress(address)) => address.is_loopback(),
        Some(Host::PrivateName(name) | Host::PublicName(name)) => name == "localhost",
    };
    let value = serde_json::Value::from("127.0.0.1:10249");
    let remedy = set(object, "metricsBindAddress", value);
    Ok((!is_loopback)
        .then(|| {
            Problem::new(Severity::Medium, format!("kube-proxy shows its metrics on {given}."))
                .detail("metricsBindAddress")
                .evidence(format!("metricsBindAddress: {given}"))
                .at(Path::of(&["metricsBindAddress"]))
                .mended_by(remedy)
        })
        .into())
}

fn node_ports(seen: &Seen<'_>, object: &Object) -> Judged {
    if !object.tree().get("nodePortAddresses").items().is_empty() {
        return Ok(Verdict::Pass);
    }
    if !seen.of(Kind::SERVICE).iter().any(has_node_port) {
        seen.all(Kind::SERVICE)?;
        return Ok(Verdict::Pass);
    }
    let public = seen.of(Kind::NODE).iter().flat_map(addresses).find(|one| is_public(*one));
    let Some(public) = public else {
        seen.all(Kind::NODE)?;
        return Ok(Verdict::Pass);
    };
    Ok(Verdict::fail(
        Problem::new(Severity::Low, format!("Node ports are open on {public} too."))
            .detail("nodePortAddresses")
            .evidence(format!("nodePortAddresses is empty, node address {public}"))
            .at(Path::of(&["nodePortAddresses"]))
            .mended_by(set(object, "nodePortAddresses", serde_json::json!(["primary"]))),
    ))
}

fn has_node_port(service: &Object) -> bool {
    let spec = service.tree().get("spec");
    match spec.get("type").str() {
        "NodePort" => true,
        "LoadBalancer" => spec.get("allocateLoadBalancerNodePorts").bool() != Some(false),
        _ => false,
    }
}

/// A file can be changed; what stands in a `ConfigMap` is for a person.
fn set(object: &Object, field: &str, value: serde_json::Value) -> Remedy {
    match object.origin() {
        Origin::Document { .. } => Remedy::set(Path::of(&[field]), value),
        Origin::Live | Origin::Within { .. } => Remedy::Explained,
    }
}
