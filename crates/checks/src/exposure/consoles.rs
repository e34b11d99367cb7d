//! EX-005: consoles that anybody may use who reaches them.

use inventory::{Kind, Object, Unknown, Workload};

use super::api::EXPOSURE;
use super::route::{self, backends};
use crate::example::{Example, ExampleFile, Expected};
use crate::image::Image;
use crate::{
    Check, Confidence, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Tally, Verdict,
    service,
};

pub(crate) const EX_005: Check = Check {
    id: "EX-005",
    name: "open-console",
    title: "A console of the cluster is open to whoever reaches it",
    severities: &[Severity::High],
    why: "A console acts with its own rights for everybody who opens it: it shows secrets and traffic, and often starts shells.",
    fails: "A Service of type LoadBalancer or NodePort, an ingress or a route leads to a console that has no login (etcd browsers, Weave Scope, Prometheus, Hubble and others), or whose login is switched off (--enable-skip-login, --disable-auth, anonymous Grafana). It passes with a login in front (auth annotations of an ingress), behind an internal load balancer, and for consoles with a login of their own.",
    fix: Fix::Steps(
        "Make the Service a ClusterIP and use kubectl port-forward, or put a login in front: nginx.ingress.kubernetes.io/auth-url to an OpenID Connect proxy. Switch the console's own login on where it has one.",
    ),
    references: &[Reference::Mitre("T1190"), Reference::Owasp("K06")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of("an etcd browser", Expected::Fail(Severity::High), &[ETCD, NODE_PORT]),
        Example::of("a login one may skip", Expected::Fail(Severity::High), &[SKIP, NODE_PORT]),
        Example::of("behind an ingress", Expected::Fail(Severity::High), &[ETCD, INSIDE, INGRESS]),
        Example::of("a login in front", Expected::Pass, &[ETCD, INSIDE, GUARDED]),
        Example::of("a login of its own", Expected::Pass, &[OWN, NODE_PORT]),
        Example::of("inside the cluster", Expected::Pass, &[ETCD, INSIDE]),
        Example::of("inside the network of the cloud", Expected::Pass, &[ETCD, INTERNAL]),
        Example::of("services were not listed", Expected::Unknown, &[]).partial(),
    ],
    ..EXPOSURE
};

/// Everything that opens something.
const KINDS: [Kind<'static>; 7] = {
    let [a, b, c, d, e, f] = route::KINDS;
    [Kind::SERVICE, a, b, c, d, e, f]
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    route::each(seen, &KINDS, |object| {
        if object.kind() == Kind::SERVICE {
            of_service(seen, object)
        } else {
            of_route(seen, object)
        }
    })
}

fn of_service(seen: &Seen<'_>, object: &Object) -> Judged {
    let Some(how) = service::opening(object).filter(|_| !service::is_internal(object)) else {
        return Ok(Verdict::Pass);
    };
    let open = service::workloads(seen, object).find_map(|one| Some((one, open_console(one)?)));
    Ok(open.map(|(workload, open)| problem(object, workload, open, how)).into())
}

fn of_route(seen: &Seen<'_>, object: &Object) -> Judged {
    if GUARDS.iter().any(|guard| object.annotation(guard).is_some()) {
        return Ok(Verdict::Pass);
    }
    let mut problems = Vec::new();
    for backend in backends(object) {
        let Some(found) = seen.find(Kind::SERVICE, backend.namespace, backend.service) else {
            continue;
        };
        let open = service::workloads(seen, found).find_map(|one| Some((one, open_console(one)?)));
        problems.extend(open.map(|(workload, open)| {
            problem(object, workload, open, backend.service)
                .confidence(Confidence::Medium)
                .at(backend.path)
        }));
    }
    Ok(Verdict::of(problems))
}

fn problem(object: &Object, workload: &Workload<'_>, open: Open, evidence: &str) -> Problem {
    let (console, why) = (open.console, open.why);
    Problem::new(Severity::High, format!("{} leads to {console}, which {why}.", object.describe()))
        .detail(console)
        .evidence(format!("{evidence}, {}", workload.object().describe()))
}

/// A console without a login.
#[derive(Debug, Clone, Copy)]
struct Open {
    console: &'static str,
    why: &'static str,
}

fn open_console(workload: &Workload<'_>) -> Option<Open> {
    workload.containers().find_map(|container| {
        let image = Image::of(container.image());
        let (_, console, login) = CONSOLES.iter().find(|(end, _, _)| image.is(end))?;
        let why = match login {
            Login::None => "has no login",
            Login::Own => return None,
            Login::OffByFlag(flag) => {
                let is_off = |word: &str| {
                    word.strip_prefix(flag).is_some_and(|rest| matches!(rest, "" | "=true"))
                };
                container.words().iter().any(|(word, _)| is_off(word)).then_some(OFF)?
            }
            Login::OffByEnv(variable) => {
                let value = container.env(variable)?;
                value.eq_ignore_ascii_case("true").then_some(OFF)?
            }
        };
        Some(Open { console, why })
    })
}

const OFF: &str = "lets everybody in without its login";

