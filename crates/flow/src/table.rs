//! A map of bounded size that forgets only entries equal to new ones. So nobody gains by crowding
//! the table: what is forgotten would have started afresh anyway, and all else stays.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// An entry that time brings back to its beginning.
pub(crate) trait Fades: Default {
    /// Whether the entry behaves exactly as a new one would.
    fn is_blank(&self, now: Instant) -> bool;
}

#[derive(Debug)]
pub(crate) struct Table<K, V> {
    entries: HashMap<K, V>,
    capacity: usize,
    next_sweep: Option<Instant>,
}

impl<K: Eq + Hash, V: Fades> Table<K, V> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { entries: HashMap::new(), capacity, next_sweep: None }
    }

    /// The entry of `key`, made if there is room; `None` if the table is full of entries that
    /// still mean something.
    pub(crate) fn entry(&mut self, key: K, now: Instant) -> Option<&mut V> {
        if self.has_room_for(&key, now) { Some(self.entries.entry(key).or_default()) } else { None }
    }

    /// The entry of `key`, made even beyond the capacity: for a fixed, small set of keys.
    pub(crate) fn reserved(&mut self, key: K) -> &mut V {
        self.entries.entry(key).or_default()
    }

    pub(crate) fn known(&mut self, key: &K) -> Option<&mut V> {
        self.entries.get_mut(key)
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    fn has_room_for(&mut self, key: &K, now: Instant) -> bool {
        if self.entries.contains_key(key) || self.entries.len() < self.capacity {
            return true;
        }
        // A sweep costs the whole table; a flood of new keys must not buy one each.
        if self.next_sweep.is_none_or(|at| at <= now) {
            self.entries.retain(|_, entry| !entry.is_blank(now));
            self.next_sweep = now.checked_add(SWEEP_EVERY);
        }
        self.entries.len() < self.capacity
    }
}

const SWEEP_EVERY: Duration = Duration::from_millis(100);
