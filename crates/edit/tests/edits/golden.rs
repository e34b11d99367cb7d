//! Edits to texts as they are found in the field, each with what has to come out, byte by byte.
//! `tests/golden/*.txt` hold cases of a name, the edits, the text, and the text or refusal that
//! comes of it; `UPDATE=1` writes the last again.

use std::path::PathBuf;

use edit::{Edit, apply};
use serde_json::Value;
use tree::Path;

use crate::patch::patched;

struct Case {
    name: String,
    edits: Vec<String>,
    input: String,
    output: String,
}

#[test]
fn edits_do_what_the_golden_files_say() {
    let mut count = 0;
    for file in files() {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut new = String::new();
        for case in cases(&text) {
            count += 1;
            let found = outcome(&case);
            if std::env::var_os("UPDATE").is_none() {
                let is_refused = case.name.starts_with("refuses");
                assert_eq!(found.starts_with("refused: "), is_refused, "{}: {found}", case.name);
                assert_eq!(found, case.output, "{} in {}", case.name, file.display());
            }
            let edits = case.edits.join("\n");
            let Case { name, input, .. } = &case;
            new.extend([format!("## {name}\n{edits}\n>>>\n{input}<<<\n{found}")]);
        }
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, new).unwrap();
        }
    }
    assert!(count >= 60, "{count} cases");
}

fn outcome(case: &Case) -> String {
    let (mut document, mut edits) = (0, Vec::new());
    for line in &case.edits {
        match line.strip_prefix("document ") {
            Some(index) => document = index.parse().unwrap(),
            None => edits.push(edit(line)),
        }
    }
    match apply(&case.input, document, &edits) {
        Ok(text) => {
            let patched = patched(&case.input, &edit::diff("a", &case.input, &text));
            assert_eq!(patched, text, "{}: the diff is another change", case.name);
            text
        }
        Err(refusal) => format!("refused: {refusal}\n"),
    }
}

fn files() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases = Vec::<Case>::new();
    let mut section = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end_matches('\n');
        if let Some(name) = bare.strip_prefix("## ") {
            let name = name.to_owned();
            cases.push(Case { name, edits: vec![], input: String::new(), output: String::new() });
            section = 0;
            continue;
        }
        let case = cases.last_mut().unwrap();
        match (bare, section) {
            (">>>", 0) | ("<<<", 1) => section += 1,
            (_, 0) => case.edits.push(bare.to_owned()),
            (_, 1) => case.input.push_str(line),
            _ => case.output.push_str(line),
        }
    }
    cases
}

/// `set PATH JSON`, `remove PATH`, `append PATH JSON`, `insert PATH INDEX JSON`.
fn edit(line: &str) -> Edit {
    let mut words = line.splitn(3, ' ');
    let verb = words.next().unwrap();
    let path = path(words.next().unwrap());
    let rest = words.next().unwrap_or_default();
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    match verb {
        "set" => Edit::Set { path, value: value(rest) },
        "remove" => Edit::Remove { path },
        "append" => Edit::Append { path, value: value(rest) },
        "insert" => {
            let (index, rest) = rest.split_once(' ').unwrap();
            Edit::Insert { path, index: index.parse().unwrap(), value: value(rest) }
        }
        other => panic!("no edit {other}"),
    }
}

/// `a.b[0]["c.d/e"]`
fn path(text: &str) -> Path {
    let (mut path, mut rest) = (Path::root(), text);
    while !rest.is_empty() && rest != "." {
        if let Some(quoted) = rest.strip_prefix("[\"") {
            let (key, behind) = quoted.split_once("\"]").unwrap();
            (path, rest) = (path.then(key), behind);
        } else if let Some(index) = rest.strip_prefix('[') {
            let (index, behind) = index.split_once(']').unwrap();
            (path, rest) = (path.then(index.parse::<usize>().unwrap()), behind);
        } else {
            let key = rest.strip_prefix('.').unwrap_or(rest);
            let end = key.find(['.', '[']).unwrap_or(key.len());
            (path, rest) = (path.then(&key[..end]), &key[end..]);
        }
    }
    path
}
