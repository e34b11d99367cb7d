//! Which way of impersonation last worked for whom, for a bounded number of requestors.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::{Mutex, PoisonError};

use foldhash::quality::RandomState;

use super::way::Way;

/// Forgets by halves: once the younger half is full, the older one goes.
#[derive(Debug, Default)]
pub(super) struct Memory {
    names: RandomState,
    halves: Mutex<Halves>,
}

#[derive(Debug, Default)]
struct Halves {
    younger: HashMap<u64, Way, RandomState>,
    older: HashMap<u64, Way, RandomState>,
}

impl Memory {
    /// The way that last worked for `requestor`, if it is still known.
    pub(super) fn recall(&self, requestor: &str) -> Option<Way> {
        let key = self.key(requestor);
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(way) = halves.younger.get(&key) {
            return Some(*way);
        }
        let way = *halves.older.get(&key)?;
        halves.put(key, way);
        Some(way)
    }

    /// Keeps in mind that `way` worked for `requestor`.
    pub(super) fn remember(&self, requestor: &str, way: Way) {
        let key = self.key(requestor);
        self.halves.lock().unwrap_or_else(PoisonError::into_inner).put(key, way);
    }

    /// Names may be long, so their hashes are kept. Two requestors with the same one only share
    /// which way is tried first.
    fn key(&self, requestor: &str) -> u64 {
        self.names.hash_one(requestor)
    }
}

impl Halves {
    fn put(&mut self, key: u64, way: Way) {
        if self.younger.len() >= HALF && !self.younger.contains_key(&key) {
            self.older = std::mem::take(&mut self.younger);
        }
        self.younger.insert(key, way);
    }
}

/// Both halves together hold as many requestors as upstream remembers.
const HALF: usize = 5_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_who_came_last_and_no_more_than_it_may() {
        let memory = Memory::default();
        memory.remember("jane", Way::Legacy);
        for number in 0..3 * HALF {
            memory.remember(&number.to_string(), Way::UserInfo);
            assert_eq!(memory.recall("jane"), Some(Way::Legacy));
        }
        assert_eq!(memory.recall("0"), None);
        assert_eq!(memory.recall(&(3 * HALF - 1).to_string()), Some(Way::UserInfo));
        let halves = memory.halves.lock().unwrap();
        assert!(halves.younger.len() <= HALF && halves.older.len() <= HALF);
    }
}
