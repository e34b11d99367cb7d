//! PS-029: containers that may take all that their node has.

use inventory::{Container, ContainerKind, Kind, Workload};
use tree::Tree;

use super::accepted::verdict;
use crate::Expected::{Fail, Pass, Unknown};
use crate::Severity::Low;
use crate::{
    Check, Confidence, Example, ExampleFile, Fix, Judge, Judged, Practice, Problem, Reference,
    Seen, Span, Verdict,
};

pub(super) const PS_029: Check = Check {
    id: "PS-029",
    name: "no-resource-limits",
    title: "A container has no limits of memory or CPU",
    practice: Practice::PodSecurity,
    severities: &[Low],
    versions: Span::ALL,
    why: "One pod that is flooded, leaks or mines takes the memory and time of all others on its node.",
    fails: "resources.limits of a container lacks memory or cpu, and neither the pod's own limits (from 1.34 on) nor a LimitRange of the namespace gives them. Ephemeral containers pass: they cannot have any.",
    fix: Fix::Steps(
        "Measure what it takes at its busiest (kubectl top pod NAME --containers), and set resources.limits.memory a quarter above that and resources.limits.cpu above the peak; or give the namespace a LimitRange with defaults.",
    ),
    references: &[
        Reference::Mitre("T1496"),
        Reference::Nsa("Pod security"),
        Reference::Owasp("K01"),
        Reference::Kubernetes("concepts/configuration/manage-resources-containers/"),
    ],
    judge: Judge::Workloads(&judge),
    examples: &[
        pod!("one of the two", Fail(Low), "  containers: [{name: web, image: example.com/web:1, resources: {limits: {memory: 64Mi}}}]\n"),
        pod!("requests are no limits", Fail(Low), "  containers: [{name: web, image: example.com/web:1, resources: {requests: {memory: 64Mi, cpu: 1}}}]\n"),
        pod!("both", Pass, "  containers: [{name: web, image: example.com/web:1, resources: {limits: {memory: 64Mi, cpu: 1}}}]\n"),
        pod!("of the whole pod", Pass, "  resources: {limits: {memory: 64Mi, cpu: 1}}\n  containers: [{name: web, image: example.com/web:1}]\n").on(34),
        pod!("of the whole pod, before that counted", Fail(Low), "  resources: {limits: {memory: 64Mi, cpu: 1}}\n  containers: [{name: web, image: example.com/web:1}]\n").on(31),
        pod!("of the whole pod, on some version", Unknown, "  resources: {limits: {memory: 64Mi, cpu: 1}}\n  containers: [{name: web, image: example.com/web:1}]\n"),
        Example::of("the namespace has defaults", Pass, &[
            ExampleFile::manifest("apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: apps}\nspec:\n  containers: [{name: web, image: example.com/web:1}]\n"),
            ExampleFile::at("limits.yaml", "apiVersion: v1\nkind: LimitRange\nmetadata: {name: limits, namespace: apps}\nspec:\n  limits:\n  - type: Container\n    default: {memory: 64Mi}\n    max: {cpu: 2}\n"),
        ]),
    ],
};

fn judge(seen: &Seen<'_>, workload: &Workload<'_>) -> Judged {
    if !workload.container_trees().any(|container| lacks(container).is_some()) {
        return Ok(Verdict::Pass);
    }
    let containers =
        workload.containers().filter(|container| container.kind != ContainerKind::Ephemeral);
    let mut lacking =
        containers.filter_map(|container| Some((lacks(container.tree)?, container))).peekable();
    if lacking.peek().is_none() {
        return Ok(Verdict::Pass);
    }
    let others = RESOURCES.map(|name| is_given(seen, workload, name));
    let is_known = seen.all_in(Kind::LIMIT_RANGE, workload.namespace()).is_ok();
    let problems = lacking.filter_map(|(lacks, container)| {
        let missing = RESOURCES.into_iter().zip(lacks).zip(others);
        let names =
            missing.filter(|((_, lacks), given)| *lacks && !given).map(|((name, _), _)| name);
        problem(&container, &names.collect::<Vec<_>>(), is_known)
    });
    Ok(verdict(workload, problems.collect()))
}

/// Which of the limits a container lacks, if any.
fn lacks(container: &Tree) -> Option<[bool; 2]> {
    let limits = container.at(&["resources", "limits"]);
    let lacks = RESOURCES.map(|name| limits.get(name).is_null());
    lacks.contains(&true).then_some(lacks)
}

/// Whether the pod as a whole, or its namespace, gives a limit.
fn is_given(seen: &Seen<'_>, workload: &Workload<'_>, name: &str) -> bool {
    let by_pod = !workload.spec().at(&["resources", "limits", name]).is_null();
    if by_pod && seen.minor().number() >= 34 {
        return true;
    }
    let ranges = seen.of_in(Kind::LIMIT_RANGE, workload.namespace()).iter();
    let limits = ranges.flat_map(|range| range.tree().at(&["spec", "limits"]).items());
    // A maximum without a default is the default.
    limits
        .filter(|limit| limit.get("type").str() == "Container")
        .any(|limit| ["default", "max"].into_iter().any(|key| !limit.at(&[key, name]).is_null()))
}

fn problem(container: &Container<'_>, missing: &[&str], is_known: bool) -> Option<Problem> {
    if missing.is_empty() {
        return None;
    }
    let what = missing.join(" and ");
    let confidence = if is_known { Confidence::High } else { Confidence::Medium };
    Some(
        Problem::new(Low, format!("Container {} has no limit of {what}.", container.name()))
            .confidence(confidence)
            .detail(container.name())
            .evidence(format!("resources.limits: {}", container.tree.at(&["resources", "limits"])))
            .at(container.path.clone()),
    )
}

const RESOURCES: [&str; 2] = ["memory", "cpu"];
