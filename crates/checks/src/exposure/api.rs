//! EX-002 to EX-004: what opens a second way to the API.

use inventory::{ComponentKind, Kind, Object, Unknown};
use tree::Path;

use super::route::{self, Backend, backends};
use crate::example::{Example, ExampleFile, Expected};
use crate::network::api_addresses;
use crate::{
    Check, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Severity, Span, Tally,
    Verdict, service,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "EX-002",
        name: "api-behind-a-service",
        title: "A Service opens the API to the outside",
        severities: &[Severity::Critical],
        why: "It leads to kube-apiserver past whatever guards its own address: firewalls, allow-lists, the gateway.",
        fails: "A Service of type LoadBalancer or NodePort, or with externalIPs, selects the pods of kube-apiserver, or its endpoints are those of default/kubernetes. default/kubernetes itself is EX-004's; a Service for scraping inside the cluster passes.",
        fix: Fix::Steps("kubectl delete service NAME -n NAMESPACE, once nobody uses it."),
        references: &[Reference::Owasp("K06"), Reference::Mitre("T1133")],
        judge: Judge::Objects(&[Kind::SERVICE], &opens),
        examples: &[
            Example::of("a node port", Expected::Fail(Severity::Critical), &[NODE_PORT, API]),
            Example::of(
                "endpoints written by hand",
                Expected::Fail(Severity::Critical),
                &[BY_HAND, ENDPOINTS],
            ),
            Example::of("for scraping, inside", Expected::Pass, &[INSIDE, API]),
            Example::of("of something else", Expected::Pass, &[ELSE, API]),
            Example::of("services were not listed", Expected::Unknown, &[]).partial(),
        ],
        ..EXPOSURE
    },
    Check {
        id: "EX-003",
        name: "api-behind-an-ingress",
        title: "An ingress or a route leads to the API",
        severities: &[Severity::High],
        why: "Whoever reaches the ingress reaches the API, from an address that is the ingress's; if it ends TLS, client certificates no longer count and it can read tokens.",
        fails: "A backend of an Ingress, HTTPRoute, TLSRoute, TCPRoute or GRPCRoute is default/kubernetes, or a Service that selects the pods of kube-apiserver. A Service called kubernetes in another namespace passes.",
        fix: Fix::Steps(
            "Take the backend out of the object that is named, and let people in by a gateway that knows who asks, or by a VPN.",
        ),
        references: &[Reference::Owasp("K06"), Reference::Mitre("T1133")],
        judge: Judge::Whole(routed),
        examples: &[
            Example::of("an ingress", Expected::Fail(Severity::High), &[INGRESS]),
            Example::of("a route of another namespace", Expected::Fail(Severity::High), &[ROUTE]),
            Example::of("another service of that name", Expected::Pass, &[NAMESAKE]),
            Example::of("nobody knows in which namespace", Expected::Unknown, &[OPEN]),
            Example::of("ingresses were not listed", Expected::Unknown, &[]).partial(),
        ],
        ..EXPOSURE
    },
    Check {
        id: "EX-004",
        name: "kubernetes-service-altered",
        title: "The Service default/kubernetes was altered",
        severities: &[Severity::High],
        why: "Every pod finds the API by it: with another target, or open to the outside, somebody else gets the tokens of all pods.",
        fails: "default/kubernetes has a selector, another type than ClusterIP, externalIPs, an externalName, or a port beyond https 443.",
        fix: Fix::Steps(
            "kubectl delete service kubernetes -n default: kube-apiserver makes it anew within ten seconds. Then find out from the audit log who changed it.",
        ),
        references: &[Reference::Owasp("K06"), Reference::Mitre("T1557")],
        judge: Judge::Whole(altered),
        examples: &[
            Example::of("a load balancer", Expected::Fail(Severity::High), &[ALTERED]),
            Example::of("a selector", Expected::Fail(Severity::High), &[SELECTING]),
            Example::of("as the API server makes it", Expected::Pass, &[OWN]),
            Example::of("manifests do not hold it", Expected::NotApplicable, &[ELSE]),
            Example::of("services were not listed", Expected::Unknown, &[]).partial(),
        ],
        ..EXPOSURE
    },
];

