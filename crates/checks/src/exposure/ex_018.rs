//! EX-018: pods that the internet reaches, with a service account that owns the cluster.

use std::collections::BTreeMap;

use inventory::{Kind, Object, Unknown, Workload};
use tree::Tree;

use super::api::EXPOSURE;
use super::route::{self, backends};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Confidence, Fix, Judge, Problem, Reference, Seen, Severity, Tally, Verdict,
    service,
};

pub(crate) const EX_018: Check = Check {
    id: "EX-018",
    name: "exposed-pod-with-power",
    title: "A pod that is reached from outside could take over the cluster",
    severities: &[Severity::Medium],
    why: "One flaw in what it serves, and whoever is outside has the token of its service account.",
    fails: "A Service of type LoadBalancer or NodePort (no internal load balancer), an ingress or a route leads to pods whose service account has, by a ClusterRoleBinding, everything, the Secrets or new pods of all namespaces, exec into pods, escalate, bind or impersonate. Pods that mount no token pass.",
    fix: Fix::Steps(
        "Give the pods that serve a service account without rights, and let another workload, that nothing outside reaches, do what needs them. If they need no token: automountServiceAccountToken: false.",
    ),
    references: &[Reference::Mitre("T1190"), Reference::Owasp("K02"), Reference::Owasp("K06")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "a controller behind a load balancer",
            Expected::Fail(Severity::Medium),
            &[POWER, WEB, OPEN],
        ),
        Example::of(
            "by an ingress",
            Expected::Fail(Severity::Medium),
            &[POWER, WEB, INSIDE, INGRESS],
        ),
        Example::of("not reached", Expected::Pass, &[POWER, WEB, INSIDE]),
        Example::of("few rights", Expected::Pass, &[WEAK, WEB, OPEN]),
        Example::of("no token", Expected::Pass, &[POWER, NO_TOKEN, OPEN]),
        Example::of("bindings were not listed", Expected::Unknown, &[WEB, OPEN]).partial(),
    ],
    ..EXPOSURE
};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Account {
    namespace: String,
    name: String,
}

impl Account {
    fn of(namespace: &str, name: &str) -> Self {
        Self { namespace: namespace.to_owned(), name: name.to_owned() }
    }
}

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let powerful = powerful(seen)?;
    let mut tally = Tally::new();
    for Exposed { workload, way } in exposed(seen)? {
        let namespace = workload.namespace();
        let account = Account::of(namespace, workload.service_account());
        let right = powerful.get(&account).filter(|_| has_token(workload));
        let verdict = right.map(|right| {
            let (account, object) = (workload.service_account(), workload.object().describe());
            let message = format!("{way} leads to {object}, whose account {account} may {right}.");
            Problem::new(Severity::Medium, message)
                .detail(account)
                .evidence(format!("{way}, {namespace}/{account}: {right}"))
                .subjects(vec![format!("ServiceAccount {namespace}/{account}")])
                .confidence(Confidence::Medium)
                .at(workload.spec_path())
        });
        tally.add(About::object(workload.object()), Ok(Verdict::from(verdict)));
    }
    Ok(tally)
}

/// A workload, and what leads to it from outside.
struct Exposed<'s, 'i> {
    workload: &'s Workload<'i>,
    way: String,
}

/// The workloads that something outside leads to, each once, with what does.
fn exposed<'s, 'i>(seen: &'s Seen<'i>) -> Result<Vec<Exposed<'s, 'i>>, Unknown> {
    let mut services: Vec<(&Object, String)> = Vec::new();
    for object in seen.all(Kind::SERVICE)? {
        if service::opening(object).is_some() && !service::is_internal(object) {
            services.push((object, object.describe()));
        }
    }
    seen.all(Kind::INGRESS)?;
    for object in route::KINDS.iter().flat_map(|kind| seen.of(*kind)) {
        for backend in backends(object) {
            let found = seen.find(Kind::SERVICE, backend.namespace, backend.service);
            services.extend(found.map(|found| (found, object.describe())));
        }
    }
    let mut exposed = BTreeMap::new();
    for (object, way) in services {
        for workload in service::workloads(seen, object) {
            let key = workload.object().describe();
            exposed.entry(key).or_insert_with(|| Exposed { workload, way: way.clone() });
        }
    }
    Ok(exposed.into_values().collect())
}

/// Whether the pods of a workload have the token of their account, as far as they say.
fn has_token(workload: &Workload<'_>) -> bool {
    workload.spec().get("automountServiceAccountToken").bool() != Some(false)
}

