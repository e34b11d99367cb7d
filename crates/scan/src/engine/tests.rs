//! What checks say becomes findings with their places.

use checks::{Example, Severity};
use inventory::File;

use super::*;
use crate::report::Status;

const POD: &str = "# a pod\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: apps}\nspec:\n  containers:\n  - name: web\n    image: example.com/web:1\n";

fn report(files: &[(&str, &str)], only: &str) -> Report {
    let mut builder = Inventory::builder();
    for (path, text) in files {
        builder.add_file(File::new(*path), text);
    }
    let text = |path: &str| {
        files.iter().find(|(name, _)| *name == path).map(|(_, text)| (*text).to_owned())
    };
    let selection = Selection::read(&[only.to_owned()], &[]).unwrap();
    let settings = Settings {
        selection: &selection,
        now: Example::now(),
        text: &text,
        sources: Vec::new(),
        advisories: Table::embedded(),
    };
    scan(&builder.build(), &settings)
}

#[test]
fn a_finding_points_at_its_line() {
    let stream = format!("a: 1\n---\n{POD}");
    let report = report(&[("x.yaml", &stream)], "PS-028");
    let [finding] = report.findings.as_slice() else { panic!("{report:?}") };
    assert_eq!(finding.source.as_ref().unwrap().to_string(), "x.yaml:9:5");
    assert_eq!(finding.detail, "web");
    assert_eq!(finding.path.as_deref(), Some("spec.containers[0]"));
    assert_eq!((finding.status, finding.severity), (Status::Fail, Severity::Low));
}

#[test]
fn an_object_that_is_there_twice_is_told_once() {
    let report = report(&[("x.yaml", POD), ("y.yaml", POD)], "PS-028");
    assert_eq!(report.findings.len(), 1);
}

#[test]
fn the_identity_survives_edits() {
    let one = report(&[("x.yaml", POD)], "PS-028");
    let other = report(&[("y.yaml", &format!("\n\n{POD}"))], "PS-028");
    assert_eq!(one.findings[0].id, other.findings[0].id);
}

#[test]
fn what_could_not_be_read_is_incomplete_and_stops_nothing() {
    let report = report(&[("x.yaml", "a: [\n"), ("y.yaml", POD)], "PS-028");
    assert_eq!(report.coverage.incomplete, ["x.yaml:1:4 could not be read."]);
    assert!(report.findings.iter().any(|finding| finding.check == "PS-028"));
}
