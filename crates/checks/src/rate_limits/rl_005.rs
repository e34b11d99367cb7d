//! RL-005: callers that no limit holds for.

use flow::priority::{FlowSchema, Rule, Subject};
use inventory::{Kind, Object};
use tree::Path;

use super::priorities::{Flows, call_of, flow_schema, flows, user_of};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Severity, Span, Verdict,
};

pub(super) const RL_005: Check = Check {
    id: "RL-005",
    name: "exempt-callers",
    title: "A flow schema exempts callers from every limit",
    practice: Practice::RateLimits,
    severities: &[Severity::High],
    versions: Span::ALL,
    why: "Their requests never wait and take no seat into account: one of them can bring the API server down for all.",
    fails: "A flow schema that leads to a priority level of type Exempt is about callers other than system:masters, system:nodes, users and groups of the control plane (system:kube-…, system:apiserver) and service accounts of kube-system. A schema about the paths of health checks alone passes, and so does one that others always come before.",
    fix: Fix::Sometimes(
        "Leads the schema to workload-high, which is limited and comes before what other workloads use. Where everybody is meant (system:authenticated and the like), take the schema away instead.",
    ),
    references: &[
        Reference::Kubernetes("concepts/cluster-administration/flow-control/"),
        Reference::Mitre("T1499"),
        Reference::Owasp("K02"),
    ],
    judge: Judge::Objects(&[Kind::FLOW_SCHEMA], &judge),
    examples: &[
        Example::of(
            "a service account",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(ACCOUNT)],
        )
        .on(36),
        Example::of(
            "a level of another name that is exempt too",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(OTHER_LEVEL)],
        )
        .on(36),
        Example::of(
            "probes, as every cluster has them",
            Expected::Pass,
            &[ExampleFile::manifest(PROBES)],
        )
        .on(36),
        Example::of("never tried", Expected::Pass, &[ExampleFile::manifest(NEVER)]).on(36),
        Example::of("a limited level", Expected::Pass, &[ExampleFile::manifest(LIMITED)]).on(36),
        Example::of("no flow schema was seen", Expected::Unknown, &[]).partial(),
    ],
};

fn judge(seen: &Seen<'_>, object: &Object) -> Judged {
    let schema = flow_schema(object.tree());
    let strangers: Vec<_> = schema
        .rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| !is_about_health(rule))
        .flat_map(|(index, rule)| rule.subjects.iter().map(move |one| (index, rule, one)))
        .filter(|(_, _, subject)| !is_of_the_system(subject))
        .collect();
    if strangers.is_empty() || schema.level != "exempt" && !is_other(seen, &schema.level) {
        return Ok(Verdict::Pass);
    }
    let flows = flows(seen);
    let reached =
        strangers.into_iter().filter(|(_, rule, who)| reaches(&flows, &schema, rule, who));
    Ok(Verdict::of(reached.map(|(index, _, subject)| problem(&schema, index, subject)).collect()))
}

/// Whether a level that is not named `exempt` is of that type.
fn is_other(seen: &Seen<'_>, level: &str) -> bool {
    let level = seen.inventory().find(Kind::PRIORITY_LEVEL, "", level);
    level.is_some_and(|level| level.tree().at(&["spec", "type"]).str() == "Exempt")
}

/// Whether what the rule is about comes to this schema, and to none before it.
fn reaches(flows: &Flows<'_>, schema: &FlowSchema, rule: &Rule, subject: &Subject) -> bool {
    let user = user_of(subject);
    let call = call_of(rule, &user);
    call.and_then(|call| flows.schema_of(&call)).is_none_or(|found| found == schema.name)
}

