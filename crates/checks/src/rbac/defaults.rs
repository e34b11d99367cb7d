//! RB-054 and RB-055: roles and bindings that Kubernetes makes, added to or changed.

use inventory::{Kind, Object};
use paths::bootstrap::{self, Likeness};
use serde_json::{Value, json};
use tree::Path;

use super::likeness::likeness;
use super::need::Need;
use super::samples::example;
use super::{RIGHT, need, words};
use crate::example::Expected;
use crate::grants::KINDS;
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};
use edit::Edit;

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-054",
        name: "aggregated-risk",
        title: "Rights that are risky are added to the built-in roles",
        why: "Whoever holds view, edit or admin anywhere holds the rules of every role with the label: one label gives all readers of the cluster its secrets.",
        fails: "A ClusterRole that Kubernetes does not make has the label aggregate-to-view, -edit or -admin and allows secrets, pods/exec, serviceaccounts/token, escalate, bind or impersonate. The built-in parts of these roles pass.",
        fix: Fix::Automatic(
            "Takes the label off. Whoever needs these rights is bound to the role itself.",
        ),
        references: &[
            Reference::Kubernetes("reference/access-authn-authz/rbac/#aggregated-clusterroles"),
            Reference::Owasp("K02"),
        ],
        judge: Judge::Objects(&[Kind::CLUSTER_ROLE], &aggregated),
        examples: &[
            example!(
                "secrets for those who may view",
                Expected::Fail(Severity::High),
                SECRETS_TO_VIEW
            ),
            example!("custom resources for those who may view", Expected::Pass, CRONTABS_TO_VIEW),
            example!("the label says no", Expected::Pass, NOT_AGGREGATED),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-055",
        name: "changed-defaults",
        title: "A default role or binding is not as Kubernetes makes it",
        severities: &[Severity::Medium],
        why: "Rules or subjects added to a default hide where nobody looks; with autoupdate off it misses what upgrades correct.",
        fails: "A role or binding has the name of one that Kubernetes or kubeadm makes and means something else than in every version from 1.20 on, or has the annotation rbac.authorization.kubernetes.io/autoupdate \"false\". Defaults of an older version pass: upgrades leave them.",
        fix: Fix::Sometimes(
            "Removes the annotation. What else differs is shown with the object as Kubernetes makes it and the command that puts it back.",
        ),
        references: &[Reference::Kubernetes(
            "reference/access-authn-authz/rbac/#auto-reconciliation",
        )],
        judge: Judge::Objects(&KINDS, &changed),
        examples: &[
            example!(
                "a rule added to system:basic-user",
                Expected::Fail(Severity::Medium),
                CHANGED
            ),
            example!("no updates", Expected::Fail(Severity::Medium), NO_UPDATES),
            example!("a role of one's own", Expected::Pass, CRONTABS_TO_VIEW),
        ],
        ..RIGHT
    },
];

fn aggregated(_seen: &Seen<'_>, object: &Object) -> Judged {
    let into: Vec<&str> =
        TARGETS.iter().copied().filter(|label| object.label(label) == Some("true")).collect();
    if into.is_empty() || likeness(object) == Likeness::Same {
        return Ok(Verdict::Pass);
    }
    let Ok(policy) = authz::policy::from_objects(&[object.tree().to_json()]) else {
        return Ok(Verdict::Pass);
    };
    let rules = policy.cluster_roles.into_iter().next().map(|role| role.rules).unwrap_or_default();
    let found = need::found(&rules, RISKY, &paths::Scope::Cluster);
    if found.is_empty() {
        return Ok(Verdict::Pass);
    }
    let numbers: std::collections::BTreeSet<usize> = found.iter().map(|one| one.rule).collect();
    let lines: Vec<String> =
        numbers.into_iter().filter_map(|number| rules.get(number)).map(words::rule).collect();
    let problems = into.into_iter().map(|label| {
        let role = label.rsplit_once("aggregate-to-").map_or(label, |(_, role)| role);
        let what = words::content(&found);
        Problem::new(
            Severity::High,
            format!("Everybody who holds {role} may {what}, by ClusterRole {}.", object.name()),
        )
        .detail(format!("{role}: {what}"))
        .evidence(lines.join("\n"))
        .at(Path::of(&["metadata", "labels", label]))
        .mended_by(Remedy::Edit(vec![Edit::Remove {
            path: Path::of(&["metadata", "labels", label]),
        }]))
    });
    Ok(Verdict::of(problems.collect()))
}

