//! What a file of waivers may say, and what is told about each mistake.

use super::*;

fn read(text: &str) -> Result<Waivers, Vec<String>> {
    Waivers::read("w.yaml", text)
        .map_err(|mistakes| mistakes.all().iter().map(ToString::to_string).collect())
}

#[test]
fn reads_what_is_right() {
    let text = "\
waivers:
- check: RB-*
  object: {kind: Role, namespace: apps-*, name: ci}
  reason: CI deploys
  owner: platform
  expires: 2027-03-31
- finding: 0123456789abcdef0123
  reason: measured
  owner: platform
  expires: '2027-01-01'
- {check: FL-001, reason: lab, owner: me, expires: 2027-01-01}
";
    let waivers = read(text).unwrap();
    let says: Vec<String> = waivers.all().iter().map(Waiver::says).collect();
    assert_eq!(
        says,
        ["check RB-* of Role apps-*/ci", "finding 0123456789abcdef0123", "check FL-001"]
    );
    assert_eq!(waivers.all()[1].source.to_string(), "w.yaml:7:3");
    assert_eq!(read("waivers: []\n"), Ok(Waivers::default()));
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(read(text).unwrap_err(), expected, "{text}");
}

fn entry(fields: &str) -> String {
    format!("waivers:\n- {{{fields}}}\n")
}

const REST: &str = "reason: r, owner: o, expires: 2027-01-01";

#[test]
fn tells_what_is_wrong_with_the_file() {
    check("a: [", &["w.yaml:1:4: unclosed bracket '['"]);
    check("- a\n", &["w.yaml:1:1: must be a mapping with waivers"]);
    check("", &["w.yaml:1:1: must be a mapping with waivers"]);
    check(
        "waiver: []\n",
        &[
            "w.yaml:1:1: waiver: no such key; known are waivers",
            "w.yaml:1:1: waivers: must be a list of waivers; [] if there are none",
        ],
    );
    check(
        "waivers: 5\n",
        &["w.yaml:1:1: waivers \"5\": must be a list of waivers; [] if there are none"],
    );
    check(
        "waivers:\n- RB-001\n",
        &["w.yaml:2:3: waivers[0] \"RB-001\": must be a mapping with check, object, finding, \
               reason, owner, expires"],
    );
    check(
        "waivers:\n- {}\n",
        &[
            "w.yaml:2:3: waivers[0]: must have check or finding: what is accepted",
            "w.yaml:2:3: waivers[0].reason: must say why this is accepted",
            "w.yaml:2:3: waivers[0].owner: must name who answers for it",
            "w.yaml:2:3: waivers[0].expires: must be the last day, as in 2027-03-31",
        ],
    );
}

#[test]
fn tells_what_is_wrong_with_what_is_covered() {
    check(
        &entry(&format!("check: RB-001, until: 2027-01-01, {REST}")),
        &["w.yaml:2:19: waivers[0].until \"2027-01-01\": no such key; known are check, object, \
               finding, reason, owner, expires"],
    );
    for wrong in ["*", "rb-001", "RB", "ZZ-1", "?B-001"] {
        check(
            &entry(&format!("check: '{wrong}', {REST}")),
            &[&format!(
                "w.yaml:2:4: waivers[0].check {wrong:?}: must be the id of a check, such as \
                     RB-001, or a pattern within one practice, such as RB-*"
            )],
        );
    }
    check(
        &entry(&format!("check: RB-001, finding: 0123456789abcdef0123, {REST}")),
        &["w.yaml:2:19: waivers[0].finding \"0123456789abcdef0123\": stands beside check; keep \
               one of them"],
    );
    for wrong in ["0123", "0123456789ABCDEF0123", "'0123456789abcdef012g'"] {
        let found = read(&entry(&format!("finding: {wrong}, {REST}"))).unwrap_err();
        assert!(found[0].contains("must be the id of a finding: 20 digits"), "{found:?}");
    }
    check(
        &entry(&format!("finding: 0123456789abcdef0123, object: {{kind: Role}}, {REST}")),
        &["w.yaml:2:35: waivers[0].object: goes with check; an id of a finding already says \
               which object"],
    );
}

#[test]
fn tells_what_is_wrong_with_dates_and_objects() {
    for wrong in ["2027-1-1", "2027-02-30", "tomorrow", "2027-01-01T00:00:00Z", "20270101"] {
        let text = format!("check: RB-001, reason: r, owner: o, expires: {wrong}");
        check(
            &entry(&text),
            &[&format!(
                "w.yaml:2:40: waivers[0].expires {wrong:?}: must be the last day, as in \
                     2027-03-31"
            )],
        );
    }
    check(
        &entry(&format!("check: RB-001, object: {{}}, {REST}")),
        &["w.yaml:2:19: waivers[0].object: must have kind, namespace or name; leave it out for \
               any"],
    );
    check(
        &entry(&format!("check: RB-001, object: {{kind: [Role], Name: x}}, {REST}")),
        &[
            "w.yaml:2:42: waivers[0].object.Name \"x\": no such key; known are kind, \
                 namespace, name",
            "w.yaml:2:28: waivers[0].object.kind: must be a text or a pattern with * and ?",
        ],
    );
    check(
        &entry("check: RB-001, reason: ' ', owner: 5, expires: 2027-01-01"),
        &[
            "w.yaml:2:19: waivers[0].reason \" \": must say why this is accepted",
            "w.yaml:2:32: waivers[0].owner \"5\": must name who answers for it",
        ],
    );
}

#[test]
fn the_example_of_the_reference_page_is_right() {
    let page = include_str!("../../../../../docs/reference/scan-report.md");
    let example = page.split_once("```yaml\n").unwrap().1.split_once("```").unwrap().0;
    assert_eq!(read(example).unwrap().all().len(), 2);
    for check in [super::super::EXPIRED, super::super::INERT] {
        assert!(page.contains(&format!("| {check} |")), "{check}");
    }
}

#[test]
fn refuses_a_key_that_is_there_twice() {
    let text = r#"{"waivers": [{"check": "RB-001", "check": "RB-*", "reason": "r", "owner": "o",
            "expires": "2027-01-01"}]}"#;
    let found = read(text).unwrap_err();
    assert!(found[0].ends_with("waivers[0].check \"RB-*\": is there twice; keep one"), "{found:?}");
}

#[test]
fn mistakes_are_counted() {
    let error = Waivers::read("w.yaml", "waivers:\n- {}\n").unwrap_err().to_string();
    assert!(error.starts_with("the waivers have 4 mistakes:\n  w.yaml:2:3: "), "{error}");
    let error = Waivers::read("w.yaml", "").unwrap_err().to_string();
    assert!(error.starts_with("the waivers have a mistake:\n  w.yaml:1:1: "), "{error}");
}

proptest::proptest! {
    #[test]
    fn takes_any_text(text in "(waivers|check|object|finding|[-:{}\\[\\], *\n']){0,30}") {
        if let Err(mistakes) = Waivers::read("w.yaml", &text) {
            proptest::prop_assert!(!mistakes.all().is_empty());
        }
    }
}
