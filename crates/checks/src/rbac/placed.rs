//! RB-062 and RB-063: rights that meet on a node.

use std::collections::BTreeMap;

use inventory::{Kind, Object, Unknown};
use paths::{Scope, Subject};

use super::holdings::named;
use super::impersonation::CREATE_TOKENS;
use super::need::Need;
use super::proxies::NODES_PROXY;
use super::samples::{bound, everywhere, example};
use super::secrets::READ;
use super::workloads::PODS;
use super::writers::{BIND, BINDING_WRITES, ESCALATE, ROLE_WRITES};
use super::{RIGHT, absence, words};
use crate::example::Expected;
use crate::{About, Check, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Tally, Verdict};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-062",
        name: "rights-meet-on-a-node",
        title: "Pods on one node have the halves of a dangerous right",
        why: "Whoever is root on the node has the tokens of all its pods: halves that were given to different accounts are one right there.",
        fails: "Two service accounts of pods on one node hold, everywhere, a right each of which the two together are more than either: approving and approving for signers, signing and writing the status, binding and writing bindings, escalate and writing roles, changing nodes and evicting pods. Accounts that hold both are found by the checks of these rights.",
        fix: Fix::Steps(
            "Keep the two apart by taints and required node affinity, or drop one of the rights.",
        ),
        references: &[Reference::Owasp("K02"), Reference::Owasp("K08")],
        judge: Judge::Whole(met),
        examples: &[
            example!(
                "approval and its signer",
                Expected::Fail(Severity::High),
                HALVES,
                ON_ONE_NODE
            ),
            example!("on two nodes", Expected::Pass, HALVES, ON_TWO_NODES),
            example!("where pods run was not seen", Expected::Unknown, HALVES).partial(),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-063",
        name: "strong-daemonset",
        title: "A strong token lies on every node",
        why: "A DaemonSet puts the token of its service account on every node: whoever is root on any of them has it.",
        fails: "The service account of a DaemonSet reads all secrets, creates pods or tokens everywhere, or calls kubelets through nodes/proxy, or holds everything.",
        fix: Fix::Steps(
            "Split it: let the DaemonSet run with an account that reads what its own node needs, and a Deployment do what takes the strong right.",
        ),
        references: &[Reference::Owasp("K02"), Reference::Owasp("K08")],
        judge: Judge::Objects(&[Kind::DAEMON_SET], &daemon_set),
        examples: &[
            example!(
                "it reads all secrets",
                Expected::Fail(Severity::High),
                everywhere!("{apiGroups: [\"\"], resources: [secrets], verbs: [list]}"),
                DAEMON_SET
            ),
            example!(
                "it is cluster-admin",
                Expected::Fail(Severity::High),
                bound!(
                    "cluster-admin",
                    "{kind: Group, name: \"system:serviceaccounts:apps\", apiGroup: rbac.authorization.k8s.io}"
                ),
                DAEMON_SET
            ),
            example!(
                "it looks at pods",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [\"\"], resources: [pods, nodes], verbs: [get, list, watch]}"
                ),
                DAEMON_SET
            ),
            example!(
                "another account",
                Expected::Pass,
                bound!("cluster-admin", "{kind: ServiceAccount, name: other, namespace: apps}"),
                DAEMON_SET
            ),
        ],
        ..RIGHT
    },
];

fn met(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut nodes: BTreeMap<&str, BTreeMap<Subject, String>> = BTreeMap::new();
    for pod in seen.inventory().of(Kind::POD) {
        let spec = pod.tree().get("spec");
        let Some(node) = spec.get("nodeName").text() else { continue };
        let account = spec.get("serviceAccountName").text().unwrap_or("default");
        let subject = Subject::service_account(named(pod.namespace()), account);
        nodes.entry(node).or_default().entry(subject).or_insert_with(|| pod.describe());
    }
    if nodes.is_empty() {
        seen.all(Kind::POD)?;
    }
    let mut tally = Tally::new();
    for (node, accounts) in &nodes {
        let problems = PAIRS.iter().filter_map(|pair| pair.met(seen, node, accounts));
        tally.add(About::named("Node", "", node), Ok(Verdict::of(problems.collect())));
    }
    absence::note(&mut tally, seen);
    Ok(tally)
}

