//! From what was seen to what is said of it: every chosen check is run, and what each says becomes
//! findings, counts and coverage.

mod coverage;
mod fix;
mod places;
mod said;

use std::collections::HashSet;
use std::hash::Hash;
use std::time::SystemTime;

use advisories::Table;
use checks::{Check, Practice, Seen};
use inventory::Inventory;

use crate::report::{CheckOutcome, Finding, Report, SourceRead};
use crate::rules::{RuleText, Rules};
use crate::selection::Selection;
use crate::waivers;

/// What a scan is told beside what was seen.
pub struct Settings<'a> {
    /// Which checks to run.
    pub selection: &'a Selection,
    /// The time.
    pub now: SystemTime,
    /// The text of a file, by the path it was read from, to point at lines.
    pub text: &'a dyn Fn(&str) -> Option<String>,
    /// Where the scan looked.
    pub sources: Vec<SourceRead>,
    /// The advisories to match versions against.
    pub advisories: &'a Table,
}

/// Runs the chosen checks over what was seen.
pub fn scan<'a>(inventory: &'a Inventory, settings: &Settings<'a>) -> Report {
    let seen = Seen::new(inventory, settings.now).with_advisories(settings.advisories);
    let (mut findings, mut spots, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
    for check in chosen(settings.selection) {
        let outcome = checks::run(check, &seen);
        if check.practice != Practice::Input {
            outcomes.push(counts(&outcome));
        }
        for (finding, spot) in once_each(said::findings(&outcome, inventory)) {
            spots.extend(spot.map(|spot| (spot, findings.len())));
            findings.push(finding);
        }
    }
    places::fill(&mut findings, spots, inventory, settings.text);
    let run = u64::try_from(outcomes.len()).unwrap_or(u64::MAX);
    let coverage = coverage::coverage(inventory, settings.sources.clone(), run);
    Report::new(findings, outcomes, coverage)
}

/// The chosen checks that are there: what is not looked at at all is no gap of this scan.
fn chosen(selection: &Selection) -> impl Iterator<Item = &'static Check> {
    checks::all().filter(|check| check.lacking().is_none()).filter(|check| selection.chooses(check))
}

/// What the catalogue says about each check.
pub fn rules() -> Rules {
    checks::all()
        .map(|check| RuleText {
            id: check.id.to_owned(),
            title: check.title.to_owned(),
            why: check.why.to_owned(),
            fix: check.fix.text().to_owned(),
            references: check.references.iter().map(ToString::to_string).collect(),
        })
        .chain(waivers::texts())
        .collect()
}

/// The findings of a check without those that repeat another: an object that was seen twice, in two
/// files or in a file and the cluster, is told once.
fn once_each<T>(said: Vec<(Finding, T)>) -> impl Iterator<Item = (Finding, T)> {
    let is_first: Vec<bool> = {
        let mut known = HashSet::with_capacity(said.len());
        said.iter().map(|(one, _)| known.insert(identity(one))).collect()
    };
    said.into_iter().zip(is_first).filter_map(|(one, is_first)| is_first.then_some(one))
}

/// What tells findings of a check apart.
fn identity(finding: &Finding) -> impl Eq + Hash + '_ {
    let object = finding.object.as_ref();
    let object = object.map(|one| (one.group(), &one.kind, &one.namespace, &one.name));
    (object, &finding.node, &finding.detail, finding.status, &finding.reason)
}

fn counts(outcome: &checks::Outcome) -> CheckOutcome {
    let tally = &outcome.tally;
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    CheckOutcome {
        check: outcome.check.id.to_owned(),
        practice: outcome.check.practice,
        severity: said::worst(outcome.check),
        passed: number(tally.passes.saturating_add(tally.exempt.len())),
        failed: number(tally.problems.len()),
        unknown: number(tally.gaps.len()),
        not_applicable: number(tally.not_applicable.len()),
    }
}

#[cfg(test)]
mod tests;
