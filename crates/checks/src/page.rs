//! The reference page of the catalogue, made from the checks themselves.

use crate::{Check, Fix, Practice, Severity, all};

/// The page, in Markdown.
pub fn page() -> String {
    let checks: Vec<&Check> = all().collect();
    let mut text = String::from(HEAD);
    text += &summary(&checks);
    let practices = std::iter::once(Practice::Input).chain(Practice::ALL);
    for practice in practices {
        text.extend([format!("\n## {} {practice}\n", practice.number())]);
        for check in checks.iter().filter(|check| check.practice == practice) {
            text += &entry(check);
        }
    }
    text
}

fn summary(checks: &[&Check]) -> String {
    let mut text = String::from(
        "| practice | checks | can be critical or high | not implemented |\n|---|---|---|---|\n",
    );
    for practice in Practice::ALL {
        let of_it = || checks.iter().filter(|check| check.practice == practice);
        let lacking = of_it().filter(|check| check.lacking().is_some()).count();
        let bad = of_it()
            .filter(|check| {
                check.lacking().is_none()
                    && check.severities.iter().any(|one| *one >= Severity::High)
            })
            .count();
        let done = of_it().count().saturating_sub(lacking);
        text.extend([format!(
            "| {} {practice} | {done} | {bad} | {lacking} |\n",
            practice.number()
        )]);
    }
    text
}

fn entry(check: &Check) -> String {
    let severities: Vec<&str> = check.severities.iter().map(|one| one.name()).collect();
    let mut text = format!(
        "\n### {} {}\n\n{}. Severity: {}. Versions: {}.\n",
        check.id,
        check.name,
        check.title,
        severities.join(", "),
        check.versions.describe(),
    );
    if let Some(why) = check.lacking() {
        return text + &format!("\n**Not implemented:** {why}\n");
    }
    let fix = match check.fix {
        Fix::Automatic(_) => "Fix, by `ravelin fix`",
        Fix::Sometimes(_) => "Fix, by `ravelin fix` where it can",
        Fix::Steps(_) => "Fix, by hand",
    };
    for (heading, part) in
        [("Why", check.why), ("Fails when", check.fails), (fix, check.fix.text())]
    {
        text.extend([format!("\n**{heading}.** {}\n", part.trim())]);
    }
    let references: Vec<String> = check
        .references
        .iter()
        .map(|one| one.url().map_or_else(|| one.to_string(), |url| format!("[{one}]({url})")))
        .collect();
    if !references.is_empty() {
        text.extend([format!("\nAsked for by: {}\n", references.join(", "))]);
    }
    text
}

const HEAD: &str = "\
# Checks

What `ravelin scan` looks at. This page is made from the catalogue itself: `UPDATE=1 cargo test -p checks`. `ravelin explain ID` prints
the same with examples.

";
