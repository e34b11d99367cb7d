//! TL-033: consoles of administrators that are reached in plain text.

use inventory::{Kind, Object, Unknown};
use tree::{Path, Tree};

use super::TLS;
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Confidence, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(crate) const CHECKS: &[Check] = &[Check {
    id: "TL-033",
    name: "console-in-plain-text",
    title: "A console for administrators is reached in plain text",
    severities: &[Severity::Medium],
    why: "Whoever is on the way reads the password or the session, and is then an administrator.",
    fails: "An Ingress or HTTPRoute leads to a service that by its name is such a console (kubernetes-dashboard, argocd-server, grafana and the like), and its host is not under tls, or a listener it is attached to speaks HTTP. Certificates that an annotation gives a load balancer count.",
    fix: Fix::Steps(
        "kubectl create secret tls NAME --cert FILE --key FILE in the namespace of the Ingress, and name it with the host under spec.tls; of a Gateway, attach the route to a listener with protocol HTTPS (parentRefs[].sectionName).",
    ),
    references: &[Reference::Mitre("T1040"), Reference::Owasp("K06")],
    judge: Judge::Objects(&[Kind::INGRESS, ROUTE], &judge),
    examples: &[
        Example::of("no tls", Expected::Fail(Severity::Medium), &[ExampleFile::manifest(PLAIN)]),
        Example::of(
            "another host under tls",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(
                "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: cd, namespace: argocd}\nspec:\n  tls: [{hosts: [other.example.com], secretName: other}]\n  rules:\n  - host: cd.example.com\n    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: argocd-server, port: {number: 80}}}}]}\n",
            )],
        ),
        Example::of(
            "under tls",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: cd, namespace: argocd}\nspec:\n  tls: [{hosts: [\"*.example.com\"], secretName: wildcard}]\n  rules:\n  - host: cd.example.com\n    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: argocd-server, port: {number: 80}}}}]}\n",
            )],
        ),
        Example::of(
            "a shop is no console",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: shop, namespace: shop}\nspec:\n  rules:\n  - host: shop.example.com\n    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: shop-dashboards-api, port: {number: 80}}}}]}\n",
            )],
        ),
        Example::of(
            "a listener in plain text",
            Expected::Fail(Severity::Medium),
            &[
                ExampleFile::manifest(ROUTED),
                ExampleFile::at(
                    "gateway.yaml",
                    "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: edge, namespace: mon}\nspec: {gatewayClassName: x, listeners: [{name: web, port: 80, protocol: HTTP}]}\n",
                ),
            ],
        ),
        Example::of(
            "a Gateway that was not seen",
            Expected::Unknown,
            &[ExampleFile::manifest(ROUTED)],
        )
        .partial(),
    ],
    ..TLS
}];

const PLAIN: &str = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: dashboard, namespace: kubernetes-dashboard}\nspec:\n  rules:\n  - host: dashboard.example.com\n    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: kubernetes-dashboard, port: {number: 443}}}}]}\n";

const ROUTED: &str = "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: grafana, namespace: mon}\nspec:\n  parentRefs: [{name: edge}]\n  rules: [{backendRefs: [{name: grafana, port: 80}]}]\n";

const ROUTE: Kind<'static> = Kind { group: "gateway.networking.k8s.io", kind: "HTTPRoute" };
const GATEWAY: Kind<'static> = Kind { group: "gateway.networking.k8s.io", kind: "Gateway" };

fn judge(seen: &Seen<'_>, object: &Object) -> Judged {
    if object.kind() == ROUTE { route(seen, object) } else { Ok(ingress(object).into()) }
}

