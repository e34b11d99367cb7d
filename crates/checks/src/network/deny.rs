//! NW-001 to NW-003: namespaces in which everybody talks to everybody.

use inventory::Kind;
use reach::{Answer, Extent, remedy};

use super::map::{Place, each, overruled};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Severity, Span, Tally,
    Verdict,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "NW-001",
        name: "no-network-policy",
        title: "A namespace with workloads has no NetworkPolicy",
        why: "Whoever gets into one pod of the cluster reaches every port of every pod there, databases too.",
        fails: "A namespace has workloads on the network of pods and no NetworkPolicy, where these were listed. kube-system, kube-public and kube-node-lease are let off; namespaces without workloads, or with host network alone, do not count. Where policies of another kind (Cilium, Calico) hold, it is unknown.",
        references: &[
            Reference::Cis("5.3.2"),
            Reference::Nsa("Network separation"),
            Reference::Owasp("K05"),
        ],
        judge: Judge::Whole(missing),
        examples: &[
            Example::of("none", Expected::Fail(Severity::Medium), &[WEB]),
            Example::of("a policy for some pods", Expected::Pass, &[WEB, SOME]),
            Example::of("the cluster's own namespace", Expected::Exempt, &[DNS]),
            Example::of("host network alone", Expected::NotApplicable, &[HOST]),
            Example::of("no workload at all", Expected::Pass, &[EMPTY]),
            Example::of("policies were not listed", Expected::Unknown, &[WEB]).partial(),
            Example::of("policies of Cilium", Expected::Unknown, &[WEB, CILIUM]),
            Example::of("no namespace is named", Expected::Unknown, &[NOWHERE]),
        ],
        ..DENY
    },
    Check {
        id: "NW-002",
        name: "no-default-deny-ingress",
        title: "What comes in is not denied by default",
        why: "A pod that no policy names, the next one for instance, takes connections from everywhere.",
        fails: "A namespace has policies, but none that selects all its pods for Ingress without allowing everything. Namespaces without any policy are NW-001's.",
        references: &[Reference::Nsa("Network separation"), Reference::Owasp("K05")],
        judge: Judge::Whole(ingress),
        examples: &[
            Example::of("a policy for some pods", Expected::Fail(Severity::Medium), &[WEB, SOME]),
            Example::of("a default", Expected::Pass, &[WEB, DENY_ALL]),
            Example::of(
                "a default that allows all",
                Expected::Fail(Severity::Medium),
                &[WEB, ALLOW_ALL],
            ),
            Example::of("no policy at all", Expected::NotApplicable, &[WEB]),
            Example::of("policies were not listed", Expected::Unknown, &[WEB, SOME]).partial(),
        ],
        ..DENY
    },
    Check {
        id: "NW-003",
        name: "no-default-deny-egress",
        title: "What goes out is not denied by default",
        why: "Whoever gets into a pod fetches tools from the internet, sends data there, and asks the metadata service of the cloud for credentials.",
        fails: "A namespace has policies, but none that selects all its pods for Egress without allowing everything. Namespaces without any policy are NW-001's.",
        references: &[Reference::Nsa("Network separation"), Reference::Owasp("K05")],
        judge: Judge::Whole(egress),
        examples: &[
            Example::of("ingress only", Expected::Fail(Severity::Medium), &[WEB, SOME]),
            Example::of("a default", Expected::Pass, &[WEB, DENY_ALL]),
            Example::of("no policy at all", Expected::NotApplicable, &[WEB]),
        ],
        ..DENY
    },
];

/// What the checks of the practice have in common.
pub(super) const NETWORK: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::Network,
    severities: &[Severity::Medium],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

const DENY: Check = Check {
    fix: Fix::Steps(
        "1. Watch who talks to whom for a week (hubble observe, calicoctl, or the flow log of the network).\n2. Allow that by policies, DNS and the API first.\n3. Then deny the rest with the policy that the finding shows. In one step it would stop what works.",
    ),
    ..NETWORK
};

fn missing(seen: &Seen<'_>) -> Result<Tally, inventory::Unknown> {
    each(seen, |place| {
        let name = place.name;
        if !place.seen.of_in(Kind::NETWORK_POLICY, name).is_empty() {
            return Ok(Verdict::Pass);
        }
        if place.seen.network().namespace_default_deny(name).ingress == Answer::Unknown {
            return Err(overruled(name));
        }
        let count = place.pods.len();
        Ok(Verdict::fail(
            Problem::new(
                Severity::Medium,
                format!("Namespace {name} has workloads and no NetworkPolicy."),
            )
            .detail(name)
            .evidence(format!("0 policies, {count} workloads; {}", reached(place)))
            .mended_by(steps(&remedy::default_deny(name))),
        ))
    })
}

