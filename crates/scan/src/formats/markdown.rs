//! Markdown for comments on pull requests: what matters at once, the rest folded away. No text of
//! others becomes a link, a mention, a heading or a tag.

use std::fmt::Write as _;

use checks::Severity;

use super::groups::{Group, groups};
use crate::report::{Finding, Novelty, Report, Status};
use crate::visible;

/// The report as Markdown: at most `most` findings of each check. A comment of GitHub holds 65,536
/// characters; what would go past that is counted, not shown.
pub fn write(report: &Report, most: usize) -> String {
    let mut out = head(report);
    let tail = unknowns(report);
    let mut left_out = 0_usize;
    for group in groups(report, Status::Fail) {
        let text = folded(&group, most);
        let length = [&out, &text, &tail].iter().map(|text| text.len()).sum::<usize>();
        if length > LONGEST {
            left_out = left_out.saturating_add(1);
        } else {
            out.push_str(&text);
        }
    }
    if left_out > 0 {
        writeln!(out, "_{left_out} more checks failed; the JSON report has them._\n")
            .unwrap_or_default();
    }
    out + &tail
}

/// Some room is left for what a pipeline writes around it.
const LONGEST: usize = 60_000;

fn head(report: &Report) -> String {
    let open = report.open_by_severity().words();
    let open = if open.is_empty() { "nothing open".to_owned() } else { format!("{open} open") };
    let score = report.score.map(|score| format!(", score {score} of 100")).unwrap_or_default();
    let mut out = format!("### Ravelin scan: {open}{score}\n\n");
    if let Some(change) = &report.baseline {
        writeln!(
            out,
            "Since the baseline: **{} new**, {} known, {} gone, {} could not be looked at.\n",
            change.new,
            change.known,
            change.gone.len(),
            change.unseen.len()
        )
        .unwrap_or_default();
    }
    for reason in &report.coverage.incomplete {
        writeln!(out, "> **Incomplete:** {}\n", text(reason)).unwrap_or_default();
    }
    out.push_str(&practices(report));
    out
}

fn practices(report: &Report) -> String {
    let rows: Vec<String> = report
        .practices
        .iter()
        .filter(|practice| practice.score.is_some())
        .map(|practice| {
            let score = practice.score.map(|score| score.to_string()).unwrap_or_default();
            let open = practice.findings.open_by_severity.words();
            let checks = practice.checks;
            format!(
                "| {} | {} | {score} | {} | {} | {} | {open} |\n",
                practice.practice.number(),
                text(&practice.title),
                checks.passed,
                checks.failed,
                checks.unknown,
            )
        })
        .collect();
    if rows.is_empty() {
        return "No check applied.\n\n".to_owned();
    }
    format!(
        "| | Practice | Score | Passed | Failed | Unknown | Open findings |\n\
         |--:|---|--:|--:|--:|--:|---|\n{}\n",
        rows.concat()
    )
}

fn folded(group: &Group<'_>, most: usize) -> String {
    let opened = if group.severity >= Severity::High { " open" } else { "" };
    let mut out = format!(
        "<details{opened}><summary><b>{}</b> {} {} ({})</summary>\n\n",
        group.severity,
        html(group.check),
        html(group.title),
        group.findings.len()
    );
    out.extend(group.findings.iter().take(most).map(|finding| item(finding)));
    let rest = group.findings.len().saturating_sub(most);
    if rest > 0 {
        writeln!(out, "- … and {rest} more").unwrap_or_default();
    }
    out.push_str(&fix(group));
    out.push_str("\n</details>\n\n");
    out
}

fn item(finding: &Finding) -> String {
    let about = finding.about();
    let about = if about.is_empty() { String::new() } else { format!("{}: ", code(&about)) };
    let source = finding.source.as_ref();
    let source = source.map(|source| format!(" at {}", code(&source.to_string())));
    let new = if finding.novelty == Some(Novelty::New) { "**new** " } else { "" };
    format!("- {new}{about}{}{}\n", text(&finding.message), source.unwrap_or_default())
}

fn fix(group: &Group<'_>) -> String {
    let fix = group.findings.iter().find_map(|finding| finding.fix.as_deref());
    fix.map(|fix| format!("\nFix:\n\n{}\n", block(fix))).unwrap_or_default()
}

