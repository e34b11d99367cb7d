//! NW-008 to NW-010 and NW-019: policies that allow more, or do less, than they seem to.

mod examples;

use std::collections::BTreeMap;

use edit::Edit;
use inventory::{Kind, Object, Unknown};
use reach::{PolicyName, Side, Width};
use tree::{Path, Step, Tree};

use super::deny::{CILIUM, NETWORK};
use crate::example::{Example, Expected};
use crate::{
    About, Check, Fix, Judge, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict, selector,
    service,
};
use examples::{
    ALL, ALL_DNS, DENY, EMPTY_SELECTOR, INTERNET, LABELLED, OTHER_ALL, PUBLIC, SILENT, TO_ALL,
    TO_ALL_BUT, TYPO, WEB,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "NW-008",
        name: "open-to-every-namespace",
        title: "A policy of a sensitive namespace lets every namespace in",
        why: "Every tenant's pod reaches what only the cluster's own should.",
        fails: "An ingress rule of a policy in kube-system, or in a namespace of a secret store, a policy engine, a certificate authority or a deployer, takes pods of every namespace (namespaceSelector: {}) or everybody. A rule for port 53 alone passes: DNS is for all.",
        fix: Fix::Steps(
            "Name the namespaces: namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAMESPACE}}, with a podSelector in the same item.",
        ),
        references: &[Reference::Owasp("K05")],
        judge: Judge::Whole(every_namespace),
        examples: &[
            Example::of("of a vault", Expected::Fail(Severity::Medium), &[ALL]),
            Example::of("DNS", Expected::Pass, &[ALL_DNS]),
            Example::of("of an application", Expected::Pass, &[OTHER_ALL]),
            Example::of("namespaces of a name", Expected::Pass, &[LABELLED]),
            Example::of("policies were not listed", Expected::Unknown, &[]).partial(),
        ],
        ..NETWORK
    },
    Check {
        id: "NW-009",
        name: "every-address",
        title: "A policy allows every address",
        why: "The rule reads like a limit and is none: the internet, the nodes and the metadata service are all in it.",
        fails: "A peer of a rule is 0.0.0.0/0 or ::/0 without exceptions. Let off is an ingress rule for pods behind a Service of type LoadBalancer or NodePort, which everybody is meant to reach.",
        fix: Fix::Steps(
            "Name the networks that are meant. Where the internet is, leave the private ones out: except: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16].",
        ),
        references: &[Reference::Owasp("K05")],
        judge: Judge::Whole(every_address),
        examples: &[
            Example::of("out to everywhere", Expected::Fail(Severity::Medium), &[TO_ALL]),
            Example::of("but for private networks", Expected::Pass, &[TO_ALL_BUT]),
            Example::of("in from everywhere", Expected::Fail(Severity::Medium), &[INTERNET]),
            Example::of("in to a site for everybody", Expected::Exempt, &[INTERNET, PUBLIC, WEB]),
        ],
        ..NETWORK
    },
    Check {
        id: "NW-010",
        name: "policy-for-no-pod",
        title: "A policy selects no pod",
        severities: &[Severity::Low],
        why: "Somebody believes that it guards something.",
        fails: "The podSelector of a policy matches the labels of no workload of its namespace. One that selects all pods passes, also while there are none.",
        fix: Fix::Steps(
            "Compare the labels: kubectl get pods -n NAMESPACE --show-labels. Correct spec.podSelector, or delete the policy.",
        ),
        references: &[Reference::Owasp("K05")],
        judge: Judge::Whole(idle),
        examples: &[
            Example::of("another label", Expected::Fail(Severity::Low), &[TYPO, WEB]),
            Example::of("its pods are there", Expected::Pass, &[INTERNET, WEB]),
            Example::of("all pods, while there are none", Expected::Pass, &[EMPTY_SELECTOR]),
            Example::of("pods were not listed", Expected::Unknown, &[TYPO]).partial(),
        ],
        ..NETWORK
    },
    Check {
        id: "NW-019",
        name: "rules-without-their-type",
        title: "A policy has rules that count for nothing",
        why: "Somebody wrote down what may go out, and everything still may.",
        fails: "A policy has egress rules and its policyTypes has no Egress, or ingress rules and no Ingress. Without policyTypes Kubernetes derives them from the rules, and it passes.",
        fix: Fix::Automatic(
            "Adds the missing type to policyTypes. From then on only what the rules name is allowed.",
        ),
        references: &[Reference::Owasp("K05")],
        judge: Judge::Whole(silent),
        examples: &[
            Example::of("egress rules alone", Expected::Fail(Severity::Medium), &[SILENT]),
            Example::of("types that are derived", Expected::Pass, &[TO_ALL]),
            Example::of("no rules", Expected::Pass, &[DENY]),
        ],
        ..NETWORK
    },
    Check {
        id: "NW-020",
        name: "foreign-policies",
        title: "Policies of another kind decide over traffic too",
        severities: &[Severity::Info],
        why: "What they allow and deny is not modelled: for the pods they concern the other checks of this practice say that they do not know.",
        fails: "There are policies of Cilium, Calico, Antrea, OVN, AdminNetworkPolicies or the like. It never passes on a kind that was not listed.",
        fix: Fix::Steps(
            "Nothing to mend. Ask the tool of the network what they do: cilium policy get, calicoctl get networkpolicy -A.",
        ),
        references: &[Reference::Owasp("K05")],
        judge: Judge::Whole(foreign),
        examples: &[
            Example::of("Cilium", Expected::Fail(Severity::Info), &[CILIUM]),
            Example::of("Kubernetes' own", Expected::Pass, &[DENY]),
            Example::of("other kinds may be there", Expected::Unknown, &[DENY]).partial(),
        ],
        ..NETWORK
    },
];

