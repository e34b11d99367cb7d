//! Where a Service leads, and whether it can be reached from outside of the cluster.

use inventory::{Kind, Object, Unknown, Workload};
use tree::Tree;

use crate::{Seen, address, selector};

/// The workloads whose pods a Service selects; none if it selects nothing.
pub(crate) fn workloads<'s, 'i>(
    seen: &'s Seen<'i>,
    service: &'s Object,
) -> impl Iterator<Item = &'s Workload<'i>> {
    let wanted = service.tree().at(&["spec", "selector"]);
    let all = if has_selector(service) { seen.workloads_in(service.namespace()) } else { &[] };
    all.iter().filter(|workload| selector::is_subset(wanted, workload.labels()))
}

/// Whether a Service selects pods.
pub(crate) fn has_selector(service: &Object) -> bool {
    !service.tree().at(&["spec", "selector"]).entries().is_empty()
}

/// How a Service can be reached from outside: `LoadBalancer`, `NodePort` or `externalIPs`.
pub(crate) fn opening(service: &Object) -> Option<&'static str> {
    let spec = service.tree().get("spec");
    match spec.get("type").str() {
        "LoadBalancer" => Some("LoadBalancer"),
        "NodePort" => Some("NodePort"),
        _ if !spec.get("externalIPs").items().is_empty() => Some("externalIPs"),
        _ => None,
    }
}

/// Whether the load balancer of a Service is one inside the network of its cloud: an annotation
/// says so, or all its addresses are private.
pub(crate) fn is_internal(service: &Object) -> bool {
    let says = |(key, value): &(&str, &str)| service.annotation(key) == Some(*value);
    if INTERNAL.iter().any(says) {
        return true;
    }
    let given = service.tree().at(&["status", "loadBalancer", "ingress"]).items();
    let addresses = given.iter().map(|one| one.get("ip").str().parse());
    let mut addresses = addresses.peekable();
    addresses.peek().is_some()
        && addresses.all(|address| address.is_ok_and(|address| !address::is_public(address)))
}

/// Annotations by which clouds make a load balancer that the internet does not reach.
const INTERNAL: [(&str, &str); 9] = [
    ("cloud.google.com/load-balancer-type", "Internal"),
    ("networking.gke.io/load-balancer-type", "Internal"),
    ("service.beta.kubernetes.io/aws-load-balancer-internal", "true"),
    ("service.beta.kubernetes.io/aws-load-balancer-scheme", "internal"),
    ("service.beta.kubernetes.io/azure-load-balancer-internal", "true"),
    ("service.beta.kubernetes.io/oci-load-balancer-internal", "true"),
    ("service.beta.kubernetes.io/openstack-internal-load-balancer", "true"),
    ("service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", "private"),
    ("service.beta.kubernetes.io/scw-loadbalancer-private", "true"),
];

/// The ports of a Service, each with the number it leads to, where that is a number.
pub(crate) fn targets(service: &Object) -> impl Iterator<Item = (&Tree, Option<i64>)> {
    let ports = service.tree().at(&["spec", "ports"]).items().iter();
    ports.map(|port| {
        let target = port.get("targetPort");
        let number = if target.is_null() { port.get("port").int() } else { target.int() };
        (port, number)
    })
}

/// The addresses behind a Service, each with whether it is ready, of its endpoints that were seen.
pub(crate) fn addresses<'s>(seen: &'s Seen<'_>, service: &'s Object) -> Vec<(&'s str, bool)> {
    let (namespace, name) = (service.namespace(), service.name());
    let mut found = Vec::new();
    for slice in seen.of_in(Kind::ENDPOINT_SLICE, namespace) {
        if slice.label("kubernetes.io/service-name") != Some(name) {
            continue;
        }
        for endpoint in slice.tree().get("endpoints").items() {
            // Ready unless it says that it is not.
            let is_ready = endpoint.at(&["conditions", "ready"]).bool() != Some(false);
            found.extend(endpoint.get("addresses").texts().map(|address| (address, is_ready)));
        }
    }
    if let Some(endpoints) = seen.find(Kind::ENDPOINTS, namespace, name) {
        for subset in endpoints.tree().get("subsets").items() {
            for (field, is_ready) in [("addresses", true), ("notReadyAddresses", false)] {
                let all = subset.get(field).items().iter();
                found.extend(all.map(|one| (one.get("ip").str(), is_ready)));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Why nothing answers behind a Service; none if something does.
///
/// # Errors
/// If that was not looked at.
pub(crate) fn is_deserted(seen: &Seen<'_>, service: &Object) -> Result<bool, Unknown> {
    if service.tree().at(&["spec", "type"]).str() == "ExternalName" {
        return Ok(false);
    }
    if addresses(seen, service).iter().any(|(_, is_ready)| *is_ready) {
        return Ok(false);
    }
    if seen.coverage().is_live() {
        seen.all_in(Kind::ENDPOINT_SLICE, service.namespace())?;
        return Ok(true);
    }
    // Manifests hold no endpoints of pods; there the selector must find a workload.
    if !has_selector(service) || workloads(seen, service).next().is_some() {
        return Ok(false);
    }
    seen.all(Kind::DEPLOYMENT)?;
    Ok(true)
}
