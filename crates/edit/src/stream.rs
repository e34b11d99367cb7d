//! Whole documents that come to a stream or go from it.

use serde_json::Value;
use tree::documents;

use crate::apply::without_mark;
use crate::layout::Layout;
use crate::style::newline;
use crate::text::{line_start, next_line, part};
use crate::{Refusal, write_yaml};

/// The stream with one document more at its end.
pub fn append_document(stream: &str, value: &Value) -> Result<String, Refusal> {
    let newline = newline(stream);
    let (_, body) = without_mark(stream);
    if documents(body).count() == 1 && Layout::of(body).is_ok_and(|layout| layout.is_json) {
        return Err(Refusal::OneDocument);
    }
    let last = body.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let is_open = last.trim_end() == "---";
    let mark = if documents(body).next().is_none() && body.trim().is_empty() || is_open {
        String::new()
    } else {
        format!("---{newline}")
    };
    let gap = if body.is_empty() || body.ends_with('\n') { "" } else { newline };
    let text = write_yaml(value).replace('\n', newline);
    let new = format!("{stream}{gap}{mark}{text}");
    let texts = |stream: &str| -> Vec<String> {
        documents(stream).map(|document| document.text.trim_end().to_owned()).collect()
    };
    let (before, after) = (texts(body), texts(&new));
    let is_kept = after.len() == before.len().saturating_add(1) && after.starts_with(&before);
    if is_kept { Ok(new) } else { Err(Refusal::Differs) }
}

/// The stream without one document: its lines, its comments, and a mark that parted it from its
/// neighbours.
pub fn remove_document(stream: &str, document: usize) -> Result<String, Refusal> {
    let (mark, body) = without_mark(stream);
    let found = documents(body).nth(document).ok_or(Refusal::NoDocument(document))?;
    let (start, end) = (found.offset, found.offset.saturating_add(found.text.len()));
    let line_before = line_start(body, start.saturating_sub(1));
    let is_marked = part(body, line_before..start).starts_with("---");
    let new = if is_marked && document > 0 {
        format!("{}{}", part(body, 0..line_before), part(body, end..body.len()))
    } else {
        let is_next_bare = part(body, end..next_line(body, end)).trim_end() == "---";
        let end = if is_marked && is_next_bare { next_line(body, end) } else { end };
        format!("{}{}", part(body, 0..start), part(body, end..body.len()))
    };
    let left = documents(body).enumerate().filter(|(index, _)| *index != document);
    let left: Vec<&str> = left.map(|(_, document)| document.text).collect();
    let is_kept = documents(&new).map(|document| document.text).eq(left);
    if is_kept { Ok(format!("{mark}{new}")) } else { Err(Refusal::Differs) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appends_a_document_as_the_last() {
        let check = |stream: &str, expected: &str| {
            let value = serde_json::json!({"kind": "A", "apiVersion": "v1"});
            assert_eq!(append_document(stream, &value).as_deref(), Ok(expected), "{stream:?}");
        };
        let new = "apiVersion: v1\nkind: A\n";
        check("", new);
        check("a: 1\n", &format!("a: 1\n---\n{new}"));
        check("a: 1", &format!("a: 1\n---\n{new}"));
        check("a: 1\n---\n", &format!("a: 1\n---\n{new}"));
        check("a: 1\n...\n", &format!("a: 1\n...\n---\n{new}"));
        check("# about\n", &format!("# about\n---\n{new}"));
        check("a: 1\r\n", "a: 1\r\n---\r\napiVersion: v1\r\nkind: A\r\n");
        check("\u{feff}a: 1\n", &format!("\u{feff}a: 1\n---\n{new}"));
    }

    #[test]
    fn json_takes_no_second_document() {
        let found = append_document("{\"a\": 1}\n", &serde_json::json!({}));
        assert_eq!(found, Err(Refusal::OneDocument));
    }

    #[test]
    fn removes_a_document_and_no_other() {
        let check = |stream: &str, document: usize, expected: &str| {
            assert_eq!(remove_document(stream, document).as_deref(), Ok(expected), "{stream:?}");
        };
        check("a: 1\n---\nb: 2\n---\nc: 3\n", 0, "---\nb: 2\n---\nc: 3\n");
        check("a: 1\n---\nb: 2\n---\nc: 3\n", 1, "a: 1\n---\nc: 3\n");
        check("a: 1\n---\nb: 2\n---\nc: 3\n", 2, "a: 1\n---\nb: 2\n");
        check("---\n# one\na: 1\n---\n# two\nb: 2\n", 0, "---\n# two\nb: 2\n");
        check("---\n# one\na: 1\n---\n# two\nb: 2\n", 1, "---\n# one\na: 1\n");
        check("a: 1\r\n---\r\nb: 2\r\n", 1, "a: 1\r\n");
        check("a: 1\n", 0, "");
        check("a: 1\n--- {b: 2}\n---\nc: 3\n", 1, "a: 1\n---\nc: 3\n");
        assert_eq!(remove_document("a: 1\n", 1), Err(Refusal::NoDocument(1)));
    }
}