fn changed(_seen: &Seen<'_>, object: &Object) -> Judged {
    let likeness = likeness(object);
    if likeness == Likeness::NotBootstrap {
        return Ok(Verdict::Pass);
    }
    let mut problems = Vec::new();
    if likeness == Likeness::Differs {
        let message =
            format!("{} is not as any version of Kubernetes makes it.", object.describe());
        problems.push(
            Problem::new(Severity::Medium, message)
                .detail("content")
                .mended_by(Remedy::Steps(restored(object))),
        );
    }
    if object.annotation(AUTOUPDATE) == Some("false") {
        let path = Path::of(&["metadata", "annotations", AUTOUPDATE]);
        let message = format!("{} is not kept up to date by upgrades.", object.describe());
        problems.push(
            Problem::new(Severity::Medium, message)
                .detail("autoupdate")
                .evidence(format!("{AUTOUPDATE}: \"false\""))
                .at(path.clone())
                .mended_by(Remedy::Edit(vec![Edit::Remove { path }])),
        );
    }
    Ok(Verdict::of(problems))
}

/// The command that puts a default back, with the object.
fn restored(object: &Object) -> String {
    let newest = bootstrap::Minor::all().last().map(bootstrap::policy).unwrap_or_default();
    let (name, namespace) = (object.name(), object.namespace());
    let rules = match object.kind() {
        Kind::CLUSTER_ROLE => {
            newest.cluster_roles.iter().find(|role| role.name == name).map(|role| &role.rules)
        }
        Kind::ROLE => {
            let is_it = |role: &&authz::Role| role.name == name && role.namespace == namespace;
            newest.roles.iter().find(is_it).map(|role| &role.rules)
        }
        _ => None,
    };
    let is_aggregated = !object.tree().get("aggregationRule").is_null();
    let again = "delete it and start kube-apiserver again, which makes it anew (kubeadm's own: kubeadm init phase)";
    let Some(rules) = rules.filter(|_| !is_aggregated) else {
        return format!("compare it: kubectl get {} -o yaml\n{again}", words::kubectl(object));
    };
    let rules: Vec<Value> = rules.iter().map(as_json).collect();
    let metadata = match namespace {
        "" => json!({ "name": name }),
        namespace => json!({ "name": name, "namespace": namespace }),
    };
    let whole = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": object.kind().kind,
        "metadata": metadata,
        "rules": rules,
    });
    format!(
        "kubectl auth reconcile --remove-extra-permissions --remove-extra-subjects -f - with:\n{}",
        edit::write_yaml(&whole)
    )
}

fn as_json(rule: &authz::PolicyRule) -> Value {
    let parts = [
        ("apiGroups", &rule.api_groups),
        ("resources", &rule.resources),
        ("resourceNames", &rule.resource_names),
        ("nonResourceURLs", &rule.non_resource_urls),
        ("verbs", &rule.verbs),
    ];
    let held = parts.into_iter().filter(|(_, held)| !held.is_empty());
    Value::Object(held.map(|(key, held)| (key.to_owned(), json!(held))).collect())
}

const AUTOUPDATE: &str = "rbac.authorization.kubernetes.io/autoupdate";
const TARGETS: [&str; 3] = [
    "rbac.authorization.k8s.io/aggregate-to-admin",
    "rbac.authorization.k8s.io/aggregate-to-edit",
    "rbac.authorization.k8s.io/aggregate-to-view",
];
const RISKY: &[Need] = &[
    Need::inside(&["get", "list", "watch", "create", "update", "patch"], "", &["secrets"]),
    Need::inside(&["create"], "", &["pods/exec", "pods/attach"]),
    Need::inside(&["create"], "", &["serviceaccounts/token"]),
    Need::inside(&["impersonate"], "", &["users", "groups", "serviceaccounts"]),
    Need::inside(&["escalate", "bind"], "rbac.authorization.k8s.io", &["roles", "clusterroles"]),
];

const SECRETS_TO_VIEW: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: secret-readers
  labels:
    team: web
    rbac.authorization.k8s.io/aggregate-to-view: \"true\"
rules:
- {apiGroups: [\"\"], resources: [secrets], verbs: [list]}
";
const CRONTABS_TO_VIEW: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: crontab-readers, labels: {rbac.authorization.k8s.io/aggregate-to-view: \"true\"}}
rules:
- {apiGroups: [stable.example.com], resources: [crontabs], verbs: [get, list, watch]}
";
const NOT_AGGREGATED: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: secret-readers, labels: {rbac.authorization.k8s.io/aggregate-to-view: \"false\"}}
rules:
- {apiGroups: [\"\"], resources: [secrets], verbs: [list]}
";
const CHANGED: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: \"system:basic-user\", labels: {kubernetes.io/bootstrapping: rbac-defaults}}
rules:
- {apiGroups: [authorization.k8s.io], resources: [selfsubjectaccessreviews, selfsubjectrulesreviews], verbs: [create]}
- {apiGroups: [\"\"], resources: [configmaps], verbs: [get]}
";
const NO_UPDATES: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: cluster-admin
  annotations: {rbac.authorization.kubernetes.io/autoupdate: \"false\"}
rules:
- {apiGroups: [\"*\"], resources: [\"*\"], verbs: [\"*\"]}
- {nonResourceURLs: [\"*\"], verbs: [\"*\"]}
";
