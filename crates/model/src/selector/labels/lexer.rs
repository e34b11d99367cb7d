//! The tokens of a label selector, with upstream's quirk that a NUL byte ends a token, and the
//! whole selector if it stands where a token would start.

/// A piece of a selector. `in` and `notin` are words: only their place makes them operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A key, a value or the name of an operator.
    Word(&'a [u8]),
    /// `,`
    Comma,
    /// `!`
    Not,
    /// `=`, `==` or `!=`
    Equal,
    /// `<` or `>`
    Compare,
    /// `(`
    Open,
    /// `)`
    Close,
    /// The end, however often it is asked for.
    End,
}

/// Cuts tokens off the front of a selector.
pub(super) struct Lexer<'a>(&'a [u8]);

impl<'a> Lexer<'a> {
    pub(super) fn of(selector: &'a str) -> Self {
        Self(selector.as_bytes())
    }

    pub(super) fn token(&mut self) -> Token<'a> {
        while let [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] = self.0 {
            self.0 = rest;
        }
        let (token, rest) = match self.0 {
            // Nothing behind a NUL is read: the rest goes with it.
            [] | [0, ..] => (Token::End, &[][..]),
            [b'=' | b'!', b'=', rest @ ..] | [b'=', rest @ ..] => (Token::Equal, rest),
            [b'!', rest @ ..] => (Token::Not, rest),
            [b'<' | b'>', rest @ ..] => (Token::Compare, rest),
            [b',', rest @ ..] => (Token::Comma, rest),
            [b'(', rest @ ..] => (Token::Open, rest),
            [b')', rest @ ..] => (Token::Close, rest),
            rest => word(rest),
        };
        // The NUL that ends a token is swallowed with it.
        self.0 = rest.strip_prefix(&[0]).unwrap_or(rest);
        token
    }
}

fn word(text: &[u8]) -> (Token<'_>, &[u8]) {
    let ends = |byte: &u8| matches!(byte, 0 | b' ' | b'\t' | b'\r' | b'\n') || is_symbol(*byte);
    let end = text.iter().position(ends).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end).unwrap_or((text, &[]));
    (Token::Word(word), rest)
}

fn is_symbol(byte: u8) -> bool {
    b"=!(),<>".contains(&byte)
}
