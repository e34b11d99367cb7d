//! The shape of texts: alphabets, how varied a text is, whether it reads as words, and base64.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The bytes a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alphabet {
    Hex,
    Base32,
    Alnum,
    Word,
    Url,
    UrlDot,
    UrlPath,
    Base64,
}

impl Alphabet {
    pub(crate) fn has(self, byte: u8) -> bool {
        match self {
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::Base32 => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Alnum => byte.is_ascii_alphanumeric(),
            Self::Word => byte.is_ascii_alphanumeric() || byte == b'_',
            Self::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Self::UrlDot => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'),
            Self::UrlPath => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/'),
            Self::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='),
        }
    }

    pub(crate) fn spells(self, text: &str) -> bool {
        !text.is_empty() && text.bytes().all(|byte| self.has(byte))
    }

    /// The longest beginning of `text` in this alphabet.
    pub(crate) fn run(self, text: &str) -> &str {
        let end = text.bytes().position(|byte| !self.has(byte)).unwrap_or(text.len());
        text.get(..end).unwrap_or_default()
    }
}

/// Shannon entropy in bits per byte.
pub(crate) fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in bytes.iter().take(MOST_BYTES) {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count = count.saturating_add(1);
        }
    }
    let total = f64::from(u32::try_from(bytes.len().min(MOST_BYTES)).unwrap_or(1));
    let share = |count: &u32| {
        let share = f64::from(*count) / total;
        -share * share.log2()
    };
    counts.iter().filter(|count| **count > 0).map(share).sum()
}

/// How a value looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Texture {
    /// Words and small numbers between separators: a name of something.
    Words,
    /// Letters and others mixed, as people choose passwords.
    Mixed,
    /// As a generator makes it.
    Random,
}

/// How `text` looks.
pub(crate) fn texture(text: &str) -> Texture {
    if text.split(SEPARATORS).all(reads_as_word) {
        return Texture::Words;
    }
    if text.len() >= 16 && entropy(text.as_bytes()) >= 3.0 {
        Texture::Random
    } else {
        Texture::Mixed
    }
}

fn reads_as_word(piece: &str) -> bool {
    // `k8s`, `i18n`, `v1b2`
    if piece.len() <= 4 {
        return piece.chars().all(char::is_alphanumeric);
    }
    let letters = piece.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = piece.len().saturating_sub(letters.len());
    if letters.is_empty() {
        return digits <= 4;
    }
    letters.chars().all(char::is_alphabetic) && digits <= 3 && is_pronounceable(letters)
}

/// Whether letters look like words set together rather than drawn: few rises of case, no long run
/// without a vowel.
fn is_pronounceable(letters: &str) -> bool {
    let (mut rises, mut run, mut longest, mut was_lower) = (0_usize, 0_usize, 0_usize, false);
    for letter in letters.bytes() {
        rises = rises.saturating_add(usize::from(was_lower && letter.is_ascii_uppercase()));
        was_lower = letter.is_ascii_lowercase();
        run = if b"aeiouyAEIOUY".contains(&letter) { 0 } else { run.saturating_add(1) };
        longest = longest.max(run);
    }
    longest <= 5 && rises.saturating_mul(6) <= letters.len().max(12)
}

/// Whether the body of a token was drawn, not typed as a stand-in.
pub(crate) fn is_varied(text: &str) -> bool {
    let wanted = if text.len() < 16 { 2.2 } else { 2.7 };
    entropy(text.as_bytes()) >= wanted
}

/// The bytes of base64 in either alphabet, padded or not, in lines or not.
pub(crate) fn decode64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    let joined: String;
    let text = if text.bytes().any(|byte| byte.is_ascii_whitespace()) {
        joined = text.split_ascii_whitespace().collect();
        &joined
    } else {
        text
    };
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

/// The text of base64.
pub(crate) fn decode64_text(text: &str) -> Option<String> {
    String::from_utf8(decode64(text)?).ok()
}

const RULES: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, RULES);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, RULES);

const SEPARATORS: [char; 9] = ['-', '_', '.', '/', ':', ',', ' ', '@', '#'];

/// More says nothing new about a text.
const MOST_BYTES: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{HEX, LETTERS, drawn};

    #[test]
    fn tells_words_from_what_is_drawn() {
        let check = |text: &str, expected: Texture| assert_eq!(texture(text), expected, "{text}");
        check("my-app-secret", Texture::Words);
        check("kube-system/coredns-v1", Texture::Words);
        check("ClusterSecretStore", Texture::Words);
        check("sha256", Texture::Words);
        check("etcd-cluster-k8s", Texture::Words);
        check("hunter2!x", Texture::Mixed);
        check("P@ssw0rd", Texture::Mixed);
        for seed in 1..50 {
            check(&drawn(seed, 32, HEX), Texture::Random);
            check(&drawn(seed, 24, LETTERS), Texture::Random);
        }
    }

    #[test]
    fn reads_base64_in_every_form() {
        let check = |text: &str, expected: Option<&[u8]>| {
            assert_eq!(decode64(text).as_deref(), expected, "{text}");
        };
        check("YWI=", Some(b"ab"));
        check("YWI", Some(b"ab"));
        check(" Y\n WI= ", Some(b"ab"));
        check("_-8", Some(&[0xff, 0xef]));
        check("/+8", Some(&[0xff, 0xef]));
        check("a!b", None);
    }
}
