//! What makes a key easy to guess. A key is 16 to 32 random bytes; what is found here does not
//! happen to such by chance.

use std::collections::BTreeSet;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Why a key is no good.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weakness {
    /// Every byte is zero.
    AllZero,
    /// It repeats a shorter part.
    Repeats {
        /// The bytes of that part.
        period: usize,
    },
    /// Each byte is the one before plus or minus one.
    Sequence,
    /// It has only so few different bytes.
    FewValues {
        /// How many.
        distinct: usize,
    },
    /// It is text: somebody typed it.
    Text,
    /// It is printed in documentation.
    Published,
    /// It is the same key as an earlier one under another name: a rotation that changed nothing.
    SameAs(String),
    /// An earlier key of the same provider has its name.
    DuplicateName,
}

impl fmt::Display for Weakness {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AllZero => out.write_str("all bytes are zero"),
            Self::Repeats { period } => write!(out, "it repeats after {period} bytes"),
            Self::Sequence => out.write_str("its bytes count up or down"),
            Self::FewValues { distinct } => write!(out, "it has only {distinct} different bytes"),
            Self::Text => out.write_str("it is text, not random bytes"),
            Self::Published => out.write_str("it is printed in public documentation"),
            Self::SameAs(name) => write!(out, "it is the same as the key {name:?}"),
            Self::DuplicateName => out.write_str("an earlier key has the same name"),
        }
    }
}

/// What makes these bytes a bad key, looked at alone.
pub fn weaknesses(key: &[u8]) -> Vec<Weakness> {
    let distinct = key.iter().collect::<BTreeSet<&u8>>().len();
    let is_few = key.len() >= 16 && distinct.saturating_mul(2) <= key.len();
    let pattern = pattern(key).or_else(|| is_few.then_some(Weakness::FewValues { distinct }));
    let is_text = !key.is_empty() && std::str::from_utf8(key).is_ok_and(is_typed);
    let is_published =
        PUBLISHED.iter().any(|known| decoded(known).is_some_and(|bytes| bytes == key));
    pattern
        .into_iter()
        .chain(is_text.then_some(Weakness::Text))
        .chain(is_published.then_some(Weakness::Published))
        .collect()
}

fn pattern(key: &[u8]) -> Option<Weakness> {
    if !key.is_empty() && key.iter().all(|byte| *byte == 0) {
        return Some(Weakness::AllZero);
    }
    let repeats = |period: &usize| key.iter().zip(key.iter().skip(*period)).all(|(a, b)| a == b);
    if let Some(period) = (1..=key.len() / 2).find(repeats) {
        return Some(Weakness::Repeats { period });
    }
    let counts =
        |step: u8| key.windows(2).all(|pair| matches!(pair, [a, b] if a.wrapping_add(step) == *b));
    (key.len() > 2 && (counts(1) || counts(u8::MAX))).then_some(Weakness::Sequence)
}

fn is_typed(text: &str) -> bool {
    text.chars().all(|letter| !letter.is_control() || letter.is_ascii_whitespace())
}

fn decoded(known: &str) -> Option<Vec<u8>> {
    STANDARD.decode(known).ok()
}

/// Keys of the documentation of Kubernetes and Rancher, of Kubernetes' own tests, and of guides
/// that many have followed.
const PUBLISHED: [&str; 10] = [
    "c2VjcmV0IGlzIHNlY3VyZQ==",
    "dGhpcyBpcyBwYXNzd29yZA==",
    "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY=",
    "c2VjcmV0IGlzIHNlY3VyZSwgb3IgaXMgaXQ/Cg==",
    "c2VjcmV0IGlzIHNlY3VyZSwgSSB0aGluaw==",
    "A/j5CnrWGB83ylcPkuUhm/6TSyrQtsNJtDPwPHNOj4Q=",
    "Nekla5byJTwg8Bz4eHnQ7DQpSBvD+YE6AU6ofPUNpYk=",
    "r4rGb8CJxIy5zh80kKDWxA6wQOPR7zbBlEmLVSsohIo=",
    "yriXiiDjtmUdAR/E8qIMWd0xR4YMaqZAqZAj3KJiTSM=",
    "K7VqzJP8YhN9wX2mR5tF3nG8vL1cS6dE4pK9xZ0qW7Y=",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_nobody_drew_at_random_are_known() {
        let check = |key: &[u8], expected: &[Weakness]| {
            assert_eq!(weaknesses(key), expected, "{key:?}");
        };
        check(&[0; 32], &[Weakness::AllZero]);
        check(&[7; 16], &[Weakness::Repeats { period: 1 }]);
        check(&[1, 200, 3, 4].repeat(8), &[Weakness::Repeats { period: 4 }]);
        let up: Vec<u8> = (200..=231).collect();
        check(&up, &[Weakness::Sequence]);
        let down: Vec<u8> = up.iter().rev().copied().collect();
        check(&down, &[Weakness::Sequence]);
        let few: Vec<u8> =
            (0_u16..32).filter_map(|at| u8::try_from(128 + at * at % 17).ok()).collect();
        check(&few, &[Weakness::FewValues { distinct: 9 }]);
        check(b"Pack my box, five dozen quills 12", &[Weakness::Text]);
        let few = Weakness::FewValues { distinct: 8 };
        check(b"secret is secure", &[few, Weakness::Text, Weakness::Published]);
        check(b"", &[]);
        for known in PUBLISHED {
            assert!(weaknesses(&decoded(known).unwrap()).contains(&Weakness::Published), "{known}");
        }
    }

    proptest::proptest! {
        #[test]
        fn random_keys_are_good(key in proptest::array::uniform32(proptest::arbitrary::any::<u8>())) {
            // Chance leaves more than 22 different bytes in all but one of a million million keys.
            let distinct = key.iter().collect::<BTreeSet<&u8>>().len();
            proptest::prop_assume!(distinct > 22);
            proptest::prop_assert_eq!(weaknesses(&key), vec![]);
        }
    }
}