fn ingress(seen: &Seen<'_>) -> Result<Tally, inventory::Unknown> {
    each(seen, |place| {
        let answer = place.seen.network().namespace_default_deny(place.name).ingress;
        by_default(place, answer, "Ingress", &remedy::default_deny_ingress(place.name))
    })
}

fn egress(seen: &Seen<'_>) -> Result<Tally, inventory::Unknown> {
    each(seen, |place| {
        let answer = place.seen.network().namespace_default_deny(place.name).egress;
        by_default(place, answer, "Egress", &remedy::default_deny_egress(place.name))
    })
}

fn by_default(
    place: &Place<'_, '_>,
    answer: Answer,
    side: &str,
    policy: &serde_json::Value,
) -> Judged {
    let name = place.name;
    let policies = place.seen.of_in(Kind::NETWORK_POLICY, name).len();
    match answer {
        Answer::Yes => return Ok(Verdict::Pass),
        Answer::Unknown => return Err(overruled(name)),
        Answer::No if policies == 0 => {
            return Ok(Verdict::NotApplicable("it has no policy at all, see NW-001".into()));
        }
        Answer::No => {}
    }
    Ok(Verdict::fail(
        Problem::new(
            Severity::Medium,
            format!("No policy of namespace {name} denies {side} by default."),
        )
        .detail(name)
        .evidence(format!("{policies} policies, none for {side} of all pods; {}", reached(place)))
        .mended_by(steps(std::slice::from_ref(policy))),
    ))
}

/// How many other namespaces reach one, where that is quick to tell.
fn reached(place: &Place<'_, '_>) -> String {
    let world = place.seen.network();
    let all = world.namespaces().count();
    if all > MATRIX {
        return format!("{all} namespaces");
    }
    let crossings = world.namespaces_that_reach(place.name);
    let others = || crossings.iter().filter(|one| one.from != place.name);
    let count = |extent| others().filter(|one| one.extent() == extent).count();
    let (full, part) = (count(Extent::All), count(Extent::Some));
    format!(
        "{full} of {} other namespaces with pods reach all of it, {part} some",
        others().count()
    )
}

/// Beyond this many namespaces the matrix of who reaches whom is left out.
const MATRIX: usize = 100;

fn steps(policies: &[serde_json::Value]) -> Remedy {
    let text: Vec<String> = policies.iter().map(edit::write_yaml).collect();
    Remedy::Steps(format!(
        "1. watch who talks to whom, and allow that by policies: DNS and the API first\n2. then kubectl apply -f - with:\n{}",
        text.join("---\n")
    ))
}

pub(super) const WEB: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: apps}\nspec:\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: web, image: 'example.com/web:1'}]}\n",
);
const SOME: ExampleFile = ExampleFile::at(
    "policy.yaml",
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: db, namespace: apps}\nspec:\n  podSelector: {matchLabels: {app: db}}\n  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]\n",
);
pub(super) const DENY_ALL: ExampleFile = ExampleFile::at(
    "policy.yaml",
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: default-deny, namespace: apps}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress, Egress]\n",
);
const ALLOW_ALL: ExampleFile = ExampleFile::at(
    "policy.yaml",
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: default, namespace: apps}\nspec:\n  podSelector: {}\n  ingress: [{}]\n",
);
const DNS: ExampleFile = ExampleFile::manifest(
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: coredns, namespace: kube-system}\nspec:\n  template:\n    metadata: {labels: {k8s-app: kube-dns}}\n    spec: {containers: [{name: coredns, image: 'registry.k8s.io/coredns/coredns:v1.12.0'}]}\n",
);
const HOST: ExampleFile = ExampleFile::manifest(
    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: exporter, namespace: monitoring}\nspec:\n  template:\n    spec:\n      hostNetwork: true\n      containers: [{name: exporter, image: 'example.com/exporter:1'}]\n",
);
const EMPTY: ExampleFile =
    ExampleFile::manifest("apiVersion: v1\nkind: Namespace\nmetadata: {name: empty}\n");
pub(super) const CILIUM: ExampleFile = ExampleFile::at(
    "cilium.yaml",
    "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: web, namespace: apps}\nspec:\n  endpointSelector: {matchLabels: {app: web}}\n  ingress: [{fromEndpoints: [{matchLabels: {app: proxy}}]}]\n",
);
const NOWHERE: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: 'example.com/web:1'}]}\n",
);
