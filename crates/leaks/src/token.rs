//! Tokens of providers, found at their prefix and held to their alphabet and length.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::innocent::is_stand_in;
use crate::kind::LeakKind;
use crate::leak::{Confidence, Sighting};
use crate::provider as by;
use crate::shape::{Alphabet, is_varied};
use crate::token_table::{TOKENS, TokenShape};

static PREFIXES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .kind(Some(aho_corasick::AhoCorasickKind::DFA))
        .build(TOKENS.iter().map(|shape| shape.prefix))
        .ok()
});

/// The first token in `text`.
pub(crate) fn find(text: &str) -> Option<Sighting> {
    prefixed(text)
        .or_else(|| aws_id(text))
        .or_else(|| azure_secret(text))
        .or_else(|| telegram(text))
}

fn prefixed(text: &str) -> Option<Sighting> {
    let prefixes = PREFIXES.as_ref()?;
    prefixes.find_overlapping_iter(text).find_map(|hit| {
        let shape = TOKENS.get(hit.pattern().as_usize())?;
        let (before, rest) = text.split_at_checked(hit.start())?;
        let whole = shape.read(before, rest)?;
        let confidence = shape.confidence();
        Some(Sighting::new(LeakKind::ProviderToken(shape.label), confidence, whole))
    })
}

impl TokenShape {
    fn read<'t>(&self, before: &str, rest: &'t str) -> Option<&'t str> {
        // A prefix with a path in it stands inside a URL; a suffix (`.atlasv1.`) behind an id.
        let free = self.prefix.contains('/') || self.prefix.starts_with('.');
        if !free && !is_boundary(before) {
            return None;
        }
        let after = rest.get(self.prefix.len()..)?;
        let body = self.alphabet.run(after).trim_end_matches(['.', '=']);
        let fits = (self.shortest..=self.longest).contains(&body.len());
        let has_both = body.bytes().any(|byte| byte.is_ascii_digit());
        if !fits || !has_both || !is_varied(body) || is_stand_in(body) {
            return None;
        }
        rest.get(..self.prefix.len().saturating_add(body.len()))
    }

    /// Test keys open little; a browser holds Google's API keys by design; short prefixes occur by
    /// chance.
    fn confidence(&self) -> Confidence {
        let is_weak = self.prefix.contains("_test_") || self.prefix.len() < 4;
        let is_public = *self.label == by::GOOGLE_API || *self.label == by::ALIBABA;
        if is_weak || is_public { Confidence::Medium } else { Confidence::High }
    }
}

/// Whether a token may begin behind `before`.
fn is_boundary(before: &str) -> bool {
    !before.ends_with(|last: char| last.is_alphanumeric() || matches!(last, '_' | '-' | '.' | '+'))
}

/// An AWS access key id: four letters that name its kind, and sixteen of base32.
fn aws_id(text: &str) -> Option<Sighting> {
    let id = runs(text, Alphabet::Alnum).find(|run| is_aws_id(run))?;
    Some(Sighting::new(LeakKind::AwsAccessKeyId, Confidence::Low, id))
}

pub(crate) fn is_aws_id(text: &str) -> bool {
    let is_known = ["AKIA", "ASIA", "ABIA", "ACCA"].iter().any(|start| text.starts_with(start));
    is_known
        && text.len() == 20
        && Alphabet::Base32.spells(text)
        && is_varied(text)
        && !is_stand_in(text)
}

/// A client secret of Entra: forty characters, the fourth to sixth of which are a digit and `Q~`.
fn azure_secret(text: &str) -> Option<Sighting> {
    let at = text.find("Q~")?;
    let start = at.checked_sub(4)?;
    let (before, rest) = text.split_at_checked(start)?;
    let end = rest.bytes().position(|byte| !Alphabet::UrlDot.has(byte) && byte != b'~');
    let whole = rest.get(..end.unwrap_or(rest.len()))?;
    let digit = whole.as_bytes().get(3).is_some_and(u8::is_ascii_digit);
    let fits = whole.len() == 40 && digit && is_boundary(before) && is_varied(whole);
    fits.then(|| Sighting::new(LeakKind::AzureClientSecret, Confidence::High, whole))
}

