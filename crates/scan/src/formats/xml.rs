//! Texts in XML and HTML.

use crate::visible;

/// The text as content or as the value of an attribute in quotes, in one line. Characters that XML
/// 1.0 has no way to write are among those shown as `\u{1b}`.
pub(super) fn line(text: &str) -> String {
    escaped(&visible::line(text))
}

/// The same, with its line breaks kept.
pub(super) fn lines(text: &str) -> String {
    escaped(&visible::lines(text))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup() {
        assert_eq!(line("a<b>&\"'\u{0}]]>\nc"), "a&lt;b&gt;&amp;&quot;&#39;\\u{0}]]&gt;\\nc");
        assert_eq!(lines("a\n<\u{b}"), "a\n&lt;\\u{b}");
    }
}