type Problems<'w> = BTreeMap<&'w PolicyName, Vec<Problem>>;

/// The policies that were seen, each with what is wrong with it.
fn tally(
    seen: &Seen<'_>,
    mut problems: Problems<'_>,
    excuse: impl Fn(&Object) -> Option<String>,
) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for policy in seen.inventory().of(Kind::NETWORK_POLICY) {
        let name = PolicyName { namespace: policy.namespace().into(), name: policy.name().into() };
        let judged = match problems.remove(&name) {
            Some(found) => Ok(excuse(policy).map_or(Verdict::Fail(found), Verdict::Exempt)),
            None if name.namespace.is_empty() => Err(Unknown::new(
                format!("the policy {} does not say its namespace", name.name),
                "write metadata.namespace, or scan the cluster it is applied to",
            )),
            None => Ok(Verdict::Pass),
        };
        tally.add(About::object(policy), judged);
    }
    if tally.is_empty() {
        seen.all(Kind::NETWORK_POLICY)?;
    }
    Ok(tally)
}

fn every_namespace(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut problems = Problems::new();
    for wide in seen.network().wide_peers() {
        let is_open = matches!(wide.width, Width::EveryNamespace | Width::Everyone);
        let name = wide.policy;
        if wide.side != Side::Ingress || !is_open || !is_sensitive(&name.namespace) {
            continue;
        }
        let rule = rule(&wide.path);
        let policy = seen.find(Kind::NETWORK_POLICY, &name.namespace, &name.name);
        let tree = policy.map_or(&Tree::Null, |policy| policy.tree().follow(&rule));
        if is_dns(tree) {
            continue;
        }
        let message = format!("{name} lets pods of every namespace in.");
        let problem = Problem::new(Severity::Medium, message)
            .detail(format!("{}", tree.get("ports")))
            .evidence(format!("{tree}"))
            .at(wide.path);
        problems.entry(name).or_default().push(problem);
    }
    tally(seen, problems, |_| None)
}

/// The rule that a peer stands in: `spec.ingress[0]` of `spec.ingress[0].from[1]`.
fn rule(path: &Path) -> Path {
    let steps = path.steps().iter().take(3);
    steps.fold(Path::root(), |path, step| match step {
        Step::Key(key) => path.then(&**key),
        Step::Index(index) => path.then(*index),
    })
}

fn is_dns(rule: &Tree) -> bool {
    let ports = rule.get("ports").items();
    let is_53 = |port: &Tree| {
        let given = port.get("port");
        let is_number = given.int() == Some(53) && port.get("endPort").is_null();
        is_number || matches!(given.str(), "dns" | "dns-tcp")
    };
    !ports.is_empty() && ports.iter().all(is_53)
}

fn is_sensitive(namespace: &str) -> bool {
    SENSITIVE.contains(&namespace)
}

/// Namespaces, by the names they are given everywhere, of which the whole cluster depends.
const SENSITIVE: [&str; 16] = [
    "argocd",
    "cert-manager",
    "cilium-secrets",
    "conjur",
    "external-secrets",
    "flux-system",
    "gatekeeper-system",
    "istio-system",
    "kube-system",
    "kyverno",
    "linkerd",
    "openbao",
    "sealed-secrets",
    "spire",
    "tekton-pipelines",
    "vault",
];

