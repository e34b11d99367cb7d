//! A text by bytes: where lines begin and end, and changes to several places of it at once.
//! Places outside the text or inside a character read as nothing; they are never cut at.

use std::ops::Range;

/// The part of `text` in a range; empty if there is no such part.
pub(crate) fn part(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}

/// The byte at which the line of `at` begins.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    part(text, 0..at).rfind('\n').map_or(0, |newline| newline.saturating_add(1))
}

/// The byte at which the line of `at` ends, before its line break.
pub(crate) fn line_end(text: &str, at: usize) -> usize {
    let rest = part(text, at..text.len());
    let line = rest.split('\n').next().unwrap_or_default();
    let line = if line.len() < rest.len() { line.strip_suffix('\r').unwrap_or(line) } else { line };
    at.saturating_add(line.len())
}

/// The byte at which the next line begins; the end of the text if there is none.
pub(crate) fn next_line(text: &str, at: usize) -> usize {
    let rest = part(text, at..text.len());
    rest.find('\n').map_or(text.len(), |newline| at.saturating_add(newline).saturating_add(1))
}

/// The byte before the line break that ends the line before the one of `at`.
pub(crate) fn end_of_line_before(text: &str, at: usize) -> usize {
    let before = part(text, 0..line_start(text, at));
    let before = before.strip_suffix('\n').unwrap_or(before);
    before.strip_suffix('\r').unwrap_or(before).len()
}

/// How many characters stand before `at` on its line.
pub(crate) fn column(text: &str, at: usize) -> usize {
    part(text, line_start(text, at)..at).chars().count()
}

/// The white space that the line of `at` begins with.
pub(crate) fn indent(text: &str, at: usize) -> &str {
    let start = line_start(text, at);
    let line = part(text, start..line_end(text, at));
    let white = line.len().saturating_sub(line.trim_start_matches([' ', '\t']).len());
    part(text, start..start.saturating_add(white))
}

/// Whether nothing but white space stands before `at` on its line.
pub(crate) fn is_first_on_line(text: &str, at: usize) -> bool {
    part(text, line_start(text, at)..at).trim().is_empty()
}

/// The first byte from `at` on that is neither white space, line break nor comment.
pub(crate) fn skip_blank(text: &str, at: usize) -> usize {
    let mut at = at;
    loop {
        let rest = part(text, at..text.len());
        let solid = rest.trim_start_matches([' ', '\t', '\r', '\n', '\u{feff}']);
        at = text.len().saturating_sub(solid.len());
        if !solid.starts_with('#') {
            return at;
        }
        at = next_line(text, at);
    }
}

/// The line of `at`, from 1.
pub(crate) fn line_number(text: &str, at: usize) -> usize {
    part(text, 0..at).matches('\n').count().saturating_add(1)
}

/// Replacements in one text, by the places of the text as it was.
#[derive(Debug, Default)]
pub(crate) struct Splices(Vec<(Range<usize>, String)>);

impl Splices {
    /// `range` is to read `text`.
    pub(crate) fn put(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.0.push((range, text.into()));
    }

    /// The text with all replacements made.
    pub(crate) fn onto(mut self, text: &str) -> String {
        self.0.sort_by_key(|(range, _)| range.start);
        let (mut whole, mut done) = (String::with_capacity(text.len()), 0);
        for (range, new) in &self.0 {
            whole.push_str(part(text, done..range.start));
            whole.push_str(new);
            done = range.end.max(done);
        }
        whole.push_str(part(text, done..text.len()));
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_before_their_break() {
        let text = "a\r\n  b # c\n\nd";
        let check = |at: usize, expected: (usize, usize, usize, usize)| {
            let found = (
                line_start(text, at),
                line_end(text, at),
                next_line(text, at),
                end_of_line_before(text, at),
            );
            assert_eq!(found, expected, "{at}");
        };
        check(0, (0, 1, 3, 0));
        check(5, (3, 10, 11, 1));
        check(11, (11, 11, 12, 10));
        check(12, (12, 13, 13, 11));
        assert_eq!((column(text, 5), indent(text, 6), line_number(text, 5)), (2, "  ", 2));
        assert_eq!(skip_blank("a: # x\n  # y\n - b", 2), 14);
    }

    #[test]
    fn splices_keep_what_is_between_them() {
        let mut splices = Splices::default();
        splices.put(4..5, "E");
        splices.put(1..2, "");
        splices.put(2..2, "+");
        assert_eq!(splices.onto("abcdef"), "a+cdEf");
    }
}
