//! Practice 0: what was given to look at.

use std::collections::BTreeMap;

use inventory::{Unknown, Unreadable};
use tree::Place;

use crate::example::{Example, ExampleFile, Expected};
use crate::{About, Check, Fix, Judge, Practice, Problem, Seen, Severity, Span, Tally, Verdict};

pub(crate) const CHECKS: &[&[Check]] = &[&[UNREADABLE, TEMPLATE]];

const UNREADABLE: Check = Check {
    id: "IN-001",
    name: "unreadable-input",
    title: "Something that was given could not be read",
    severities: &[Severity::Medium],
    why: "What cannot be read cannot be judged, and kubectl would not take it either.",
    fails: "A file, or a document of one, is not what its name promises. Files with another purpose pass: they are passed over.",
    fix: Fix::Steps(
        "Correct the text at the place that is named, or leave the file out with --ignore.",
    ),
    judge: Judge::Whole(unreadable),
    examples: &[
        Example::of(
            "a bracket is not closed",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest("a: [\n---\nb: 1\n")],
        ),
        Example::of(
            "no object, but well written",
            Expected::Pass,
            &[ExampleFile::manifest("replicas: 2\n")],
        ),
    ],
    ..INPUT
};

const TEMPLATE: Check = Check {
    id: "IN-002",
    name: "unrendered-template",
    title: "A Helm template was given unrendered",
    severities: &[Severity::Info],
    why: "What a template makes is not known before it is rendered with values; nothing of it was judged.",
    fails: "A file that cannot be read as YAML holds {{ and }}. Rendered output passes.",
    fix: Fix::Steps("helm template RELEASE CHART --values FILE | ravelin scan -"),
    judge: Judge::Whole(template),
    examples: &[
        Example::of(
            "a template",
            Expected::Fail(Severity::Info),
            &[ExampleFile::manifest("{{ if .Values.on }}\na: b\n  c: d\n{{ end }}\n")],
        ),
        Example::of("what it makes", Expected::Pass, &[ExampleFile::manifest("a: b\n")]),
    ],
    ..INPUT
};

const INPUT: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::Input,
    severities: &[],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

/// Templates of a chart are told once, by the folder they are in.
fn template(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut folders: BTreeMap<&str, Vec<&Unreadable>> = BTreeMap::new();
    for one in seen.inventory().unreadable().iter().filter(|one| one.is_template) {
        let folder = one.file.rsplit_once('/').map_or("", |(folder, _)| folder);
        folders.entry(folder).or_default().push(one);
    }
    let mut tally = Tally::new();
    for (folder, templates) in folders {
        let Some(first) = templates.first() else { continue };
        let about = About {
            file: if folder.is_empty() { first.file.clone() } else { folder.to_owned() },
            ..About::default()
        };
        let message = match templates.len() {
            1 => format!("{} is a template that was not rendered.", first.file),
            count => format!(
                "{count} templates in {folder} were not rendered, {} the first.",
                first.file
            ),
        };
        tally.add(about, Ok(Verdict::fail(Problem::new(Severity::Info, message))));
    }
    let read = seen.inventory().files().iter().filter(|file| !file.is_folder).count();
    tally.passes = read.saturating_sub(tally.problems.len());
    Ok(tally)
}

fn unreadable(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for one in seen.inventory().unreadable().iter().filter(|one| !one.is_template) {
        let place = (one.line > 0).then_some(Place { line: one.line, column: one.column });
        let about = About { file: one.file.clone(), place, ..About::default() };
        let message = format!("{} cannot be read: {}.", one.file, one.problem);
        tally.add(about, Ok(Verdict::fail(Problem::new(Severity::Medium, message))));
    }
    let read = seen.inventory().files().iter().filter(|file| !file.is_folder).count();
    tally.passes = read.saturating_sub(tally.problems.len());
    Ok(tally)
}
