//! Charts as inline SVG: attributes and classes only, since the page's policy forbids inline style.

use std::fmt::Write as _;

use checks::Severity;

use crate::report::BySeverity;
use crate::score::Score;

/// The bar of a score, filled to the low end and shaded to the high one.
pub(super) fn score(score: Score) -> String {
    let (low, high) = (u32::from(score.low), u32::from(score.high));
    let parts = [
        ("pass", low),
        ("unknown", high.saturating_sub(low)),
        ("fail", 100_u32.saturating_sub(high)),
    ];
    let said = format!("score {score} of 100");
    bar(&said, 100, 8, &parts)
}

/// The open findings, a part for each severity, as wide as there are many.
pub(super) fn severities(open: &BySeverity) -> String {
    let all = Severity::ALL.map(|severity| (severity, open.of(severity)));
    let sum = all.iter().fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
    let share = |count: u64| {
        let share = count.saturating_mul(1000).checked_div(sum).unwrap_or_default();
        // One finding among thousands is still to be seen.
        u32::try_from(share).unwrap_or_default().max(u32::from(count > 0).saturating_mul(8))
    };
    let parts = all.map(|(severity, count)| (severity.name(), share(count)));
    let width = parts.iter().fold(0_u32, |sum, (_, width)| sum.saturating_add(*width)).max(1);
    bar(&format!("open findings: {}", open.words()), width, width.div_euclid(12).max(8), &parts)
}

/// How many of something came to what.
pub(super) fn shares(said: &str, parts: &[(&'static str, u64)]) -> String {
    let sum = parts.iter().fold(0_u64, |sum, (_, count)| sum.saturating_add(*count)).max(1);
    let share = |count: u64| {
        u32::try_from(count.saturating_mul(1000).checked_div(sum).unwrap_or_default())
            .unwrap_or_default()
    };
    let parts: Vec<(&str, u32)> =
        parts.iter().map(|(class, count)| (*class, share(*count))).collect();
    bar(said, 1000, 80, &parts)
}

/// Parts side by side. `said` is what a screen reader says; it is made here from numbers and words
/// of our own.
fn bar(said: &str, width: u32, height: u32, parts: &[(&str, u32)]) -> String {
    let mut out = format!(
        "<svg role=\"img\" aria-label=\"{said}\" viewBox=\"0 0 {width} {height}\" \
         preserveAspectRatio=\"none\" height=\"14\">"
    );
    let mut x = 0_u32;
    for (class, columns) in parts.iter().filter(|(_, columns)| *columns > 0) {
        write!(out, "<rect class=\"{class}\" x=\"{x}\" width=\"{columns}\" height=\"{height}\"/>")
            .unwrap_or_default();
        x = x.saturating_add(*columns);
    }
    out.push_str("</svg>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_side_by_side() {
        let text = score(Score { low: 30, high: 60 });
        assert_eq!(
            text,
            "<svg role=\"img\" aria-label=\"score 30–60 of 100\" viewBox=\"0 0 100 8\" \
             preserveAspectRatio=\"none\" height=\"14\">\
             <rect class=\"pass\" x=\"0\" width=\"30\" height=\"8\"/>\
             <rect class=\"unknown\" x=\"30\" width=\"30\" height=\"8\"/>\
             <rect class=\"fail\" x=\"60\" width=\"40\" height=\"8\"/></svg>"
        );
    }

    #[test]
    fn a_single_critical_among_many_is_seen() {
        let open = BySeverity { critical: 1, low: 100_000, ..BySeverity::default() };
        assert!(severities(&open).contains("<rect class=\"critical\" x=\"0\" width=\"8\""));
        assert!(!severities(&BySeverity::default()).contains("<rect"));
    }
}
