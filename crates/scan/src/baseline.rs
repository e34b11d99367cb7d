//! What changed since an older report: what is new, what was known, and what is gone.

use std::collections::BTreeMap;

use checks::Severity;
use serde::{Deserialize, Serialize};

use crate::formats::json::{self, UnreadableReport};
use crate::report::{CheckOutcome, Finding, Novelty, Report, Status};

/// What changed since an older report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Comparison {
    /// How many open findings were not open there, or were less severe.
    pub new: u64,
    /// How many open findings were open there too.
    pub known: u64,
    /// What was open there and is no longer there at all.
    pub gone: Vec<Past>,
    /// What was open there and could not be looked at now: its check did not run, or something is
    /// unknown to it.
    pub unseen: Vec<Past>,
}

/// A finding of the older report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Past {
    /// Its id.
    pub id: String,
    /// Its check.
    pub check: String,
    /// What it said.
    pub message: String,
    /// What it was about, in a line.
    pub about: String,
}

/// The open findings of an older report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline(BTreeMap<String, (Severity, Past)>);

impl Baseline {
    /// The baseline that a JSON report is.
    pub fn read(text: &str) -> Result<Self, UnreadableReport> {
        let mut open: BTreeMap<String, (Severity, Past)> = BTreeMap::new();
        for finding in json::read(text)?.open() {
            let worst = open.get(&finding.id).map_or(finding.severity, |(severity, _)| *severity);
            let entry = (finding.severity.max(worst), Past::of(finding));
            open.insert(finding.id.clone(), entry);
        }
        Ok(Self(open))
    }

    /// The report with each open finding marked as new or known, and with what is gone.
    #[must_use]
    pub fn compare(&self, mut report: Report) -> Report {
        for finding in &mut report.findings {
            finding.novelty = self.novelty(finding);
        }
        let count = |novelty| {
            let of_it = report.findings.iter().filter(|one| one.novelty == Some(novelty));
            u64::try_from(of_it.count()).unwrap_or(u64::MAX)
        };
        let (new, known) = (count(Novelty::New), count(Novelty::Known));
        let (unseen, gone) =
            self.missing(&report).cloned().partition(|past| is_unseen(past, &report.checks));
        report.baseline = Some(Comparison { new, known, gone, unseen });
        report
    }

    fn novelty(&self, finding: &Finding) -> Option<Novelty> {
        if finding.status != Status::Fail {
            return None;
        }
        let then = self.0.get(&finding.id).map(|(severity, _)| *severity);
        let is_known = then.is_some_and(|then| then >= finding.severity);
        Some(if is_known { Novelty::Known } else { Novelty::New })
    }

    fn missing(&self, report: &Report) -> impl Iterator<Item = &Past> {
        let now: std::collections::BTreeSet<&str> =
            report.findings.iter().map(|finding| finding.id.as_str()).collect();
        let missing: Vec<&Past> =
            self.0.values().map(|(_, past)| past).filter(|one| !now.contains(&*one.id)).collect();
        missing.into_iter()
    }
}

impl Past {
    fn of(finding: &Finding) -> Self {
        Self {
            id: finding.id.clone(),
            check: finding.check.clone(),
            message: finding.message.clone(),
            about: finding.about(),
        }
    }
}

/// Whether nothing can be said of it: gone is only what a check looked for everywhere.
fn is_unseen(past: &Past, checks: &[CheckOutcome]) -> bool {
    let is_of_input = past.check.starts_with(checks::Practice::Input.prefix());
    let outcome = checks.iter().find(|outcome| outcome.check == past.check);
    !is_of_input && outcome.is_none_or(|outcome| outcome.unknown > 0)
}

#[cfg(test)]
mod tests {
    use checks::Practice;

    use super::*;
    use crate::report::Coverage;
    use crate::testkit;

    fn report(findings: &[(&str, Severity, Status)], unknown: u64) -> Report {
        let findings = findings.iter().map(|(detail, severity, status)| Finding {
            detail: (*detail).to_owned(),
            status: *status,
            ..Finding::new("RB-001", Practice::Rbac, *severity)
        });
        let outcome = testkit::outcome("RB-001", Severity::High, [1, 1, unknown, 0]);
        Report::new(findings.collect(), vec![outcome], Coverage::default())
    }

    #[test]
    fn marks_what_is_new_and_what_was_known() {
        let check = |then: &[(&str, Severity, Status)], expected: Option<Novelty>| {
            let old = json::write(&report(then, 0));
            let now = report(&[("a", Severity::High, Status::Fail)], 0);
            let now = Baseline::read(&old).unwrap().compare(now);
            assert_eq!(now.findings[0].novelty, expected, "{then:?}");
        };
        check(&[], Some(Novelty::New));
        check(&[("b", Severity::High, Status::Fail)], Some(Novelty::New));
        check(&[("a", Severity::High, Status::Fail)], Some(Novelty::Known));
        check(&[("a", Severity::Critical, Status::Fail)], Some(Novelty::Known));
        check(&[("a", Severity::Medium, Status::Fail)], Some(Novelty::New));
        // A waiver that ran out must not leave the finding hidden behind the baseline.
        check(&[("a", Severity::High, Status::Waived)], Some(Novelty::New));
        check(&[("a", Severity::High, Status::Unknown)], Some(Novelty::New));
    }

    #[test]
    fn what_could_not_be_looked_at_is_not_gone() {
        let old = json::write(&report(&[("a", Severity::High, Status::Fail)], 0));
        let baseline = Baseline::read(&old).unwrap();
        let check = |now: Report, gone: usize, unseen: usize| {
            let found = baseline.compare(now).baseline.unwrap();
            assert_eq!((found.gone.len(), found.unseen.len()), (gone, unseen), "{found:?}");
        };
        check(report(&[], 0), 1, 0);
        check(report(&[], 1), 0, 1);
        check(Report::new(Vec::new(), Vec::new(), Coverage::default()), 0, 1);
        check(report(&[("a", Severity::High, Status::Unknown)], 0), 0, 0);
        check(report(&[("a", Severity::High, Status::Fail)], 0), 0, 0);
    }

    #[test]
    fn findings_that_do_not_fail_are_neither_new_nor_known() {
        let old = json::write(&report(&[], 0));
        let now = report(&[("a", Severity::High, Status::Waived)], 0);
        let now = Baseline::read(&old).unwrap().compare(now);
        assert_eq!(now.findings[0].novelty, None);
        let found = now.baseline.unwrap();
        assert_eq!((found.new, found.known), (0, 0));
    }
}
