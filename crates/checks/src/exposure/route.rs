//! What leads requests from outside to Services: ingresses and the routes of gateways.

use inventory::{Kind, Object, Unknown};
use tree::{Path, Tree};

use crate::{About, Judged, Seen, Tally};

/// The group of gateways and routes.
const GATEWAY: &str = "gateway.networking.k8s.io";

/// Every kind that leads requests to Services.
pub(super) const KINDS: [Kind<'static>; 6] = [
    Kind::INGRESS,
    Kind { group: GATEWAY, kind: "GRPCRoute" },
    Kind { group: GATEWAY, kind: "HTTPRoute" },
    Kind { group: GATEWAY, kind: "TCPRoute" },
    Kind { group: GATEWAY, kind: "TLSRoute" },
    Kind { group: "extensions", kind: "Ingress" },
];

/// A Service that something leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Backend<'a> {
    pub(super) namespace: &'a str,
    pub(super) service: &'a str,
    pub(super) path: Path,
}

/// The Services that an ingress or a route leads to.
pub(super) fn backends(object: &Object) -> Vec<Backend<'_>> {
    if object.kind().kind == "Ingress" { of_ingress(object) } else { of_route(object) }
}

fn of_ingress(object: &Object) -> Vec<Backend<'_>> {
    let spec = object.tree().get("spec");
    let mut found = Vec::new();
    for field in ["defaultBackend", "backend"] {
        found.extend(of_backend(object, spec.get(field), Path::of(&["spec", field])));
    }
    for (number, rule) in spec.get("rules").items().iter().enumerate() {
        let place = Path::of(&["spec", "rules"]).then(number).join(&["http", "paths"]);
        for (index, path) in rule.at(&["http", "paths"]).items().iter().enumerate() {
            let place = place.then(index).then("backend");
            found.extend(of_backend(object, path.get("backend"), place));
        }
    }
    found
}

fn of_backend<'a>(object: &'a Object, backend: &'a Tree, path: Path) -> Option<Backend<'a>> {
    let name = backend.at(&["service", "name"]).text();
    let service = name.or_else(|| backend.get("serviceName").text())?;
    Some(Backend { namespace: object.namespace(), service, path })
}

fn of_route(object: &Object) -> Vec<Backend<'_>> {
    let mut found = Vec::new();
    for (number, rule) in object.tree().at(&["spec", "rules"]).items().iter().enumerate() {
        for (index, target) in rule.get("backendRefs").items().iter().enumerate() {
            if target.get("kind").text().is_some_and(|kind| kind != "Service") {
                continue;
            }
            let namespace = target.get("namespace").text().unwrap_or(object.namespace());
            let path = Path::of(&["spec", "rules"]).then(number).then("backendRefs").then(index);
            found.push(Backend { namespace, service: target.get("name").str(), path });
        }
    }
    found
}

/// Judges Services and what leads to them. Where a cluster was asked, what it did not list is a
/// gap; the kinds of gateways are there only where they were installed.
pub(super) fn each(
    seen: &Seen<'_>,
    kinds: &[Kind<'static>],
    judge: impl Fn(&Object) -> Judged,
) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for object in kinds.iter().flat_map(|kind| seen.inventory().of(*kind)) {
        tally.add(About::object(object), judge(object));
    }
    let coverage = seen.coverage();
    if !tally.is_empty() && !coverage.is_live() {
        return Ok(tally);
    }
    for kind in [Kind::SERVICE, Kind::INGRESS].into_iter().filter(|kind| kinds.contains(kind)) {
        if let Err(unknown) = coverage.listed(kind, None) {
            tally.add_gap(About::cluster(), unknown);
        }
    }
    Ok(tally)
}
