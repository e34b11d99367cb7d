//! A stream cut into documents before any is parsed, so that one that cannot be read spoils no
//! other, and so that only one at a time is held as a parser's events.

/// One document of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Document<'a> {
    /// Its text, without the marks that end or begin it.
    pub text: &'a str,
    /// The line of the stream that its first line is, from 1.
    pub line: usize,
    /// The byte of the stream that its first byte is.
    pub offset: usize,
}

/// The documents of a YAML stream, as they are cut by lines that begin with `---` or are `...`.
/// (At the start of a line these end a document even inside a block of text, says YAML 1.2 §9.1.)
/// What holds nothing but comments and white space is left out.
pub fn documents(stream: &str) -> impl Iterator<Item = Document<'_>> {
    let stream = stream.strip_prefix('\u{feff}').unwrap_or(stream);
    let mut cut = Cut { rest: stream, line: 1, offset: 0 };
    std::iter::from_fn(move || cut.next()).filter(|document| holds_something(document.text))
}

struct Cut<'a> {
    rest: &'a str,
    line: usize,
    offset: usize,
}

impl<'a> Cut<'a> {
    fn next(&mut self) -> Option<Document<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let (line, offset) = (self.line, self.offset);
        let mut length = 0_usize;
        let mut lines = 0_usize;
        let (whole, mut start) = (self.rest, (line, offset, 0_usize));
        for piece in whole.split_inclusive('\n') {
            let end = length.saturating_add(piece.len());
            match mark(piece) {
                Mark::None => {}
                Mark::End => {
                    let text = whole.get(start.2..length).unwrap_or_default();
                    self.advance(end, lines.saturating_add(1));
                    return Some(Document { text, line: start.0, offset: start.1 });
                }
                // A mark with the document's first node behind it (`--- {a: 1}`) stays with it.
                Mark::Start { bare } if length > 0 || bare => {
                    let text = whole.get(start.2..length).unwrap_or_default();
                    let past = if bare { (end, lines.saturating_add(1)) } else { (length, lines) };
                    self.advance(past.0, past.1);
                    return Some(Document { text, line: start.0, offset: start.1 });
                }
                Mark::Start { .. } => start = (line, offset, 0),
            }
            length = end;
            lines = lines.saturating_add(1);
        }
        self.advance(whole.len(), lines);
        let text = whole.get(start.2..).unwrap_or_default();
        Some(Document { text, line: start.0, offset: start.1 })
    }

    fn advance(&mut self, bytes: usize, lines: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
        self.offset = self.offset.saturating_add(bytes);
        self.line = self.line.saturating_add(lines);
    }
}

enum Mark {
    None,
    Start { bare: bool },
    End,
}

fn mark(line: &str) -> Mark {
    if let Some(rest) = line.strip_prefix("---") {
        let rest = rest.trim_end();
        let bare = rest.trim_start().is_empty() || rest.trim_start().starts_with('#');
        if rest.is_empty() || rest.starts_with([' ', '\t']) {
            return Mark::Start { bare };
        }
    }
    if line.strip_prefix("...").is_some_and(|rest| rest.trim().is_empty()) {
        return Mark::End;
    }
    Mark::None
}

fn holds_something(text: &str) -> bool {
    text.lines()
        .map(str::trim)
        .any(|line| !line.is_empty() && !line.starts_with('#') && line != "---")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_where_yaml_does() {
        let check = |stream: &str, expected: &[(&str, usize)]| {
            let found: Vec<(&str, usize)> =
                documents(stream).map(|document| (document.text, document.line)).collect();
            assert_eq!(found, expected, "{stream:?}");
            for document in documents(stream) {
                assert!(stream.get(document.offset..).unwrap().starts_with(document.text));
            }
        };
        check("a: 1\n", &[("a: 1\n", 1)]);
        check("---\na: 1\n---\nb: 2\n", &[("a: 1\n", 2), ("b: 2\n", 4)]);
        check("a: 1\r\n---\r\nb: 2\r\n", &[("a: 1\r\n", 1), ("b: 2\r\n", 3)]);
        check("# x\n---\n\n---\n# y\na: 1", &[("# y\na: 1", 5)]);
        check(
            "a: |\n  --- not a mark\n--- # a mark\nb: 2\n...\nc: 3",
            &[("a: |\n  --- not a mark\n", 1), ("b: 2\n", 4), ("c: 3", 6)],
        );
        check(
            "a: 1\n--- {b: 2}\n---\nc: 3\n",
            &[("a: 1\n", 1), ("--- {b: 2}\n", 2), ("c: 3\n", 4)],
        );
        check("", &[]);
        check("----\n", &[("----\n", 1)]);
    }

    proptest::proptest! {
        #[test]
        fn loses_no_line_that_says_something(lines in proptest::collection::vec("---|\\.\\.\\.|a: 1|  b|# c|", 0..12)) {
            let stream = lines.join("\n");
            let wanted = lines.iter().filter(|line| ["a: 1", "  b"].contains(&line.as_str())).count();
            let found: usize = documents(&stream)
                .map(|document| document.text.lines().filter(|line| ["a: 1", "  b"].contains(line)).count())
                .sum();
            proptest::prop_assert_eq!(found, wanted);
        }
    }
}
