//! Every example of every check says what it must, and every check keeps the rules of the
//! catalogue.

use std::collections::BTreeSet;

use checks::{Check, Example, Expected, Fix, Judge, Outcome, Practice, Seen, Severity};

#[test]
fn every_example_says_what_it_must() {
    let mut wrong = Vec::new();
    for check in checks::all() {
        for example in check.examples {
            let inventory = example.inventory();
            let outcome = checks::run(check, &Seen::new(&inventory, example.time()));
            let said = said(&outcome);
            let is_readable =
                inventory.unreadable().is_empty() || check.practice == Practice::Input;
            if said != example.expected || !is_readable {
                wrong.push(format!(
                    "{} {:?}: expected {:?}, said {said:?}: {:#?} {:?}",
                    check.id,
                    example.name,
                    example.expected,
                    outcome.tally,
                    inventory.unreadable()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} examples:\n{}", wrong.len(), wrong.join("\n"));
}

fn said(outcome: &Outcome) -> Expected {
    let tally = &outcome.tally;
    let worst = tally.problems.iter().map(|(_, problem)| problem.severity).max();
    if let Some(worst) = worst {
        return Expected::Fail(worst);
    }
    if !tally.gaps.is_empty() {
        return Expected::Unknown;
    }
    if !tally.exempt.is_empty() {
        return Expected::Exempt;
    }
    if tally.passes == 0 && !tally.not_applicable.is_empty() {
        return Expected::NotApplicable;
    }
    Expected::Pass
}

#[test]
fn every_check_keeps_the_rules_of_the_catalogue() {
    let mut ids = BTreeSet::new();
    let mut names = BTreeSet::new();
    let mut wrong = Vec::new();
    for check in checks::all() {
        let mut say = |what: &str| wrong.push(format!("{} {}: {what}", check.id, check.name));
        if !ids.insert(check.id) || !names.insert(check.name) {
            say("its id or name is there twice");
        }
        if !check.id.starts_with(check.practice.prefix()) {
            say("its id begins with the letters of another practice");
        }
        if [check.title, check.name, check.why, check.fails, check.fix.text()].contains(&"") {
            say("a text is missing");
        }
        if check.title.ends_with('.') || !check.why.ends_with('.') || !check.fails.ends_with('.') {
            say("a title has no full stop, sentences have one");
        }
        if !check.severities.is_sorted_by(|one, other| one > other) || check.severities.is_empty() {
            say("severities are named once each, the worst first");
        }
        if matches!(check.judge, Judge::NotImplemented(_)) {
            continue;
        }
        let shows =
            |wanted: fn(&Expected) -> bool| check.examples.iter().any(|one| wanted(&one.expected));
        if !shows(|expected| matches!(expected, Expected::Fail(_))) {
            say("no example shows it failing");
        }
        if !shows(|expected| *expected == Expected::Pass) {
            say("no example shows it passing");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn findings_have_the_severities_that_their_check_names() {
    for (check, example) in
        checks::all().flat_map(|check| check.examples.iter().map(move |one| (check, one)))
    {
        let inventory = example.inventory();
        let outcome = checks::run(check, &Seen::new(&inventory, example.time()));
        for (_, problem) in &outcome.tally.problems {
            let named: &[Severity] = check.severities;
            assert!(
                named.contains(&problem.severity),
                "{} {}: {problem:?}",
                check.id,
                example.name
            );
        }
    }
}

#[test]
fn a_check_that_promises_an_automatic_fix_has_one_each_time() {
    for (check, example) in
        checks::all().flat_map(|check| check.examples.iter().map(move |one| (check, one)))
    {
        let inventory = example.inventory();
        let outcome = checks::run(check, &Seen::new(&inventory, example.time()));
        let promised = matches!(check.fix, Fix::Automatic(_));
        for (_, problem) in &outcome.tally.problems {
            assert!(
                !promised || problem.remedy.is_automatic(),
                "{} {}: {problem:?}",
                check.id,
                example.name
            );
        }
    }
}

#[test]
fn the_same_input_in_another_order_says_the_same() {
    let all: Vec<&Check> = checks::all().collect();
    let files: Vec<_> =
        all.iter().flat_map(|check| check.examples).flat_map(|one| one.files).collect();
    let build = |reversed: bool| {
        let mut builder = inventory::Inventory::builder();
        let mut numbered: Vec<_> = files.iter().enumerate().collect();
        if reversed {
            numbered.reverse();
        }
        for (number, file) in numbered {
            let mut seen = file.file();
            if !seen.path().starts_with('/') {
                seen = inventory::File::new(format!("{number}-{}", seen.path()));
                builder.add_file(seen, file.text);
            }
        }
        builder.build()
    };
    let (one, other) = (build(false), build(true));
    for check in all {
        let tally = |inventory| checks::run(check, &Seen::new(inventory, Example::now())).tally;
        assert_eq!(tally(&one), tally(&other), "{}", check.id);
    }
}

#[test]
fn the_reference_page_is_that_of_the_catalogue() {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/checks.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, checks::page()).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == checks::page(),
        "docs/reference/checks.md is stale: UPDATE=1 cargo test -p checks"
    );
}
