//! What Kubernetes and kubeadm make gives no finding, in any version; and much of it is quick.

#![expect(clippy::indexing_slicing, reason = "a test ends at the first surprise")]

use authz::{Policy, PolicyRule, RoleRef, Subject};
use checks::{Outcome, Seen};
use inventory::{Completeness, File, Inventory, Minor};
use paths::bootstrap;
use serde_json::{Value, json};

#[test]
fn what_kubernetes_makes_gives_no_finding() {
    let mut wrong = Vec::new();
    for minor in bootstrap::Minor::all() {
        let text = manifest(&bootstrap::policy(minor));
        for outcome in outcomes(&text, u8::try_from(minor.0).unwrap()) {
            let messages = outcome.tally.problems.iter().map(|(_, problem)| &problem.message);
            wrong
                .extend(messages.map(|message| format!("{minor} {}: {message}", outcome.check.id)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn one_binding_of_cluster_admin_is_one_finding_and_its_role_no_other() {
    let text = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: everything}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects:
- {kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}
- {kind: ServiceAccount, name: deployer, namespace: ci}
- {kind: Group, name: admins, apiGroup: rbac.authorization.k8s.io}
";
    let found: Vec<(&str, Vec<String>)> = outcomes(text, 36)
        .into_iter()
        .flat_map(|outcome| {
            let problems = outcome.tally.problems.into_iter();
            problems.map(move |(_, problem)| (outcome.check.id, problem.subjects))
        })
        .collect();
    let all = ["Group admins", "ServiceAccount ci/deployer", "User jane"];
    let missing = vec!["ServiceAccount ci/deployer".to_owned()];
    assert_eq!(found, [("RB-001", all.map(str::to_owned).to_vec()), ("RB-053", missing)]);
}

fn outcomes(text: &str, minor: u8) -> Vec<Outcome> {
    let mut builder = Inventory::builder();
    builder.add_file(File::new("policy.yaml"), text);
    builder.set_minor(Minor::of(minor));
    builder.set_completeness(Completeness::Everything);
    let inventory = builder.build();
    assert!(inventory.unreadable().is_empty());
    let seen = Seen::new(&inventory, checks::Example::now());
    let all = checks::all().filter(|check| check.id.starts_with("RB-"));
    all.map(|check| checks::run(check, &seen)).collect()
}

/// The objects of a policy, as a list.
fn manifest(policy: &Policy) -> String {
    let mut items: Vec<Value> = Vec::new();
    for role in &policy.cluster_roles {
        let mut object = object("ClusterRole", "", &role.name);
        object["metadata"]["labels"] = json!(role.labels);
        object["rules"] = rules(&role.rules);
        if let Some(selectors) = &role.aggregation {
            let selectors: Vec<Value> =
                selectors.iter().map(|one| json!({ "matchLabels": one.labels })).collect();
            object["aggregationRule"] = json!({ "clusterRoleSelectors": selectors });
        }
        items.push(object);
    }
    for role in &policy.roles {
        let mut object = object("Role", &role.namespace, &role.name);
        object["rules"] = rules(&role.rules);
        items.push(object);
    }
    for one in &policy.cluster_role_bindings {
        let object = object("ClusterRoleBinding", "", &one.name);
        items.push(bound(object, &one.role, &one.subjects));
    }
    for one in &policy.role_bindings {
        let object = object("RoleBinding", &one.namespace, &one.name);
        items.push(bound(object, &one.role, &one.subjects));
    }
    json!({ "apiVersion": "v1", "kind": "List", "items": items }).to_string()
}

fn object(kind: &str, namespace: &str, name: &str) -> Value {
    let mut metadata = json!({ "name": name });
    if !namespace.is_empty() {
        metadata["namespace"] = namespace.into();
    }
    json!({ "apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": metadata })
}

fn rules(rules: &[PolicyRule]) -> Value {
    let rule = |rule: &PolicyRule| {
        let parts = [
            ("apiGroups", &rule.api_groups),
            ("resources", &rule.resources),
            ("resourceNames", &rule.resource_names),
            ("nonResourceURLs", &rule.non_resource_urls),
            ("verbs", &rule.verbs),
        ];
        let held = parts.into_iter().filter(|(_, held)| !held.is_empty());
        held.map(|(key, held)| (key.to_owned(), json!(held))).collect::<serde_json::Map<_, _>>()
    };
    rules.iter().map(rule).map(Value::Object).collect()
}

fn bound(mut object: Value, role: &RoleRef, subjects: &[Subject]) -> Value {
    let group = "rbac.authorization.k8s.io";
    object["roleRef"] = json!({ "apiGroup": group, "kind": role.kind, "name": role.name });
    let subject = |one: &Subject| match one.kind.as_str() {
        "ServiceAccount" => {
            json!({ "kind": one.kind, "name": one.name, "namespace": one.namespace })
        }
        _ => json!({ "kind": one.kind, "name": one.name, "apiGroup": group }),
    };
    object["subjects"] = subjects.iter().map(subject).collect();
    object
}