/// A bot token of Telegram: the bot's number, a colon, `AA` and 33 more.
fn telegram(text: &str) -> Option<Sighting> {
    text.match_indices(":AA").find_map(|(at, _)| {
        let (before, after) = text.split_at_checked(at)?;
        let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
        let start = at.saturating_sub(digits);
        let body = Alphabet::Url.run(after.get(1..)?);
        let fits = (8..=10).contains(&digits) && body.len() == 35 && is_varied(body);
        let whole = text.get(start..at.saturating_add(36))?;
        fits.then(|| Sighting::new(LeakKind::ProviderToken(&by::TELEGRAM), Confidence::High, whole))
    })
}

/// The runs of an alphabet in a text.
pub(crate) fn runs(text: &str, alphabet: Alphabet) -> impl Iterator<Item = &str> {
    let is_outside = move |c: char| !u8::try_from(c).is_ok_and(|byte| alphabet.has(byte));
    text.split(is_outside).filter(|run| !run.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{HEX, LETTERS, UPPER, drawn};

    /// A token of a row, of its shortest length.
    fn sample(shape: &TokenShape, length: usize) -> String {
        let alphabet = match shape.alphabet {
            Alphabet::Hex => HEX,
            Alphabet::Base32 => UPPER,
            Alphabet::Alnum
            | Alphabet::Word
            | Alphabet::Url
            | Alphabet::UrlDot
            | Alphabet::UrlPath
            | Alphabet::Base64 => LETTERS,
        };
        format!("{}{}", shape.prefix, drawn(length as u64 + 3, length, alphabet))
    }

    #[test]
    fn every_row_finds_its_token_and_no_other_length() {
        for shape in TOKENS {
            let named = |text: &str| find(text).map(|leak| leak.kind.name());
            for length in [shape.shortest, shape.longest] {
                let token = sample(shape, length);
                assert_eq!(named(&token), Some(shape.label.name), "{}", shape.prefix);
                assert_eq!(named(&format!("a \"{token}\", b")), Some(shape.label.name));
            }
            let short = sample(shape, shape.shortest - 4);
            assert_ne!(named(&short), Some(shape.label.name), "{} short", shape.prefix);
            let long = sample(shape, shape.longest + 300);
            assert_ne!(named(&long), Some(shape.label.name), "{} long", shape.prefix);
            let same = format!("{}{}", shape.prefix, "x".repeat(shape.shortest));
            assert_eq!(named(&same), None, "{} of one letter", shape.prefix);
        }
    }

    #[test]
    fn tokens_without_a_prefix_have_their_shape() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(find(text).map(|leak| leak.kind.name()), expected, "{text}");
        };
        let id = format!("AKIA{}", drawn(1, 16, UPPER));
        check(&id, Some("aws-access-key-id"));
        check(&format!("x{id}"), None);
        check(concat!("AKIA", "IOSFODNN7EXAMPLE"), None);
        check(&format!("AKIA{}", "A".repeat(16)), None);
        check(&format!("ab18Q~{}", drawn(2, 34, LETTERS)), Some("azure-client-secret"));
        check(&format!("ab18Q~{}", drawn(2, 20, LETTERS)), None);
        check(&format!("12345678:AA{}", drawn(2, 33, LETTERS)), Some("telegram-token"));
        check(&format!("1234:AA{}", drawn(2, 33, LETTERS)), None);
    }

    #[test]
    fn a_prefix_within_a_word_is_none() {
        let body = drawn(5, 36, LETTERS);
        for before in ["x", "_", "-", "."] {
            assert_eq!(find(&format!("{before}ghp_{body}")), None, "{before}");
        }
    }
}
