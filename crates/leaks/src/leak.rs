//! What was found, where, and how sure we are. A preview is the only part of a value that a
//! finding carries.

use tree::Path;

use crate::LeakKind;

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// The name suggests it.
    Low,
    /// Name and value together suggest it.
    Medium,
    /// The value has the structure of a credential.
    High,
}

/// A secret in plain sight, found in a value whose place is known to the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// What it is.
    pub kind: LeakKind,
    /// How sure that is.
    pub confidence: Confidence,
    /// At most the first four characters, and the length.
    pub preview: String,
    /// The name the value has: of a variable, a key, a flag; empty if it has none.
    pub name: String,
    /// The line of a larger text, from 1.
    pub line: Option<usize>,
    /// What can be said without saying the value: the subject and expiry of a token, a user.
    pub note: Option<String>,
}

/// A secret in plain sight, and the path to it in its object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// What it is.
    pub kind: LeakKind,
    /// Where in the object.
    pub path: Path,
    /// How sure that is.
    pub confidence: Confidence,
    /// At most the first four characters, and the length.
    pub preview: String,
    /// The name the value has; empty if it has none.
    pub name: String,
    /// The line of a larger text, from 1.
    pub line: Option<usize>,
    /// What can be said without saying the value.
    pub note: Option<String>,
}

impl Sighting {
    pub(crate) fn new(kind: LeakKind, confidence: Confidence, secret: &str) -> Self {
        let preview = preview(secret);
        Self { kind, confidence, preview, name: String::new(), line: None, note: None }
    }

    pub(crate) fn named(mut self, name: &str) -> Self {
        self.name = name.chars().take(LONGEST_NAME).collect();
        self
    }

    pub(crate) fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    pub(crate) fn on_line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    /// The finding at a place of an object.
    pub fn at(self, path: Path) -> Leak {
        let Self { kind, confidence, preview, name, line, note } = self;
        Leak { kind, path, confidence, preview, name, line, note }
    }
}

/// A short secret shows nothing: people make those, and the first letters give the rest away.
fn preview(secret: &str) -> String {
    let length = secret.chars().count();
    let shown = if length < 16 { 0 } else { 4 };
    let start: String =
        secret.chars().take(shown).map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{start}… ({length} characters)")
}

const LONGEST_NAME: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_shows_four_characters_at_most() {
        let check = |secret: &str, expected: &str| assert_eq!(preview(secret), expected);
        check("abcdefghijklmnopqrst", "abcd… (20 characters)");
        check("supersecret", "… (11 characters)");
        check("abc", "… (3 characters)");
        check("ä\nöüabcdefghijklmnop", "ä öü… (20 characters)");
    }
}
