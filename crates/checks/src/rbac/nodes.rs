//! RB-033 to RB-035 and RB-039: who reaches nodes, their disks and what keeps pods apart.

use inventory::Kind;

use super::RIGHT;
use super::need::Need;
use super::row::{Row, Weight};
use super::samples::{everywhere, example, inside, namespace};
use crate::example::Expected;
use crate::{Check, Fix, Judge, Reference, Seen, Severity};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-033",
        name: "create-persistent-volumes",
        title: "Persistent volumes can be created",
        why: "A persistent volume may be a directory of a node: whoever claims it reads and writes there, whatever the Pod Security level says of hostPath.",
        fails: "A binding that holds everywhere gives create on persistentvolumes. Claims (persistentvolumeclaims) pass.",
        fix: Fix::Steps(
            "Let a CSI driver make the volumes and give people persistentvolumeclaims only.",
        ),
        references: &[Reference::Cis("5.1.9"), Reference::Mitre("T1611"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| VOLUMES.judge(seen)),
        examples: &[
            example!(
                "create",
                Expected::Fail(Severity::High),
                everywhere!("{apiGroups: [\"\"], resources: [persistentvolumes], verbs: [create]}")
            ),
            example!(
                "claims",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [\"\"], resources: [persistentvolumeclaims], verbs: [create]}"
                )
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-034",
        name: "change-nodes",
        title: "Nodes can be changed or deleted",
        why: "Taints, labels and addresses of nodes decide where pods run and where the API server connects for logs and commands.",
        fails: "A binding that holds everywhere gives update or patch on nodes or nodes/status, or delete on nodes.",
        fix: Fix::Steps(
            "Leave that to kubelets and the node controller; who drains nodes needs patch on nodes and pods/eviction, and no more.",
        ),
        references: &[Reference::Mitre("T1578"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| NODES.judge(seen)),
        examples: &[
            example!(
                "status",
                Expected::Fail(Severity::High),
                everywhere!("{apiGroups: [\"\"], resources: [nodes/status], verbs: [patch]}")
            ),
            example!(
                "deletion",
                Expected::Fail(Severity::High),
                everywhere!("{apiGroups: [\"\"], resources: [nodes], verbs: [delete]}")
            ),
            example!(
                "nodes are in no namespace",
                Expected::Pass,
                inside!("apps", "{apiGroups: [\"\"], resources: [nodes], verbs: [\"*\"]}")
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-035",
        name: "change-namespaces",
        title: "Labels of namespaces can be changed",
        why: "Labels of a namespace hold its Pod Security level and decide which network policies let it in: whoever writes them takes both off.",
        fails: "A binding gives update or patch on namespaces, where some namespace has a Pod Security label or some network policy selects namespaces, or where not all of both were seen. Where nothing hangs on their labels it passes.",
        fix: Fix::Steps(
            "Take it away, or protect the labels by a ValidatingAdmissionPolicy that lets only administrators change labels that begin with pod-security.kubernetes.io/.",
        ),
        references: &[Reference::Mitre("T1562"), Reference::Owasp("K04")],
        judge: Judge::Whole(|seen| NAMESPACES.judge(seen)),
        examples: &[
            example!(
                "a level hangs on it",
                Expected::Fail(Severity::High),
                namespace!("apps", "pod-security.kubernetes.io/enforce: restricted"),
                everywhere!("{apiGroups: [\"\"], resources: [namespaces], verbs: [patch]}")
            ),
            example!(
                "who knows what hangs on it",
                Expected::Fail(Severity::High),
                everywhere!("{apiGroups: [\"\"], resources: [namespaces], verbs: [update]}")
            )
            .partial(),
            example!(
                "nothing hangs on it",
                Expected::Pass,
                namespace!("apps", "team: web"),
                everywhere!("{apiGroups: [\"\"], resources: [namespaces], verbs: [patch]}")
            ),
            example!(
                "making new ones",
                Expected::Pass,
                namespace!("apps", "pod-security.kubernetes.io/enforce: restricted"),
                everywhere!("{apiGroups: [\"\"], resources: [namespaces], verbs: [create]}")
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-039",
        name: "steal-pods",
        title: "Pods can be moved to a node of choice",
        why: "Whoever makes all other nodes unfit and then deletes pods gets them, with their tokens, to the node it has already taken.",
        fails: "A subject holds update or patch on nodes or nodes/status everywhere, and delete on pods or create on pods/eviction, by one binding or several. One half alone passes here; RB-034 tells of the first.",
        fix: Fix::Steps(
            "Give the two to different accounts, or leave nodes to the node controller.",
        ),
        references: &[Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| STEAL.judge(seen)),
        examples: &[
            example!(
                "both",
                Expected::Fail(Severity::High),
                everywhere!(
                    "{apiGroups: [\"\"], resources: [nodes/status], verbs: [patch]}",
                    "{apiGroups: [\"\"], resources: [pods/eviction], verbs: [create]}"
                )
            ),
            example!(
                "nodes alone",
                Expected::Pass,
                everywhere!("{apiGroups: [\"\"], resources: [nodes/status], verbs: [patch]}")
            ),
            example!(
                "pods alone",
                Expected::Pass,
                everywhere!("{apiGroups: [\"\"], resources: [pods], verbs: [delete]}")
            ),
        ],
        ..RIGHT
    },
];

const VOLUMES: Row = Row {
    needs: &[Need::cluster(&["create"], "", &["persistentvolumes"])],
    can: "create volumes of node directories",
    weigh: |_| Some(Weight::of(Severity::High)),
};

const NODES: Row = Row {
    needs: &[CHANGE_NODES, Need::cluster(&["delete", "deletecollection"], "", &["nodes"])],
    can: "change nodes",
    weigh: |_| Some(Weight::of(Severity::High)),
};

const NAMESPACES: Row = Row {
    needs: &[Need::inside(&["update", "patch"], "", &["namespaces"])],
    can: "change labels of namespaces",
    weigh: |case| match hangs_on_labels(case.seen) {
        Some(true) => Some(Weight::of(Severity::High)),
        None => Some(
            Weight::of(Severity::High)
                .guessed()
                .noting("Whether anything hangs on these labels was not seen."),
        ),
        Some(false) => None,
    },
};

const STEAL: Row = Row {
    needs: &[CHANGE_NODES],
    can: "move pods to a node of its choice",
    weigh: |case| {
        let removes = case.who_also(REMOVE_PODS);
        (!removes.is_empty())
            .then(|| Weight::of(Severity::High).noting("They can delete or evict pods as well."))
    },
};

/// Whether a Pod Security level or a network policy hangs on labels of namespaces; none if that
/// was not seen.
fn hangs_on_labels(seen: &Seen<'_>) -> Option<bool> {
    let inventory = seen.inventory();
    let has_level = inventory.of(Kind::NAMESPACE).iter().any(|namespace| {
        let labels = namespace.labels().entries().iter();
        labels.clone().any(|(key, _)| key.starts_with("pod-security.kubernetes.io/"))
    });
    let selects = inventory.of(Kind::NETWORK_POLICY).iter().any(|policy| {
        let spec = policy.tree().get("spec");
        let rules = [("ingress", "from"), ("egress", "to")].into_iter();
        let peers = rules.flat_map(|(rules, peers)| {
            spec.get(rules).items().iter().flat_map(move |rule| rule.get(peers).items())
        });
        peers.clone().any(|peer| !peer.get("namespaceSelector").is_null())
    });
    if has_level || selects {
        return Some(true);
    }
    let is_known = seen.all(Kind::NAMESPACE).is_ok() && seen.all(Kind::NETWORK_POLICY).is_ok();
    is_known.then_some(false)
}

const CHANGE_NODES: Need = Need::cluster(&["update", "patch"], "", &["nodes", "nodes/status"]);
const REMOVE_PODS: &[Need] = &[
    Need::inside(&["delete", "deletecollection"], "", &["pods"]),
    Need::inside(&["create"], "", &["pods/eviction"]),
];
