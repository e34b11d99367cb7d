//! `JUnit` XML, for pipelines that show tests: a suite for each practice, a test for each finding
//! and for each check that passed. What fails fails; what is unknown, waived, exempt or not
//! applicable is skipped with its reason. No times: there is no clock.

use std::fmt::Write as _;

use super::xml;
use crate::report::{Finding, PracticeSummary, Report, Status};
use crate::score::Verdict;

/// The report as `JUnit` XML.
pub fn write(report: &Report) -> String {
    let suites: Vec<Suite> =
        report.practices.iter().map(|practice| Suite::of(practice, report)).collect();
    let sum = |count: fn(&Suite) -> usize| suites.iter().map(count).sum::<usize>();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    writeln!(
        out,
        "<testsuites name=\"ravelin scan\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">",
        sum(Suite::tests),
        sum(|suite| suite.failures),
        sum(|suite| suite.skipped),
    ).unwrap_or_default();
    out.extend(suites.iter().filter(|suite| suite.tests() > 0).map(Suite::text));
    out.push_str("</testsuites>\n");
    out
}

struct Suite {
    name: String,
    failures: usize,
    skipped: usize,
    cases: Vec<String>,
}

impl Suite {
    fn of(practice: &PracticeSummary, report: &Report) -> Self {
        let findings = || report.findings.iter().filter(|one| one.practice == practice.practice);
        let passed = report.checks.iter().filter(|outcome| {
            outcome.practice == practice.practice && outcome.verdict() == Verdict::Passed
        });
        let failures = findings().filter(|finding| finding.status == Status::Fail).count();
        let silent = passed.map(|outcome| {
            let name = format!("{} ({} passed)", outcome.check, outcome.passed);
            format!("    <testcase {}/>\n", names(&outcome.check, &name))
        });
        Self {
            name: format!("{} {}", practice.practice.number(), practice.title),
            failures,
            skipped: findings().count().saturating_sub(failures),
            cases: findings().map(case).chain(silent).collect(),
        }
    }

    fn tests(&self) -> usize {
        self.cases.len()
    }

    fn text(&self) -> String {
        format!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">\n\
             {}  </testsuite>\n",
            xml::line(&self.name),
            self.tests(),
            self.failures,
            self.skipped,
            self.cases.concat(),
        )
    }
}

fn case(finding: &Finding) -> String {
    let about = finding.about();
    let name = match (about.as_str(), finding.detail.as_str()) {
        ("", "") => finding.title.clone(),
        ("", detail) => format!("{}: {detail}", finding.title),
        (about, "") => format!("{}: {about}", finding.title),
        (about, detail) => format!("{}: {about}: {detail}", finding.title),
    };
    let file = finding
        .source
        .as_ref()
        .map(|source| format!(" file=\"{}\" line=\"{}\"", xml::line(&source.file), source.line));
    let file = file.unwrap_or_default();
    let names = names(&finding.check, &name);
    format!("    <testcase {names}{file}>\n{}    </testcase>\n", verdict(finding))
}

fn names(check: &str, name: &str) -> String {
    format!("classname=\"{}\" name=\"{}\"", xml::line(check), xml::line(name))
}

fn verdict(finding: &Finding) -> String {
    let message = xml::line(&finding.message);
    let skipped = |why: &str| {
        let text = format!("{}: {}: {}", finding.status.name(), finding.message, why);
        format!("      <skipped message=\"{}\"/>\n", xml::line(&text))
    };
    match finding.status {
        Status::Fail => format!(
            "      <failure type=\"{}\" message=\"{message}\">{}</failure>\n",
            finding.severity,
            xml::lines(&body(finding)),
        ),
        Status::Unknown | Status::NotApplicable | Status::Exempt => {
            skipped(finding.reason.as_deref().unwrap_or("no reason given"))
        }
        Status::Waived => {
            skipped(&finding.waiver.as_ref().map(ToString::to_string).unwrap_or_default())
        }
    }
}

fn body(finding: &Finding) -> String {
    let mut lines = vec![format!("id: {}", finding.id)];
    lines.extend(finding.source.as_ref().map(|source| format!("at: {source}")));
    lines.extend(finding.path.as_ref().map(|path| format!("path: {path}")));
    lines.extend(finding.evidence.iter().map(|seen| format!("seen: {seen}")));
    lines.extend(finding.fix.as_ref().map(|fix| format!("fix: {fix}")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::{self, golden};

    #[test]
    fn a_suite_for_each_practice() {
        golden("golden/report.junit.xml", &write(&testkit::sample()));
    }

    #[test]
    fn the_numbers_are_those_of_the_elements() {
        for report in [testkit::sample(), testkit::empty()] {
            let text = write(&report);
            let count = |element: &str| text.matches(element).count();
            let head = format!(
                "tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">",
                count("<testcase "),
                count("<failure "),
                count("<skipped "),
            );
            assert!(text.lines().nth(1).unwrap().ends_with(&head), "{text}");
            assert_eq!(count("<failure "), report.open().count());
        }
    }

    #[test]
    fn no_name_breaks_out() {
        let text = write(&testkit::sample());
        assert!(!text.contains("<script") && !text.contains("]]>") && !text.contains("<!--"));
        assert!(text.chars().all(|letter| letter == '\n' || !letter.is_control()));
    }
}
