//! The score: an interval for each practice, and one for the whole.
//!
//! Each check weighs by the worst severity it *declares*: critical 27, high 9, medium 3, low 1,
//! info 0. It counts once, however many objects it looked at:
//!
//! - *failed* if anything failed (a waived finding has failed);
//! - else *unknown* if anything is unknown;
//! - else *not applicable* if nothing passed and something has nothing like it;
//! - else *passed*.
//!
//! With P, F and U the weights of the checks of a practice that passed, failed and are unknown:
//!
//! ```text
//! low  = ⌊100 · P / (P + F + U)⌋          what is unknown fails
//! high = ⌊100 · (P + U) / (P + F + U)⌋    what is unknown passes
//! ```
//!
//! A practice with P + F + U = 0 has no score. While a critical finding of it is open or waived,
//! both ends are at most 49; while something is unknown to a check that declares critical, the
//! lower end is. The total is the mean of the practices that have a score, rounded down, under the
//! same caps for criticals of any practice.
//!
//! What follows: more objects with the same failing check change nothing; mending never lowers it;
//! what becomes unknown only widens it; a waiver never raises it.

use checks::{Practice, Severity};
use serde::{Deserialize, Serialize};

use crate::report::{CheckOutcome, Finding, PracticeSummary, Status};

/// A score of 0 to 100, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Score {
    /// If everything unknown fails.
    pub low: u8,
    /// If everything unknown passes.
    pub high: u8,
}

/// As people say it: `34–61`, or `61` if both ends are the same.
impl std::fmt::Display for Score {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = if self.low == self.high {
            self.low.to_string()
        } else {
            format!("{}–{}", self.low, self.high)
        };
        out.pad(&text)
    }
}

/// What a check came to as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Something failed.
    Failed,
    /// Nothing failed, something is unknown.
    Unknown,
    /// There is nothing like what it looks at.
    NotApplicable,
    /// Nothing failed, nothing is unknown.
    Passed,
}

impl CheckOutcome {
    /// What it came to as a whole.
    pub fn verdict(&self) -> Verdict {
        if self.failed > 0 {
            Verdict::Failed
        } else if self.unknown > 0 {
            Verdict::Unknown
        } else if self.passed == 0 && self.not_applicable > 0 {
            Verdict::NotApplicable
        } else {
            Verdict::Passed
        }
    }
}

/// The score of a practice; none if no check of it has a weight.
pub(crate) fn of_practice(
    practice: Practice,
    checks: &[CheckOutcome],
    findings: &[Finding],
) -> Option<Score> {
    if practice == Practice::Input {
        // Files that cannot be read say nothing of how safe the cluster is.
        return None;
    }
    let own = || checks.iter().filter(|outcome| outcome.practice == practice);
    let weights = own().fold(Weights::default(), Weights::and);
    let caps = Caps::of(own(), findings.iter().filter(|finding| finding.practice == practice));
    Some(caps.on(weights.score()?))
}

/// The mean of the practices that have a score.
pub(crate) fn total(
    practices: &[PracticeSummary],
    checks: &[CheckOutcome],
    findings: &[Finding],
) -> Option<Score> {
    let scores: Vec<Score> = practices.iter().filter_map(|practice| practice.score).collect();
    let mean = |end: fn(&Score) -> u8| {
        let sum: usize = scores.iter().map(|score| usize::from(end(score))).sum();
        u8::try_from(sum.checked_div(scores.len())?).ok()
    };
    let mean = Score { low: mean(|score| score.low)?, high: mean(|score| score.high)? };
    Some(Caps::of(checks.iter(), findings.iter()).on(mean))
}

#[derive(Default)]
struct Weights {
    passed: u64,
    failed: u64,
    unknown: u64,
}

impl Weights {
    fn and(mut self, outcome: &CheckOutcome) -> Self {
        let place = match outcome.verdict() {
            Verdict::Passed => &mut self.passed,
            Verdict::Failed => &mut self.failed,
            Verdict::Unknown => &mut self.unknown,
            Verdict::NotApplicable => return self,
        };
        *place = place.saturating_add(weight(outcome.severity));
        self
    }

    fn score(&self) -> Option<Score> {
        let best = self.passed.saturating_add(self.unknown);
        let all = best.saturating_add(self.failed);
        let share = |part: u64| u8::try_from(part.saturating_mul(100).checked_div(all)?).ok();
        Some(Score { low: share(self.passed)?, high: share(best)? })
    }
}

/// What a check of a severity weighs.
pub(crate) fn weight(severity: Severity) -> u64 {
    match severity {
        Severity::Critical => 27,
        Severity::High => 9,
        Severity::Medium => 3,
        Severity::Low => 1,
        Severity::Info => 0,
    }
}

struct Caps {
    low: u8,
    high: u8,
}

impl Caps {
    fn of<'a>(
        mut checks: impl Iterator<Item = &'a CheckOutcome>,
        findings: impl Iterator<Item = &'a Finding>,
    ) -> Self {
        let is_critical = has_critical(findings);
        let may_be_critical =
            checks.any(|outcome| outcome.severity == Severity::Critical && outcome.unknown > 0);
        Self {
            low: if is_critical || may_be_critical { CRITICAL_CAP } else { 100 },
            high: if is_critical { CRITICAL_CAP } else { 100 },
        }
    }

    fn on(&self, score: Score) -> Score {
        Score { low: score.low.min(self.low), high: score.high.min(self.high) }
    }
}

/// Whether a critical finding is open or waived.
pub(crate) fn has_critical<'a>(mut findings: impl Iterator<Item = &'a Finding>) -> bool {
    findings.any(|finding| {
        finding.severity == Severity::Critical
            && matches!(finding.status, Status::Fail | Status::Waived)
    })
}

/// No score is better while a critical finding is open.
pub(crate) const CRITICAL_CAP: u8 = 49;

#[cfg(test)]
mod tests;
