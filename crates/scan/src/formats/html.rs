//! HTML: one page that needs nothing else. Its policy lets nothing be fetched, and lets only the
//! style and the script run whose hashes it names; so even a name that got past the escaping could
//! do nothing.

mod chart;
mod finding;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use checks::{Practice, Severity};
use sha2::{Digest, Sha256};

use super::xml;
use crate::baseline::Past;
use crate::report::{KindCoverage, PracticeSummary, Reach, Report, Status};
use crate::rules::Rules;
use crate::score::{CRITICAL_CAP, has_critical};

/// The report as a page.
pub fn write(report: &Report, rules: &Rules) -> String {
    let findings: String = report.findings.iter().map(|one| finding::finding(one, rules)).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>Ravelin scan</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         {header}<main>\n{summary}{practices}\
         <h2 id=\"findings\">Findings</h2>\n{filters}{findings}{missing}{coverage}</main>\n\
         <script>{SCRIPT}</script>\n</body>\n</html>\n",
        policy = policy(),
        header = header(report),
        summary = summary(report),
        practices = practices(report),
        filters = filters(report),
        missing = missing(report),
        coverage = coverage(report),
    )
}

/// The texts of some things, one after the other.
fn each<T>(things: &[T], text: impl Fn(&T) -> String) -> String {
    things.iter().map(text).collect()
}

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

