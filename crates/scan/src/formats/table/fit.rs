//! Texts fitted to a width, as a terminal counts it: wide characters take two columns.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The text and as many spaces as fill the columns; cut with `…` if it is wider.
pub(super) fn padded(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    let spaces = columns.saturating_sub(width(&text));
    text + &" ".repeat(spaces)
}

/// The text, cut with `…` if it is wider.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut out = taken(text, columns.saturating_sub(1)).to_owned();
    out.push('…');
    out
}

/// The text behind a mark, its further lines under its first.
pub(super) fn hanging(mark: &str, text: &str, columns: usize) -> String {
    let indent = width(mark);
    let mut out = String::new();
    for (index, line) in wrapped(text, columns.saturating_sub(indent)).iter().enumerate() {
        let before = if index == 0 { mark.to_owned() } else { " ".repeat(indent) };
        out.push_str(format!("{before}{line}").trim_end());
        out.push('\n');
    }
    out
}

/// The lines of a text broken at spaces; a word that is wider than a line is broken anywhere.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(NARROWEST);
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut word = word;
        let used = lines.last().map_or(0, |line| width(line));
        let is_fitting = used.saturating_add(1).saturating_add(width(word)) <= columns;
        if used > 0 && !is_fitting {
            lines.push(String::new());
        } else if used > 0 {
            push(&mut lines, " ");
        }
        while width(word) > columns {
            let (head, rest) =
                word.split_at_checked(taken(word, columns).len()).unwrap_or((word, ""));
            push(&mut lines, head);
            lines.push(String::new());
            word = rest;
        }
        push(&mut lines, word);
    }
    lines
}

fn push(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}

/// The longest beginning that takes no more columns.
fn taken(text: &str, columns: usize) -> &str {
    let mut used = 0_usize;
    let end = text.char_indices().find(|(_, letter)| {
        used = used.saturating_add(letter.width().unwrap_or_default());
        used > columns
    });
    end.and_then(|(index, _)| text.get(..index)).unwrap_or(text)
}

/// Narrower than this no text is readable.
const NARROWEST: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fits_by_columns() {
        assert_eq!(padded("ab", 4), "ab  ");
        assert_eq!(padded("abcde", 4), "abc…");
        assert_eq!(padded("大きさ", 5), "大き…");
        assert_eq!(cut("abcd", 4), "abcd");
    }

    #[test]
    fn breaks_at_spaces() {
        let check = |text: &str, expected: &[&str]| assert_eq!(wrapped(text, 20), expected);
        check("", &[""]);
        check("a short one", &["a short one"]);
        check("twenty columns is it and more", &["twenty columns is it", "and more"]);
        check("a 123456789012345678901234 b", &["a", "12345678901234567890", "1234 b"]);
        check("大きさ大きさ大きさ大きさ", &["大きさ大きさ大きさ大", "きさ"]);
    }

    proptest::proptest! {
        #[test]
        fn no_line_is_wider_and_nothing_is_lost(text in "[a-c大 ]{0,80}", columns in 20..40_usize) {
            let lines = wrapped(&text, columns);
            proptest::prop_assert!(lines.iter().all(|line| width(line) <= columns));
            let found: String = lines.concat().split(' ').collect();
            proptest::prop_assert_eq!(found, text.replace(' ', ""));
        }
    }
}
