//! Which signatures a key set has found good. The answer never changes for one set, and clients
//! present a token again and again, so a signature is verified once. A token's time, audience and
//! the rest are looked at each time; a set that is replaced takes its memory along.

use std::collections::HashSet;
use std::mem;
use std::sync::{PoisonError, RwLock};

use sha2::{Digest, Sha256};

/// Digests of what was verified, in two generations: when the younger is full it becomes the older,
/// whose place is given up. So what is in use stays, and memory has a bound.
#[derive(Debug, Default)]
pub(crate) struct Memory(RwLock<Generations>);

#[derive(Debug, Default)]
struct Generations {
    younger: HashSet<Fact>,
    older: HashSet<Fact>,
}

/// That one signature belongs to one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Fact([u8; 32]);

impl Fact {
    /// The text's length is part of it: no byte may pass from the signature to the text unseen.
    pub(crate) fn of(signed: &[u8], signature: &[u8]) -> Self {
        let mut digest = Sha256::new();
        digest.update(signed.len().to_be_bytes());
        digest.update(signed);
        digest.update(signature);
        Self(digest.finalize().into())
    }
}

impl Memory {
    pub(crate) fn holds(&self, fact: Fact) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if known.younger.contains(&fact) {
            return true;
        }
        let is_old = known.older.contains(&fact);
        drop(known);
        if is_old {
            self.keep(fact);
        }
        is_old
    }

    pub(crate) fn keep(&self, fact: Fact) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.younger.len() >= MOST_IN_A_GENERATION {
            known.older = mem::take(&mut known.younger);
        }
        known.younger.insert(fact);
    }
}

const MOST_IN_A_GENERATION: usize = 8192;

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(number: usize) -> Fact {
        Fact::of(&number.to_be_bytes(), b"signature")
    }

    #[test]
    fn a_fact_is_one_text_with_one_signature() {
        let fact = Fact::of(b"a.b", b"c");
        assert_eq!(fact, Fact::of(b"a.b", b"c"));
        for (signed, signature) in [("a.b", "d"), ("a.bc", ""), ("a.", "bc"), ("", "a.bc")] {
            assert_ne!(fact, Fact::of(signed.as_bytes(), signature.as_bytes()));
        }
    }

    #[test]
    fn what_is_used_is_kept_and_the_rest_forgotten() {
        let memory = Memory::default();
        for number in 0..MOST_IN_A_GENERATION * 5 {
            memory.keep(fact(number));
            assert!(memory.holds(fact(0)), "{number}");
        }
        assert!(!memory.holds(fact(1)));
        let known = memory.0.read().unwrap();
        assert!(known.younger.len() + known.older.len() <= 2 * MOST_IN_A_GENERATION);
    }
}