fn problem(schema: &FlowSchema, rule: usize, subject: &Subject) -> Problem {
    let who = describe(subject);
    let level = Path::of(&["spec", "priorityLevelConfiguration", "name"]);
    let problem = Problem::new(Severity::High, format!("No limit holds for requests of {who}."))
        .detail(who.clone())
        .evidence(format!("priorityLevelConfiguration.name: {}", schema.level))
        .at(Path::of(&["spec", "rules"]).then(rule))
        .subjects(vec![who]);
    if is_everybody(subject) {
        return problem.mended_by(Remedy::Explained);
    }
    problem.mended_by(Remedy::set(level, "workload-high"))
}

pub(super) fn describe(subject: &Subject) -> String {
    match subject {
        Subject::User(name) => format!("User {name}"),
        Subject::Group(name) => format!("Group {name}"),
        Subject::ServiceAccount { namespace, name } => format!("ServiceAccount {namespace}/{name}"),
    }
}

fn is_everybody(subject: &Subject) -> bool {
    match subject {
        Subject::User(name) => name == "*",
        Subject::Group(name) => EVERYBODY.contains(&name.as_str()),
        Subject::ServiceAccount { .. } => false,
    }
}

fn is_of_the_system(subject: &Subject) -> bool {
    match subject {
        Subject::User(name) | Subject::Group(name) => {
            matches!(name.as_str(), "system:masters" | "system:nodes" | "system:apiserver")
                || name.starts_with("system:kube-")
                || name.starts_with("system:node:")
                || name == "system:serviceaccounts:kube-system"
                || name.starts_with("system:serviceaccount:kube-system:")
        }
        Subject::ServiceAccount { namespace, .. } => namespace == "kube-system",
    }
}

fn is_about_health(rule: &Rule) -> bool {
    rule.resources.is_empty()
        && rule.paths.iter().all(|path| {
            path.urls.iter().all(|url| HEALTH.contains(&url.trim_end_matches("/*")))
                && path.verbs.iter().all(|verb| verb == "get")
        })
}

const HEALTH: [&str; 3] = ["/healthz", "/readyz", "/livez"];

const EVERYBODY: [&str; 4] =
    ["*", "system:authenticated", "system:unauthenticated", "system:serviceaccounts"];

const ACCOUNT: &str = "\
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: {name: batch}
spec:
  matchingPrecedence: 50
  priorityLevelConfiguration:
    name: exempt # was slow otherwise
  rules:
  - subjects: [{kind: ServiceAccount, serviceAccount: {namespace: apps, name: batch}}]
    resourceRules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true}]
";

const OTHER_LEVEL: &str = "\
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
metadata: {name: vip}
spec: {type: Exempt}
---
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: {name: vip}
spec:
  matchingPrecedence: 50
  priorityLevelConfiguration: {name: vip}
  rules:
  - subjects: [{kind: Group, group: {name: 'system:authenticated'}}]
    nonResourceRules: [{verbs: ['*'], nonResourceURLs: ['*']}]
";

const PROBES: &str = "\
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: {name: probes}
spec:
  matchingPrecedence: 2
  priorityLevelConfiguration: {name: exempt}
  rules:
  - subjects: [{kind: Group, group: {name: 'system:unauthenticated'}}, {kind: Group, group: {name: 'system:authenticated'}}]
    nonResourceRules: [{verbs: [get], nonResourceURLs: [/healthz, /readyz, /livez]}]
";

const NEVER: &str = "\
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: {name: batch}
spec:
  matchingPrecedence: 9500
  priorityLevelConfiguration: {name: exempt}
  rules:
  - subjects: [{kind: ServiceAccount, serviceAccount: {namespace: apps, name: batch}}]
    resourceRules: [{verbs: [list], apiGroups: [''], resources: [pods], namespaces: [apps]}]
";

const LIMITED: &str = "\
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: {name: batch}
spec:
  matchingPrecedence: 50
  priorityLevelConfiguration: {name: workload-low}
  rules:
  - subjects: [{kind: ServiceAccount, serviceAccount: {namespace: apps, name: batch}}]
    resourceRules: [{verbs: [list], apiGroups: [''], resources: [pods], namespaces: [apps]}]
";