/// How a console asks who somebody is.
enum Login {
    /// It does not.
    None,
    /// It does.
    Own,
    /// It does, unless a flag is given.
    OffByFlag(&'static str),
    /// It does, unless an environment variable is true.
    OffByEnv(&'static str),
}

/// Ends of the names of images, what they are, how they ask.
const CONSOLES: [(&str, &str, Login); 24] = [
    ("kubernetesui/dashboard", "Kubernetes Dashboard", Login::OffByFlag("--enable-skip-login")),
    ("headlamp-k8s/headlamp", "Headlamp", Login::Own),
    ("argoproj/argocd", "Argo CD", Login::OffByFlag("--disable-auth")),
    ("rancher/rancher", "Rancher", Login::Own),
    ("grafana/grafana", "Grafana", Login::OffByEnv("GF_AUTH_ANONYMOUS_ENABLED")),
    ("kiali/kiali", "Kiali", Login::Own),
    ("jenkins/jenkins", "Jenkins", Login::Own),
    ("portainer/portainer-ce", "Portainer", Login::Own),
    ("etcd-browser", "an etcd browser", Login::None),
    ("etcdkeeper", "an etcd browser", Login::None),
    ("weaveworks/scope", "Weave Scope", Login::None),
    ("hjacobs/kube-ops-view", "kube-ops-view", Login::None),
    ("benc-uk/kubeview", "KubeView", Login::None),
    ("octant", "Octant", Login::None),
    ("longhornio/longhorn-ui", "Longhorn", Login::None),
    ("cilium/hubble-ui", "Hubble", Login::None),
    ("prom/prometheus", "Prometheus", Login::None),
    ("prometheus/prometheus", "Prometheus", Login::None),
    ("prom/alertmanager", "Alertmanager", Login::None),
    ("prometheus/alertmanager", "Alertmanager", Login::None),
    ("jaegertracing/all-in-one", "Jaeger", Login::None),
    ("jaegertracing/jaeger-query", "Jaeger", Login::None),
    ("linkerd/web", "Linkerd's dashboard", Login::None),
    ("kubecost/frontend", "Kubecost", Login::None),
];

/// Annotations of ingresses that put a login in front.
const GUARDS: [&str; 9] = [
    "alb.ingress.kubernetes.io/auth-type",
    "haproxy.org/auth-type",
    "haproxy-ingress.github.io/auth-url",
    "ingress.kubernetes.io/auth-type",
    "nginx.ingress.kubernetes.io/auth-signin",
    "nginx.ingress.kubernetes.io/auth-tls-secret",
    "nginx.ingress.kubernetes.io/auth-type",
    "nginx.ingress.kubernetes.io/auth-url",
    "traefik.ingress.kubernetes.io/router.middlewares",
];

const ETCD: ExampleFile = ExampleFile::at(
    "console.yaml",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: console, namespace: ops}\nspec:\n  template:\n    metadata: {labels: {app: console}}\n    spec: {containers: [{name: ui, image: 'registry.example.com:5000/etcdkeeper:v0.7.6'}]}\n",
);
const SKIP: ExampleFile = ExampleFile::at(
    "console.yaml",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: console, namespace: ops}\nspec:\n  template:\n    metadata: {labels: {app: console}}\n    spec: {containers: [{name: ui, image: 'kubernetesui/dashboard:v2.7.0', args: [--enable-skip-login]}]}\n",
);
const OWN: ExampleFile = ExampleFile::at(
    "console.yaml",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: console, namespace: ops}\nspec:\n  template:\n    metadata: {labels: {app: console}}\n    spec:\n      containers:\n      - name: ui\n        image: grafana/grafana:12.0.0\n        env: [{name: GF_AUTH_ANONYMOUS_ENABLED, value: 'false'}]\n",
);
const NODE_PORT: ExampleFile = ExampleFile::at(
    "service.yaml",
    "apiVersion: v1\nkind: Service\nmetadata: {name: console, namespace: ops}\nspec: {type: NodePort, selector: {app: console}, ports: [{port: 80}]}\n",
);
const INSIDE: ExampleFile = ExampleFile::at(
    "service.yaml",
    "apiVersion: v1\nkind: Service\nmetadata: {name: console, namespace: ops}\nspec: {selector: {app: console}, ports: [{port: 80}]}\n",
);
const INTERNAL: ExampleFile = ExampleFile::at(
    "service.yaml",
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: console\n  namespace: ops\n  annotations: {networking.gke.io/load-balancer-type: Internal}\nspec: {type: LoadBalancer, selector: {app: console}, ports: [{port: 80}]}\n",
);
const INGRESS: ExampleFile = ExampleFile::at(
    "ingress.yaml",
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: console, namespace: ops}\nspec:\n  defaultBackend: {service: {name: console, port: {number: 80}}}\n",
);
const GUARDED: ExampleFile = ExampleFile::at(
    "ingress.yaml",
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: console\n  namespace: ops\n  annotations: {nginx.ingress.kubernetes.io/auth-url: 'https://login.example.com/auth'}\nspec:\n  defaultBackend: {service: {name: console, port: {number: 80}}}\n",
);
