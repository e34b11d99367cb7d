//! One finding on the page: a line that unfolds.

use super::xml;
use crate::report::{Finding, Status};
use crate::rules::Rules;

pub(super) fn finding(finding: &Finding, rules: &Rules) -> String {
    let about = finding.about();
    let about =
        if about.is_empty() { about } else { format!(" — <code>{}</code>", xml::line(&about)) };
    let status = match finding.status {
        Status::Fail => String::new(),
        Status::Unknown | Status::NotApplicable | Status::Exempt | Status::Waived => {
            format!(" <b>[{}]</b>", finding.status.name())
        }
    };
    let novelty = finding.novelty.map(|novelty| format!(" <b>[{}]</b>", novelty.name()));
    format!(
        "<details class=\"finding\" data-severity=\"{severity}\" data-status=\"{status_name}\" \
         data-practice=\"{practice}\">\
         <summary><span class=\"badge {severity}\">{severity}</span>{check} {title}{about}{status}\
         {novelty}</summary>\n<div><dl>{facts}</dl></div></details>\n",
        severity = finding.severity,
        status_name = finding.status.name(),
        practice = finding.practice.number(),
        check = xml::line(&finding.check),
        title = xml::line(&finding.title),
        novelty = novelty.unwrap_or_default(),
        facts = facts(finding, rules),
    )
}

fn facts(finding: &Finding, rules: &Rules) -> String {
    let text = |name: &str, value: &str| fact(name, &xml::line(value));
    let optional =
        |name: &str, value: Option<&str>| value.map(|value| text(name, value)).unwrap_or_default();
    let source = finding.source.as_ref().map(ToString::to_string);
    let waiver = finding.waiver.as_ref().map(ToString::to_string);
    [
        text("What", &finding.message),
        optional("Where", finding.path.as_deref()),
        optional("File", source.as_deref()),
        list("Who", &finding.subjects),
        list("Seen", &finding.evidence),
        optional("Reason", finding.reason.as_deref()),
        optional("Waiver", waiver.as_deref()),
        finding.fix.as_deref().map(fix).unwrap_or_default(),
        about_rule(&finding.check, rules),
        text("Confidence", finding.confidence.name()),
        fact("Id", &format!("<code>{}</code>", xml::line(&finding.id))),
    ]
    .concat()
}

fn fix(text: &str) -> String {
    fact("Fix", &format!("<pre>{}</pre>", xml::lines(text)))
}

fn about_rule(check: &str, rules: &Rules) -> String {
    let Some(rule) = rules.text(check) else { return String::new() };
    let references: Vec<String> = rule.references.iter().map(|one| reference(one)).collect();
    let references = references.join("<br>");
    let references =
        if references.is_empty() { references } else { fact("References", &references) };
    fact("Why", &xml::line(&rule.why)) + &references
}

/// A link only if it leads to a page: nothing else is worth a click.
fn reference(text: &str) -> String {
    let shown = xml::line(text);
    if text.starts_with("https://") {
        format!("<a href=\"{shown}\" rel=\"noopener noreferrer\">{shown}</a>")
    } else {
        shown
    }
}

fn list(name: &str, values: &[String]) -> String {
    if values.is_empty() {
        return String::new();
    }
    let values: Vec<String> = values.iter().map(|value| xml::line(value)).collect();
    fact(name, &values.join("<br>"))
}

/// A name of ours and a value that is markup already.
fn fact(name: &str, markup: &str) -> String {
    format!("<dt>{name}</dt><dd>{markup}</dd>")
}
