//! The head of the table: what was scanned, the score, and the practices with a bar each.

use super::paint::Paint;
use super::{Look, fit};
use crate::report::{PracticeSummary, Report};
use crate::score::{CRITICAL_CAP, Score, has_critical};
use crate::visible;

pub(super) fn head(report: &Report, look: Look) -> String {
    let mut out = title(report, look);
    out.push('\n');
    out.push_str(&score(report, look));
    let mut rows = report.practices.iter().filter(|practice| is_worth_a_line(practice)).peekable();
    if rows.peek().is_some() {
        out.push('\n');
    }
    rows.for_each(|practice| out.push_str(&row(practice, look)));
    if report.practices.iter().any(|practice| practice.score.is_some()) {
        let legend = format!("{PASSED} passed  {UNKNOWN} unknown  {FAILED} failed");
        out.push_str(&look.paint().faint(&format!("{}{legend}\n", " ".repeat(INDENT))));
    }
    out
}

fn title(report: &Report, look: Look) -> String {
    let coverage = &report.coverage;
    let sources: Vec<String> =
        coverage.sources.iter().map(|source| format!("{} {}", source.kind, source.name)).collect();
    let of = if sources.is_empty() { String::new() } else { format!(" of {}", sources.join(", ")) };
    let title = format!("Ravelin scan{of}: {} checks", coverage.checks_run);
    format!("{}\n", look.paint().bold(&fit::cut(&visible::line(&title), look.width())))
}

fn score(report: &Report, look: Look) -> String {
    let open = report.open_by_severity().words();
    let open = if open.is_empty() { "nothing".to_owned() } else { open };
    let score = report.score.map_or_else(
        || "No score: no check applied".to_owned(),
        |score| format!("Score {score} of 100"),
    );
    let mut lines = vec![format!("{score}; open: {open}")];
    if has_critical(report.findings.iter()) {
        let cap =
            format!("No score is over {CRITICAL_CAP} while a critical finding is open or waived.");
        lines.push(cap);
    }
    if let Some(change) = &report.baseline {
        let (gone, unseen) = (change.gone.len(), change.unseen.len());
        lines.push(format!(
            "Since the baseline: {} new, {} known, {gone} gone, {unseen} could not be looked at",
            change.new, change.known
        ));
    }
    lines.iter().map(|line| fit::hanging("  ", line, look.width())).collect()
}

fn is_worth_a_line(practice: &PracticeSummary) -> bool {
    let checks = practice.checks;
    let count = checks.passed.saturating_add(checks.failed).saturating_add(checks.unknown);
    count > 0 || practice.findings.by_status.fail > 0
}

/// ` 1  RBAC and least privilege  ██████▒▒▒░░░  34–61  7 critical, 1 high`.
fn row(practice: &PracticeSummary, look: Look) -> String {
    let columns = if look.width() < WIDE { NARROW_BAR } else { BAR };
    let bar = practice
        .score
        .map_or_else(|| " ".repeat(columns), |score| bar(score, columns, look.paint()));
    let score = practice.score.map(|score| score.to_string()).unwrap_or_default();
    let number = match practice.practice.number() {
        0 => String::new(),
        number => number.to_string(),
    };
    let rest = look.width().saturating_sub(FIXED.saturating_add(columns));
    let line = format!(
        "{number:>4}  {}  {bar}  {score:<6}  {}",
        fit::padded(&visible::line(&practice.title), TITLE),
        fit::cut(&words(practice), rest),
    );
    format!("{}\n", line.trim_end())
}

fn words(practice: &PracticeSummary) -> String {
    let open = practice.findings.open_by_severity.words();
    let unknown = practice.checks.unknown;
    match (open.as_str(), unknown) {
        ("", 0) => String::new(),
        ("", unknown) => format!("{unknown} unknown"),
        (open, 0) => open.to_owned(),
        (open, unknown) => format!("{open}; {unknown} unknown"),
    }
}

/// Filled to the low end, shaded to the high one. Anything short of all leaves a mark.
pub(super) fn bar(score: Score, columns: usize, paint: Paint) -> String {
    let cells = |part: u8| usize::from(part).saturating_mul(columns).div_euclid(100);
    let (low, high) = (cells(score.low), cells(score.high));
    let unknown = high.saturating_sub(low);
    let unknown = if score.high > score.low { unknown.max(1) } else { unknown };
    let low = low.min(columns.saturating_sub(unknown));
    let failed = columns.saturating_sub(low).saturating_sub(unknown);
    let passed = paint.good(&PASSED.to_string().repeat(low));
    let unknown = paint.doubtful(&UNKNOWN.to_string().repeat(unknown));
    passed + &unknown + &paint.faint(&FAILED.to_string().repeat(failed))
}

const PASSED: char = '█';
const UNKNOWN: char = '▒';
const FAILED: char = '░';
const WIDE: usize = 90;
const BAR: usize = 20;
const NARROW_BAR: usize = 10;
const TITLE: usize = 27;
/// Columns of a row beside its bar and its last words.
const FIXED: usize = 45;
const INDENT: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_shows_both_ends() {
        let check = |low: u8, high: u8, expected: &str| {
            assert_eq!(bar(Score { low, high }, 10, Paint(false)), expected, "{low} {high}");
        };
        check(0, 0, "░░░░░░░░░░");
        check(100, 100, "██████████");
        check(0, 100, "▒▒▒▒▒▒▒▒▒▒");
        check(34, 61, "███▒▒▒░░░░");
        check(99, 99, "█████████░");
        check(98, 99, "█████████▒");
        check(41, 42, "████▒░░░░░");
        check(99, 100, "█████████▒");
    }
}
