//! Which lines of a text are worth reading: those with a prefix of a token or a word that names
//! credentials. One pass over the bytes finds both, so that large texts cost little.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::token_table::TOKENS;

/// Words without which no rule finds anything, in lower case.
const WORDS: [&str; 43] = [
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "cred",
    "auth",
    "bearer",
    "basic",
    "://",
    "@tcp(",
    "@unix(",
    "-----begin",
    "ls0tls1crudjti",
    "eyj",
    "zxlk",
    "$apr1$",
    "$2a$",
    "$2b$",
    "$2y$",
    "$5$",
    "$6$",
    "{sha}",
    "signature",
    "sig=",
    "akia",
    "asia",
    "abia",
    "acca",
    "q~",
    ":aa",
    "dsn",
    "mysql",
    "mariadb",
    "redis-cli",
    "valkey-cli",
    "ldap",
    "curl",
    "sqlcmd",
    "mongo",
    "salt",
    "pat",
    "license",
];

static WORTH: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let prefixes = TOKENS.iter().map(|shape| shape.prefix);
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(aho_corasick::AhoCorasickKind::DFA))
        .build(WORDS.into_iter().chain(prefixes))
        .ok()
});

/// A line worth reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line<'t> {
    /// From 1.
    pub(crate) number: usize,
    /// Without its end.
    pub(crate) text: &'t str,
    /// This line and all that follow.
    pub(crate) onward: &'t str,
}

/// Whether any line is worth reading.
pub(crate) fn is_worth_reading(text: &str) -> bool {
    WORTH.as_ref().is_none_or(|worth| worth.is_match(text))
}

/// The lines worth reading. If the filter could not be built, every line.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut rest = text;
    let mut number = 1_usize;
    std::iter::from_fn(move || {
        let at = WORTH.as_ref().map_or(Some(0), |worth| Some(worth.find(rest)?.start()))?;
        let (before, _) = rest.split_at_checked(at)?;
        let start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let onward = rest.get(start..)?;
        let line = onward.split('\n').next().unwrap_or_default();
        number = number.saturating_add(newlines(before));
        let found = Line { number, text: line.trim_end_matches('\r'), onward };
        rest = onward.get(line.len().saturating_add(1)..).unwrap_or_default();
        number = number.saturating_add(1);
        (!onward.is_empty()).then_some(found)
    })
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_over_lines_that_say_nothing() {
        let check = |text: &str, expected: &[(usize, &str)]| {
            let found: Vec<(usize, &str)> =
                lines(text).map(|line| (line.number, line.text)).collect();
            assert_eq!(found, expected, "{text:?}");
            assert_eq!(is_worth_reading(text), !expected.is_empty());
        };
        check("", &[]);
        check("a: 1\nb: 2\n", &[]);
        check("a: 1\nPassWord: x\r\nb: 2\n\ntoken", &[(2, "PassWord: x"), (5, "token")]);
        check("secret secret\n", &[(1, "secret secret")]);
    }
}