fn every_address(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut problems = Problems::new();
    for wide in seen.network().wide_peers() {
        if wide.width != (Width::EveryAddress { has_exceptions: false }) {
            continue;
        }
        let (way, name) = (wide.side.as_str(), wide.policy);
        let problem =
            Problem::new(Severity::Medium, format!("{name} allows every address for {way}."))
                .detail(way)
                .evidence("ipBlock of every address, no except")
                .at(wide.path);
        problems.entry(name).or_default().push(problem);
    }
    let only_in: Vec<PolicyName> = problems
        .iter()
        .filter(|(_, found)| found.iter().all(|problem| problem.detail == "Ingress"))
        .map(|(name, _)| (*name).clone())
        .collect();
    tally(seen, problems, |policy| {
        let is_it = |name: &PolicyName| {
            (name.namespace.as_str(), name.name.as_str()) == (policy.namespace(), policy.name())
        };
        let opened = only_in.iter().any(is_it).then(|| opened(seen, policy)).flatten()?;
        Some(format!(
            "its pods are behind {}, which everybody is meant to reach",
            opened.describe()
        ))
    })
}

/// A Service open to the outside that leads to a pod of a policy.
fn opened<'s>(seen: &'s Seen<'_>, policy: &Object) -> Option<&'s Object> {
    let wanted = policy.tree().at(&["spec", "podSelector"]);
    let services = seen.of_in(Kind::SERVICE, policy.namespace()).iter();
    services.filter(|one| service::opening(one).is_some()).find(|one| {
        service::workloads(seen, one)
            .any(|workload| selector::selects(wanted, workload.labels()) == Some(true))
    })
}

fn idle(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    seen.all(Kind::POD)?;
    let mut problems = Problems::new();
    for name in seen.network().policies_selecting_nothing() {
        let policy = seen.find(Kind::NETWORK_POLICY, &name.namespace, &name.name);
        let Some(wanted) = policy.map(|policy| policy.tree().at(&["spec", "podSelector"])) else {
            continue;
        };
        if !selector::is_narrow(wanted) {
            continue;
        }
        let problem = Problem::new(Severity::Low, format!("{name} selects no pod."))
            .detail("podSelector")
            .evidence(format!("podSelector: {wanted}"))
            .at(Path::of(&["spec", "podSelector"]));
        problems.insert(name, vec![problem]);
    }
    tally(seen, problems, |_| None)
}

fn silent(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut problems = Problems::new();
    for silent in seen.network().silent_rules() {
        let (way, name) = (silent.side.as_str(), silent.policy);
        let value = serde_json::Value::from(way);
        let path = Path::of(&["spec", "policyTypes"]);
        let problem = Problem::new(
            Severity::Medium,
            format!("The {} rules of {name} count for nothing.", silent.side.field()),
        )
        .detail(way)
        .evidence(format!("{} is there, policyTypes has no {way}", silent.side.field()))
        .at(path.clone())
        .mended_by(Remedy::Edit(vec![Edit::Append { path, value }]));
        problems.entry(name).or_default().push(problem);
    }
    tally(seen, problems, |_| None)
}

fn foreign(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let all = reach::foreign_policies(seen.objects().iter().map(Object::tree));
    let mut kinds: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for one in &all {
        kinds.entry((&one.group, &one.kind)).or_default().push(&one.name);
    }
    if kinds.is_empty() {
        served(seen)?;
        return Ok(Verdict::Pass.into());
    }
    let problems = kinds.into_iter().map(|((group, kind), names)| {
        let (count, two) = (names.len(), names.iter().take(2).copied().collect::<Vec<_>>());
        Problem::new(Severity::Info, format!("{count} objects {kind}.{group} are not modelled."))
            .detail(format!("{kind}.{group}"))
            .evidence(two.join(", "))
    });
    Ok(Verdict::Fail(problems.collect()).into())
}

/// That no kind of policy which a cluster serves was left unlisted.
fn served(seen: &Seen<'_>) -> Result<(), Unknown> {
    for definition in seen.all(Kind::CUSTOM_RESOURCE_DEFINITION)? {
        let spec = definition.tree().get("spec");
        let (group, kind) = (spec.get("group").str(), spec.at(&["names", "kind"]).str());
        if GROUPS.contains(&group) && (kind.ends_with("Policy") || kind.ends_with("Firewall")) {
            seen.all(Kind { group, kind })?;
        }
    }
    Ok(())
}

/// Groups that hold policies about traffic.
const GROUPS: [&str; 8] = [
    "cilium.io",
    "crd.antrea.io",
    "crd.projectcalico.org",
    "k8s.ovn.org",
    "networking.gke.io",
    "networking.k8s.aws",
    "policy.networking.k8s.io",
    "projectcalico.org",
];