/// Two rights that are worth more together.
struct Pair {
    what: &'static str,
    halves: [&'static [Need]; 2],
}

impl Pair {
    fn met(
        &self,
        seen: &Seen<'_>,
        node: &str,
        accounts: &BTreeMap<Subject, String>,
    ) -> Option<Problem> {
        let holds =
            |subject: &Subject, needs| seen.holdings().holds(subject, needs, &Scope::Cluster);
        let [one, other] = self.halves.map(|needs| {
            let all = accounts.iter().filter(|(subject, _)| !seen.holdings().is_admin(subject));
            let held: Vec<(&Subject, &String)> =
                all.filter(|(subject, _)| holds(subject, needs)).collect();
            held
        });
        let (first, second) = (one.first()?, other.first()?);
        if one.iter().any(|(subject, _)| other.iter().any(|(same, _)| same == subject)) {
            return None;
        }
        let subjects = words::whos(&[first.0.clone(), second.0.clone()]);
        let message =
            format!("Whoever is root on node {node} can {}: its pods have both halves.", self.what);
        Some(
            Problem::new(Severity::High, message)
                .detail(self.what)
                .evidence(format!("{} and {}", first.1, second.1))
                .subjects(subjects),
        )
    }
}

fn daemon_set(seen: &Seen<'_>, object: &Object) -> Judged {
    let spec = object.tree().at(&["spec", "template", "spec"]);
    let account = spec.get("serviceAccountName").text().unwrap_or("default");
    let subject = Subject::service_account(named(object.namespace()), account);
    let holdings = seen.holdings();
    let who = words::who(&subject);
    if holdings.is_admin(&subject) {
        return Ok(Verdict::fail(strong(&who, "do everything")));
    }
    let held = STRONG.iter().filter(|(needs, _)| holdings.holds(&subject, needs, &Scope::Cluster));
    Ok(Verdict::of(held.map(|(_, what)| strong(&who, what)).collect()))
}

fn strong(who: &str, what: &str) -> Problem {
    let message = format!("{who} can {what}, and its token is on every node.");
    Problem::new(Severity::High, message)
        .detail(what)
        .evidence(format!("serviceAccountName: {who}"))
        .at(tree::Path::of(&["spec", "template", "spec"]))
        .subjects(vec![who.to_owned()])
}

const STRONG: &[(&[Need], &str)] = &[
    (READ, "read all secrets"),
    (PODS, "create pods everywhere"),
    (NODES_PROXY, "run commands through kubelets"),
    (CREATE_TOKENS, "make tokens of service accounts"),
];

const CSRS: &str = "certificates.k8s.io";
const CHANGE: &[&str] = &["update", "patch"];
const PAIRS: &[Pair] = &[
    Pair {
        what: "approve certificates",
        halves: [
            &[Need::cluster(CHANGE, CSRS, &["certificatesigningrequests/approval"])],
            &[Need::cluster(&["approve"], CSRS, &["signers"])],
        ],
    },
    Pair {
        what: "sign certificates",
        halves: [
            &[Need::cluster(CHANGE, CSRS, &["certificatesigningrequests/status"])],
            &[Need::cluster(&["sign"], CSRS, &["signers"])],
        ],
    },
    Pair { what: "bind any role", halves: [BIND, BINDING_WRITES] },
    Pair { what: "write any right into a role", halves: [ESCALATE, ROLE_WRITES] },
    Pair {
        what: "move pods to a node of choice",
        halves: [
            &[Need::cluster(CHANGE, "", &["nodes", "nodes/status"])],
            &[
                Need::inside(&["delete", "deletecollection"], "", &["pods"]),
                Need::inside(&["create"], "", &["pods/eviction"]),
            ],
        ],
    },
];

const HALVES: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: approver}
rules:
- {apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/approval], verbs: [update]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: signer-approver}
rules:
- {apiGroups: [certificates.k8s.io], resources: [signers], verbs: [approve]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: approver}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: approver}
subjects:
- {kind: ServiceAccount, name: one, namespace: apps}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: signer-approver}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: signer-approver}
subjects:
- {kind: ServiceAccount, name: two, namespace: apps}
";
const ON_ONE_NODE: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: one, namespace: apps}
spec: {nodeName: node-1, serviceAccountName: one, containers: [{name: a, image: example.com/a:1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: two, namespace: apps}
spec: {nodeName: node-1, serviceAccountName: two, containers: [{name: a, image: example.com/a:1}]}
";
const ON_TWO_NODES: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: one, namespace: apps}
spec: {nodeName: node-1, serviceAccountName: one, containers: [{name: a, image: example.com/a:1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: two, namespace: apps}
spec: {nodeName: node-2, serviceAccountName: two, containers: [{name: a, image: example.com/a:1}]}
";
const DAEMON_SET: &str = "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: apps}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      serviceAccountName: worker
      containers: [{name: agent, image: example.com/agent:1}]
";
