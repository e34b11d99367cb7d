//! NW-005 to NW-007: what pods reach that most have no business with: the API, the ports of nodes
//! and control plane, the metadata service of the cloud. One finding a namespace.

mod need;
mod targets;

use std::net::IpAddr;

use inventory::{Unknown, Workload};
use reach::{Port, remedy};

use super::deny::{DENY_ALL, NETWORK, WEB};
use super::map::{Place, Spot, api, each, overruled};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Confidence, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Tally,
    Verdict,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "NW-005",
        name: "api-reachable-without-need",
        title: "Pods that do not need the API reach it",
        why: "Whoever gets into such a pod tries stolen tokens and the next flaw of kube-apiserver from inside, past every firewall.",
        fails: "Pods that have no token of a service account, or only that of a default one that nothing is bound to, may connect to the addresses and ports that the endpoints of default/kubernetes name. Pods that have a token with rights pass.",
        fix: Fix::Steps(
            "1. Let those that need the API reach it, by exact address, with the policy that the finding shows.\n2. Then deny what goes out by default (NW-003).",
        ),
        references: &[Reference::Mitre("T1613"), Reference::Owasp("K05")],
        judge: Judge::Whole(reach_api),
        examples: &[
            Example::of("no token, no policy", Expected::Fail(Severity::Medium), &[TOKENLESS, API]),
            Example::of("nothing goes out", Expected::Pass, &[TOKENLESS, API, DENY_ALL]),
            Example::of("a service account of its own", Expected::Pass, &[OPERATOR, API]),
            Example::of(
                "a default one without rights",
                Expected::Fail(Severity::Medium),
                &[WEB, API],
            ),
            Example::of("nobody knows where the API is", Expected::Unknown, &[TOKENLESS]),
            Example::of("policies were not listed", Expected::Unknown, &[TOKENLESS, API]).partial(),
        ],
        ..NETWORK
    },
    Check {
        id: "NW-006",
        name: "node-ports-reachable",
        title: "Pods reach kubelets and the control plane's own ports",
        severities: &[Severity::High],
        why: "A kubelet runs commands in every container of its node, etcd gives every Secret, to whoever has a credential for them; pods need neither.",
        fails: "Pods may connect to the port of a kubelet at the address of a node, or to 2379 and 2380 of a node of the control plane, and to 10257 and 10259 where these do not listen on loopback alone. Pods whose egress is isolated without such a rule pass. A firewall of the nodes is not seen: the finding is of medium confidence.",
        fix: Fix::Steps(
            "1. Deny what goes out by default (NW-003), with ipBlocks that leave the networks of the nodes out: {ipBlock: {cidr: 0.0.0.0/0, except: [NETWORK OF THE NODES]}}.\n2. Beside that, let the firewall of the nodes take 10250, 2379 and 2380 from the control plane only.",
        ),
        references: &[Reference::Nsa("Network separation"), Reference::Owasp("K05")],
        judge: Judge::Whole(reach_nodes),
        examples: &[
            Example::of("no policy", Expected::Fail(Severity::High), &[WEB, NODES]),
            Example::of("nothing goes out", Expected::Pass, &[WEB, NODES, DENY_ALL]),
            Example::of("everything but the nodes", Expected::Pass, &[WEB, NODES, BUT_NODES]),
            Example::of("no node was seen", Expected::Unknown, &[WEB]).partial(),
        ],
        ..NETWORK
    },
    Check {
        id: "NW-007",
        name: "metadata-reachable",
        title: "Pods reach the metadata service of the cloud",
        severities: &[Severity::High],
        why: "It hands the credentials of the node's own role to whoever asks from there.",
        fails: "Pods may connect to port 80 of 169.254.169.254 or fd00:ec2::254. It does not apply where every node is one of kind, k3d or a bare machine, by its providerID. A metadata service that asks for more than that, or that is off, is not seen: the finding is of medium confidence.",
        fix: Fix::Steps(
            "1. Where egress is open, apply the policy that the finding shows: everything but the metadata service. Policies add up: another that allows it wins.\n2. Beside that, at the cloud: hop limit 1 and IMDSv2 only on AWS, workload identity on GKE and AKS.",
        ),
        references: &[Reference::Mitre("T1552.005"), Reference::Owasp("K08")],
        judge: Judge::Whole(reach_metadata),
        examples: &[
            Example::of("no policy", Expected::Fail(Severity::High), &[WEB, CLOUD]),
            Example::of("everything but it", Expected::Pass, &[WEB, CLOUD, BUT_METADATA]),
            Example::of("nothing goes out", Expected::Pass, &[WEB, CLOUD, DENY_ALL]),
            Example::of("no cloud", Expected::NotApplicable, &[WEB, KIND]),
            Example::of("policies were not listed", Expected::Unknown, &[WEB, CLOUD]).partial(),
        ],
        ..NETWORK
    },
];

/// What was found to be reached, of a namespace.
struct Found<'s, 'i> {
    pods: Vec<&'s Workload<'i>>,
    first: Option<Spot>,
}

