//! What the chain shows of logs that were changed, torn or left alone.

use std::io::Cursor;

use proptest::prelude::*;

use super::*;

const PLAIN: &str =
    r#"{"kind":"Event","auditID":"a","stageTimestamp":"2026-01-01T00:00:00.000000Z"}"#;
const ANNOTATED: &str =
    r#"{"kind":"Event","auditID":"b","stageTimestamp":null,"annotations":{"k":"v"}}"#;

fn event(id: usize) -> String {
    format!(
        r#"{{"kind":"Event","auditID":"{id}","annotations":{{"k":"\"ravelin.dev/chain\":\""}}}}"#
    )
}

/// A log of `count` records, line by line.
fn log(chain: &mut Chain, ids: std::ops::Range<usize>) -> Vec<String> {
    let link = |id: usize| {
        let mut out = Vec::new();
        chain.link(event(id).as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    };
    ids.map(link).collect()
}

fn cut(line: &str, at: usize) -> String {
    line.chars().take(at).collect()
}

fn report(files: &[&str]) -> Report {
    let names = (0..).map(|number| format!("file-{number}"));
    verify(names.zip(files.iter().map(Cursor::new))).unwrap()
}

/// Verifies one file; says which line of it is the first that is broken, and how.
fn fault(lines: &[String]) -> Option<(u64, Option<String>, Fault)> {
    match report(&[&lines.concat()]).end {
        End::Whole => None,
        End::Torn { .. } => panic!("torn"),
        End::Broken(broken) => Some((broken.line, broken.audit_id, broken.fault)),
    }
}

#[test]
fn a_link_leaves_the_record_as_it_was() {
    for line in [PLAIN, ANNOTATED, &event(1)] {
        let mut out = Vec::new();
        Chain::default().link(line.as_bytes(), &mut out);
        let record = out.strip_suffix(b"\n").unwrap();
        let value: serde_json::Value = serde_json::from_slice(record).unwrap();
        let link = value["annotations"][ANNOTATION].as_str().unwrap();
        let (found, content) = split(record).unwrap();
        assert_eq!(content.concat(), line.as_bytes());
        let zeros = "0".repeat(64);
        // What anybody can compute again with `sha256sum`.
        let hash = Digest::of([format!("{zeros}:1::{line}").as_bytes()]);
        assert_eq!(found.hash, hash);
        assert_eq!(link, format!("1:{}:{zeros}", String::from_utf8_lossy(&hash.hex())));
    }
}

#[test]
fn an_untouched_log_is_whole() {
    let mut chain = Chain::default();
    let first = log(&mut chain, 0..3).concat();
    chain.begin_file();
    let second = log(&mut chain, 3..5).concat();
    let third = log(&mut Chain::after(second.as_bytes()).unwrap(), 5..6).concat();
    let whole = report(&[&first, &second, &third]);
    assert_eq!((whole.records, whole.torn, &whole.end), (6, 0, &End::Whole));
    assert_eq!(whole.first.unwrap().sequence, 1);
    let last = whole.last.unwrap();
    assert_eq!((last.file.as_str(), last.line, last.sequence), ("file-2", 1, 6));
    // Without the oldest file, and with one record more in the same file after a restart.
    let rest = report(&["", &second, &third]);
    assert_eq!((rest.records, rest.end, rest.first.unwrap().sequence), (3, End::Whole, 4));
    assert_eq!(report(&[&first, &[second, third].concat()]).end, End::Whole);
    assert_eq!(report(&[]).end, End::Whole);
}

#[test]
fn names_the_first_record_that_is_not_as_it_was() {
    let lines = log(&mut Chain::default(), 0..5);
    let check = |change: &dyn Fn(&mut Vec<String>), line, id: Option<&str>, expected| {
        let mut lines = lines.clone();
        change(&mut lines);
        assert_eq!(fault(&lines), Some((line, id.map(str::to_owned), expected)));
    };
    assert_eq!(fault(&lines), None);
    check(&|lines| lines[2] = lines[2].replace("Event", "event"), 3, Some("2"), Fault::Altered);
    check(&|lines| lines[0] = lines[0].replace("Event", "event"), 1, Some("0"), Fault::Altered);
    check(&|lines| lines[4] = lines[4].replace("\"4\"", "\"9\""), 5, Some("9"), Fault::Altered);
    check(&|lines| drop(lines.remove(2)), 3, Some("3"), Fault::Missing(3, 3));
    check(&|lines| drop(lines.drain(1..4)), 2, Some("4"), Fault::Missing(2, 4));
    check(&|lines| drop(lines.remove(0)), 1, Some("1"), Fault::Beheaded);
    check(&|lines| lines.swap(1, 2), 2, Some("2"), Fault::Missing(2, 2));
    check(&|lines| lines.insert(3, lines[1].clone()), 4, Some("1"), Fault::OutOfOrder);
    check(&|lines| lines.insert(3, event(7) + "\n"), 4, Some("7"), Fault::Unchained);
    check(&|lines| lines.insert(3, "\n".into()), 4, None, Fault::Unchained);
    check(&|lines| lines[3] = cut(&lines[3], 40) + "\n", 4, None, Fault::Unchained);
    check(&|lines| lines.push("junk\n".into()), 6, None, Fault::Unchained);
    check(&|lines| lines.push(event(7)), 6, Some("7"), Fault::Unchained);
    let forged = log(&mut Chain::default(), 8..10);
    check(
        &|lines| lines.splice(1..2, [forged[1].clone()]).for_each(drop),
        2,
        Some("9"),
        Fault::Altered,
    );
    check(&|lines| lines.extend(forged.clone()), 6, Some("8"), Fault::Restarted);
    let mut other =
        Chain { hash: Digest::of([&b"other"[..]]), sequence: 2, next: Next::BeginsFile };
    let forged = log(&mut other, 8..9);
    check(&|lines| lines[2].clone_from(&forged[0]), 3, Some("8"), Fault::Unconnected);
}

#[test]
fn a_kill_in_the_middle_of_a_line_is_no_tampering() {
    let lines = log(&mut Chain::default(), 0..3);
    for at in 1..lines[2].len() - 1 {
        let killed = lines[..2].concat() + &cut(&lines[2], at);
        let torn = report(&[&killed]);
        assert_eq!(torn.records, 2);
        assert_eq!(torn.end, End::Torn { file: "file-0".into(), line: 3 });
        // The next process goes on on a line of its own, and vouches for what it found.
        let mut chain = Chain::after(killed.as_bytes()).unwrap();
        let went_on = killed.clone() + "\n" + &log(&mut chain, 3..5).concat();
        let whole = report(&[&went_on]);
        assert_eq!((whole.records, whole.torn, whole.end), (4, 1, End::Whole));
        // It vouches for that line only.
        let changed = went_on.replacen("\n{", "\n[", 2).replacen("\n[", "\n{", 1);
        assert!(matches!(report(&[&changed]).end, End::Broken(broken) if broken.line == 3));
        // Killed again before anything was finished.
        let again = killed + "\n" + &cut(&lines[2], at / 2);
        let mut chain = Chain::after(again.as_bytes()).unwrap();
        let fresh = if again.ends_with('\n') { "" } else { "\n" };
        let went_on = again + fresh + &log(&mut chain, 3..4).concat();
        assert_eq!(report(&[&went_on]).end, End::Whole, "{went_on}");
    }
    // All of it but the line break: the record is there, and the chain goes on after it.
    let killed = lines.concat();
    let killed = killed.trim_end();
    assert_eq!(report(&[killed]).records, 3);
    assert_eq!(Chain::after(killed.as_bytes()).unwrap().sequence(), 3);
}

#[test]
fn goes_on_only_after_a_record_of_its_own() {
    let lines = log(&mut Chain::default(), 0..2).concat();
    assert_eq!(Chain::after(b""), Some(Chain::default()));
    assert_eq!(Chain::after(lines.as_bytes()).unwrap().sequence(), 2);
    assert_eq!(Chain::after((event(1) + "\n").as_bytes()), None);
    assert_eq!(Chain::after((lines.clone() + &event(1) + "\n").as_bytes()), None);
    assert_eq!(Chain::after((lines + &event(1)).as_bytes()), None);
    assert_eq!(Chain::after(b"{\"kin").unwrap().sequence(), 0);
    assert_eq!(Chain::after(b"\n"), None);
}

proptest! {
    #[test]
    fn any_bytes_are_read_and_none_is_a_record(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let report = verify([("x".to_owned(), Cursor::new(&bytes))]).unwrap();
        prop_assert_eq!(report.records, 0);
        if let Some(chain) = Chain::after(&bytes) {
            prop_assert_eq!(chain.sequence(), 0);
        }
    }

    #[test]
    fn any_change_of_a_byte_is_found(line in 0_usize..3, at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut lines: Vec<_> =
            log(&mut Chain::default(), 0..4).into_iter().map(String::into_bytes).collect();
        let at = at.index(lines[line].len());
        prop_assume!(lines[line][at] != to);
        lines[line][at] = to;
        let report = verify([("x".to_owned(), Cursor::new(lines.concat()))]).unwrap();
        let is_broken = matches!(report.end, End::Broken(_));
        prop_assert!(is_broken, "{:?}", report);
    }
}
