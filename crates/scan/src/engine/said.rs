//! What a check said, as findings.

use checks::{About, Check, Outcome, Problem, Severity};
use inventory::Inventory;

use super::fix;
use super::places::{self, Spot};
use crate::report::{Finding, ObjectRef, Status};

/// The worst severity that a check declares.
pub(super) fn worst(check: &Check) -> Severity {
    check.severities.iter().copied().max().unwrap_or(Severity::Info)
}

/// The findings of one check, each with what is left to look up of its place.
pub(super) fn findings(outcome: &Outcome, inventory: &Inventory) -> Vec<(Finding, Option<Spot>)> {
    let (check, tally) = (outcome.check, &outcome.tally);
    let failed = tally.problems.iter().map(|(about, problem)| {
        let spot = Spot::of(about, problem.path.as_ref());
        (failed(check, about, problem, inventory), spot)
    });
    let unknown = tally.gaps.iter().map(|gap| Finding {
        status: Status::Unknown,
        message: format!("It could not be told whether: {}.", lower(check.title)),
        reason: Some(gap.unknown.reason.clone()),
        fix: Some(gap.unknown.remedy.clone()),
        ..base(check, &gap.about, worst(check), "")
    });
    let settled = [(Status::NotApplicable, &tally.not_applicable), (Status::Exempt, &tally.exempt)];
    let settled = settled.into_iter().flat_map(|(status, said)| {
        said.iter().map(move |(about, why)| Finding {
            status,
            message: check.title.to_owned(),
            reason: Some(why.clone()),
            ..base(check, about, worst(check), "")
        })
    });
    failed.chain(unknown.chain(settled).map(|finding| (finding, None))).collect()
}

fn failed(check: &Check, about: &About, problem: &Problem, inventory: &Inventory) -> Finding {
    Finding {
        confidence: problem.confidence,
        status: Status::Fail,
        message: problem.message.clone(),
        path: problem.path.as_ref().filter(|path| !path.is_root()).map(ToString::to_string),
        subjects: problem.subjects.clone(),
        source: places::whole_file(inventory, about),
        evidence: problem.evidence.lines().map(str::to_owned).collect(),
        fix: Some(fix::text(check, about, &problem.remedy)),
        ..base(check, about, problem.severity, &problem.detail)
    }
}

/// What every finding of a check about something has.
fn base(check: &Check, about: &About, severity: Severity, detail: &str) -> Finding {
    let is_object = !about.kind.is_empty() && !about.api_version.is_empty();
    let object = is_object.then(|| ObjectRef {
        api_version: about.api_version.clone(),
        kind: about.kind.clone(),
        namespace: Some(about.namespace.clone()).filter(|name| !name.is_empty()),
        name: about.name.clone(),
    });
    // What is no object is told apart by the detail: a file, a process, a namespace.
    let what = if is_object { String::new() } else { about.describe() };
    let parts =
        [what.as_str(), detail].into_iter().filter(|part| !part.is_empty() && *part != "cluster");
    Finding {
        title: check.title.to_owned(),
        object,
        node: Some(about.node.clone()).filter(|node| !node.is_empty()),
        detail: parts.collect::<Vec<_>>().join(" "),
        ..Finding::new(check.id, check.practice, severity)
    }
}

/// With a small letter in front, unless the first word is a name.
fn lower(title: &str) -> String {
    let mut letters = title.chars();
    let Some(first) = letters.next() else { return String::new() };
    let rest = letters.as_str();
    let is_name = rest.chars().next().is_none_or(|second| !second.is_lowercase() && second != ' ');
    if is_name { title.to_owned() } else { format!("{}{rest}", first.to_lowercase()) }
}
