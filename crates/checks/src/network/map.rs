//! The world of pods and policies, as the crate that judges reachability takes it, and what its
//! checks ask of it: namespaces with workloads, the addresses of the API and of nodes.

use std::net::IpAddr;

use inventory::{Kind, Object, Unknown, Workload};
use reach::{Pod, PodId, World};

use crate::{About, Judged, Seen, Tally, Verdict};

/// Builds the world of what was seen.
pub(crate) fn world(seen: &Seen<'_>) -> World {
    let inventory = seen.inventory();
    let namespaces = inventory.of(Kind::NAMESPACE).iter().map(Object::tree);
    let pods = placed(seen).map(|workload| {
        let object = workload.object();
        let kind = object.kind().kind;
        Pod::read(workload.namespace(), kind, object.name(), workload.template())
    });
    let policies = inventory.of(Kind::NETWORK_POLICY).iter();
    let policies = policies.filter(|policy| !policy.namespace().is_empty()).map(Object::tree);
    let foreign = reach::foreign_policies(inventory.objects().iter().map(Object::tree));
    World::build(namespaces, pods, policies, foreign)
}

/// The workloads whose namespace is known, in the order of the pods of the world.
fn placed<'s, 'i>(seen: &'s Seen<'i>) -> impl Iterator<Item = &'s Workload<'i>> {
    let all = seen.by_namespace().iter().filter(|(namespace, _)| !namespace.is_empty());
    all.flat_map(|(_, workloads)| workloads)
}

/// A namespace with workloads.
pub(super) struct Place<'s, 'i> {
    pub(super) seen: &'s Seen<'i>,
    pub(super) name: &'s str,
    /// Its workloads that are on the network of pods.
    pub(super) pods: Vec<(PodId, &'s Workload<'i>)>,
}

impl Place<'_, '_> {
    /// `web, api`: the first two of some workloads.
    pub(super) fn two(pods: &[&Workload<'_>]) -> String {
        let names = pods.iter().take(2).map(|workload| workload.object().describe());
        names.collect::<Vec<String>>().join(", ")
    }
}

/// Judges each namespace with workloads, where all policies of it were seen. Those of the system
/// are let off, those with host network alone are outside of policies.
pub(super) fn each(
    seen: &Seen<'_>,
    judge: impl Fn(&Place<'_, '_>) -> Judged,
) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    let mut ids = seen.network().pods();
    for (name, workloads) in seen.by_namespace() {
        if name.is_empty() {
            tally.add_gap(About::cluster(), open_namespace());
            continue;
        }
        let pods = ids.by_ref().take(workloads.len()).zip(workloads);
        let pods = pods.filter(|(_, workload)| !workload.uses_host_network()).collect();
        tally.add(about(seen, name), judge_one(&Place { seen, name, pods }, &judge));
    }
    if tally.is_empty() {
        seen.all(Kind::POD)?;
    }
    Ok(tally)
}

fn judge_one(place: &Place<'_, '_>, judge: &impl Fn(&Place<'_, '_>) -> Judged) -> Judged {
    if SYSTEM.contains(&place.name) {
        return Ok(Verdict::Exempt(format!(
            "{} holds the cluster's own pods, which its add-ons must reach",
            place.name
        )));
    }
    if place.pods.is_empty() {
        return Ok(Verdict::NotApplicable(
            "all its pods use the network of their node, where policies do not count".into(),
        ));
    }
    place.seen.all_in(Kind::NETWORK_POLICY, place.name)?;
    judge(place)
}

/// A namespace: the object, or its name.
pub(super) fn about(seen: &Seen<'_>, namespace: &str) -> About {
    let object = seen.find(Kind::NAMESPACE, "", namespace);
    object.map_or_else(|| About::named("Namespace", "", namespace), About::object)
}

/// Why nothing is known of workloads that leave their namespace open.
fn open_namespace() -> Unknown {
    Unknown::new(
        "some workloads do not say their namespace, and policies are of namespaces",
        "write metadata.namespace, or scan the cluster they are applied to",
    )
}

/// Why what a policy of another kind says is not known.
pub(super) fn overruled(namespace: &str) -> Unknown {
    Unknown::new(
        format!("policies of other kinds decide over the pods of {namespace} too"),
        "look at those that NW-020 names",
    )
}

/// Namespaces that Kubernetes makes for itself.
pub(super) const SYSTEM: [&str; 3] = ["kube-node-lease", "kube-public", "kube-system"];

/// An address with a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) address: IpAddr,
    pub(super) port: u16,
}

/// Where the API is, by the endpoints of `default/kubernetes`.
pub(super) fn api(seen: &Seen<'_>) -> Result<Vec<Spot>, Unknown> {
    let mut found = Vec::new();
    for slice in seen.of_in(Kind::ENDPOINT_SLICE, "default") {
        if slice.label("kubernetes.io/service-name") == Some("kubernetes") {
            let hosts = slice.tree().get("endpoints").items().iter();
            let hosts: Vec<&str> = hosts.flat_map(|one| one.get("addresses").texts()).collect();
            let ports = slice.tree().get("ports").items().iter();
            found.extend(spots(&hosts, ports.filter_map(|port| port.get("port").int())));
        }
    }
    if let Some(endpoints) = seen.find(Kind::ENDPOINTS, "default", "kubernetes") {
        for subset in endpoints.tree().get("subsets").items() {
            let hosts = subset.get("addresses").items().iter().map(|one| one.get("ip").str());
            let hosts: Vec<&str> = hosts.collect();
            let ports = subset.get("ports").items().iter();
            found.extend(spots(&hosts, ports.filter_map(|port| port.get("port").int())));
        }
    }
    found.sort_unstable();
    found.dedup();
    if found.is_empty() {
        return Err(Unknown::new(
            "the endpoints of default/kubernetes, where the API is, were not seen",
            "scan the cluster, or give kubectl get endpointslices -n default -o yaml",
        ));
    }
    Ok(found)
}

/// The addresses of the API; none if they were not seen.
pub(crate) fn api_addresses(seen: &Seen<'_>) -> Vec<IpAddr> {
    api(seen).unwrap_or_default().into_iter().map(|spot| spot.address).collect()
}

fn spots(hosts: &[&str], ports: impl Iterator<Item = i64>) -> Vec<Spot> {
    let ports = ports.filter_map(|port| u16::try_from(port).ok());
    ports
        .flat_map(|port| {
            let addresses = hosts.iter().filter_map(|host| host.parse().ok());
            addresses.map(move |address| Spot { address, port })
        })
        .collect()
}

/// The addresses of a node, of some type: `InternalIP`, `ExternalIP`.
pub(super) fn node_addresses<'n>(node: &'n Object, kind: &'n str) -> impl Iterator<Item = IpAddr> {
    let all = node.tree().at(&["status", "addresses"]).items().iter();
    all.filter(move |one| one.get("type").str() == kind)
        .filter_map(|one| one.get("address").str().parse().ok())
}

/// Whether a node belongs to the control plane.
pub(super) fn is_control_plane(node: &Object) -> bool {
    ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"]
        .iter()
        .any(|key| node.label(key).is_some())
}
