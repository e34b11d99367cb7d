//! AN-027: tokens in pods that have no use for one.

use std::collections::{BTreeMap, BTreeSet};

use inventory::{Kind, Unknown, Workload};

use super::BASE;
use super::people::{all_bindings_seen, bindings};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Confidence, Fix, Judge, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict,
};

pub(crate) const AN_027: Check = Check {
    id: "AN-027",
    name: "unused-token",
    title: "Pods hold tokens of accounts that may do nothing",
    severities: &[Severity::Low],
    why: "Whoever gets into the container is an authenticated user of the API: they learn its version and its resources, and have whatever everybody is given by mistake.",
    fails: "A workload's pods get a token (automountServiceAccountToken of the pod, else of its account, is not false) though no binding names the account. Told once for the cluster.",
    fix: Fix::Steps(
        "Set automountServiceAccountToken: false in the pod templates that are named, or in their ServiceAccounts:\nkubectl -n NAMESPACE patch serviceaccount NAME -p '{\"automountServiceAccountToken\": false}'",
    ),
    references: &[
        Reference::Cis("5.1.6"),
        Reference::Nsa("Authentication and authorization"),
        Reference::Mitre("T1552.007"),
        Reference::Owasp("K09"),
    ],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "an account without bindings",
            Expected::Fail(Severity::Low),
            &[ExampleFile::manifest(
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: apps}\nspec: {template: {spec: {containers: [{name: web, image: web:1}]}}}\n",
            )],
        ),
        Example::of(
            "the account asks for none",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: apps}\nautomountServiceAccountToken: false\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: apps}\nspec: {template: {spec: {containers: [{name: web, image: web:1}]}}}\n",
            )],
        ),
        Example::of(
            "the pod's word counts more than the account's",
            Expected::Fail(Severity::Low),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: apps}\nautomountServiceAccountToken: false\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: apps}\nspec: {automountServiceAccountToken: true, containers: [{name: web, image: web:1}]}\n",
            )],
        ),
        Example::of(
            "a binding names the account",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: apps}\nspec: {template: {spec: {serviceAccountName: web, containers: [{name: web, image: web:1}]}}}\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: web, namespace: apps}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}\nsubjects: [{kind: ServiceAccount, name: web}]\n",
            )],
        ),
        Example::of(
            "a static pod, which no kubelet gives a token",
            Expected::Pass,
            &[ExampleFile::at(
                "/etc/kubernetes/manifests/kube-scheduler.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-scheduler, namespace: kube-system}\nspec: {containers: [{name: kube-scheduler, image: \"registry.k8s.io/kube-scheduler:v1.36.0\", command: [kube-scheduler]}]}\n",
            )],
        ),
        Example::of("bindings were not listed", Expected::Unknown, &[]).partial(),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    all_bindings_seen(seen)?;
    seen.all(Kind::SERVICE_ACCOUNT)?;
    let bound = bound(seen);
    let all = bound.contains("system:serviceaccounts");
    let mut idle = BTreeSet::new();
    let mut known: BTreeMap<(&str, &str), bool> = BTreeMap::new();
    let mut tally = Tally::new();
    let mut count = 0_usize;
    for workload in seen.workloads().filter(|one| !one.namespace().is_empty()) {
        let (namespace, account) = (workload.namespace(), workload.service_account());
        let mut has_use = || {
            *known.entry((namespace, account)).or_insert_with(|| {
                all || bound.contains(&format!("system:serviceaccount:{namespace}:{account}"))
                    || bound.contains(&format!("system:serviceaccounts:{namespace}"))
            })
        };
        if seen.is_static_pod(&workload) || !mounts(seen, &workload) || has_use() {
            tally.passes = tally.passes.saturating_add(1);
            continue;
        }
        count = count.saturating_add(1);
        idle.insert(format!("ServiceAccount {namespace}/{account}"));
    }
    if count > 0 {
        let message = message(count, idle.len());
        let problem = Problem::new(Severity::Low, message)
            .detail("tokens")
            .evidence(idle.iter().take(3).cloned().collect::<Vec<_>>().join(", "))
            .confidence(Confidence::Medium)
            .mended_by(steps(&idle))
            .subjects(idle.into_iter().collect());
        tally.add(crate::About::cluster(), Ok(Verdict::fail(problem)));
    }
    Ok(tally)
}

fn message(workloads: usize, accounts: usize) -> String {
    let holders = match workloads {
        1 => "1 workload holds".to_owned(),
        count => format!("{count} workloads hold"),
    };
    match accounts {
        1 => format!("{holders} a token of an account that no binding names."),
        count => format!("{holders} tokens of {count} accounts that no binding names."),
    }
}

fn steps(idle: &BTreeSet<String>) -> Remedy {
    let lines = idle.iter().filter_map(|one| {
        let (namespace, name) = one.strip_prefix("ServiceAccount ")?.split_once('/')?;
        Some(format!("kubectl -n {namespace} patch serviceaccount {name} -p '{{\"automountServiceAccountToken\": false}}'"))
    });
    Remedy::Steps(lines.collect::<Vec<_>>().join("\n"))
}

/// The names of accounts, and of groups of accounts, that bindings name; as users, since that is
/// another way to write them. What every account has anyway does not count.
fn bound(seen: &Seen<'_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let named =
        bindings(seen).filter(|one| one.name() != "system:service-account-issuer-discovery");
    for binding in named {
        for subject in binding.tree().get("subjects").items() {
            let name = subject.get("name").str();
            if subject.get("kind").str() == "ServiceAccount" {
                let own = subject.get("namespace").text().unwrap_or(binding.namespace());
                found.insert(format!("system:serviceaccount:{own}:{name}"));
            } else if name.starts_with("system:serviceaccount") {
                found.insert(name.to_owned());
            }
        }
    }
    found
}

/// Whether its pods get a token.
fn mounts(seen: &Seen<'_>, workload: &Workload<'_>) -> bool {
    let own = workload.spec().get("automountServiceAccountToken").bool();
    let of_account = || {
        seen.find(Kind::SERVICE_ACCOUNT, workload.namespace(), workload.service_account())?
            .tree()
            .get("automountServiceAccountToken")
            .bool()
    };
    own.or_else(of_account).unwrap_or(true)
}
