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
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::{Coverage, Report};
    use crate::testkit;

    fn score(checks: Vec<CheckOutcome>) -> Option<Score> {
        Report::new(Vec::new(), checks, Coverage::default()).score
    }

    #[test]
    fn follows_the_formula() {
        let check = |severities: &[(Severity, [u64; 4])], expected: Option<(u8, u8)>| {
            let checks = severities.iter().enumerate().map(|(number, (severity, counts))| {
                testkit::outcome(&format!("RB-{number:03}"), *severity, *counts)
            });
            let found = score(checks.collect()).map(|score| (score.low, score.high));
            assert_eq!(found, expected, "{severities:?}");
        };
        let (critical, high, low, info) =
            (Severity::Critical, Severity::High, Severity::Low, Severity::Info);
        check(&[], None);
        check(&[(high, [0, 0, 0, 1])], None);
        check(&[(info, [1, 0, 0, 0])], None);
        check(&[(high, [0, 0, 0, 0])], Some((100, 100)));
        check(&[(high, [9, 1, 0, 0])], Some((0, 0)));
        check(&[(high, [9, 0, 1, 0])], Some((0, 100)));
        check(&[(high, [9, 1, 1, 0])], Some((0, 0)));
        check(&[(high, [1, 0, 0, 9]), (low, [0, 1, 0, 0])], Some((90, 90)));
        check(&[(high, [1, 0, 0, 0]), (low, [0, 0, 1, 0])], Some((90, 100)));
        check(
            &[(critical, [1, 0, 0, 0]), (high, [0, 1, 0, 0]), (low, [0, 0, 1, 0])],
            Some((72, 75)),
        );
        check(&[(critical, [9, 0, 0, 0]), (critical, [0, 0, 1, 0])], Some((49, 100)));
    }

    #[test]
    fn the_input_has_no_score() {
        let mut outcome = testkit::outcome("IN-001", Severity::High, [0, 1, 0, 0]);
        outcome.practice = Practice::Input;
        assert_eq!(score(vec![outcome]), None);
    }

    #[test]
    fn the_reference_page_tells_the_same() {
        let page = include_str!("../../../docs/reference/scan-report.md");
        let names: Vec<&str> = Severity::ALL.into_iter().map(Severity::name).collect();
        let weights: Vec<String> =
            Severity::ALL.into_iter().map(|severity| weight(severity).to_string()).collect();
        let table = format!(
            "| {} |\n|--:|--:|--:|--:|--:|\n| {} |\n",
            names.join(" | "),
            weights.join(" | ")
        );
        assert!(page.contains(&table), "{table}");
        let cap = format!("both ends are at most {CRITICAL_CAP}");
        assert!(page.contains(&cap), "{cap}");
        for line in include_str!("score.rs")
            .lines()
            .filter(|line| line.starts_with("//!") && line.contains("⌊"))
        {
            assert!(page.contains(line.trim_start_matches("//! ")), "{line}");
        }
    }

    #[test]
    fn an_interval_of_one_number_reads_as_that_number() {
        assert_eq!(Score { low: 3, high: 3 }.to_string(), "3");
        assert_eq!(Score { low: 3, high: 40 }.to_string(), "3–40");
    }

    /// Checks of three practices, and for each failing one a finding of some severity.
    fn cluster() -> impl Strategy<Value = (Vec<CheckOutcome>, Vec<Finding>)> {
        let counts = (0..3_u64, 0..3_u64, 0..3_u64, 0..2_u64);
        let one = (0..3_usize, 0..5_usize, counts, 0..5_usize);
        proptest::collection::vec(one, 1..12).prop_map(|checks| {
            let outcomes: Vec<CheckOutcome> = checks
                .iter()
                .enumerate()
                .map(|(number, (practice, severity, (passed, failed, unknown, absent), _))| {
                    let mut outcome = testkit::outcome(
                        &format!("RB-{number:03}"),
                        Severity::ALL[*severity],
                        [*passed, *failed, *unknown, *absent],
                    );
                    outcome.practice = Practice::ALL[*practice];
                    outcome
                })
                .collect();
            let findings = outcomes
                .iter()
                .zip(&checks)
                .filter(|(outcome, _)| outcome.failed > 0)
                .map(|(outcome, (_, declared, _, found))| {
                    let severity = Severity::ALL[*found.max(declared)];
                    Finding::new(&outcome.check, outcome.practice, severity)
                })
                .collect();
            (outcomes, findings)
        })
    }

    /// The score of each practice and of the whole, none as the widest.
    fn scores(checks: &[CheckOutcome], findings: &[Finding]) -> Vec<Option<Score>> {
        let report = Report::new(findings.to_vec(), checks.to_vec(), Coverage::default());
        report.practices.iter().map(|practice| practice.score).chain([report.score]).collect()
    }

    proptest! {
        #[test]
        fn more_of_the_same_changes_nothing((checks, findings) in cluster(), times in 2..50_u64) {
            let before = scores(&checks, &findings);
            let mut more = checks.clone();
            for outcome in &mut more {
                outcome.failed *= times;
                outcome.passed *= times;
            }
            let again = findings.iter().cycle().take(findings.len() * 3).cloned().collect::<Vec<_>>();
            prop_assert_eq!(scores(&more, &again), before);
        }

        #[test]
        fn mending_never_lowers((mut checks, mut findings) in cluster(), which in 0..12_usize, gone in any::<bool>()) {
            let before = scores(&checks, &findings);
            let count = checks.iter().filter(|outcome| outcome.failed > 0).count();
            let mut failing = checks.iter_mut().filter(|outcome| outcome.failed > 0);
            let Some(outcome) = failing.nth(which % count.max(1)) else { return Ok(()) };
            outcome.failed = 0;
            // Mended, or deleted so that there is nothing left to look at.
            if gone { outcome.not_applicable += 1 } else { outcome.passed += 1 }
            let id = outcome.check.clone();
            findings.retain(|finding| finding.check != id);
            for (now, then) in scores(&checks, &findings).into_iter().zip(before) {
                if let (Some(now), Some(then)) = (now, then) {
                    prop_assert!(now.low >= then.low && now.high >= then.high, "{then} → {now}");
                }
            }
        }

        #[test]
        fn what_becomes_unknown_only_widens((mut checks, mut findings) in cluster(), which in 0..12_usize) {
            let before = scores(&checks, &findings);
            let which = which % checks.len();
            let outcome = &mut checks[which];
            // What is found to be critical is declared so; a finding worse than its check's
            // declaration would be a mistake of the catalogue.
            *outcome = CheckOutcome { passed: 0, failed: 0, unknown: 1, not_applicable: 0, ..outcome.clone() };
            let id = outcome.check.clone();
            findings.retain(|finding| finding.check != id);
            for (now, then) in scores(&checks, &findings).into_iter().zip(before) {
                if let (Some(now), Some(then)) = (now, then) {
                    prop_assert!(now.low <= then.low && now.high >= then.high, "{then} → {now}");
                }
            }
        }

        #[test]
        fn waiving_never_raises((checks, mut findings) in cluster(), waived in proptest::collection::vec(any::<bool>(), 12)) {
            let before = scores(&checks, &findings);
            for (finding, waived) in findings.iter_mut().zip(waived) {
                if waived { finding.status = Status::Waived }
            }
            prop_assert_eq!(scores(&checks, &findings), before);
        }

        #[test]
        fn an_open_critical_caps((checks, mut findings) in cluster(), which in 0..12_usize) {
            let outcome = &checks[which % checks.len()];
            findings.push(Finding::new(&outcome.check, outcome.practice, Severity::Critical));
            let report = Report::new(findings, checks.clone(), Coverage::default());
            let practice = report.practices.iter().find(|one| one.practice == outcome.practice);
            for score in [practice.unwrap().score, report.score].into_iter().flatten() {
                prop_assert!(score.high <= CRITICAL_CAP && score.low <= score.high);
            }
        }

        #[test]
        fn the_ends_are_in_order((checks, findings) in cluster()) {
            for score in scores(&checks, &findings).into_iter().flatten() {
                prop_assert!(score.low <= score.high && score.high <= 100);
            }
        }
    }
}
