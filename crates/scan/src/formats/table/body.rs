//! The body of the table: what is open, by check, the worst first; then what is waived, what could
//! not be decided, and how far the scan could see.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Look, fit};
use crate::baseline::Past;
use crate::formats::groups::{Group, groups};
use crate::report::{Finding, Novelty, Reach, Report, Status};
use crate::visible;

pub(super) fn open(report: &Report, look: Look) -> String {
    groups(report, Status::Fail).iter().map(|group| check(group, look)).collect()
}

fn check(group: &Group<'_>, look: Look) -> String {
    let paint = look.paint();
    let severity = format!(" {} ", group.severity.name().to_uppercase());
    let count = group.findings.len();
    let count = if count > 1 { format!(" ({count})") } else { String::new() };
    let used = fit::width(&severity).saturating_add(count.len()).saturating_add(1);
    let title = visible::line(&format!("{} {}", group.check, group.title)).into_owned();
    let mut out = format!(
        "\n{} {}{}\n",
        paint.severity(group.severity, &severity),
        paint.bold(&fit::cut(&title, look.width().saturating_sub(used))),
        count,
    );
    let most = look.most.unwrap_or(usize::MAX);
    out.extend(group.findings.iter().take(most).map(|finding| item(&said(finding), look)));
    out.push_str(&more(group.findings.len(), most));
    out.push_str(&fix(group, look));
    out
}

fn said(finding: &Finding) -> String {
    let new = if finding.novelty == Some(Novelty::New) { "new: " } else { "" };
    let about = finding.about();
    let about = if about.is_empty() { about } else { format!("{about}: ") };
    let source = finding.source.as_ref().map(|source| format!(" ({source})")).unwrap_or_default();
    format!("{new}{about}{}{source}", finding.message)
}

fn fix(group: &Group<'_>, look: Look) -> String {
    let fix = group.findings.iter().find_map(|finding| finding.fix.as_deref()).unwrap_or_default();
    let mut steps = fix.lines();
    let mut out = String::new();
    for (index, step) in steps.by_ref().take(FIX_LINES).enumerate() {
        let name = if index == 0 { "fix  " } else { "     " };
        out.push_str(&fit::hanging(&format!("  {name}"), &visible::line(step), look.width()));
    }
    if steps.next().is_some() {
        out.push_str("       …\n");
    }
    let more = format!("  more ravelin explain {}", group.check);
    let more = fit::cut(&visible::line(&more), look.width());
    format!("{out}{}\n", look.paint().faint(&more))
}

pub(super) fn waived(report: &Report, look: Look) -> String {
    let waived = || report.findings.iter().filter(|finding| finding.status == Status::Waived);
    let count = waived().count();
    if count == 0 {
        return String::new();
    }
    let mut out = section(&format!("Waived: {count}. They count as failed in the score."), look);
    let most = look.most.unwrap_or(usize::MAX);
    for finding in waived().take(most) {
        let why = finding.waiver.as_ref().map(ToString::to_string).unwrap_or_default();
        let text = format!("{} {} {}: {why}", finding.severity, finding.check, finding.about());
        out.push_str(&item(&text, look));
    }
    out + &more(count, most)
}

/// What is unknown, by the reason: one thing that was not seen often keeps many checks from a
/// verdict.
pub(super) fn unknown(report: &Report, look: Look) -> String {
    let by_reason = reasons(report);
    if by_reason.is_empty() {
        return String::new();
    }
    let mut out = section(
        "Not decided. The low end of a score takes it for failed, the high end for passed.",
        look,
    );
    for (reason, fix, checks) in folded(by_reason, look.most.is_some()) {
        let text = format!(
            "{reason}: {} ({})",
            plural(checks.len(), "check"),
            checks.into_iter().collect::<Vec<_>>().join(", ")
        );
        out.push_str(&item(&text, look));
        if !fix.is_empty() {
            out.push_str(&fit::hanging("    to see it: ", &visible::line(fix), look.width()));
        }
    }
    out
}

/// Reasons with one remedy, told as one where there are many of them and not all is to be shown.
fn folded<'r>(
    by_reason: BTreeMap<(&'r str, &'r str), BTreeSet<&'r str>>,
    is_short: bool,
) -> Vec<(String, &'r str, BTreeSet<&'r str>)> {
    let mut told: Vec<(&str, usize, &str, BTreeSet<&str>)> = Vec::new();
    for ((reason, fix), checks) in by_reason {
        match told.iter_mut().find(|one| is_short && !fix.is_empty() && one.2 == fix) {
            Some(one) => {
                one.1 = one.1.saturating_add(1);
                one.3.extend(checks);
            }
            None => told.push((reason, 0, fix, checks)),
        }
    }
    told.into_iter()
        .map(|(reason, more, fix, checks)| match more {
            0 => (reason.to_owned(), fix, checks),
            more => (format!("{reason}, and {more} more like it"), fix, checks),
        })
        .collect()
}

