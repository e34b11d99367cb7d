//! RL-008: tenants that all share the seats of nobody in particular.

use std::collections::BTreeSet;

use inventory::{Kind, Unknown};
use model::Attributes;
use model::attributes::{Resource, Target};
use serde_json::json;

use super::priorities::{account, flows};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Fix, Judge, Practice, Problem, Reference, Remedy, Seen, Severity, Span, Tally, Verdict,
};

pub(super) const RL_008: Check = Check {
    id: "RL-008",
    name: "tenants-share-one-level",
    title: "All tenants wait in the level of nobody in particular",
    practice: Practice::RateLimits,
    severities: &[Severity::Medium],
    versions: Span::ALL,
    why: "Workloads of every namespace then compete with each other and with administrators for the few seats of global-default or catch-all.",
    fails: "What service accounts of every namespace with workloads, but those of the system, ask is classified into global-default or catch-all. The flow schema service-accounts, which every cluster has, leads to workload-low and passes as long as no other comes before it.",
    fix: Fix::Automatic(
        "Creates a flow schema that leads service accounts to workload-low before the one that takes them.",
    ),
    references: &[
        Reference::Kubernetes("concepts/cluster-administration/flow-control/"),
        Reference::Mitre("T1499"),
    ],
    judge: Judge::Whole(tenants),
    examples: &[
        Example::of(
            "a schema takes all accounts",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(TAKEN)],
        )
        .on(36),
        Example::of("one tenant has its own", Expected::Pass, &[ExampleFile::manifest(OWN)]).on(36),
        Example::of("as every cluster has it", Expected::Pass, &[ExampleFile::manifest(USUAL)])
            .on(36),
        Example::of(
            "only files of workloads were seen",
            Expected::Unknown,
            &[ExampleFile::manifest(USUAL)],
        )
        .on(36)
        .partial(),
        Example::of("no workloads", Expected::NotApplicable, &[]).on(36),
    ],
};

fn tenants(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let workloads = seen.inventory().workloads();
    let named: BTreeSet<(String, String)> = workloads
        .map(|one| (one.namespace().to_owned(), one.service_account().to_owned()))
        .filter(|(namespace, _)| !namespace.is_empty() && !namespace.starts_with("kube-"))
        .collect();
    let has_schemas = !seen.inventory().of(Kind::FLOW_SCHEMA).is_empty();
    if !has_schemas {
        seen.inventory().all(Kind::FLOW_SCHEMA)?;
    }
    if named.is_empty() {
        return Ok(Verdict::NotApplicable("no workloads of tenants were seen".to_owned()).into());
    }
    if !has_schemas {
        return Ok(Verdict::Pass.into());
    }
    let flows = flows(seen);
    let mut taken = BTreeSet::new();
    for (namespace, name) in &named {
        let user = account(namespace, name);
        let pods = Resource { version: "v1", resource: "pods", namespace, ..Resource::default() };
        let call = Attributes { user: &user, verb: "list", target: Target::Resource(pods) };
        let Some(schema) = flows.schema_of(&call) else { return Ok(Verdict::Pass.into()) };
        if !matches!(flows.level_of(&schema), Some("global-default" | "catch-all")) {
            return Ok(Verdict::Pass.into());
        }
        taken.insert(schema);
    }
    let precedence = flows
        .trees("FlowSchema")
        .filter(|tree| taken.contains(tree.at(&["metadata", "name"]).str()))
        .filter_map(|tree| tree.at(&["spec", "matchingPrecedence"]).int())
        .min()
        .map_or(8900, |lowest| lowest.saturating_sub(1).clamp(1000, 8900));
    let schemas = taken.into_iter().collect::<Vec<_>>().join(", ");
    let message =
        format!("All {} service accounts of workloads are classified by {schemas}.", named.len());
    Ok(Verdict::fail(
        Problem::new(Severity::Medium, message)
            .detail("tenants")
            .evidence(format!("flow schemas: {schemas}"))
            .mended_by(Remedy::Create(mending(precedence))),
    )
    .into())
}

fn mending(precedence: i64) -> serde_json::Value {
    json!({
        "apiVersion": "flowcontrol.apiserver.k8s.io/v1",
        "kind": "FlowSchema",
        "metadata": {"name": "tenant-service-accounts"},
        "spec": {
            "matchingPrecedence": precedence,
            "priorityLevelConfiguration": {"name": "workload-low"},
            "distinguisherMethod": {"type": "ByUser"},
            "rules": [{
                "subjects": [{"kind": "Group", "group": {"name": "system:serviceaccounts"}}],
                "resourceRules": [{
                    "verbs": ["*"], "apiGroups": ["*"], "resources": ["*"],
                    "namespaces": ["*"], "clusterScope": true
                }],
                "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}]
            }]
        }
    })
}

const TAKEN: &str = "\
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: {name: everybody}
spec:
  matchingPrecedence: 5000
  priorityLevelConfiguration: {name: global-default}
  rules:
  - subjects: [{kind: Group, group: {name: 'system:authenticated'}}]
    resourceRules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true}]
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: one}
spec: {containers: [{name: web, image: example.com/web:1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: two}
spec: {serviceAccountName: web, containers: [{name: web, image: example.com/web:1}]}
";

const OWN: &str = "\
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: {name: one}
spec:
  matchingPrecedence: 4000
  priorityLevelConfiguration: {name: workload-low}
  rules:
  - subjects: [{kind: ServiceAccount, serviceAccount: {namespace: one, name: '*'}}]
    resourceRules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true}]
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: one}
spec: {containers: [{name: web, image: example.com/web:1}]}
";

const USUAL: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: one}
spec: {containers: [{name: web, image: example.com/web:1}]}
";
