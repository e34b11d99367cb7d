//! Patterns with `*` (any text) and `?` (one character).

use std::fmt;

/// A pattern that a whole text must match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob(String);

impl Glob {
    /// The pattern of a text. Every text is one.
    pub fn new(pattern: &str) -> Self {
        Self(pattern.to_owned())
    }

    /// Whether the whole of `text` matches. Takes time of pattern × text at most.
    pub fn matches(&self, text: &str) -> bool {
        if !self.0.contains(['*', '?']) {
            return self.0 == text;
        }
        let pattern: Vec<char> = self.0.chars().collect();
        // Which beginnings of the pattern match what was read of the text so far.
        let mut reached = vec![false; pattern.len().saturating_add(1)];
        start(&pattern, &mut reached);
        for letter in text.chars() {
            reached = step(&pattern, &reached, letter);
        }
        reached.last().copied().unwrap_or_default()
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

fn start(pattern: &[char], reached: &mut [bool]) {
    let stars = pattern.iter().take_while(|letter| **letter == '*').count();
    reached.iter_mut().take(stars.saturating_add(1)).for_each(|place| *place = true);
}

fn step(pattern: &[char], reached: &[bool], letter: char) -> Vec<bool> {
    let mut next = Vec::with_capacity(reached.len());
    next.push(false);
    for (index, wanted) in pattern.iter().enumerate() {
        let was = |index: usize| reached.get(index).copied().unwrap_or_default();
        let stays = *wanted == '*'
            && (was(index) || was(index.saturating_add(1)) || next.last() == Some(&true));
        let moves = (*wanted == '?' || *wanted == letter) && *wanted != '*' && was(index);
        next.push(stays || moves);
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_whole_texts() {
        let check = |pattern: &str, text: &str, expected: bool| {
            assert_eq!(Glob::new(pattern).matches(text), expected, "{pattern:?} {text:?}");
        };
        check("RB-001", "RB-001", true);
        check("RB-001", "RB-0011", false);
        check("RB-001", "XRB-001", false);
        check("RB-*", "RB-009", true);
        check("RB-*", "RB-", true);
        check("RB-*", "AN-009", false);
        check("*", "", true);
        check("", "", true);
        check("", "a", false);
        check("?", "", false);
        check("a?c", "abc", true);
        check("a?c", "aöc", true);
        check("a?c", "ac", false);
        check("*-system", "kube-system", true);
        check("a*b*c", "aXbYbZc", true);
        check("a*b*c", "aXcYb", false);
        check("**a**", "a", true);
        check("a*", "A", false);
    }

    #[test]
    fn a_hostile_pattern_takes_no_longer() {
        let pattern = "a*".repeat(300);
        assert!(!Glob::new(&format!("{pattern}b")).matches(&"a".repeat(5_000)));
    }

    proptest::proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[ab*?]{0,6}", text in "[ab]{0,6}") {
            fn defined(pattern: &[u8], text: &[u8]) -> bool {
                match (pattern.first(), text.first()) {
                    (None, None) => true,
                    (Some(b'*'), _) => {
                        defined(&pattern[1..], text) || (!text.is_empty() && defined(pattern, &text[1..]))
                    }
                    (Some(b'?'), Some(_)) => defined(&pattern[1..], &text[1..]),
                    (Some(one), Some(other)) if one == other => defined(&pattern[1..], &text[1..]),
                    _ => false,
                }
            }
            let expected = defined(pattern.as_bytes(), text.as_bytes());
            proptest::prop_assert_eq!(Glob::new(&pattern).matches(&text), expected);
        }
    }
}
