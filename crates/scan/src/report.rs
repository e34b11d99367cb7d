//! What a scan found, as scripts read it: the order of the fields is the order of the JSON report.
//! A field may be added under the same schema version; none is renamed, retyped or taken away.

mod coverage;
mod finding;
mod identity;
mod practice;
mod words;

pub use coverage::{Coverage, Files, KindCoverage, Reach, SourceRead, Unreadable};
pub use finding::{Acceptance, Finding, Novelty, ObjectRef, SourceRef, Status};
pub use identity::{Identity, finding_id};
pub use practice::{
    BySeverity, ByStatus, CheckCounts, CheckOutcome, FindingCounts, PracticeSummary,
};

use checks::Severity;
use serde::{Deserialize, Serialize};

use crate::baseline::Comparison;
use crate::score::{self, Score};

/// The version of the JSON report that this crate writes and reads.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything a scan has to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The version of this format: 1.
    pub schema_version: u32,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
    /// One for each practice, and practice 0 for what is about the input itself.
    pub practices: Vec<PracticeSummary>,
    /// The mean of the practices that have a score; null if none has.
    pub score: Option<Score>,
    /// What each check came to, by id. Checks about the input itself are not among them.
    pub checks: Vec<CheckOutcome>,
    /// How far the scan could see.
    pub coverage: Coverage,
    /// What changed since an older report; null if there is nothing to compare with.
    pub baseline: Option<Comparison>,
}

impl Report {
    /// The report of some findings: identified, ordered and scored. In which order things were found
    /// does not show.
    pub fn new(findings: Vec<Finding>, checks: Vec<CheckOutcome>, coverage: Coverage) -> Self {
        let findings = findings.into_iter().map(Finding::identified).collect();
        let report = Self {
            schema_version: SCHEMA_VERSION,
            findings,
            practices: Vec::new(),
            score: None,
            checks: practice::merged(checks),
            coverage: coverage.ordered(),
            baseline: None,
        };
        report.summarised()
    }

    /// The report after its findings changed: ordered, counted and scored again.
    #[must_use]
    pub fn summarised(mut self) -> Self {
        self.findings.sort_unstable_by(|one, other| one.rank().cmp(&other.rank()));
        self.practices = practice::summaries(&self.checks, &self.findings);
        self.score = score::total(&self.practices, &self.checks, &self.findings);
        self
    }

    /// The findings that are open: they failed, and nobody accepted that.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.status == Status::Fail)
    }

    /// How many findings are open at each severity.
    pub fn open_by_severity(&self) -> BySeverity {
        self.open().fold(BySeverity::default(), |sum, finding| sum.and(finding.severity))
    }

    /// Whether a finding at `severity` or above is open.
    pub fn has_open(&self, severity: Severity) -> bool {
        self.open().any(|finding| finding.severity >= severity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit;

    #[test]
    fn order_does_not_depend_on_the_order_of_finding() {
        let report = testkit::sample();
        let mut backwards = report.findings.clone();
        backwards.reverse();
        let mut checks = report.checks.clone();
        checks.reverse();
        let mut coverage = report.coverage.clone();
        coverage.kinds.reverse();
        coverage.files.unreadable.reverse();
        assert_eq!(Report::new(backwards, checks, coverage), report);
    }

    #[test]
    fn the_worst_comes_first_and_what_fails_before_what_is_unknown() {
        let order: Vec<(Severity, Status)> =
            testkit::sample().findings.iter().map(|one| (one.severity, one.status)).collect();
        let mut expected = order.clone();
        expected.sort_by_key(|(severity, status)| (std::cmp::Reverse(*severity), *status));
        assert_eq!(order, expected);
        assert_eq!(order[0], (Severity::Critical, Status::Fail));
    }

    #[test]
    fn outcomes_of_one_check_are_added_up() {
        let one = testkit::outcome("RB-001", Severity::Low, [1, 0, 2, 0]);
        let other = testkit::outcome("RB-001", Severity::High, [1, 3, 0, 4]);
        let report = Report::new(Vec::new(), vec![one, other], Coverage::default());
        assert_eq!(report.checks, [testkit::outcome("RB-001", Severity::High, [2, 3, 2, 4])]);
    }
}