/// What the checks of the practice have in common.
pub(super) const EXPOSURE: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::Exposure,
    severities: &[],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

fn is_own(object: &Object) -> bool {
    (object.namespace(), object.name()) == ("default", "kubernetes")
}

fn opens(seen: &Seen<'_>, object: &Object) -> Judged {
    let Some(how) = service::opening(object).filter(|_| !is_own(object)) else {
        return Ok(Verdict::Pass);
    };
    if !leads_to_api(seen, object) {
        return Ok(Verdict::Pass);
    }
    let remedy = format!("kubectl delete service {} -n {}", object.name(), object.namespace());
    Ok(Verdict::fail(
        Problem::new(
            Severity::Critical,
            format!("{} leads from outside to kube-apiserver.", object.describe()),
        )
        .detail("kube-apiserver")
        .evidence(how)
        .at(Path::of(&["spec"]))
        .mended_by(Remedy::Steps(remedy)),
    ))
}

/// Whether a Service leads to kube-apiserver: by its selector or by its endpoints.
fn leads_to_api(seen: &Seen<'_>, object: &Object) -> bool {
    if service::has_selector(object) {
        let inventory = seen.inventory();
        let servers = inventory.components(ComponentKind::ApiServer);
        let servers: Vec<&Object> = servers.filter_map(|one| one.object(inventory)).collect();
        return service::workloads(seen, object)
            .any(|workload| servers.iter().any(|server| std::ptr::eq(*server, workload.object())))
            || names_api(object);
    }
    let api = api_addresses(seen);
    service::addresses(seen, object)
        .iter()
        .any(|(address, _)| address.parse().is_ok_and(|address| api.contains(&address)))
}

/// Whether a selector is for the labels that kubeadm gives kube-apiserver.
fn names_api(object: &Object) -> bool {
    object.namespace() == "kube-system"
        && object.tree().at(&["spec", "selector", "component"]).str() == "kube-apiserver"
}

fn routed(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    route::each(seen, &route::KINDS, |object| {
        let mut problems = Vec::new();
        for backend in backends(object) {
            if backend.service == "kubernetes" && backend.namespace.is_empty() {
                return Err(Unknown::new(
                    format!("{} does not say its namespace", object.describe()),
                    "write metadata.namespace, or scan the cluster it is applied to",
                ));
            }
            if is_api(seen, &backend) {
                problems.push(problem(object, backend));
            }
        }
        Ok(Verdict::of(problems))
    })
}

fn is_api(seen: &Seen<'_>, backend: &Backend<'_>) -> bool {
    if (backend.namespace, backend.service) == ("default", "kubernetes") {
        return true;
    }
    let found = seen.find(Kind::SERVICE, backend.namespace, backend.service);
    found.is_some_and(|found| leads_to_api(seen, found))
}

fn problem(object: &Object, backend: Backend<'_>) -> Problem {
    let name = format!("{}/{}", backend.namespace, backend.service);
    Problem::new(
        Severity::High,
        format!("{} leads to the API by the Service {name}.", object.describe()),
    )
    .detail(name.clone())
    .evidence(format!("backend {name}"))
    .at(backend.path)
}

fn altered(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let Some(object) = seen.get(Kind::SERVICE, "default", "kubernetes")? else {
        return Ok(Verdict::NotApplicable("kube-apiserver makes it in a cluster".into()).into());
    };
    let mut tally = Tally::new();
    let problems = alterations(object).into_iter().map(|(field, what)| {
        Problem::new(Severity::High, format!("default/kubernetes {what}."))
            .detail(field)
            .evidence(format!("{field}: {}", object.tree().at(&["spec", field])))
            .at(Path::of(&["spec", field]))
            .mended_by(Remedy::Steps("kubectl delete service kubernetes -n default".into()))
    });
    tally.add(crate::About::object(object), Ok(Verdict::of(problems.collect())));
    Ok(tally)
}

