//! The formula in cases, and what follows from it as properties.

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
    check(&[(critical, [1, 0, 0, 0]), (high, [0, 1, 0, 0]), (low, [0, 0, 1, 0])], Some((72, 75)));
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
    let page = include_str!("../../../../docs/reference/scan-report.md");
    let names: Vec<&str> = Severity::ALL.into_iter().map(Severity::name).collect();
    let weights: Vec<String> =
        Severity::ALL.into_iter().map(|severity| weight(severity).to_string()).collect();
    let table =
        format!("| {} |\n|--:|--:|--:|--:|--:|\n| {} |\n", names.join(" | "), weights.join(" | "));
    assert!(page.contains(&table), "{table}");
    let cap = format!("both ends are at most {CRITICAL_CAP}");
    assert!(page.contains(&cap), "{cap}");
    for line in include_str!("../score.rs")
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
