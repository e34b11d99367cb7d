//! Label selectors: `app=web,tier in (a,b),!canary`.
//!
//! Source of the rules: k8s.io/apimachinery `pkg/labels/selector.go`.

mod lexer;

use super::BadSelector;
use lexer::{Lexer, Token};

/// Whether upstream would parse a selector.
///
/// One pass, no allocation: the token after the one at hand is all the grammar looks at.
pub fn check(selector: &str) -> Result<(), BadSelector> {
    let mut tokens = Tokens::of(selector);
    if tokens.next == Token::End {
        return Ok(());
    }
    loop {
        tokens.requirement()?;
        if tokens.next == Token::End {
            return Ok(());
        }
        tokens.expect(Token::Comma)?;
    }
}

struct Tokens<'a> {
    lexer: Lexer<'a>,
    next: Token<'a>,
}

impl<'a> Tokens<'a> {
    fn of(selector: &'a str) -> Self {
        let mut lexer = Lexer::of(selector);
        let next = lexer.token();
        Self { lexer, next }
    }

    fn take(&mut self) -> Token<'a> {
        let next = self.lexer.token();
        std::mem::replace(&mut self.next, next)
    }

    fn expect(&mut self, token: Token<'_>) -> Result<(), BadSelector> {
        if self.take() == token { Ok(()) } else { Err(BadSelector) }
    }

    fn requirement(&mut self) -> Result<(), BadSelector> {
        let negated = self.next == Token::Not;
        if negated {
            self.take();
        }
        let Token::Word(key) = self.take() else { return Err(BadSelector) };
        if !is_label_key(key) {
            return Err(BadSelector);
        }
        if negated || matches!(self.next, Token::End | Token::Comma) {
            return Ok(());
        }
        let operator = self.take();
        if operator == Token::Equal {
            self.value(is_label_value)
        } else if operator == Token::Compare {
            self.value(is_integer)
        } else if matches!(operator, Token::Word(b"in" | b"notin")) {
            self.values()
        } else {
            Err(BadSelector)
        }
    }

    /// The one value behind an operator. None at all is the empty one.
    fn value(&mut self, is_valid: fn(&[u8]) -> bool) -> Result<(), BadSelector> {
        let mut value: &[u8] = b"";
        if !matches!(self.next, Token::End | Token::Comma) {
            let Token::Word(word) = self.take() else { return Err(BadSelector) };
            value = word;
        }
        if is_valid(value) { Ok(()) } else { Err(BadSelector) }
    }

    /// A list of values in parentheses, any of them empty: `(a,,b)`, `()`, `(,)`.
    fn values(&mut self) -> Result<(), BadSelector> {
        self.expect(Token::Open)?;
        while self.next != Token::Close {
            if let Token::Word(word) = self.next {
                self.take();
                let ends = matches!(self.next, Token::Comma | Token::Close);
                if !ends || !is_label_value(word) {
                    return Err(BadSelector);
                }
            } else {
                self.expect(Token::Comma)?;
            }
        }
        self.expect(Token::Close)
    }
}

/// A name of at most 63 bytes, behind a DNS subdomain and a slash or not.
fn is_label_key(key: &[u8]) -> bool {
    let mut parts = key.splitn(2, |&byte| byte == b'/');
    match (parts.next(), parts.next()) {
        (Some(domain), Some(name)) => is_dns_subdomain(domain) && is_label_name(name),
        (Some(name), None) => is_label_name(name),
        (None, _) => false,
    }
}

fn is_label_value(value: &[u8]) -> bool {
    value.is_empty() || is_label_name(value)
}

fn is_label_name(name: &[u8]) -> bool {
    name.len() <= 63
        && starts_and_ends(name, u8::is_ascii_alphanumeric)
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

fn is_dns_subdomain(domain: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    domain.len() <= 253
        && domain.split(|&byte| byte == b'.').all(|label| {
            starts_and_ends(label, is_letter)
                && label.iter().all(|byte| is_letter(byte) || *byte == b'-')
        })
}

fn starts_and_ends(text: &[u8], with: impl Fn(&u8) -> bool) -> bool {
    text.first().is_some_and(&with) && text.last().is_some_and(&with)
}

/// A value to compare with must be an integer, and a label's value all the same.
fn is_integer(value: &[u8]) -> bool {
    is_label_value(value)
        && std::str::from_utf8(value).is_ok_and(|value| value.parse::<i64>().is_ok())
}

#[cfg(test)]
mod tests;
