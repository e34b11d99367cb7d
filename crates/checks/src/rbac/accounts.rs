//! RB-051, RB-057 and RB-058: tokens nobody asked for, and rights nobody uses.

use inventory::{Kind, Object};
use tree::Path;

use super::RIGHT;
use super::samples::example;
use crate::example::Expected;
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-051",
        name: "default-account-token",
        title: "A default service account hands its token to every pod",
        severities: &[Severity::Low],
        why: "Pods that never call the API carry a token that does: it tells whoever breaks in what the cluster is, and gets whatever is bound to the account one day.",
        fails: "automountServiceAccountToken of a service account with the name default is not false. Those of kube-system, kube-public and kube-node-lease are exempt while no workload there runs as them: the parts of Kubernetes have accounts of their own.",
        fix: Fix::Automatic(
            "Sets automountServiceAccountToken: false. A pod that needs a token says so itself, or better names an account of its own.",
        ),
        references: &[Reference::Cis("5.1.5"), Reference::Owasp("K09")],
        judge: Judge::Objects(&[Kind::SERVICE_ACCOUNT], &judge),
        examples: &[
            example!(
                "as Kubernetes makes it",
                Expected::Fail(Severity::Low),
                "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: apps}\n"
            ),
            example!(
                "switched off",
                Expected::Pass,
                "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: apps}\nautomountServiceAccountToken: false\n"
            ),
            example!(
                "another account",
                Expected::Pass,
                "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web, namespace: apps}\n"
            ),
            example!(
                "of a namespace of the system",
                Expected::Exempt,
                "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: kube-public}\n"
            ),
            example!(
                "of a namespace of the system where a pod runs as it",
                Expected::Fail(Severity::Low),
                "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: kube-system}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: agent, namespace: kube-system}\nspec: {containers: [{name: agent, image: example.com/agent:1}]}\n"
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-057",
        name: "used-in-one-namespace",
        title: "A right held everywhere is used in one namespace",
        severities: &[Severity::Medium],
        why: "What is used in one namespace can be bound there.",
        fails: "An audit log shows a ClusterRoleBinding used in one namespace at most.",
        fix: Fix::Steps(
            "ravelin audit learn makes the narrower roles and bindings from an audit log.",
        ),
        judge: Judge::NotImplemented(
            "what is used stands in an audit log, not in objects; ravelin audit learn reads one",
        ),
        ..RIGHT
    },
    Check {
        id: "RB-058",
        name: "unused-rights",
        title: "A right is held and never used",
        severities: &[Severity::Low],
        why: "A right nobody uses helps attackers only.",
        fails: "An audit log shows no use of a rule or verb in its whole time.",
        fix: Fix::Steps(
            "ravelin audit learn makes the narrower role from an audit log, and tells how long that log is.",
        ),
        judge: Judge::NotImplemented(
            "what is used stands in an audit log, not in objects; ravelin audit learn reads one",
        ),
        ..RIGHT
    },
];

fn judge(seen: &Seen<'_>, object: &Object) -> Judged {
    let field = "automountServiceAccountToken";
    if object.name() != "default" || object.tree().get(field).bool() == Some(false) {
        return Ok(Verdict::Pass);
    }
    let namespace = object.namespace();
    if SYSTEM.contains(&namespace) && !is_used(seen, namespace) {
        let why = "Kubernetes makes it, and no workload there runs as it";
        return Ok(Verdict::Exempt(why.to_owned()));
    }
    let message =
        format!("Every pod that names no account gets the token of {}.", object.describe());
    Ok(Verdict::fail(
        Problem::new(Severity::Low, message)
            .detail(field)
            .evidence(object.tree().get(field).plain().map_or_else(
                || format!("{field} is not given; the default is true"),
                |value| format!("{field}: {value}"),
            ))
            .mended_by(Remedy::set(Path::of(&[field]), false)),
    ))
}

fn is_used(seen: &Seen<'_>, namespace: &str) -> bool {
    seen.inventory().workloads().any(|workload| {
        let is_static = seen.is_static_pod(&workload);
        let is_there = workload.namespace() == namespace && workload.service_account() == "default";
        is_there && !is_static && workload.object().namespace() == namespace
    })
}

const SYSTEM: [&str; 3] = ["kube-system", "kube-public", "kube-node-lease"];