/// The accounts that a binding for the whole cluster makes powerful, each with a right.
fn powerful(seen: &Seen<'_>) -> Result<BTreeMap<Account, &'static str>, Unknown> {
    let mut found = BTreeMap::new();
    for binding in seen.all(Kind::CLUSTER_ROLE_BINDING)? {
        let accounts: Vec<Account> = accounts(binding).collect();
        if accounts.is_empty() {
            continue;
        }
        let name = binding.tree().at(&["roleRef", "name"]).str();
        // A binding to a role that is not there gives nothing.
        let Some(role) = seen.get(Kind::CLUSTER_ROLE, "", name)? else { continue };
        let rules = role.tree().get("rules").items();
        let Some(right) = rules.iter().find_map(right) else { continue };
        for account in accounts {
            found.entry(account).or_insert(right);
        }
    }
    Ok(found)
}

fn accounts(binding: &Object) -> impl Iterator<Item = Account> {
    let subjects = binding.tree().get("subjects").items().iter();
    subjects.filter_map(|subject| {
        let name = subject.get("name").str();
        match subject.get("kind").str() {
            "ServiceAccount" => Some(Account::of(subject.get("namespace").str(), name)),
            "User" => {
                let (namespace, name) =
                    name.strip_prefix("system:serviceaccount:")?.split_once(':')?;
                Some(Account::of(namespace, name))
            }
            _ => None,
        }
    })
}

/// The first right of a rule that leads to everything.
fn right(rule: &Tree) -> Option<&'static str> {
    let has =
        |field: &str, wanted: &str| rule.get(field).texts().any(|one| one == wanted || one == "*");
    let is_for_any = rule.get("resourceNames").items().is_empty();
    let row = RIGHTS.iter().find(|(verb, group, resource, _)| {
        let of_sub = resource.split_once('/').is_some_and(|(_, sub)| {
            rule.get("resources").texts().any(|one| one.strip_prefix("*/") == Some(sub))
        });
        has("verbs", verb) && has("apiGroups", group) && (has("resources", resource) || of_sub)
    });
    row.filter(|_| is_for_any).map(|(_, _, _, words)| *words)
}

/// Verb, group, resource, and what that is in words.
const RIGHTS: [(&str, &str, &str, &str); 10] = [
    ("*", "*", "*", "do everything"),
    ("get", "", "secrets", "read the Secrets of all namespaces"),
    ("list", "", "secrets", "read the Secrets of all namespaces"),
    ("create", "", "pods", "create pods in all namespaces"),
    ("create", "", "pods/exec", "run commands in all pods"),
    ("get", "", "nodes/proxy", "run commands by every kubelet"),
    ("impersonate", "", "users", "act as anybody"),
    ("impersonate", "", "serviceaccounts", "act as any service account"),
    ("escalate", "rbac.authorization.k8s.io", "clusterroles", "give itself any right"),
    ("bind", "rbac.authorization.k8s.io", "clusterroles", "give itself any right"),
];

const POWER: ExampleFile = ExampleFile::at(
    "rbac.yaml",
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: web}\nrules: [{apiGroups: [''], resources: [secrets], verbs: [list]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: web}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: web}\nsubjects: [{kind: ServiceAccount, name: web, namespace: apps}]\n",
);
const WEAK: ExampleFile = ExampleFile::at(
    "rbac.yaml",
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: web}\nrules: [{apiGroups: [''], resources: [secrets], verbs: [get], resourceNames: [web]}, {apiGroups: [''], resources: ['pods/*'], verbs: [create]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: web}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: web}\nsubjects: [{kind: ServiceAccount, name: web, namespace: apps}]\n",
);
const WEB: ExampleFile = ExampleFile::at(
    "web.yaml",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: apps}\nspec:\n  template:\n    metadata: {labels: {app: web}}\n    spec: {serviceAccountName: web, containers: [{name: web, image: 'example.com/web:1'}]}\n",
);
const NO_TOKEN: ExampleFile = ExampleFile::at(
    "web.yaml",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: apps}\nspec:\n  template:\n    metadata: {labels: {app: web}}\n    spec: {serviceAccountName: web, automountServiceAccountToken: false, containers: [{name: web, image: 'example.com/web:1'}]}\n",
);
const OPEN: ExampleFile = ExampleFile::at(
    "service.yaml",
    "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: apps}\nspec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 443}]}\n",
);
const INSIDE: ExampleFile = ExampleFile::at(
    "service.yaml",
    "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: apps}\nspec: {selector: {app: web}, ports: [{port: 443}]}\n",
);
const INGRESS: ExampleFile = ExampleFile::at(
    "ingress.yaml",
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: apps}\nspec:\n  rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 443}}}}]}}]\n",
);
