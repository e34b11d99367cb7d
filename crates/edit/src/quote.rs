//! Texts as YAML scalars on one line. A text goes without quotes only where every reader, of YAML
//! 1.1 or 1.2, takes it for that very text.

use tree::{Keys, Tree};

use crate::layout::{Look, Node};
use crate::text::part;

/// Where a scalar is to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Within {
    /// A line of its own.
    Block,
    /// Brackets, where commas and brackets end it.
    Flow,
}

/// A text as a scalar; with the quotes of `like` where that is possible.
pub(crate) fn scalar(text: &str, within: Within, like: Option<Look>) -> String {
    let is_printable = text.chars().all(is_printable);
    match like {
        Some(Look::Double) => double(text),
        Some(Look::Single) if is_printable => single(text),
        _ if !is_printable || text.is_empty() || reads_otherwise(text) => double(text),
        _ if is_plain(text, within) => text.to_owned(),
        _ => single(text),
    }
}

/// The quotes that the texts of a list or map have although they need none; nothing if they differ
/// or there are no such texts.
pub(crate) fn usual_look(text: &str, node: &Node) -> Option<Look> {
    let mut looks = node.slots().iter().filter_map(|slot| habit(text, &slot.node));
    let first = looks.next()?;
    looks.all(|look| look == first).then_some(first)
}

/// The quotes of a text that needs none.
pub(crate) fn habit(text: &str, node: &Node) -> Option<Look> {
    let written = part(text, node.body..node.end);
    let look = node.look().filter(|look| *look != Look::Lines)?;
    let inner = if look == Look::Plain { written } else { written.trim_matches(['"', '\'']) };
    (!inner.is_empty() && scalar(inner, Within::Block, None) == inner).then_some(look)
}

fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// In double quotes. The escapes are those that YAML and JSON share.
fn double(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            letter if is_printable(letter) => quoted.push(letter),
            letter => {
                let mut units = [0; 2];
                let units = letter.encode_utf16(&mut units).iter();
                quoted.extend(units.map(|unit| format!("\\u{unit:04x}")));
            }
        }
    }
    quoted.push('"');
    quoted
}

/// What both versions of YAML let stand as it is; line breaks of any kind are not among it.
fn is_printable(letter: char) -> bool {
    matches!(letter, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}'
        | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}

/// Whether a text without quotes begins, goes on and ends like a plain scalar, and this
/// repository's own reader agrees.
fn is_plain(text: &str, within: Within) -> bool {
    let has_start = match text.as_bytes() {
        [b'-', next, ..] => !matches!(next, b' ' | b'-') || text.starts_with("--") && text != "---",
        [first, ..] => !b" !&*?|>%@`\"'#{}[],:=~<".contains(first),
        [] => false,
    };
    let goes_on = !text.contains(": ") && !text.contains(" #") && !text.ends_with([' ', ':']);
    // The question mark ends a scalar in brackets for some readers of YAML 1.1.
    let stays = within == Within::Block || !text.contains([',', '[', ']', '{', '}', '?']);
    has_start && goes_on && stays && reads_as_itself(text)
}

fn reads_as_itself(text: &str) -> bool {
    let document = format!("- {text}\n");
    let read = tree::read(&document, &mut Keys::default());
    read.is_ok_and(|tree| tree.items() == [Tree::Text(text.into())])
}

/// Whether a reader of YAML 1.1 or 1.2 takes it for something else than a text.
fn reads_otherwise(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    WORDS.contains(&lower.as_str()) || is_number(&lower) || is_date(&lower)
}

fn is_number(lower: &str) -> bool {
    let digits = lower.strip_prefix(['+', '-']).unwrap_or(lower).replace('_', "");
    let based = [("0x", 16), ("0b", 2), ("0o", 8)].iter().any(|(prefix, base)| {
        let rest = digits.strip_prefix(prefix);
        rest.is_some_and(|rest| {
            !rest.is_empty() && rest.chars().all(|letter| letter.is_digit(*base))
        })
    });
    based || is_decimal(&digits) || is_sexagesimal(&digits)
}

fn is_decimal(digits: &str) -> bool {
    let (number, exponent) = digits.split_once('e').unwrap_or((digits, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let all = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let has_digit = number.bytes().any(|byte| byte.is_ascii_digit());
    has_digit && all(whole) && all(fraction) && all(exponent)
}

/// Such as `1:30`, which YAML 1.1 takes for ninety.
fn is_sexagesimal(digits: &str) -> bool {
    let mut parts = digits.split(':');
    let is_digit = |letter: char| letter.is_ascii_digit() || letter == '.';
    digits.contains(':') && parts.all(|part| !part.is_empty() && part.chars().all(is_digit))
}

/// Whether it begins as a date does.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let year = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    year == 4 && bytes.get(4) == Some(&b'-') && bytes.get(5).is_some_and(u8::is_ascii_digit)
}

/// What some reader takes for a boolean, nothing, no number, infinity, a merge or a default.
const WORDS: [&str; 20] = [
    "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", ".nan", ".inf", "+.inf",
    "-.inf", "nan", "inf", "<<", "=", ".", "-",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(scalar(text, Within::Block, None), expected, "{text:?}");
        let read = tree::read(&format!("a: {expected}\n"), &mut Keys::default()).unwrap();
        assert_eq!(read.get("a").text(), Some(text));
    }

    #[test]
    fn quotes_what_some_reader_would_take_otherwise() {
        let words = "yes No ON off y N true null Null ~ 0644 0o17 0x1f 0b11 1 -1 +1 1_000 1.5 .5 5. \
                     1e3 1E+3 .inf -.INF .NaN 1:30 190:20:30.15 2020-01-01 1.29 << = \
                     2001-12-14t21:59:43.10-05:00";
        for text in words.split(' ') {
            check(text, &format!("\"{text}\""));
        }
        check("", "\"\"");
        check("a\nb\tc", "\"a\\nb\\tc\"");
        check("\u{7}\u{85}\u{2028}\u{feff}", "\"\\u0007\\u0085\\u2028\\ufeff\"");
    }

    #[test]
    fn quotes_what_would_end_or_begin_something() {
        let texts = "*,&a,!x,?,- a,a: b,a #b,a:, a,a ,#a,%a,@a,`a,[a],{a},\"a,|,>,---,: a,<a";
        for text in texts.split(',') {
            check(text, &format!("'{text}'"));
        }
        check(", a", "', a'");
        check("it's: x", "'it''s: x'");
    }

    #[test]
    fn leaves_plain_what_everyone_reads_as_itself() {
        let texts = "nginx nginx:1.29 --anonymous-auth=false -v RuntimeDefault 10.0.0.1 10.0.0.0/8 \
                     /etc/kubernetes 1Gi 100m v1 it's system:masters app.kubernetes.io/name a#b é \
                     12h _ a[0]";
        for text in texts.split(' ').chain(["a, b"]) {
            check(text, text);
        }
    }

    #[test]
    fn brackets_need_more_quotes_and_siblings_decide_which() {
        let check = |text: &str, within: Within, like: Option<Look>, expected: &str| {
            assert_eq!(scalar(text, within, like), expected, "{text:?}");
        };
        check("a, b", Within::Flow, None, "'a, b'");
        check("a[0]", Within::Flow, None, "'a[0]'");
        check("a?b", Within::Flow, None, "'a?b'");
        check("get", Within::Flow, Some(Look::Double), "\"get\"");
        check("get", Within::Flow, Some(Look::Single), "'get'");
        check("a\n", Within::Block, Some(Look::Single), "\"a\\n\"");
        check("yes", Within::Block, Some(Look::Plain), "\"yes\"");
    }
}