/// The checks that are unknown, by reason and remedy.
fn reasons(report: &Report) -> BTreeMap<(&str, &str), BTreeSet<&str>> {
    let mut by_reason: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    let mut told = BTreeSet::new();
    for finding in report.findings.iter().filter(|finding| finding.status == Status::Unknown) {
        let reason = finding.reason.as_deref().unwrap_or(NO_REASON);
        let fix = finding.fix.as_deref().unwrap_or_default();
        by_reason.entry((reason, fix)).or_default().insert(&finding.check);
        told.insert(finding.check.as_str());
    }
    let untold = report.checks.iter().filter(|outcome| outcome.unknown > 0);
    for outcome in untold.filter(|outcome| !told.contains(outcome.check.as_str())) {
        by_reason.entry((NO_REASON, "")).or_default().insert(&outcome.check);
    }
    by_reason
}

const NO_REASON: &str = "no reason given";

pub(super) fn baseline(report: &Report, look: Look) -> String {
    let Some(change) = &report.baseline else { return String::new() };
    let list = |title: &str, all: &[Past]| {
        if all.is_empty() {
            return String::new();
        }
        let mut out = section(title, look);
        let most = look.most.unwrap_or(usize::MAX);
        for past in all.iter().take(most) {
            let about = if past.about.is_empty() { &past.message } else { &past.about };
            out.push_str(&item(&format!("{} {about}", past.check), look));
        }
        out + &more(all.len(), most)
    };
    list("Gone since the baseline", &change.gone)
        + &list("Of the baseline, but not looked at now", &change.unseen)
}

fn more(count: usize, most: usize) -> String {
    match count.saturating_sub(most) {
        0 => String::new(),
        rest => format!("  … and {rest} more; --all shows them\n"),
    }
}

fn section(title: &str, look: Look) -> String {
    let title = fit::hanging("", title, look.width());
    format!("\n{}\n", look.paint().bold(title.trim_end()))
}

pub(super) fn coverage(report: &Report, look: Look) -> String {
    let coverage = &report.coverage;
    let listed = coverage.kinds.iter().filter(|kind| kind.reach == Reach::Listed).count();
    let objects = coverage.kinds.iter().fold(0_u64, |sum, kind| sum.saturating_add(kind.objects));
    let mut seen = format!(
        "{objects} objects, {} in full, {} files",
        plural(listed, "kind"),
        coverage.files.read
    );
    for (name, version) in &coverage.versions {
        write!(seen, "; {name} {version}").unwrap_or_default();
    }
    let mut out = section("Seen", look);
    out.push_str(&item(&seen, look));
    let mut not_seen: Vec<String> = coverage.incomplete.clone();
    for kind in &coverage.kinds {
        if matches!(kind.reach, Reach::Denied | Reach::Failed) {
            let reason = kind.reason.as_deref().unwrap_or("no reason given");
            let (name, reach) = (&kind.kind, kind.reach.name());
            not_seen.push(format!("{name} ({}), {reach}: {reason}", kind.api_version));
        }
    }
    let unreadable = &coverage.files.unreadable;
    not_seen.extend(unreadable.iter().map(|one| format!("{}: {}", one.file, one.reason)));
    if !not_seen.is_empty() {
        out.push_str(&section("Not seen", look));
        out.extend(not_seen.iter().map(|text| item(text, look)));
    }
    out
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn item(text: &str, look: Look) -> String {
    fit::hanging("  • ", &visible::line(text), look.width())
}

/// A fix is shown so far; `ravelin explain` and the other formats have the rest.
const FIX_LINES: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_with_one_remedy_are_told_as_one_unless_all_is_asked_for() {
        let all = || {
            BTreeMap::from([
                (("a was not seen", "scan"), BTreeSet::from(["X-1"])),
                (("b was not seen", "scan"), BTreeSet::from(["X-1", "X-2"])),
                (("c is open", ""), BTreeSet::from(["X-3"])),
                (("d is open", ""), BTreeSet::from(["X-4"])),
            ])
        };
        let check = |is_short: bool, expected: &[(&str, usize)]| {
            let told = folded(all(), is_short);
            let told: Vec<_> = told.iter().map(|one| (one.0.as_str(), one.2.len())).collect();
            assert_eq!(told, expected);
        };
        check(
            true,
            &[("a was not seen, and 1 more like it", 2), ("c is open", 1), ("d is open", 1)],
        );
        check(
            false,
            &[("a was not seen", 1), ("b was not seen", 2), ("c is open", 1), ("d is open", 1)],
        );
    }
}
