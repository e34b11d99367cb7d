//! EX-006, EX-007, EX-013 and EX-014: Services that are open to the outside.

use inventory::{Kind, Object};
use tree::Path;

use super::api::EXPOSURE;
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict, service,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "EX-006",
        name: "load-balancer-for-everybody",
        title: "A load balancer takes connections from everywhere",
        severities: &[Severity::Medium],
        why: "What is behind it is scanned within minutes of its creation.",
        fails: "A Service of type LoadBalancer has neither loadBalancerSourceRanges nor an annotation that lists who may connect, or the list holds everybody. Internal load balancers, and those whose addresses are private, pass.",
        fix: Fix::Steps(
            "Set spec.loadBalancerSourceRanges to the networks that need it. For a site that is meant for everybody waive this finding with that reason.",
        ),
        references: &[Reference::Owasp("K05"), Reference::Mitre("T1190")],
        judge: Judge::Objects(&[Kind::SERVICE], &unlimited),
        examples: &[
            Example::of("no list", Expected::Fail(Severity::Medium), &[BALANCER]),
            Example::of("a list of everybody", Expected::Fail(Severity::Medium), &[EVERYBODY]),
            Example::of("a list", Expected::Pass, &[LISTED]),
            Example::of("an internal one", Expected::Pass, &[INTERNAL]),
            Example::of("a private address", Expected::Pass, &[PRIVATE]),
            Example::of("services were not listed", Expected::Unknown, &[]).partial(),
        ],
        ..EXPOSURE
    },
    Check {
        id: "EX-007",
        name: "external-ips",
        title: "A Service claims addresses outside of the cluster",
        severities: &[Severity::Medium],
        why: "Nodes send what goes to such an address to the Service instead: whoever may create Services takes over the traffic of others (CVE-2020-8554).",
        fails: "spec.externalIPs is not empty. Addresses in the status, which only the control plane writes, pass.",
        fix: Fix::Steps(
            "Use a Service of type LoadBalancer instead and take spec.externalIPs out. Then keep others from it: --enable-admission-plugins=DenyServiceExternalIPs, or a ValidatingAdmissionPolicy with the expression !has(object.spec.externalIPs) || object.spec.externalIPs.size() == 0.",
        ),
        references: &[Reference::Cve("CVE-2020-8554"), Reference::Mitre("T1557")],
        judge: Judge::Objects(&[Kind::SERVICE], &external),
        examples: &[
            Example::of("an address", Expected::Fail(Severity::Medium), &[EXTERNAL]),
            Example::of("an address in the status", Expected::Pass, &[PRIVATE]),
        ],
        ..EXPOSURE
    },
    Check {
        id: "EX-013",
        name: "control-plane-port-exposed",
        title: "A Service opens a port of the control plane to the outside",
        severities: &[Severity::High],
        why: "etcd holds every Secret, a kubelet runs commands in every container of its node; neither is meant to be met by strangers.",
        fails: "A Service of type LoadBalancer or NodePort, or with externalIPs, leads to a port of etcd (2379 to 2381), a kubelet (10250, 10255), kube-controller-manager (10257) or kube-scheduler (10259). Those inside the cluster, as monitoring makes them, pass.",
        fix: Fix::Steps(
            "kubectl delete service NAME -n NAMESPACE; for scraping use a headless Service (clusterIP: None) instead.",
        ),
        references: &[Reference::Owasp("K06"), Reference::Mitre("T1190")],
        judge: Judge::Objects(&[Kind::SERVICE], &sensitive),
        examples: &[
            Example::of("etcd at a node port", Expected::Fail(Severity::High), &[ETCD]),
            Example::of("for scraping", Expected::Pass, &[SCRAPED]),
            Example::of("a web site", Expected::Pass, &[BALANCER]),
        ],
        ..EXPOSURE
    },
    Check {
        id: "EX-014",
        name: "system-node-port",
        title: "A Service of kube-system has a port on every node",
        severities: &[Severity::Medium],
        why: "Add-ons of the cluster often have rights of its administrators; on a node port everybody on the network of the nodes may talk to them.",
        fails: "A Service of type NodePort is in kube-system. The default backend that GKE puts there for its load balancers is let off.",
        fix: Fix::Steps(
            "kubectl patch service NAME -n kube-system -p '{\"spec\":{\"type\":\"ClusterIP\"}}', once nobody uses the port.",
        ),
        references: &[Reference::Owasp("K05")],
        judge: Judge::Objects(&[Kind::SERVICE], &in_system),
        examples: &[
            Example::of("a node port", Expected::Fail(Severity::Medium), &[SYSTEM]),
            Example::of("DNS, inside", Expected::Pass, &[DNS]),
            Example::of("the default backend of GKE", Expected::Exempt, &[GLBC]),
            Example::of("one that borrows its name", Expected::Fail(Severity::Medium), &[BORROWED]),
        ],
        ..EXPOSURE
    },
];

fn unlimited(_seen: &Seen<'_>, object: &Object) -> Judged {
    let spec = object.tree().get("spec");
    if spec.get("type").str() != "LoadBalancer" || service::is_internal(object) {
        return Ok(Verdict::Pass);
    }
    let ranges = spec.get("loadBalancerSourceRanges");
    let listed: Vec<&str> = ranges
        .texts()
        .chain(LISTS.iter().filter_map(|key| object.annotation(key)).flat_map(|one| one.split(',')))
        .map(str::trim)
        .collect();
    let is_open = listed.is_empty() || listed.iter().any(|one| EVERYWHERE.contains(one));
    Ok(is_open
        .then(|| {
            Problem::new(
                Severity::Medium,
                format!("{} takes connections from everywhere.", object.describe()),
            )
            .detail("loadBalancerSourceRanges")
            .evidence(format!("loadBalancerSourceRanges: {ranges}"))
            .at(Path::of(&["spec", "loadBalancerSourceRanges"]))
        })
        .into())
}