/// The pods that surely reach one of some places.
fn reaching<'s, 'i>(
    place: &Place<'s, 'i>,
    spots: &[Spot],
    counts: impl Fn(&Workload<'_>) -> bool,
) -> Result<Found<'s, 'i>, Unknown> {
    let world = place.seen.network();
    let mut found = Found { pods: Vec::new(), first: None };
    let mut doubt = false;
    for (pod, workload) in place.pods.iter().filter(|(_, workload)| counts(workload)) {
        let mut is_open = None;
        for spot in spots {
            let verdict = world.reaches_address(*pod, spot.address, Port::tcp(spot.port));
            if verdict.is_allowed() {
                is_open = Some(*spot);
                break;
            }
            doubt |= !verdict.is_denied();
        }
        if let Some(spot) = is_open {
            found.first = found.first.or(Some(spot));
            found.pods.push(workload);
        }
    }
    if found.pods.is_empty() && doubt { Err(overruled(place.name)) } else { Ok(found) }
}

/// A finding about a namespace, if any of its pods reach what they should not.
fn told(place: &Place<'_, '_>, found: &Found<'_, '_>, what: What) -> Verdict {
    let Some(spot) = found.first else { return Verdict::Pass };
    let (count, all, name) = (found.pods.len(), place.pods.len(), place.name);
    let message = format!("{count} of {all} workloads of namespace {name} reach {}.", what.target);
    Verdict::fail(
        Problem::new(what.severity, message)
            .detail(name)
            .evidence(format!("{}/TCP at {}: {}", spot.port, spot.address, Place::two(&found.pods)))
            .confidence(what.confidence)
            .mended_by(what.remedy),
    )
}

/// What pods reach.
struct What {
    severity: Severity,
    confidence: Confidence,
    target: &'static str,
    remedy: Remedy,
}

fn reach_api(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let spots = api(seen)?;
    each(seen, |place| {
        let found = reaching(place, &spots, |workload| !need::may_need(place.seen, workload))?;
        let addresses: Vec<IpAddr> = spots.iter().map(|spot| spot.address).collect();
        let port = spots.first().map_or(6443, |spot| spot.port);
        let policy = remedy::allow_api(place.name, &addresses, port);
        let policy = policy.map(|policy| edit::write_yaml(&policy)).unwrap_or_default();
        let remedy = Remedy::Steps(format!(
            "1. for the pods that need the API, with their labels as podSelector, kubectl apply -f - with:\n{policy}2. then deny what goes out by default, as NW-003 says"
        ));
        let what = What {
            severity: Severity::Medium,
            confidence: Confidence::High,
            target: "the API without needing it",
            remedy,
        };
        Ok(told(place, &found, what))
    })
}

fn reach_nodes(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let spots = targets::of_nodes(seen)?;
    each(seen, |place| {
        let what = What {
            severity: Severity::High,
            confidence: Confidence::Medium,
            target: "kubelets or the control plane",
            remedy: Remedy::Explained,
        };
        Ok(told(place, &reaching(place, &spots, |_| true)?, what))
    })
}

fn reach_metadata(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    if let Some(why) = targets::no_cloud(seen) {
        return Ok(Verdict::NotApplicable(why).into());
    }
    each(seen, metadata_of)
}

fn metadata_of(place: &Place<'_, '_>) -> Judged {
    let policy = edit::write_yaml(&remedy::deny_metadata(place.name));
    let what = What {
        severity: Severity::High,
        confidence: Confidence::Medium,
        target: "the metadata service of the cloud",
        remedy: Remedy::Steps(format!(
            "kubectl apply -f - with the policy below, unless another policy denies more\n{policy}"
        )),
    };
    Ok(told(place, &reaching(place, &targets::METADATA, |_| true)?, what))
}

const API: ExampleFile = ExampleFile::at(
    "kubernetes.yaml",
    "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata:\n  name: kubernetes\n  namespace: default\n  labels: {kubernetes.io/service-name: kubernetes}\naddressType: IPv4\nendpoints: [{addresses: [10.0.0.10]}]\nports: [{name: https, port: 6443}]\n",
);
const TOKENLESS: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: apps}\nspec:\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      automountServiceAccountToken: false\n      containers: [{name: web, image: 'example.com/web:1'}]\n",
);
const OPERATOR: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: operator, namespace: apps}\nspec:\n  template:\n    spec:\n      serviceAccountName: operator\n      containers: [{name: operator, image: 'example.com/operator:1'}]\n",
);
const NODES: ExampleFile = ExampleFile::at(
    "nodes.yaml",
    "apiVersion: v1\nkind: Node\nmetadata: {name: a, labels: {node-role.kubernetes.io/control-plane: ''}}\nstatus: {addresses: [{type: InternalIP, address: 10.0.0.10}]}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: b}\nstatus: {addresses: [{type: InternalIP, address: 10.0.0.11}]}\n",
);
const BUT_NODES: ExampleFile = ExampleFile::at(
    "policy.yaml",
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: out, namespace: apps}\nspec:\n  podSelector: {}\n  policyTypes: [Egress]\n  egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/24]}}]}]\n",
);
const CLOUD: ExampleFile = ExampleFile::at(
    "nodes.yaml",
    "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nspec: {providerID: 'aws:///eu-central-1a/i-0123456789abcdef0'}\nstatus: {addresses: [{type: InternalIP, address: 10.0.0.11}]}\n",
);
const KIND: ExampleFile = ExampleFile::at(
    "nodes.yaml",
    "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nspec: {providerID: 'kind://docker/kind/kind-control-plane'}\nstatus: {addresses: [{type: InternalIP, address: 10.0.0.11}]}\n",
);
const BUT_METADATA: ExampleFile = ExampleFile::at(
    "policy.yaml",
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: out, namespace: apps}\nspec:\n  podSelector: {}\n  policyTypes: [Egress]\n  egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]}]\n",
);
