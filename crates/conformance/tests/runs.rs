//! What a run reports of files that are right, wrong, broken or foreign.

#![expect(clippy::expect_used, reason = "a test ends at the first surprise")]

use std::io::Write;
use std::path::Path;

use conformance::run;
use flate2::Compression;
use flate2::write::GzEncoder;

const CALL: &str = r#"{"method":"GET","url":"/x","longRunning":false,"info":{"isResourceRequest":false,"path":"/x","verb":"get","apiPrefix":"","apiGroup":"","apiVersion":"","namespace":"","resource":"","subresource":"","name":"","parts":[],"fieldSelector":"","labelSelector":""}}"#;
const GRANT: &str = r#"{"owner":[],"grant":[{"verbs":["get","list"],"apiGroups":[""],"resources":["pods"]}],"covered":false,"missing":2}"#;
const POLICY: &str = r#"{"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"Request","verbs":["get"]}]}"#;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a writable folder");
    }
    folder
}

fn printed(folder: &Path) -> String {
    let mut out = Vec::new();
    run(folder).expect("a good run").print(&mut out).expect("memory");
    String::from_utf8(out).expect("UTF-8")
}

fn error(files: &[(&str, &str)]) -> String {
    let folder = folder(files);
    let error = run(folder.path()).expect_err("a bad run");
    format!("{error:#}").replace(&folder.path().display().to_string(), "DIR")
}

#[test]
fn counts_by_kind_whatever_the_file() {
    let query = |verb: &str, level: &str| {
        format!(
            r#"{{"request":{{"verb":"{verb}","resourceRequest":false,"path":"/x"}},"level":"{level}","omitStages":[],"omitManagedFields":false}}"#
        )
    };
    let audit = format!(
        r#"{{"policy":{POLICY},"queries":[{},{}]}}"#,
        query("get", "Request"),
        query("put", "None")
    );
    let mixed = format!("{CALL}\n{audit}\n{CALL}\n{{\"pods\":[]}}\n");
    let folder = folder(&[("any.jsonl", &mixed), ("README.md", "not read")]);
    let mut compressed = GzEncoder::new(Vec::new(), Compression::fast());
    compressed.write_all(GRANT.as_bytes()).expect("memory");
    let compressed = compressed.finish().expect("memory");
    std::fs::write(folder.path().join("b.jsonl.gz"), compressed).expect("a writable folder");
    assert_eq!(
        printed(folder.path()),
        "requestinfo: 2 passed, 0 failed\n\
         escalation: 1 passed, 0 failed\n\
         audit: 2 passed, 0 failed\n\
         node: not implemented\n"
    );
}

#[test]
fn shows_the_first_differences_and_fails() {
    let wrong = CALL.replace("\"verb\":\"get\"", "\"verb\":\"put\"");
    let folder = folder(&[("a.jsonl", &format!("{CALL}\n{}", format!("{wrong}\n").repeat(7)))]);
    let report = run(folder.path()).expect("a good run");
    assert!(!report.is_clean());
    let text = printed(folder.path());
    assert!(text.starts_with("requestinfo: 1 passed, 7 failed\n  a.jsonl:2: GET /x\n"), "{text}");
    assert!(text.contains("verb: \"put\"") && text.contains("verb: \"get\""), "{text}");
    assert_eq!(text.matches("a.jsonl:").count(), 5, "{text}");
}

#[test]
fn tells_invalid_policies_from_valid_ones() {
    let invalid = |policy: &str| format!(r#"{{"policy":{policy},"invalid":"some reason"}}"#);
    let good = folder(&[("a.jsonl", &invalid("{}"))]);
    assert_eq!(printed(good.path()), "audit: 1 passed, 0 failed\n");
    let bad = folder(&[("a.jsonl", &invalid(POLICY))]);
    assert!(printed(bad.path()).starts_with("audit: 0 passed, 1 failed\n"));
}

#[test]
fn names_file_and_line_of_what_it_cannot_read() {
    let broken = error(&[("a.jsonl", &format!("{CALL}\n{{\"method\":"))]);
    assert!(broken.starts_with("a.jsonl:2: EOF while parsing"), "{broken}");
    let foreign = error(&[("a.jsonl", "{\"hello\":1}")]);
    assert_eq!(foreign, "a.jsonl:1: not a vector of any kind known here");
    let empty_line = error(&[("a.jsonl", &format!("{CALL}\n\n{CALL}"))]);
    assert!(empty_line.starts_with("a.jsonl:2: "), "{empty_line}");
    let wrong = error(&[("a.jsonl", &GRANT.replace("2}", "\"two\"}"))]);
    assert!(wrong.starts_with("a.jsonl:1: invalid type: string \"two\""), "{wrong}");
    let objects = error(&[("a.jsonl", &GRANT.replace("\"owner\":[]", "\"owner\":7"))]);
    assert!(objects.starts_with("a.jsonl:1: rules: "), "{objects}");
    let compressed = error(&[("a.jsonl.gz", "not gzip")]);
    assert!(compressed.starts_with("a.jsonl.gz:1: "), "{compressed}");
}

#[test]
fn refuses_to_run_nothing() {
    assert_eq!(error(&[("a.txt", "")]), "no *.jsonl or *.jsonl.gz in DIR");
    let missing = run(Path::new("/no/such/folder")).expect_err("a bad run");
    assert!(format!("{missing:#}").starts_with("cannot read /no/such/folder: "));
}
