//! Rules for Rust files: each says what it is, is named for one thing, and is short.

use crate::Violation;
use crate::tree::SourceFile;

/// No file is longer: long before, there are two things in it.
const MAX_LINES: usize = 500;

/// Names that say nothing of what is inside.
const BANNED: [&str; 8] =
    ["util", "utils", "common", "helper", "helpers", "misc", "types", "manager"];

pub(crate) fn check(file: &SourceFile, found: &mut Vec<Violation>) {
    if file.extension() != "rs" {
        return;
    }
    let mut say = |line: usize, what: String| {
        found.push(Violation { file: file.path.clone(), line, what });
    };
    if !file.text.starts_with("//!") {
        say(1, "must start with `//!` and what the file is".to_owned());
    }
    let lines = file.text.lines().count();
    if lines > MAX_LINES {
        say(
            lines,
            format!("has {lines} lines; look for the second thing in it (at most {MAX_LINES})"),
        );
    }
    let mut names: Vec<&str> = file.path.split('/').collect();
    let stem = names.pop().and_then(|name| name.strip_suffix(".rs")).unwrap_or_default();
    if stem == "mod" {
        say(0, "must be `name.rs` beside `name/`".to_owned());
    }
    for name in names.into_iter().chain([stem]).filter(|name| BANNED.contains(name)) {
        say(0, format!("`{name}` says nothing; name the thing inside"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        super::check(&SourceFile { path: path.to_owned(), text: text.to_owned() }, &mut found);
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn takes_a_file_that_says_what_it_is() {
        assert_eq!(check("crates/a/src/b.rs", "//! B.\n"), [""; 0]);
        assert_eq!(check("docs/types.md", "no Rust\n"), [""; 0]);
    }

    #[test]
    fn asks_for_a_first_line() {
        for text in ["", "use b;\n//! B.\n", "\n//! B.\n", "/// B.\n"] {
            let expected = "crates/a/src/b.rs:1: must start with `//!` and what the file is";
            assert_eq!(check("crates/a/src/b.rs", text), [expected], "{text:?}");
        }
    }

    #[test]
    fn refuses_long_files() {
        let text = |lines: usize| format!("//! B.\n{}", "\n".repeat(lines - 1));
        assert_eq!(check("a.rs", &text(500)).len(), 0);
        assert!(check("a.rs", &text(501))[0].starts_with("a.rs:501: has 501 lines"));
    }

    #[test]
    fn refuses_names_that_say_nothing() {
        let b = "//! B.\n";
        assert_eq!(
            check("a/src/b/mod.rs", b),
            ["a/src/b/mod.rs: must be `name.rs` beside `name/`"]
        );
        for path in ["a/src/util.rs", "a/src/helpers/b.rs", "crates/common/src/lib.rs"] {
            assert_eq!(check(path, b).len(), 1, "{path}");
        }
        assert_eq!(check("a/src/utilities_of_pods.rs", b), [""; 0]);
    }
}