fn alterations(object: &Object) -> Vec<(&'static str, &'static str)> {
    let spec = object.tree().get("spec");
    let is_cluster_ip = spec.get("type").text().is_none_or(|kind| kind == "ClusterIP");
    let is_https = |port: &tree::Tree| port.get("port").int() == Some(443);
    let rows = [
        (service::has_selector(object), "selector", "selects pods, which it never does by itself"),
        (!is_cluster_ip, "type", "is open to the outside, or leads elsewhere"),
        (!spec.get("externalIPs").items().is_empty(), "externalIPs", "has external addresses"),
        (!spec.get("ports").items().iter().all(is_https), "ports", "has a port beyond https 443"),
    ];
    rows.into_iter().filter(|row| row.0).map(|(_, field, what)| (field, what)).collect()
}

const API: ExampleFile = ExampleFile::at(
    "kube-apiserver.yaml",
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: kube-apiserver-a\n  namespace: kube-system\n  labels: {component: kube-apiserver, tier: control-plane}\nspec:\n  hostNetwork: true\n  containers: [{name: kube-apiserver, command: [kube-apiserver]}]\n",
);
const NODE_PORT: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Service\nmetadata: {name: api, namespace: kube-system}\nspec:\n  type: NodePort\n  selector: {tier: control-plane, component: kube-apiserver}\n  ports: [{port: 6443, nodePort: 30443}]\n",
);
const INSIDE: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Service\nmetadata: {name: api, namespace: kube-system}\nspec:\n  clusterIP: None\n  selector: {component: kube-apiserver}\n  ports: [{port: 6443}]\n",
);
const BY_HAND: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Service\nmetadata: {name: api, namespace: ops}\nspec:\n  type: LoadBalancer\n  ports: [{port: 443, targetPort: 6443}]\n---\napiVersion: v1\nkind: Endpoints\nmetadata: {name: api, namespace: ops}\nsubsets:\n- addresses: [{ip: 10.0.0.10}]\n  ports: [{port: 6443}]\n",
);
const ENDPOINTS: ExampleFile = ExampleFile::at(
    "kubernetes.yaml",
    "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata:\n  name: kubernetes\n  namespace: default\n  labels: {kubernetes.io/service-name: kubernetes}\naddressType: IPv4\nendpoints: [{addresses: [10.0.0.10]}]\nports: [{name: https, port: 6443}]\n",
);
const ELSE: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: apps}\nspec:\n  type: LoadBalancer\n  selector: {app: web}\n  ports: [{port: 443}]\n",
);
const INGRESS: ExampleFile = ExampleFile::manifest(
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: api, namespace: default}\nspec:\n  rules:\n  - host: api.example.com\n    http:\n      paths:\n      - path: /\n        pathType: Prefix\n        backend: {service: {name: kubernetes, port: {number: 443}}}\n",
);
const OPEN: ExampleFile = ExampleFile::manifest(
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: api}\nspec:\n  defaultBackend: {service: {name: kubernetes, port: {number: 443}}}\n",
);
const NAMESAKE: ExampleFile = ExampleFile::manifest(
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: docs, namespace: docs}\nspec:\n  defaultBackend: {service: {name: kubernetes, port: {number: 443}}}\n",
);
const ROUTE: ExampleFile = ExampleFile::manifest(
    "apiVersion: gateway.networking.k8s.io/v1alpha2\nkind: TLSRoute\nmetadata: {name: api, namespace: ops}\nspec:\n  rules:\n  - backendRefs: [{name: kubernetes, namespace: default, port: 443}]\n",
);
const ALTERED: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Service\nmetadata: {name: kubernetes, namespace: default}\nspec:\n  type: LoadBalancer\n  ports: [{name: https, port: 443, targetPort: 6443}]\n",
);
const SELECTING: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Service\nmetadata: {name: kubernetes, namespace: default}\nspec:\n  type: ClusterIP\n  selector: {app: web}\n  ports: [{name: https, port: 443, targetPort: 6443}]\n",
);
const OWN: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: kubernetes\n  namespace: default\n  labels: {component: apiserver, provider: kubernetes}\nspec:\n  type: ClusterIP\n  clusterIP: 10.96.0.1\n  ports: [{name: https, port: 443, targetPort: 6443}]\n",
);
