//! What each check and each practice came to, counted.

use std::collections::BTreeMap;

use checks::{Practice, Severity};
use serde::{Deserialize, Serialize};

use super::{Finding, Status, words};
use crate::score::{self, Score, Verdict};

/// What one check came to. The counts are of things looked at (objects, containers, flags, files)
/// and know nothing of waivers: what is waived has failed. A check that looked at a complete list
/// with nothing in it counts nothing, and has passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CheckOutcome {
    /// The check, such as RB-009.
    pub check: String,
    /// The practice, 1 to 15.
    #[serde(with = "words::practice")]
    #[cfg_attr(test, schemars(schema_with = "words::practice::schema"))]
    pub practice: Practice,
    /// The worst severity that the check declares, whatever it found.
    #[serde(with = "words::severity")]
    #[cfg_attr(test, schemars(schema_with = "words::severity::schema"))]
    pub severity: Severity,
    /// How many things passed, exempt ones among them.
    pub passed: u64,
    /// How many failed, waived ones among them.
    pub failed: u64,
    /// How many could not be decided.
    pub unknown: u64,
    /// How many have nothing like what the check looks at.
    pub not_applicable: u64,
}

/// Outcomes of one check added up, by id.
pub(super) fn merged(outcomes: Vec<CheckOutcome>) -> Vec<CheckOutcome> {
    let mut by_id: BTreeMap<String, CheckOutcome> = BTreeMap::new();
    for outcome in outcomes {
        match by_id.get_mut(&outcome.check) {
            Some(sum) => sum.add(&outcome),
            None => drop(by_id.insert(outcome.check.clone(), outcome)),
        }
    }
    by_id.into_values().collect()
}

impl CheckOutcome {
    fn add(&mut self, other: &Self) {
        self.severity = self.severity.max(other.severity);
        self.passed = self.passed.saturating_add(other.passed);
        self.failed = self.failed.saturating_add(other.failed);
        self.unknown = self.unknown.saturating_add(other.unknown);
        self.not_applicable = self.not_applicable.saturating_add(other.not_applicable);
    }
}

/// What one practice came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PracticeSummary {
    /// Its number: 1 to 15; 0 is the input itself, which has no score.
    #[serde(with = "words::practice")]
    #[cfg_attr(test, schemars(schema_with = "words::practice::schema"))]
    pub practice: Practice,
    /// What people call it.
    pub title: String,
    /// From "what is unknown fails" to "what is unknown passes"; null if no check applies.
    pub score: Option<Score>,
    /// Its checks, by what they came to.
    pub checks: CheckCounts,
    /// How many things passed its checks.
    pub passes: u64,
    /// Its findings.
    pub findings: FindingCounts,
}

/// How many checks came to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CheckCounts {
    /// Nothing failed, nothing is unknown.
    pub passed: u64,
    /// Something failed.
    pub failed: u64,
    /// Nothing failed, something is unknown.
    pub unknown: u64,
    /// There is nothing like it.
    pub not_applicable: u64,
}

/// How many findings there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FindingCounts {
    /// All, by status.
    pub by_status: ByStatus,
    /// The open ones (status fail), by severity.
    pub open_by_severity: BySeverity,
}

/// A number for each status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub struct ByStatus {
    /// Of those that fail.
    pub fail: u64,
    /// Of those that are unknown.
    pub unknown: u64,
    /// Of those that do not apply.
    pub not_applicable: u64,
    /// Of documented defaults.
    pub exempt: u64,
    /// Of accepted ones.
    pub waived: u64,
}

/// A number for each severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BySeverity {
    /// Of critical ones.
    pub critical: u64,
    /// Of high ones.
    pub high: u64,
    /// Of medium ones.
    pub medium: u64,
    /// Of low ones.
    pub low: u64,
    /// Of those worth knowing.
    pub info: u64,
}

impl BySeverity {
    /// One more of a severity.
    #[must_use]
    pub(crate) fn and(mut self, severity: Severity) -> Self {
        let place = match severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
            Severity::Info => &mut self.info,
        };
        *place = place.saturating_add(1);
        self
    }

    /// The number of a severity.
    pub fn of(&self, severity: Severity) -> u64 {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
            Severity::Info => self.info,
        }
    }

    /// The numbers that are not 0, the worst first: `2 critical, 1 low`.
    pub(crate) fn words(&self) -> String {
        let some = Severity::ALL.into_iter().filter(|severity| self.of(*severity) > 0);
        let words: Vec<String> =
            some.map(|severity| format!("{} {severity}", self.of(severity))).collect();
        words.join(", ")
    }
}

impl ByStatus {
    fn and(mut self, status: Status) -> Self {
        let place = match status {
            Status::Fail => &mut self.fail,
            Status::Unknown => &mut self.unknown,
            Status::NotApplicable => &mut self.not_applicable,
            Status::Exempt => &mut self.exempt,
            Status::Waived => &mut self.waived,
        };
        *place = place.saturating_add(1);
        self
    }
}

/// The input and the fifteen practices, by number.
pub(super) fn summaries(checks: &[CheckOutcome], findings: &[Finding]) -> Vec<PracticeSummary> {
    let all = [Practice::Input].into_iter().chain(Practice::ALL);
    all.map(|practice| summary(practice, checks, findings)).collect()
}

fn summary(practice: Practice, checks: &[CheckOutcome], findings: &[Finding]) -> PracticeSummary {
    let own = || checks.iter().filter(|outcome| outcome.practice == practice);
    PracticeSummary {
        practice,
        title: practice.title().to_owned(),
        score: score::of_practice(practice, checks, findings),
        checks: own().fold(CheckCounts::default(), CheckCounts::and),
        passes: own().fold(0, |sum, outcome| sum.saturating_add(outcome.passed)),
        findings: findings
            .iter()
            .filter(|finding| finding.practice == practice)
            .fold(FindingCounts::default(), FindingCounts::and),
    }
}

impl CheckCounts {
    fn and(mut self, outcome: &CheckOutcome) -> Self {
        let place = match outcome.verdict() {
            Verdict::Passed => &mut self.passed,
            Verdict::Failed => &mut self.failed,
            Verdict::Unknown => &mut self.unknown,
            Verdict::NotApplicable => &mut self.not_applicable,
        };
        *place = place.saturating_add(1);
        self
    }
}

impl FindingCounts {
    fn and(mut self, finding: &Finding) -> Self {
        self.by_status = self.by_status.and(finding.status);
        if finding.status == Status::Fail {
            self.open_by_severity = self.open_by_severity.and(finding.severity);
        }
        self
    }
}
