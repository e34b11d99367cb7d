//! Texts of others made safe to show. Names, labels and messages come from whoever wrote the
//! objects: an escape sequence among them could repaint a terminal, a line break forge a line, a
//! change of direction show one name as another (CVE-2021-42574).

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text in one line: what is not seen, or moves what is, reads as `\u{1b}`; a line break as
/// `\n`.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    shown(text, is_unseen)
}

/// The same, with its line breaks kept.
pub(crate) fn lines(text: &str) -> Cow<'_, str> {
    shown(text, |letter| letter != '\n' && is_unseen(letter))
}

/// JSON in which whatever is not seen is escaped: JSON itself asks that only of the first 32.
pub(crate) fn json(text: &str) -> Cow<'_, str> {
    let is_escaped = |letter: char| letter > '\u{7e}' && is_unseen(letter);
    let is_plain = text.bytes().all(|byte| byte <= 0x7e);
    if is_plain || !text.contains(is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_escaped(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}").unwrap_or_default();
            }
        } else {
            out.push(letter);
        }
    }
    Cow::Owned(out)
}

fn shown(text: &str, is_unseen: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_unseen(letter) {
            out.extend(letter.escape_default());
        } else {
            out.push(letter);
        }
    }
    Cow::Owned(out)
}

/// Control characters, those that set the direction of text, those without a width, line ends of
/// Unicode, tags and noncharacters.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{fffe}'..='\u{ffff}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_is_not_seen() {
        let check = |text: &str, expected: &str| assert_eq!(line(text), expected, "{text:?}");
        check("kube-system/web", "kube-system/web");
        check("Größe 大きさ ✓", "Größe 大きさ ✓");
        check("a\u{1b}[2Jb", "a\\u{1b}[2Jb");
        check("a\u{9b}31mb", "a\\u{9b}31mb");
        check("a\r\nb\tc", "a\\r\\nb\\tc");
        check("a\u{202e}b\u{2066}c\u{200b}d\u{feff}", "a\\u{202e}b\\u{2066}c\\u{200b}d\\u{feff}");
        check("a\u{2028}b\u{e0041}", "a\\u{2028}b\\u{e0041}");
        assert_eq!(lines("a\nb\u{7}"), "a\nb\\u{7}");
    }

    #[test]
    fn json_stays_the_same_value() {
        let value = serde_json::json!({"a\u{202e}": "b\u{9b}\u{7f}\u{e0041}\u{1b}\n大"});
        let plain = value.to_string();
        let text = json(&plain);
        assert!(text.chars().all(|letter| !is_unseen(letter)), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
