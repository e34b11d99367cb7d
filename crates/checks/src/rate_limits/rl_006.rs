//! RL-006: flow schemas and priority levels of every cluster that are missing or changed.

use flow::priority::Rule;
use inventory::{Kind, Object, Unknown};
use tree::{Path, Tree};

use super::priorities::{bootstrap, flow_schema, is_listing};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Fix, Judge, Practice, Problem, Reference, Remedy, Seen, Severity, Span, Tally,
    Verdict,
};

pub(super) const RL_006: Check = Check {
    id: "RL-006",
    name: "bootstrap-flow-drift",
    title: "A flow schema or priority level that every cluster has is missing or changed",
    practice: Practice::RateLimits,
    severities: &[Severity::Medium],
    versions: Span::from(24),
    why: "Nodes, leader election and the controllers of the system have shares of their own so that no workload can keep them out; without them it can.",
    fails: "One of them is missing although all were listed, or its spec is another than this version writes and the annotation apf.kubernetes.io/autoupdate-spec is false, so that the server does not put it right. Objects with the annotation true pass, and so do the order of subjects and fields left out at their default.",
    fix: Fix::Automatic("Writes the spec of this version; creates what is missing."),
    references: &[
        Reference::Kubernetes("concepts/cluster-administration/flow-control/"),
        Reference::Mitre("T1499"),
    ],
    judge: Judge::Whole(drift),
    examples: &[
        Example::of(
            "nodes moved to the level of workloads",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(MOVED)],
        )
        .on(36),
        Example::of(
            "a level without shares",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(DRAINED)],
        )
        .on(36),
        Example::of(
            "a listing that lacks most",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(LISTING)],
        )
        .on(36),
        Example::of("the server puts it right", Expected::Pass, &[ExampleFile::manifest(UPDATED)])
            .on(36),
        Example::of("objects of one's own", Expected::Pass, &[ExampleFile::manifest(OWN)]).on(36),
        Example::of("nothing was seen", Expected::Unknown, &[]).on(36).partial(),
    ],
};

fn drift(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let kinds = [Kind::FLOW_SCHEMA, Kind::PRIORITY_LEVEL];
    if kinds.iter().all(|kind| seen.inventory().of(*kind).is_empty()) {
        kinds.iter().try_for_each(|kind| seen.inventory().all(*kind).map(drop))?;
        return Ok(Verdict::Pass.into());
    }
    let mut tally = Tally::new();
    let kept = bootstrap(seen.minor());
    let all = is_listing(seen);
    for wanted in kept {
        let (kind, name) = (wanted.get("kind").str(), wanted.at(&["metadata", "name"]).str());
        let kind = if kind == "FlowSchema" { Kind::FLOW_SCHEMA } else { Kind::PRIORITY_LEVEL };
        match seen.inventory().find(kind, "", name) {
            Some(object) => tally.add(About::object(object), Ok(changed(object, wanted).into())),
            None if all => {
                let about = About::named(kind.kind, "", name);
                tally.add(about, Ok(Verdict::fail(missing(wanted))));
            }
            None => {}
        }
    }
    tally.passes = tally.passes.max(1);
    Ok(tally)
}

fn missing(wanted: &Tree) -> Problem {
    let (kind, name) = (wanted.get("kind").str(), wanted.at(&["metadata", "name"]).str());
    Problem::new(Severity::Medium, format!("There is no {kind} {name}."))
        .detail(format!("missing {kind} {name}"))
        .mended_by(Remedy::Create(wanted.to_json()))
}

fn changed(object: &Object, wanted: &Tree) -> Option<Problem> {
    let is_kept = object.annotation("apf.kubernetes.io/autoupdate-spec") != Some("false");
    if is_kept || same(object, wanted) {
        return None;
    }
    let spec = Path::of(&["spec"]);
    let message =
        format!("{} is not what this version writes, and is not put right.", object.describe());
    Some(
        Problem::new(Severity::Medium, message)
            .detail("spec")
            .evidence("apf.kubernetes.io/autoupdate-spec: \"false\"")
            .at(spec.clone())
            .mended_by(Remedy::set(spec, wanted.get("spec").to_json())),
    )
}

fn same(object: &Object, wanted: &Tree) -> bool {
    if object.kind() == Kind::PRIORITY_LEVEL {
        return level(object.tree()) == level(wanted);
    }
    let by = |tree: &Tree| tree.at(&["spec", "distinguisherMethod", "type"]).str().to_owned();
    let (mut one, mut other) = (flow_schema(object.tree()), flow_schema(wanted));
    one.rules.iter_mut().chain(&mut other.rules).for_each(in_order);
    (one.level, one.precedence, one.rules) == (other.level, other.precedence, other.rules)
        && by(object.tree()) == by(wanted)
}

fn in_order(rule: &mut Rule) {
    rule.subjects.sort_by_key(|subject| format!("{subject:?}"));
    for path in &mut rule.paths {
        path.urls.sort();
    }
    for resource in &mut rule.resources {
        resource.verbs.sort();
        resource.resources.sort();
    }
}

/// What a level comes to: type, shares, what it lends and borrows, what becomes of the rest.
fn level(tree: &Tree) -> (String, [Option<i64>; 6]) {
    let limited = tree.at(&["spec", "limited"]);
    let queuing = limited.at(&["limitResponse", "queuing"]);
    let shares = limited.get("nominalConcurrencyShares").int();
    let older = || limited.get("assuredConcurrencyShares").int();
    let numbers = [
        shares.or_else(older),
        Some(limited.get("lendablePercent").int().unwrap_or(0)),
        limited.get("borrowingLimitPercent").int(),
        queuing.get("queues").int(),
        queuing.get("handSize").int(),
        queuing.get("queueLengthLimit").int(),
    ];
    let kind = tree.at(&["spec", "type"]).str();
    if kind == "Exempt" { (kind.to_owned(), [None; 6]) } else { (kind.to_owned(), numbers) }
}

const MOVED: &str = "\
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata:
  name: system-nodes
  annotations: {apf.kubernetes.io/autoupdate-spec: \"false\"}
spec:
  priorityLevelConfiguration: {name: workload-low}
  matchingPrecedence: 500
  distinguisherMethod: {type: ByUser}
  rules:
  - subjects: [{kind: Group, group: {name: 'system:nodes'}}]
    resourceRules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true}]
    nonResourceRules: [{verbs: ['*'], nonResourceURLs: ['*']}]
";

const DRAINED: &str = "\
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
metadata:
  name: leader-election
  annotations: {apf.kubernetes.io/autoupdate-spec: \"false\"}
spec:
  type: Limited
  limited: {nominalConcurrencyShares: 0, limitResponse: {type: Reject}}
";

const LISTING: &str = "\
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: {name: exempt}
spec: {matchingPrecedence: 1, priorityLevelConfiguration: {name: exempt}}
---
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: {name: catch-all}
spec: {matchingPrecedence: 10000, priorityLevelConfiguration: {name: catch-all}}
---
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
metadata: {name: exempt}
spec: {type: Exempt}
";

const UPDATED: &str = "\
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
metadata:
  name: leader-election
  annotations: {apf.kubernetes.io/autoupdate-spec: \"true\"}
spec:
  type: Limited
  limited: {nominalConcurrencyShares: 0, limitResponse: {type: Reject}}
";

const OWN: &str = "\
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
metadata: {name: tenants}
spec:
  type: Limited
  limited: {nominalConcurrencyShares: 20, limitResponse: {type: Reject}}
";
