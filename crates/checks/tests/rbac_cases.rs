//! Policies with one risk each, from a folder beside the repository or one that
//! `RAVELIN_RBAC_CASES` names: what must be found is found at its severity on its subject, and
//! nothing is found that would be wrong.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test ends at the first surprise, and says how much it ran"
)]

use std::path::{Path, PathBuf};

use checks::{Problem, Seen};
use inventory::{File, Inventory, Minor};
use serde_json::Value;

#[test]
fn finds_each_risk_and_nothing_else() {
    let Some(folder) = folder() else {
        eprintln!("no cases: neither RAVELIN_RBAC_CASES nor ../shared/data/rbac-cases is there");
        return;
    };
    let text = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    let cases = expected["cases"].as_array().unwrap();
    let wrong: Vec<String> =
        cases.iter().flat_map(|case| mistakes(&folder, &expected, case)).collect();
    eprintln!("{} cases run, {} mistakes", cases.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn folder() -> Option<PathBuf> {
    let beside = || {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        root.join("../shared/data/rbac-cases")
    };
    let named = std::env::var_os("RAVELIN_RBAC_CASES").map(PathBuf::from);
    Some(named.unwrap_or_else(beside)).filter(|folder| folder.join("expected.json").is_file())
}

fn mistakes(folder: &Path, expected: &Value, case: &Value) -> Vec<String> {
    let name = case["case"].as_str().unwrap();
    let text = std::fs::read_to_string(folder.join(case["file"].as_str().unwrap())).unwrap();
    let found = found(&text, minor(expected));
    let mut wrong = Vec::new();
    for must in case["must"].as_array().unwrap() {
        let is_it = |one: &&(String, Problem)| is_found(must, case, one);
        if !found.iter().any(|one| is_it(&one)) {
            wrong.push(format!("{name}: {must} is not found"));
        }
    }
    let wild = list(&case["may"]).iter().any(|may| may.starts_with("content-of:"));
    let musts = case["must"].as_array().unwrap().iter();
    let mut right: Vec<String> =
        musts.map(|must| must["check"].as_str().unwrap().to_owned()).collect();
    right.extend(list(&case["may"]));
    right.extend(list(&expected["accepted_on_every_case"]));
    let mut not = list(&case["must_not"]);
    not.extend(list(&expected["forbidden_on_every_case"]));
    for (check, problem) in &found {
        if not.contains(check) || !wild && !right.contains(check) {
            wrong.push(format!("{name}: {check} is wrong here: {}", problem.message));
        }
    }
    wrong
}

/// Whether a finding is what must be found: check, severity and subjects.
fn is_found(must: &Value, case: &Value, (check, problem): &(String, Problem)) -> bool {
    let letter = problem.severity.name().chars().take(1).collect::<String>().to_uppercase();
    must["check"] == check.as_str()
        && list(&must["severity"]).contains(&letter)
        && list(&case["subjects"]).iter().all(|one| problem.subjects.contains(one))
}

fn found(text: &str, minor: Minor) -> Vec<(String, Problem)> {
    let mut builder = Inventory::builder();
    builder.add_file(File::new("case.yaml"), text);
    builder.set_minor(minor);
    let inventory = builder.build();
    let seen = Seen::new(&inventory, checks::Example::now());
    let all = checks::all().filter(|check| check.id.starts_with("RB-"));
    let problems = all.flat_map(|check| {
        let problems = checks::run(check, &seen).tally.problems.into_iter();
        problems.map(|(_, problem)| (check.id.to_owned(), problem))
    });
    problems.collect()
}

fn minor(expected: &Value) -> Minor {
    expected["kubernetes"].as_str().unwrap().parse().unwrap()
}

fn list(value: &Value) -> Vec<String> {
    let texts = value.as_array().into_iter().flatten();
    texts.map(|one| one.as_str().unwrap().to_owned()).collect()
}
