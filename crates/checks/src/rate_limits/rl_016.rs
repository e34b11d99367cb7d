//! RL-016: flow schemas and priority levels in versions that the cluster does not serve any more.

use edit::Edit;
use inventory::{Kind, Object};
use tree::Path;

use super::priorities::is_in_file;
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Severity, Span, Verdict,
};

pub(super) const RL_016: Check = Check {
    id: "RL-016",
    name: "removed-flow-control-version",
    title: "A flow schema or priority level is written in a version that is gone",
    practice: Practice::RateLimits,
    severities: &[Severity::Medium],
    versions: Span::ALL,
    why: "Applying it fails, and with it whatever is applied together; its limits are then missing in a new cluster.",
    fails: "An object in a file is of flowcontrol.apiserver.k8s.io/v1alpha1 (gone with 1.21), v1beta1 (1.26), v1beta2 (1.29) or v1beta3 (1.32), and the cluster is of that version or later. Objects of a running cluster pass: it serves them in any version it has.",
    fix: Fix::Automatic("Writes the newest version that the cluster has, and nominalConcurrencyShares in place of assuredConcurrencyShares."),
    references: &[Reference::Kubernetes("reference/using-api/deprecation-guide/"), Reference::Nsa("Upgrading")],
    judge: Judge::Objects(&[Kind::FLOW_SCHEMA, Kind::PRIORITY_LEVEL], &judge),
    examples: &[
        Example::of("v1beta3 in 1.32", Expected::Fail(Severity::Medium), &[ExampleFile::manifest("apiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\nmetadata: {name: batch}\nspec: {matchingPrecedence: 900, priorityLevelConfiguration: {name: workload-low}}\n")]).on(32),
        Example::of("a level of v1beta2 in 1.29", Expected::Fail(Severity::Medium), &[ExampleFile::manifest("apiVersion: flowcontrol.apiserver.k8s.io/v1beta2\nkind: PriorityLevelConfiguration\nmetadata: {name: batch}\nspec:\n  type: Limited\n  limited:\n    assuredConcurrencyShares: 10 # few\n    limitResponse: {type: Reject}\n")]).on(29),
        Example::of("v1beta1 in 1.26, where v1beta3 is the newest", Expected::Fail(Severity::Medium), &[ExampleFile::manifest("apiVersion: flowcontrol.apiserver.k8s.io/v1beta1\nkind: FlowSchema\nmetadata: {name: batch}\nspec: {matchingPrecedence: 900, priorityLevelConfiguration: {name: workload-low}}\n")]).on(26),
        Example::of("v1beta3 in 1.31", Expected::Pass, &[ExampleFile::manifest("apiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\nmetadata: {name: batch}\nspec: {matchingPrecedence: 900, priorityLevelConfiguration: {name: workload-low}}\n")]).on(31),
        Example::of("v1beta3, and the version is not known", Expected::Unknown, &[ExampleFile::manifest("apiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\nmetadata: {name: batch}\nspec: {matchingPrecedence: 900, priorityLevelConfiguration: {name: workload-low}}\n")]),
    ],
};

fn judge(seen: &Seen<'_>, object: &Object) -> Judged {
    let gone = GONE.iter().find(|(version, _)| *version == object.version());
    let Some((version, gone)) = gone.filter(|_| is_in_file(object)) else {
        return Ok(Verdict::Pass);
    };
    let minor = seen.minor().number();
    if minor < *gone {
        return Ok(Verdict::Pass);
    }
    let newest = if minor >= 29 {
        "v1"
    } else if minor >= 26 {
        "v1beta3"
    } else {
        "v1beta1"
    };
    let path = Path::of(&["apiVersion"]);
    let mut edits = vec![Edit::set(path.clone(), format!("flowcontrol.apiserver.k8s.io/{newest}"))];
    let limited = Path::of(&["spec", "limited"]);
    let shares = object.tree().at(&["spec", "limited", "assuredConcurrencyShares"]).int();
    if let Some(shares) = shares.filter(|_| minor >= 26) {
        edits.push(Edit::set(limited.then("nominalConcurrencyShares"), shares));
        edits.push(Edit::Remove { path: limited.then("assuredConcurrencyShares") });
    }
    let message =
        format!("Kubernetes 1.{minor} does not serve {version}, which went with 1.{gone}.");
    Ok(Verdict::fail(
        Problem::new(Severity::Medium, message)
            .detail("apiVersion")
            .evidence(format!("apiVersion: {}", object.api_version()))
            .at(path)
            .mended_by(Remedy::Edit(edits)),
    ))
}

/// Versions, and the minor version of Kubernetes they went with.
const GONE: [(&str, u8); 4] = [("v1alpha1", 21), ("v1beta1", 26), ("v1beta2", 29), ("v1beta3", 32)];