const EVERYWHERE: [&str; 2] = ["0.0.0.0/0", "::/0"];

/// Annotations that list who may connect.
const LISTS: [&str; 5] = [
    "service.beta.kubernetes.io/load-balancer-source-ranges",
    "service.beta.kubernetes.io/azure-allowed-ip-ranges",
    "service.beta.kubernetes.io/azure-allowed-service-tags",
    "service.beta.kubernetes.io/do-loadbalancer-allow-rules",
    "service.beta.kubernetes.io/aws-load-balancer-security-groups",
];

fn external(_seen: &Seen<'_>, object: &Object) -> Judged {
    let claimed = object.tree().at(&["spec", "externalIPs"]);
    Ok((!claimed.items().is_empty())
        .then(|| {
            Problem::new(
                Severity::Medium,
                format!("{} takes what goes to {claimed}.", object.describe()),
            )
            .detail("externalIPs")
            .evidence(format!("externalIPs: {claimed}"))
            .at(Path::of(&["spec", "externalIPs"]))
        })
        .into())
}

fn sensitive(_seen: &Seen<'_>, object: &Object) -> Judged {
    let Some(how) = service::opening(object) else { return Ok(Verdict::Pass) };
    let problems = service::targets(object).enumerate().filter_map(|(index, (_, number))| {
        let (port, owner) = PORTS.iter().find(|(port, _)| Some(*port) == number)?;
        Some(
            Problem::new(
                Severity::High,
                format!("{} opens {port}, a port of {owner}, to the outside.", object.describe()),
            )
            .detail(port.to_string())
            .evidence(format!("{how}, targetPort {port}"))
            .at(Path::of(&["spec", "ports"]).then(index))
            .mended_by(delete(object)),
        )
    });
    Ok(Verdict::of(problems.collect()))
}

const PORTS: [(i64, &str); 7] = [
    (2379, "etcd"),
    (2380, "etcd"),
    (2381, "etcd"),
    (10250, "the kubelet"),
    (10255, "the kubelet"),
    (10257, "kube-controller-manager"),
    (10259, "kube-scheduler"),
];

fn delete(object: &Object) -> Remedy {
    Remedy::Steps(format!("kubectl delete service {} -n {}", object.name(), object.namespace()))
}

fn in_system(_seen: &Seen<'_>, object: &Object) -> Judged {
    let spec = object.tree().get("spec");
    if object.namespace() != "kube-system" || spec.get("type").str() != "NodePort" {
        return Ok(Verdict::Pass);
    }
    let name = object.name();
    if name == "default-http-backend" && spec.at(&["selector", "k8s-app"]).str() == "glbc" {
        return Ok(Verdict::Exempt("the load balancers of GKE need it there".into()));
    }
    let remedy = format!(
        "kubectl patch service {name} -n kube-system -p '{{\"spec\":{{\"type\":\"ClusterIP\"}}}}'"
    );
    Ok(Verdict::fail(
        Problem::new(Severity::Medium, format!("{} has a port on every node.", object.describe()))
            .detail("NodePort")
            .evidence("type: NodePort")
            .at(Path::of(&["spec", "type"]))
            .mended_by(Remedy::Steps(remedy)),
    ))
}

const BALANCER: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: apps}\nspec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 443, targetPort: 8443}]}\n",
);
const EVERYBODY: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: apps}\nspec: {type: LoadBalancer, loadBalancerSourceRanges: [0.0.0.0/0], ports: [{port: 443}]}\n",
);
const LISTED: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: apps}\nspec: {type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8], ports: [{port: 443}]}\n",
);
const INTERNAL: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: apps\n  annotations: {service.beta.kubernetes.io/aws-load-balancer-scheme: internal}\nspec: {type: LoadBalancer, ports: [{port: 443}]}\n",
);
const PRIVATE: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: apps}\nspec: {type: LoadBalancer, ports: [{port: 443}]}\nstatus: {loadBalancer: {ingress: [{ip: 10.0.0.20}]}}\n",
);
const EXTERNAL: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: apps}\nspec: {externalIPs: [192.0.2.10], selector: {app: web}, ports: [{port: 443}]}\n",
);
const ETCD: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Service\nmetadata: {name: etcd, namespace: kube-system}\nspec: {type: NodePort, selector: {component: etcd}, ports: [{port: 12379, targetPort: 2379}]}\n",
);
const SCRAPED: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Service\nmetadata: {name: kube-etcd, namespace: kube-system}\nspec: {clusterIP: None, selector: {component: etcd}, ports: [{port: 2381}]}\n",
);
const SYSTEM: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Service\nmetadata: {name: metrics-server, namespace: kube-system}\nspec: {type: NodePort, selector: {k8s-app: metrics-server}, ports: [{port: 443}]}\n",
);
const DNS: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Service\nmetadata: {name: kube-dns, namespace: kube-system}\nspec: {clusterIP: 10.96.0.10, selector: {k8s-app: kube-dns}, ports: [{port: 53, protocol: UDP}]}\n",
);
const GLBC: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Service\nmetadata: {name: default-http-backend, namespace: kube-system}\nspec: {type: NodePort, selector: {k8s-app: glbc}, ports: [{port: 80}]}\n",
);
const BORROWED: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Service\nmetadata: {name: default-http-backend, namespace: kube-system}\nspec: {type: NodePort, selector: {app: mine}, ports: [{port: 80}]}\n",
);