fn unknowns(report: &Report) -> String {
    let unknown = groups(report, Status::Unknown);
    if unknown.is_empty() {
        return String::new();
    }
    let mut out =
        format!("<details><summary>{} checks could not be decided</summary>\n\n", unknown.len());
    for group in unknown.iter().take(MOST_UNKNOWN) {
        let first = group.findings.first();
        let reason =
            first.and_then(|finding| finding.reason.as_deref()).unwrap_or("no reason given");
        let fix = first.and_then(|finding| finding.fix.as_deref());
        let fix = fix.map(|fix| format!("; to see it: {}", text(fix))).unwrap_or_default();
        writeln!(out, "- {}: {}{fix}", text(group.check), text(reason)).unwrap_or_default();
    }
    let rest = unknown.len().saturating_sub(MOST_UNKNOWN);
    if rest > 0 {
        writeln!(out, "- … and {rest} more").unwrap_or_default();
    }
    out.push_str("\n</details>\n");
    out
}

const MOST_UNKNOWN: usize = 50;

/// A text in a code span: nothing in it is markup. Its fence is longer than any in it (`CommonMark`
/// §6.1).
fn code(text: &str) -> String {
    let text = visible::line(text);
    let fence = "`".repeat(longest_run(&text).saturating_add(1));
    format!("{fence} {text} {fence}")
}

/// A text in a code block, in the same way.
fn block(text: &str) -> String {
    let text = visible::lines(text);
    let fence = "`".repeat(longest_run(&text).saturating_add(1).max(3));
    format!("{fence}text\n{text}\n{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`').map(str::len).max().unwrap_or_default()
}

/// A text in one line, with all that has a meaning escaped. An empty comment keeps names from being
/// mentioned, numbers from naming issues and addresses from being linked: GitHub does that after
/// Markdown is read, escaped or not.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    if text.starts_with(['-', '+']) {
        // At the beginning it would be an item of a list.
        out.push('\\');
    }
    for letter in visible::line(text).chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("@<!-- -->"),
            '#' => out.push_str("\\#<!-- -->"),
            letter if MARKS.contains(letter) => out.extend(['\\', letter]),
            letter => out.push(letter),
        }
    }
    out.replace("://", ":<!-- -->//").replace("www.", "www<!-- -->.")
}

const MARKS: &str = "\\`*_{}[]()|~$^";

/// A text inside HTML, where Markdown is not read but mentions are.
fn html(text: &str) -> String {
    super::xml::line(text).replace('@', "@<!-- -->")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::{self, HOSTILE, golden};

    #[test]
    fn what_matters_first_and_the_rest_folded() {
        golden("golden/report.md", &write(&testkit::compared(), 5));
        golden("golden/empty.md", &write(&testkit::empty(), 5));
    }

    #[test]
    fn no_text_has_a_meaning() {
        let check = |given: &str, expected: &str| assert_eq!(text(given), expected, "{given:?}");
        check("container web runs as root", "container web runs as root");
        check("a|b", "a\\|b");
        check("- a-b", "\\- a-b");
        check("*a* _b_ [c](d) `e`", "\\*a\\* \\_b\\_ \\[c\\]\\(d\\) \\`e\\`");
        check("@all #1", "@<!-- -->all \\#<!-- -->1");
        check("<b>&amp;", "&lt;b&gt;&amp;amp;");
        check("https://x.example www.x.example", "https:<!-- -->//x.example www<!-- -->.x.example");
        check("a\n# b\u{202e}", "a\\\\n\\#<!-- --> b\\\\u\\{202e\\}");
    }

    #[test]
    fn no_fence_ends_early() {
        assert_eq!(code("a"), "` a `");
        assert_eq!(code("a``b`"), "``` a``b` ```");
        assert_eq!(block("a\n```\nb"), "````text\na\n```\nb\n````");
        let fenced = code(HOSTILE);
        assert!(fenced.starts_with("`` =cmd") && fenced.ends_with(" ``"), "{fenced}");
        let written = write(&testkit::sample(), 5);
        assert!(!written.contains('\u{1b}') && !written.contains('\u{202e}'));
    }

    #[test]
    fn fits_a_comment() {
        let report = testkit::many(600);
        let written = write(&report, 5);
        assert!(written.len() < 65_536, "{}", written.len());
        assert!(written.contains("more checks failed"));
    }
}
