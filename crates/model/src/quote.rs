//! Text in double quotes as Go's `%q` writes it, which is how names appear in upstream's messages.

use std::fmt::{self, Write};

/// Displays text quoted as by Go's `strconv.Quote`.
#[derive(Debug, Clone, Copy)]
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_char('"')?;
        for letter in self.0.chars() {
            escaped(letter, out)?;
        }
        out.write_char('"')
    }
}

fn escaped(letter: char, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let short = match letter {
        '"' | '\\' => letter,
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\u{b}' => 'v',
        _ if is_printable(letter) => return out.write_char(letter),
        _ => {
            return match u32::from(letter) {
                code @ ..0x80 => write!(out, "\\x{code:02x}"),
                code @ 0x80..0x1_0000 => write!(out, "\\u{code:04x}"),
                code => write!(out, "\\U{code:08x}"),
            };
        }
    };
    out.write_char('\\')?;
    out.write_char(short)
}

/// Go prints letters, marks, numbers, punctuation, symbols and the ASCII space. `escape_debug`
/// knows the same classes, but escapes a mark at the start of a text: hence the letter in front.
fn is_printable(letter: char) -> bool {
    if letter.is_ascii() {
        return matches!(letter, ' '..='~');
    }
    let text: String = ['a', letter].iter().collect();
    text.escape_debug().nth(1) == Some(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_go_does() {
        for (text, expected) in [
            ("", r#""""#),
            ("jane", r#""jane""#),
            ("a\"b\\c'", r#""a\"b\\c'""#),
            ("\u{7}\u{8}\u{c}\n\r\t\u{b}", r#""\a\b\f\n\r\t\v""#),
            ("\0\u{1b}\u{7f}", r#""\x00\x1b\x7f""#),
            ("\u{80}\u{a0}\u{ad}\u{200b}\u{e000}", r#""\u0080\u00a0\u00ad\u200b\ue000""#),
            ("\u{f0000}", r#""\U000f0000""#),
            ("é 名 e\u{301} 😀", "\"é 名 e\u{301} 😀\""),
        ] {
            assert_eq!(Quoted(text).to_string(), expected);
        }
    }
}
