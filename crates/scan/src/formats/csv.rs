//! CSV for spreadsheets, as RFC 4180 has it: one line a finding. No cell can be taken for a formula.

use crate::report::{Finding, Report};
use crate::visible;

/// The findings, one a line, under a head of names.
pub fn write(report: &Report) -> String {
    let mut out = row(COLUMNS.iter().map(|name| (*name).to_owned()));
    out.extend(report.findings.iter().map(|finding| row(cells(finding).into_iter())));
    out
}

const COLUMNS: [&str; 22] = [
    "id",
    "check",
    "practice",
    "severity",
    "confidence",
    "status",
    "title",
    "message",
    "apiVersion",
    "kind",
    "namespace",
    "name",
    "path",
    "node",
    "subjects",
    "file",
    "line",
    "column",
    "evidence",
    "fix",
    "reason",
    "waiver",
];

fn cells(finding: &Finding) -> [String; 22] {
    let object = finding.object.as_ref();
    let source = finding.source.as_ref();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        finding.id.clone(),
        finding.check.clone(),
        finding.practice.number().to_string(),
        finding.severity.to_string(),
        finding.confidence.to_string(),
        finding.status.name().to_owned(),
        finding.title.clone(),
        finding.message.clone(),
        object.map(|object| object.api_version.clone()).unwrap_or_default(),
        object.map(|object| object.kind.clone()).unwrap_or_default(),
        object.and_then(|object| object.namespace.clone()).unwrap_or_default(),
        object.map(|object| object.name.clone()).unwrap_or_default(),
        text(&finding.path),
        text(&finding.node),
        finding.subjects.join("; "),
        source.map(|source| source.file.clone()).unwrap_or_default(),
        source.map(|source| source.line.to_string()).unwrap_or_default(),
        source.map(|source| source.column.to_string()).unwrap_or_default(),
        finding.evidence.join("; "),
        text(&finding.fix),
        text(&finding.reason),
        finding.waiver.as_ref().map(ToString::to_string).unwrap_or_default(),
    ]
}

fn row(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.map(|text| cell(&text)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell in quotes and in one line. What a spreadsheet would calculate gets an apostrophe before
/// it, which spreadsheets take for "this is text".
fn cell(text: &str) -> String {
    let shown = visible::line(text);
    let guard = if shown.trim_start().starts_with(FORMULA) { "'" } else { "" };
    format!("\"{guard}{}\"", shown.replace('"', "\"\""))
}

/// What formulas begin with, in ASCII and in full width; a control character is shown as `\`, which
/// begins none.
const FORMULA: [char; 9] = ['=', '+', '-', '@', '|', '＝', '＋', '－', '＠'];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::{self, golden};

    #[test]
    fn one_line_a_finding() {
        let report = testkit::sample();
        let text = write(&report);
        golden("golden/report.csv", &text);
        assert_eq!(text.matches('\n').count(), report.findings.len() + 1);
        assert_eq!(text.matches("\r\n").count(), report.findings.len() + 1);
        assert_eq!(write(&testkit::empty()).lines().count(), 1);
    }

    #[test]
    fn a_cell_is_text() {
        let check = |text: &str, expected: &str| assert_eq!(cell(text), expected, "{text:?}");
        check("", r#""""#);
        check("web", r#""web""#);
        check("a,\"b\"", r#""a,""b""""#);
        check("a\r\nb", r#""a\r\nb""#);
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "|x", "＝1", "\u{a0}=1"] {
            check(formula, &format!("\"'{formula}\""));
        }
        check("\t=1", r#""\t=1""#);
        check("\u{202e}=1", r#""\u{202e}=1""#);
        check("--- a", r#""'--- a""#);
    }
}
