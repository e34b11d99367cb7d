//! An expression cut into its words.

/// A word of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A text in quotes, read.
    Text(String),
    /// A number.
    Number(f64),
    /// A name or a word of the language.
    Name(String),
    /// An operator or a bracket.
    Sign(&'static str),
}

/// The words of `text`; none if it holds something that is no word.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("//") {
            rest = comment.split_once('\n').map_or("", |(_, after)| after).trim_start();
            continue;
        }
        let (token, after) = match first {
            '\'' | '"' => quoted(rest, false)?,
            'r' | 'R' if rest.get(1..).is_some_and(|next| next.starts_with(['\'', '"'])) => {
                quoted(rest.get(1..)?, true)?
            }
            '0'..='9' => number(rest)?,
            'a'..='z' | 'A'..='Z' | '_' => {
                let (name, after) = split(rest, |one| one.is_ascii_alphanumeric() || one == '_');
                (Token::Name(name.to_owned()), after)
            }
            _ => sign(rest)?,
        };
        found.push(token);
        rest = after.trim_start();
    }
    Some(found)
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|one| !belongs(one)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn number(text: &str) -> Option<(Token, &str)> {
    let (digits, after) = split(text, |one| one.is_ascii_digit() || one == '.');
    let after = after.strip_prefix(['u', 'U']).unwrap_or(after);
    Some((Token::Number(digits.parse().ok()?), after))
}

fn sign(text: &str) -> Option<(Token, &str)> {
    SIGNS.iter().find_map(|sign| Some((Token::Sign(sign), text.strip_prefix(sign)?)))
}

/// Longer ones first.
const SIGNS: [&str; 25] = [
    "||", "&&", "==", "!=", "<=", ">=", ".?", "[?", "<", ">", "!", "+", "-", "*", "/", "%", "?",
    ":", ".", ",", "(", ")", "[", "]", "{",
];

fn quoted(text: &str, is_raw: bool) -> Option<(Token, &str)> {
    let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|one| text.starts_with(one))?;
    let mut rest = text.strip_prefix(quote)?;
    let mut read = String::new();
    loop {
        if let Some(after) = rest.strip_prefix(quote) {
            return Some((Token::Text(read), after));
        }
        let mut letters = rest.chars();
        let letter = letters.next()?;
        if letter == '\\' && !is_raw {
            read.push(match letters.next()? {
                'n' => '\n',
                't' => '\t',
                plain @ ('\\' | '\'' | '"' | '`' | '?') => plain,
                _ => return None,
            });
        } else {
            read.push(letter);
        }
        rest = letters.as_str();
    }
}
