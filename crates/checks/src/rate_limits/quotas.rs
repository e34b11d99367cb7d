//! RL-011 and RL-012: namespaces that may fill the cluster.

use inventory::{Kind, Object};
use serde_json::json;

use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Severity, Span, Verdict,
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "RL-011",
        name: "no-object-quota",
        title: "A namespace may hold any number of objects",
        why: "Whoever may create objects there fills etcd, which then takes no writes from anybody.",
        fails: "No ResourceQuota of the namespace limits how many objects there are: by count/… or by pods, services, secrets, configmaps and the like. Quotas of CPU and memory alone do not count. kube-system, kube-public and kube-node-lease are not asked.",
        fix: Fix::Automatic(
            "Creates a ResourceQuota of 1000 Secrets, ConfigMaps and Events each, 200 pods and 100 Services, or twice what there is now, if that is more.",
        ),
        judge: Judge::Objects(&[Kind::NAMESPACE], &quota),
        examples: &[
            Example::of(
                "none",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n",
                )],
            ),
            Example::of(
                "of CPU alone",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: cpu, namespace: apps}\nspec: {hard: {limits.cpu: '10'}}\n",
                )],
            ),
            Example::of(
                "of objects",
                Expected::Pass,
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: objects, namespace: apps}\nspec: {hard: {count/secrets: '100'}}\n",
                )],
            ),
            Example::of(
                "of the system",
                Expected::Exempt,
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Namespace\nmetadata: {name: kube-system}\n",
                )],
            ),
            Example::of(
                "quotas were not listed",
                Expected::Unknown,
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n",
                )],
            )
            .partial(),
        ],
        ..QUOTAS
    },
    Check {
        id: "RL-012",
        name: "no-limit-range",
        title: "A namespace has no defaults for CPU and memory",
        why: "A container without limits takes what its node has, and the node's other pods and its kubelet go without.",
        fails: "The namespace has no LimitRange. kube-system, kube-public and kube-node-lease are not asked.",
        fix: Fix::Steps(
            "kubectl top pod -n NAMESPACE --containers\nWrite what most containers there need:\napiVersion: v1\nkind: LimitRange\nmetadata: {name: defaults, namespace: NAMESPACE}\nspec:\n  limits:\n  - type: Container\n    default: {memory: 512Mi}\n    defaultRequest: {cpu: 100m, memory: 128Mi}\nIt holds for pods that are created from then on.",
        ),
        judge: Judge::Objects(&[Kind::NAMESPACE], &limit_range),
        examples: &[
            Example::of(
                "none",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n",
                )],
            ),
            Example::of(
                "one",
                Expected::Pass,
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: defaults, namespace: apps}\nspec: {limits: [{type: Container, default: {memory: 512Mi}}]}\n",
                )],
            ),
            Example::of(
                "they were not listed",
                Expected::Unknown,
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n",
                )],
            )
            .partial(),
        ],
        ..QUOTAS
    },
];

/// What they have in common.
const QUOTAS: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::RateLimits,
    severities: &[Severity::Low],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[Reference::Nsa("Pod security"), Reference::Mitre("T1499")],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

fn quota(seen: &Seen<'_>, namespace: &Object) -> Judged {
    let name = namespace.name();
    let has = |quota: &Object| {
        let hard = quota.tree().at(&["spec", "hard"]).entries();
        hard.iter().any(|(key, _)| key.starts_with("count/") || COUNTED.contains(&&**key))
    };
    if seen.inventory().of_in(Kind::RESOURCE_QUOTA, name).iter().any(has) {
        return Ok(Verdict::Pass);
    }
    if is_of_the_system(name) {
        return Ok(exempt());
    }
    seen.inventory().all_in(Kind::RESOURCE_QUOTA, name)?;
    let message = format!("Nothing limits how many objects namespace {name} holds.");
    let problem = Problem::new(Severity::Low, message).detail("count");
    Ok(Verdict::fail(problem.mended_by(Remedy::Create(created(seen, name)))))
}

fn created(seen: &Seen<'_>, namespace: &str) -> serde_json::Value {
    let most = |kind: Kind<'_>, usual: usize| {
        let twice = seen.inventory().of_in(kind, namespace).len().saturating_mul(2);
        twice.max(usual).to_string()
    };
    json!({
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "objects", "namespace": namespace},
        "spec": {"hard": {
            "count/configmaps": most(Kind::CONFIG_MAP, 1000),
            "count/events": "1000",
            "count/pods": most(Kind::POD, 200),
            "count/secrets": most(Kind::SECRET, 1000),
            "count/services": most(Kind::SERVICE, 100)
        }}
    })
}

fn limit_range(seen: &Seen<'_>, namespace: &Object) -> Judged {
    let name = namespace.name();
    if !seen.inventory().of_in(Kind::LIMIT_RANGE, name).is_empty() {
        return Ok(Verdict::Pass);
    }
    if is_of_the_system(name) {
        return Ok(exempt());
    }
    seen.inventory().all_in(Kind::LIMIT_RANGE, name)?;
    let message = format!("Containers of namespace {name} have no limits unless they say so.");
    Ok(Verdict::fail(Problem::new(Severity::Low, message).detail("LimitRange")))
}

fn is_of_the_system(namespace: &str) -> bool {
    matches!(namespace, "kube-system" | "kube-public" | "kube-node-lease")
}

fn exempt() -> Verdict {
    Verdict::Exempt("the control plane itself writes there, and must not be refused".to_owned())
}

/// Quotas of how many objects there are, by their older names.
const COUNTED: [&str; 7] = [
    "pods",
    "services",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "replicationcontrollers",
    "resourcequotas",
];