fn policy() -> String {
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; \
         form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn header(report: &Report) -> String {
    let coverage = &report.coverage;
    let sources = coverage.sources.iter().map(|source| format!("{} {}", source.kind, source.name));
    let versions = coverage.versions.iter().map(|(name, version)| format!("{name} {version}"));
    let facts: Vec<String> = sources
        .chain(versions)
        .chain([format!("{} checks", coverage.checks_run)])
        .map(|fact| xml::line(&fact))
        .collect();
    let incomplete = each(&coverage.incomplete, |reason| {
        format!("<p class=\"warn\"><b>Incomplete:</b> {}</p>\n", xml::line(reason))
    });
    format!(
        "<header>\n<h1>Ravelin scan</h1>\n<p class=\"soft\">{}</p>\n{incomplete}</header>\n",
        facts.join(" · ")
    )
}

fn summary(report: &Report) -> String {
    let score = report.score.map_or_else(
        || "<p>No check applied.</p>".to_owned(),
        |score| {
            format!("<p class=\"score\">{score}</p>{}{}", chart::score(score), legend(&SCORE_PARTS))
        },
    );
    let cap = if has_critical(report.findings.iter()) {
        format!(
            "<p class=\"soft\">No score is over {CRITICAL_CAP} while a critical finding is open or \
             waived.</p>"
        )
    } else {
        String::new()
    };
    format!(
        "<section class=\"cards\" aria-label=\"Summary\">\n\
         <div class=\"card\"><h2>Score of 100</h2>{score}{cap}</div>\n\
         <div class=\"card\"><h2>Open findings</h2>{}</div>\n\
         <div class=\"card\"><h2>Checks</h2>{}</div>\n</section>\n",
        open(report),
        checks(report),
    )
}

const SCORE_PARTS: [(&str, &str); 3] =
    [("pass", "passed"), ("unknown", "unknown"), ("fail", "failed")];

fn legend(parts: &[(&str, &str)]) -> String {
    let parts =
        each(parts, |(class, text)| format!("<span><i class=\"key {class}\"></i>{text}</span> "));
    format!("<p class=\"legend soft\">{parts}</p>")
}

fn open(report: &Report) -> String {
    let open = report.open_by_severity();
    let sum = report.open().count();
    let words = Severity::ALL.map(|severity| format!("{} {severity}", open.of(severity)));
    let parts: Vec<(&str, &str)> = Severity::ALL
        .iter()
        .zip(&words)
        .map(|(severity, text)| (severity.name(), &**text))
        .collect();
    let change = report.baseline.as_ref().map(|change| {
        format!(
            "<p>Since the baseline: <b>{} new</b>, {} known, {} gone, {} could not be looked \
             at</p>",
            change.new,
            change.known,
            change.gone.len(),
            change.unseen.len()
        )
    });
    format!(
        "<p class=\"score\">{sum}</p>{}{}{}",
        chart::severities(&open),
        legend(&parts),
        change.unwrap_or_default()
    )
}

fn checks(report: &Report) -> String {
    let sum = |count: fn(&PracticeSummary) -> u64| {
        report.practices.iter().fold(0_u64, |sum, practice| sum.saturating_add(count(practice)))
    };
    let passed = sum(|practice| practice.checks.passed);
    let unknown = sum(|practice| practice.checks.unknown);
    let failed = sum(|practice| practice.checks.failed);
    let absent = sum(|practice| practice.checks.not_applicable);
    let said = format!("{passed} passed, {unknown} unknown, {failed} failed");
    let words =
        [format!("{passed} passed"), format!("{unknown} unknown"), format!("{failed} failed")];
    let parts: Vec<(&str, &str)> =
        SCORE_PARTS.iter().zip(&words).map(|((class, _), text)| (*class, &**text)).collect();
    format!(
        "<p class=\"score\">{}</p>{}{}<p class=\"soft\">{absent} more do not apply</p>",
        passed.saturating_add(unknown).saturating_add(failed),
        chart::shares(&said, &[("pass", passed), ("unknown", unknown), ("fail", failed)]),
        legend(&parts)
    )
}

fn practices(report: &Report) -> String {
    let rows: String = report.practices.iter().filter(|one| has_a_row(one)).map(practice).collect();
    format!(
        "<h2>Practices</h2>\n<div class=\"scroll card\" tabindex=\"0\" role=\"region\" aria-label=\"Practices\"><table>\n<thead><tr>\
         <th class=\"number\" scope=\"col\">No.</th><th scope=\"col\">Practice</th>\
         <th scope=\"col\">Score</th><th class=\"number\" scope=\"col\">of 100</th>\
         <th class=\"number\" scope=\"col\">Passed</th><th class=\"number\" scope=\"col\">Failed</th>\
         <th class=\"number\" scope=\"col\">Unknown</th><th scope=\"col\">Open findings</th></tr>\
         </thead>\n<tbody>\n{rows}</tbody></table></div>\n"
    )
}

/// All fifteen have one; the input only if something is wrong with it.
fn has_a_row(practice: &PracticeSummary) -> bool {
    practice.practice != Practice::Input || practice.findings.by_status.fail > 0
}

fn practice(practice: &PracticeSummary) -> String {
    let score = practice.score.map(|score| score.to_string());
    let checks = practice.checks;
    format!(
        "<tr><td class=\"number\">{}</td><th scope=\"row\">{}</th><td class=\"bar\">{}</td>\
         <td class=\"number\">{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td>\
         <td class=\"number\">{}</td><td>{}</td></tr>\n",
        practice.practice.number(),
        xml::line(&practice.title),
        practice.score.map(chart::score).unwrap_or_default(),
        score.as_deref().unwrap_or("–"),
        checks.passed,
        checks.failed,
        checks.unknown,
        practice.findings.open_by_severity.words(),
    )
}

/// Hidden until the script shows it: without the script it would do nothing.
fn filters(report: &Report) -> String {
    let severities = Severity::ALL.map(|severity| (severity.name(), severity.name().to_owned()));
    let statuses =
        [Status::Fail, Status::Unknown, Status::NotApplicable, Status::Exempt, Status::Waived]
            .map(|status| (status.name(), status.name().to_owned()));
    let numbers: Vec<(String, String)> = report
        .practices
        .iter()
        .map(|one| (one.practice.number().to_string(), one.title.clone()))
        .collect();
    let practices: Vec<(&str, String)> = numbers
        .iter()
        .map(|(number, title)| (number.as_str(), format!("{number} {title}")))
        .collect();
    format!(
        "<div class=\"filters\" role=\"search\" hidden>\n\
         <label class=\"text\">Search<input id=\"text\" type=\"search\" autocomplete=\"off\"></label>\n\
         {}{}{}<span id=\"shown\" role=\"status\" class=\"soft\"></span>\n</div>\n",
        select("severity", "Severity", &severities),
        select("status", "Status", &statuses),
        select("practice", "Practice", &practices),
    )
}

fn select(id: &str, label: &str, options: &[(&str, String)]) -> String {
    let options = each(options, |(value, text)| {
        format!("<option value=\"{value}\">{}</option>", xml::line(text))
    });
    format!(
        "<label>{label}<select id=\"{id}\"><option value=\"\">all</option>{options}</select></label>\n"
    )
}

/// What was open in the baseline and is not among the findings.
fn missing(report: &Report) -> String {
    let Some(change) = &report.baseline else { return String::new() };
    let list = |title: &str, all: &[Past]| {
        let items = each(all, |past| {
            let about = if past.about.is_empty() { &past.message } else { &past.about };
            format!("<li>{} {}</li>\n", xml::line(&past.check), xml::line(about))
        });
        if items.is_empty() { items } else { format!("<h2>{title}</h2>\n<ul>\n{items}</ul>\n") }
    };
    list("Gone since the baseline", &change.gone)
        + &list("Of the baseline, but not looked at now", &change.unseen)
}

fn coverage(report: &Report) -> String {
    let coverage = &report.coverage;
    let kinds = each(&coverage.kinds, kind);
    let unreadable = each(&coverage.files.unreadable, |one| {
        format!("<li>{}: {}</li>\n", xml::line(&one.file), xml::line(&one.reason))
    });
    format!(
        "<h2>Coverage</h2>\n<p>{} files read, {} could not be.</p>\n<ul>\n{unreadable}</ul>\n\
         {}<div class=\"scroll card\" tabindex=\"0\" role=\"region\" aria-label=\"Kinds\"><table>\n<thead><tr><th scope=\"col\">Kind</th>\
         <th scope=\"col\">Reach</th><th class=\"number\" scope=\"col\">Objects</th>\
         <th scope=\"col\">Reason</th></tr></thead>\n<tbody>\n{kinds}</tbody></table></div>\n",
        coverage.files.read,
        coverage.files.unreadable.len(),
        reach(report),
    )
}

fn kind(kind: &KindCoverage) -> String {
    let class = match kind.reach {
        Reach::Listed | Reach::Given => "pass",
        Reach::Denied | Reach::Failed => "unknown",
        Reach::Absent => "fail",
    };
    format!(
        "<tr><th scope=\"row\">{} <span class=\"soft\">{}</span></th><td><i class=\"key \
         {class}\"></i>{}</td><td class=\"number\">{}</td><td class=\"wide\">{}</td></tr>\n",
        xml::line(&kind.kind),
        xml::line(&kind.api_version),
        kind.reach.name(),
        kind.objects,
        kind.reason.as_deref().map(xml::line).unwrap_or_default()
    )
}

fn reach(report: &Report) -> String {
    let count = |wanted: &[Reach]| {
        let of_it = report.coverage.kinds.iter().filter(|kind| wanted.contains(&kind.reach));
        u64::try_from(of_it.count()).unwrap_or(u64::MAX)
    };
    let listed = count(&[Reach::Listed, Reach::Given]);
    let unseen = count(&[Reach::Denied, Reach::Failed]);
    let absent = count(&[Reach::Absent]);
    let said = format!("kinds: {listed} read, {unseen} not, {absent} that the cluster has not");
    let bar = chart::shares(&said, &[("pass", listed), ("unknown", unseen), ("fail", absent)]);
    format!("<p>{said}</p>\n{bar}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::{self, golden};

    #[test]
    fn a_page_that_needs_nothing_else() {
        let page = write(&testkit::compared(), &testkit::rules());
        golden("golden/report.html", &page);
        for fetching in [" src=", "<link", "@import", "url(", "<iframe", "<img", "<form", "<base"] {
            assert!(!page.contains(fetching), "{fetching}");
        }
        golden("golden/empty.html", &write(&testkit::empty(), &Rules::default()));
    }

    #[test]
    fn no_name_is_markup() {
        let page = write(&testkit::sample(), &testkit::rules());
        assert_eq!(page.matches("<script").count(), 1);
        assert_eq!(page.matches("<!--").count(), 0);
        assert!(!page.contains('\u{1b}') && !page.contains('\u{202e}'));
        assert!(!page.contains("href=\"javascript"));
        let attributes = page.matches(" style=").count() + page.matches(" onclick=").count();
        assert_eq!(attributes, 0, "the policy would refuse them");
    }

    #[test]
    fn the_policy_names_the_hashes_of_what_is_there() {
        let page = write(&testkit::empty(), &Rules::default());
        let between = |start: &str, end: &str| {
            page.split_once(start).and_then(|(_, rest)| rest.split_once(end)).unwrap().0.to_owned()
        };
        for (element, directive) in [("style", "style-src"), ("script", "script-src")] {
            let text = between(&format!("<{element}>"), &format!("</{element}>"));
            let hash = BASE64_STANDARD.encode(Sha256::digest(text));
            assert!(page.contains(&format!("{directive} 'sha256-{hash}'")), "{element}");
        }
    }
}
