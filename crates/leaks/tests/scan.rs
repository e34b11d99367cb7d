//! What is a leak and what is none, as tables. Values that look like credentials are drawn when the
//! test runs.

#[path = "tables/drawn.rs"]
mod drawn;

use drawn::filled;
use leaks::{scan_command, scan_text, scan_value};

fn rows(table: &str) -> impl Iterator<Item = Vec<String>> {
    let lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| line.split(" | ").map(|cell| filled(cell.trim())).collect())
}

#[test]
fn values_that_are_leaks() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for row in rows(include_str!("tables/values.txt")) {
        let [kind, name, value] = row.as_slice() else { panic!("three cells: {row:?}") };
        let found = scan_value(name, value).map(|leak| leak.kind.name());
        if found != Some(kind) {
            wrong.push(format!("{name}: {value}: {found:?}, not {kind}"));
        }
        seen += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen >= 80, "{seen}");
}

#[test]
fn values_that_are_none() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for row in rows(include_str!("tables/innocent_values.txt")) {
        let [name, value] = row.as_slice() else { panic!("two cells: {row:?}") };
        if let Some(leak) = scan_value(name, value) {
            wrong.push(format!("{name}: {value}: {}", leak.kind.name()));
        }
        seen += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen >= 130, "{seen}");
}

#[test]
fn texts_are_read_line_by_line_or_as_documents() {
    let mut wrong = Vec::new();
    for part in include_str!("tables/texts.txt").split("=== ").skip(1) {
        let (head, text) = part.split_once('\n').unwrap();
        let mut found: Vec<String> = scan_text("file", &filled(text))
            .iter()
            .map(|leak| format!("{}:{}", leak.line.unwrap_or(0), leak.kind.name()))
            .collect();
        found.sort();
        let wanted: Vec<&str> = head.split_whitespace().skip(1).collect();
        if found != wanted {
            wrong.push(format!("{head}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn commands_are_read_word_by_word() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for row in rows(include_str!("tables/commands.txt")) {
        let (expected, args) = row.split_first().unwrap();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let found: Vec<String> = scan_command(&args)
            .iter()
            .map(|(number, leak)| format!("{number}:{}", leak.kind.name()))
            .collect();
        let found = if found.is_empty() { "-".to_owned() } else { found.join(",") };
        if found != *expected {
            wrong.push(format!("{args:?}: {found}, not {expected}"));
        }
        seen += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen >= 45, "{seen}");
}

/// How many characters of the value a preview shows.
fn shown(preview: &str) -> usize {
    preview.rsplit_once("… (").map_or(usize::MAX, |(start, _)| start.chars().count())
}

proptest::proptest! {
    #[test]
    fn no_text_panics_and_no_preview_tells_more_than_four(
        name in "[A-Za-z_.-]{0,12}|PASSWORD|token|\\PC{0,6}",
        start in "|eyJ|-----BEGIN |postgres://a:|ghp_|Q~|:AA|\\$2y\\$|AccountKey=|Authorization: Basic |mysql -p",
        text in "[A-Za-z0-9=:/@\\-'\" \\n{}\\[\\],.~$&;_]{0,120}|\\PC{0,60}",
    ) {
        let value = format!("{start}{text}");
        let mut found: Vec<_> = scan_value(&name, &value).into_iter().collect();
        found.extend(scan_text(&name, &value));
        let words: Vec<&str> = value.split(' ').collect();
        found.extend(scan_command(&words).into_iter().map(|(_, leak)| leak));
        found.extend(scan_text(&name, &format!("{name}: {value}\nPASSWORD={value}\n")));
        for leak in found {
            proptest::prop_assert!(shown(&leak.preview) <= 4, "{}", leak.preview);
        }
    }
}