fn ingress(object: &Object) -> Option<Problem> {
    if BY_LOAD_BALANCER.iter().any(|annotation| object.annotation(annotation).is_some()) {
        return None;
    }
    let spec = object.tree().get("spec");
    let rules = spec.get("rules").items().iter().enumerate();
    rules.filter(|(_, rule)| !is_under_tls(spec, rule.get("host").str())).find_map(
        |(index, rule)| {
            let paths = rule.at(&["http", "paths"]).items().iter();
            let mut services = paths.map(|path| path.at(&["backend", "service", "name"]).str());
            let name = services.find(|name| is_console(name))?;
            Some(problem(name, rule.get("host").str(), Path::of(&["spec", "rules"]).then(index)))
        },
    )
}

/// Whether a host is under `tls`; an entry without hosts stands for all.
fn is_under_tls(spec: &Tree, host: &str) -> bool {
    spec.get("tls").items().iter().any(|entry| {
        let hosts = entry.get("hosts").items();
        hosts.is_empty()
            || entry.get("hosts").texts().any(|pattern| {
                let domain = pattern.strip_prefix("*.");
                pattern == host
                    || domain.is_some_and(|domain| {
                        host.split_once('.').is_some_and(|(_, rest)| rest == domain)
                    })
            })
    })
}

fn route(seen: &Seen<'_>, object: &Object) -> Judged {
    let spec = object.tree().get("spec");
    let backends =
        spec.get("rules").items().iter().flat_map(|rule| rule.get("backendRefs").items());
    let Some(name) = backends.map(|one| one.get("name").str()).find(|name| is_console(name)) else {
        return Ok(Verdict::Pass);
    };
    for (index, parent) in spec.get("parentRefs").items().iter().enumerate() {
        if is_plain(seen, object, parent)? {
            let path = Path::of(&["spec", "parentRefs"]).then(index);
            let host = spec.get("hostnames").texts().next().unwrap_or_default();
            return Ok(Verdict::fail(problem(name, host, path)));
        }
    }
    Ok(Verdict::Pass)
}

/// Whether a listener that a route is attached to speaks HTTP.
fn is_plain(seen: &Seen<'_>, route: &Object, parent: &Tree) -> Result<bool, Unknown> {
    let namespace = parent.get("namespace").text().unwrap_or_else(|| route.namespace());
    let name = parent.get("name").str();
    let Some(gateway) = seen.get(GATEWAY, namespace, name)? else { return Ok(false) };
    let section = parent.get("sectionName").text();
    let listeners = gateway.tree().at(&["spec", "listeners"]).items().iter();
    let mut attached = listeners
        .filter(|listener| section.is_none_or(|section| listener.get("name").str() == section));
    Ok(attached.any(|listener| listener.get("protocol").str() == "HTTP"))
}

fn problem(service: &str, host: &str, path: Path) -> Problem {
    let place = if host.is_empty() { "every host" } else { host };
    let message = format!("The console {service} is reached at {place} in plain text.");
    Problem::new(Severity::Medium, message)
        .detail(format!("{service} {host}"))
        .evidence(service)
        .confidence(Confidence::Medium)
        .at(path)
}

/// Whether a service is by its name a console: the name itself, with what charts put around it.
fn is_console(service: &str) -> bool {
    CONSOLES.iter().any(|console| {
        service == *console
            || service.strip_suffix(console).is_some_and(|before| before.ends_with('-'))
    })
}

const CONSOLES: [&str; 22] = [
    "kubernetes-dashboard",
    "kubernetes-dashboard-kong-proxy",
    "headlamp",
    "argocd-server",
    "argo-server",
    "argo-workflows-server",
    "grafana",
    "prometheus",
    "prometheus-server",
    "alertmanager",
    "kibana",
    "jenkins",
    "kiali",
    "rancher",
    "longhorn-frontend",
    "tekton-dashboard",
    "traefik-dashboard",
    "jaeger-query",
    "pgadmin",
    "phpmyadmin",
    "vault",
    "hubble-ui",
];

/// Annotations that give a load balancer the certificate.
const BY_LOAD_BALANCER: [&str; 4] = [
    "alb.ingress.kubernetes.io/certificate-arn",
    "networking.gke.io/managed-certificates",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
];
