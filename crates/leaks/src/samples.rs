//! Values for tests, drawn anew each time so that no text that looks like a credential is kept.

pub(crate) const HEX: &str = "0123456789abcdef";
pub(crate) const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

pub(crate) const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// `length` characters of `alphabet`, the same ones for the same seed.
pub(crate) fn drawn(seed: u64, length: usize, alphabet: &str) -> String {
    let letters: Vec<char> = alphabet.chars().collect();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x1234_5678_9abc_def1);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        letters[usize::try_from((state >> 20) % letters.len() as u64).unwrap()]
    };
    (0..length).map(|_| next()).collect()
}

/// Text in base64.
pub(crate) fn base64(text: impl AsRef<[u8]>) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// A JSON web token with these claims.
pub(crate) fn jwt(claims: &str) -> String {
    let part = |text: &str| base64(text).trim_end_matches('=').replace('+', "-").replace('/', "_");
    format!("{}.{}.{}", part(r#"{"alg":"RS256"}"#), part(claims), drawn(7, 86, LETTERS))
}

/// A block of PEM with that label.
pub(crate) fn pem(label: &str) -> String {
    let lines: Vec<String> = (1..6).map(|seed| drawn(seed, 64, LETTERS)).collect();
    let dashes = "-".repeat(5);
    format!("{dashes}BEGIN {label}{dashes}\n{}\n{dashes}END {label}{dashes}\n", lines.join("\n"))
}
