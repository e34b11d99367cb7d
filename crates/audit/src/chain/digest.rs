//! SHA-256 of a record and what is before it.

use sha2::{Digest as _, Sha256};

/// A SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digest([u8; 32]);

impl Digest {
    /// What the first record of all follows.
    pub(super) const ZERO: Self = Self([0; 32]);

    pub(super) fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = Sha256::new();
        parts.into_iter().for_each(|part| hasher.update(part));
        Self(hasher.finalize().into())
    }

    /// The lower-case hexadecimal digits.
    pub(super) fn hex(self) -> [u8; 64] {
        let mut digits = [0; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
            if let [high, low] = pair {
                *high = digit(byte >> 4);
                *low = digit(byte & 15);
            }
        }
        digits
    }

    pub(super) fn from_hex(text: &[u8]) -> Option<Self> {
        let mut found = [0; 32];
        if text.len() != 64 {
            return None;
        }
        for (byte, pair) in found.iter_mut().zip(text.chunks_exact(2)) {
            let [high, low] = pair else { return None };
            *byte = value(*high)? << 4 | value(*low)?;
        }
        Some(Self(found))
    }
}

/// The hash of a record whose line is `line`, in two parts.
pub(super) fn of_record(
    previous: Digest,
    sequence: u64,
    torn: Option<Digest>,
    line: [&[u8]; 2],
) -> Digest {
    let torn = torn.map(Digest::hex);
    let torn = torn.as_ref().map_or(&[][..], |hex| hex);
    let [start, end] = line;
    let sequence = sequence.to_string();
    Digest::of([&previous.hex()[..], b":", sequence.as_bytes(), b":", torn, b":", start, end])
}

fn digit(value: u8) -> u8 {
    match value {
        0..=9 => b'0'.saturating_add(value),
        _ => b'a'.saturating_add(value.saturating_sub(10)),
    }
}

fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => digit.checked_sub(b'0'),
        b'a'..=b'f' => digit.checked_sub(b'a')?.checked_add(10),
        _ => None,
    }
}
