//! What changed between two texts, as a patch that `git apply` and `patch` take.

use std::ops::Range;

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};

/// The change from `old` to `new` as a unified diff of the file `path`, with three lines around
/// each change; empty if there is none.
pub fn diff(path: &str, old: &str, new: &str) -> String {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let operations = capture_diff_slices(Algorithm::Myers, &old, &new);
    let hunks = group_diff_ops(operations, CONTEXT);
    let hunks: Vec<_> = hunks.iter().filter(|hunk| changes(hunk)).collect();
    if hunks.is_empty() {
        return String::new();
    }
    let mut text = format!("--- a/{path}\n+++ b/{path}\n");
    for hunk in hunks {
        text.push_str(&head(hunk));
        for operation in hunk {
            body(operation, (&old, &new), &mut text);
        }
    }
    text
}

fn changes(hunk: &[DiffOp]) -> bool {
    hunk.iter().any(|operation| operation.tag() != DiffTag::Equal)
}

fn head(hunk: &[DiffOp]) -> String {
    let (old, new) = (range(hunk, DiffOp::old_range), range(hunk, DiffOp::new_range));
    format!("@@ -{old} +{new} @@\n")
}

/// One side's lines: the first, and how many if not one. A side without any is named by the line
/// before it.
fn range(hunk: &[DiffOp], side: fn(&DiffOp) -> Range<usize>) -> String {
    let start = hunk.first().map_or(0, |operation| side(operation).start);
    let end = hunk.last().map_or(0, |operation| side(operation).end);
    match end.saturating_sub(start) {
        0 => format!("{start},0"),
        1 => start.saturating_add(1).to_string(),
        length => format!("{},{length}", start.saturating_add(1)),
    }
}

fn body(operation: &DiffOp, (old, new): (&[&str], &[&str]), text: &mut String) {
    let gone = old.get(operation.old_range()).unwrap_or_default();
    let come = new.get(operation.new_range()).unwrap_or_default();
    if operation.tag() == DiffTag::Equal {
        lines(' ', gone, text);
    } else {
        lines('-', gone, text);
        lines('+', come, text);
    }
}

fn lines(sign: char, lines: &[&str], text: &mut String) {
    for line in lines {
        text.push(sign);
        text.push_str(line);
        if !line.ends_with('\n') {
            text.push_str("\n\\ No newline at end of file\n");
        }
    }
}

const CONTEXT: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_three_lines_around_each_change() {
        let check = |old: &str, new: &str, expected: &str| {
            assert_eq!(diff("a.yaml", old, new), expected, "{old:?} {new:?}");
        };
        check("a\n", "a\n", "");
        check("", "", "");
        check("", "a\n", "--- a/a.yaml\n+++ b/a.yaml\n@@ -0,0 +1 @@\n+a\n");
        check("a\n", "", "--- a/a.yaml\n+++ b/a.yaml\n@@ -1 +0,0 @@\n-a\n");
        check(
            "1\n2\n3\n4\n5\n6\n7\n8\n",
            "1\n2\n3\n4\nx\n6\n7\n8\n",
            "--- a/a.yaml\n+++ b/a.yaml\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n",
        );
        check(
            "a\r\nb",
            "a\r\nc\n",
            "--- a/a.yaml\n+++ b/a.yaml\n@@ -1,2 +1,2 @@\n a\r\n-b\n\\ No newline at end of file\n+c\n",
        );
    }
}
