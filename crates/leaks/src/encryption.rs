//! Keys of an `EncryptionConfiguration`: whether one was drawn, is long enough, and stands in no
//! documentation.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::shape::entropy;

/// How good a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyQuality {
    /// kube-apiserver cannot decode it.
    NotBase64,
    /// It has this many bytes, which its provider does not take.
    WrongLength(usize),
    /// Every byte is zero.
    AllZero,
    /// A short piece, over and over.
    Repeated,
    /// A key that documentation shows.
    PublishedExample,
    /// Typed or counted, not drawn.
    LowEntropy,
    /// Nothing speaks against it.
    Good,
}

/// The quality of a key in base64, for AES: 16, 24 or 32 bytes.
pub fn judge_key(base64: &str) -> KeyQuality {
    judge(base64, &[16, 24, 32])
}

/// The quality of a key in base64 for a provider: `aescbc`, `aesgcm` or `secretbox`, which takes 32
/// bytes only.
pub fn judge_key_of(provider: &str, base64: &str) -> KeyQuality {
    if provider == "secretbox" { judge(base64, &[32]) } else { judge_key(base64) }
}

/// Whether a key in base64 stands in documentation.
pub fn is_published_example_key(base64: &str) -> bool {
    STANDARD.decode(base64.trim()).is_ok_and(|key| is_published(&key))
}

// A published key is worse news than its length, so it comes first.
fn judge(base64: &str, lengths: &[usize]) -> KeyQuality {
    let Ok(key) = STANDARD.decode(base64.trim()) else { return KeyQuality::NotBase64 };
    if is_published(&key) {
        KeyQuality::PublishedExample
    } else if !lengths.contains(&key.len()) {
        KeyQuality::WrongLength(key.len())
    } else if key.iter().all(|byte| *byte == 0) {
        KeyQuality::AllZero
    } else if is_repeated(&key) {
        KeyQuality::Repeated
    } else if is_poor(&key) {
        KeyQuality::LowEntropy
    } else {
        KeyQuality::Good
    }
}

fn is_published(key: &[u8]) -> bool {
    PUBLISHED.iter().any(|example| example.as_bytes() == key.trim_ascii())
}

/// Whether a piece of at most half the key makes up all of it.
fn is_repeated(key: &[u8]) -> bool {
    (1..=key.len() / 2).any(|period| {
        let (start, later) = (key.iter(), key.iter().skip(period));
        later.zip(start).all(|(later, earlier)| later == earlier)
    })
}

/// Printable throughout, counted up or down, or of few different bytes. Of 16 drawn bytes fewer
/// than ten differ once in 10⁹ keys; all are printable once in 10⁶, and of 32 once in 10¹³.
fn is_poor(key: &[u8]) -> bool {
    let is_typed =
        key.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ' || *byte == b'\n');
    let steps: Vec<u8> =
        key.iter().zip(key.iter().skip(1)).map(|(a, b)| b.wrapping_sub(*a)).collect();
    let is_counted = steps.iter().zip(steps.iter().skip(1)).all(|(a, b)| a == b);
    is_typed || is_counted || entropy(key) < 3.0
}

/// What the documentation of Kubernetes and tutorials after it encode.
const PUBLISHED: [&str; 6] = [
    "secret is secure",
    "this is password",
    "abcdefghijklmnopqrstuvwxyz123456",
    "abcdefghijklmnopqrstuvwxyz012345",
    "12345678901234567890123456789012",
    "0123456789abcdef0123456789abcdef",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::base64;

    #[test]
    fn judges_keys() {
        let check = |key: &[u8], expected: KeyQuality| {
            assert_eq!(judge_key(&base64(key)), expected, "{key:?}");
        };
        check(&[0; 32], KeyQuality::AllZero);
        check(&[7; 32], KeyQuality::Repeated);
        check(
            b"\x01\x9a\x03\x84\x01\x9a\x03\x84\x01\x9a\x03\x84\x01\x9a\x03\x84",
            KeyQuality::Repeated,
        );
        check(b"correct horse battery staple 123", KeyQuality::LowEntropy);
        let counted: Vec<u8> = (100..132).collect();
        check(&counted, KeyQuality::LowEntropy);
        check(&[1, 2, 1, 1, 2, 2, 2, 1, 1, 1, 2, 1, 2, 1, 1, 2], KeyQuality::LowEntropy);
        check(b"short", KeyQuality::WrongLength(5));
        check(&[200; 31], KeyQuality::WrongLength(31));
        for example in PUBLISHED {
            check(example.as_bytes(), KeyQuality::PublishedExample);
            check(format!("{example}\n").as_bytes(), KeyQuality::PublishedExample);
            assert!(is_published_example_key(&base64(example)));
        }
        assert_eq!(judge_key("not base64!"), KeyQuality::NotBase64);
        assert!(!is_published_example_key("not base64!"));
    }

    #[test]
    fn secretbox_takes_32_bytes_only() {
        let drawn: Vec<u8> =
            (0_u8..32).map(|n| n.wrapping_mul(n).wrapping_mul(73) ^ 0xa5).collect();
        let check = |provider: &str, length: usize, expected: KeyQuality| {
            assert_eq!(judge_key_of(provider, &base64(&drawn[..length])), expected, "{length}");
        };
        check("secretbox", 32, KeyQuality::Good);
        check("secretbox", 16, KeyQuality::WrongLength(16));
        check("aescbc", 16, KeyQuality::Good);
        check("aescbc", 24, KeyQuality::Good);
        check("aesgcm", 32, KeyQuality::Good);
        check("aesgcm", 20, KeyQuality::WrongLength(20));
    }

    proptest::proptest! {
        #[test]
        fn keys_that_were_drawn_are_good(key in proptest::array::uniform32(proptest::num::u8::ANY)) {
            proptest::prop_assert_eq!(judge_key(&base64(key)), KeyQuality::Good);
        }
    }
}
