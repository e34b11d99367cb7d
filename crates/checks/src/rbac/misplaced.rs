//! RB-050 and RB-056: bindings that give a role to more than who it is meant for.

use inventory::{ComponentKind, Object};
use paths::{Scope, Subject};

use super::RIGHT;
use super::broad::is_group;
use super::need::{self, Need};
use super::samples::{bound, bound_in, example};
use super::subject::{self, BINDINGS, Mend, Naming};
use crate::example::Expected;
use crate::{Check, Fix, Judge, JudgeObject, Judged, Reference, Remedy, Seen, Severity, Verdict};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-050",
        name: "default-account-rights",
        title: "A default service account holds a role",
        severities: &[Severity::High, Severity::Medium],
        why: "Every pod of the namespace that names no account runs as it.",
        fails: "A binding names a service account with the name default, as such or as the user system:serviceaccount:NAMESPACE:default. It is high where the role reads secrets or writes pods or workloads.",
        fix: Fix::Steps(
            "Make an account for the pods that need the role (kubectl create serviceaccount NAME -n NAMESPACE), name it in their spec.serviceAccountName, bind the role to it, then take default out of the binding.",
        ),
        references: &[Reference::Cis("5.1.5"), Reference::Owasp("K02")],
        judge: Judge::Objects(BINDINGS, &DEFAULT_ACCOUNT),
        examples: &[
            example!(
                "edit",
                Expected::Fail(Severity::High),
                bound_in!("apps", "edit", "{kind: ServiceAccount, name: default, namespace: apps}")
            ),
            example!(
                "view, written as a user",
                Expected::Fail(Severity::Medium),
                bound!(
                    "view",
                    "{kind: User, name: \"system:serviceaccount:apps:default\", apiGroup: rbac.authorization.k8s.io}"
                )
            ),
            example!(
                "an account of its own",
                Expected::Pass,
                bound_in!("apps", "edit", "{kind: ServiceAccount, name: web, namespace: apps}")
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-056",
        name: "nodes-role-bound",
        title: "All nodes hold the role of nodes everywhere",
        why: "Bound to the group system:nodes, ClusterRole system:node lets any node read the secrets of all others; the Node authorizer gives each what its own pods need.",
        fails: "A binding names Group system:nodes and ClusterRole system:node. The default binding system:node, which names nobody, passes. The checks of single rights say nothing more about such a binding.",
        fix: Fix::Sometimes(
            "Takes the group out, or deletes the binding, where kube-apiserver was seen to use the Node authorizer. Elsewhere add Node to --authorization-mode first.",
        ),
        references: &[Reference::Cis("1.2.7"), Reference::Owasp("K02")],
        judge: Judge::Objects(BINDINGS, &nodes),
        examples: &[
            example!(
                "as before 1.8",
                Expected::Fail(Severity::High),
                bound!(
                    "system:node",
                    "{kind: Group, name: \"system:nodes\", apiGroup: rbac.authorization.k8s.io}"
                )
            ),
            example!(
                "another role",
                Expected::Pass,
                bound!(
                    "view",
                    "{kind: Group, name: \"system:nodes\", apiGroup: rbac.authorization.k8s.io}"
                )
            ),
            example!(
                "to nobody, as every cluster has it",
                Expected::Pass,
                "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: \"system:node\"}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: \"system:node\"}\n"
            ),
        ],
        ..RIGHT
    },
];

const DEFAULT_ACCOUNT: Naming = Naming {
    picks: |subject| match subject {
        Subject::ServiceAccount { name, .. } => &**name == "default",
        Subject::User(_) | Subject::Group(_) => false,
    },
    severity: |seen, object| {
        let holdings = seen.holdings();
        let role = holdings.of_object(object).and_then(|bound| holdings.role_of(bound));
        let is_strong = role.is_some_and(|role| {
            role.is_everything || need::gives(&role.rules, STRONG, &Scope::Cluster)
        });
        Some(if is_strong { Severity::High } else { Severity::Medium })
    },
    says: "(every pod that names no account) holds",
    mend: Mend::Explained,
};

const NODES: Naming = Naming {
    picks: |subject| is_group(subject, |name| name == "system:nodes"),
    severity: |_, object| {
        (subject::role_of(object) == "ClusterRole system:node").then_some(Severity::High)
    },
    says: "(every node) holds",
    mend: Mend::TakeOut,
};

fn nodes(seen: &Seen<'_>, object: &Object) -> Judged {
    let judged = NODES.judge(seen, object)?;
    let has_node = seen.inventory().components(ComponentKind::ApiServer).any(|server| {
        let modes = server.flags.get("authorization-mode");
        modes.is_some_and(|flag| flag.value.split(',').any(|mode| mode == "Node"))
    });
    let Verdict::Fail(problems) = judged else { return Ok(judged) };
    if has_node {
        return Ok(Verdict::Fail(problems));
    }
    let steps = "start kube-apiserver with --authorization-mode=Node,RBAC, then take system:nodes out of the binding";
    let by_hand = problems.into_iter().map(|one| one.mended_by(Remedy::Steps(steps.to_owned())));
    Ok(Verdict::Fail(by_hand.collect()))
}

const STRONG: &[Need] = &[
    Need::inside(&["get", "list", "watch"], "", &["secrets"]),
    Need::inside(&["create", "update", "patch"], "", &["pods"]),
    Need::inside(
        &["create", "update", "patch"],
        "apps",
        &["deployments", "daemonsets", "statefulsets"],
    ),
    Need::inside(&["create", "update", "patch"], "batch", &["jobs", "cronjobs"]),
];
