//! The objects of one kind as they are known now, and what changes them.

use std::collections::BTreeMap;

use tracing::error;

use super::Key;

/// What changes.
pub(crate) enum Delta<T> {
    /// These are all there are.
    All(BTreeMap<Key, T>),
    /// One is there, new or changed.
    One(Key, T),
    /// One is there no more.
    Gone(Key),
}

/// The objects, in the order of their names; no more than `MOST`.
pub(crate) struct Shelf<T, const MOST: usize> {
    objects: BTreeMap<Key, T>,
    /// Whether it has been listed, and nothing had to be left out since.
    whole: bool,
}

impl<T, const MOST: usize> Default for Shelf<T, MOST> {
    fn default() -> Self {
        Self { objects: BTreeMap::new(), whole: false }
    }
}

impl<T: Clone + PartialEq, const MOST: usize> Shelf<T, MOST> {
    /// Applies a change; whether anything is different now.
    pub(crate) fn apply(&mut self, delta: Delta<T>) -> bool {
        match delta {
            Delta::All(objects) => {
                let matters = !self.whole || self.objects != objects;
                self.objects = objects;
                self.whole = true;
                matters
            }
            Delta::One(key, _) if self.is_full(&key) => {
                error!(
                    name = key.name,
                    "There are more objects than are kept; what is known gets stale."
                );
                self.whole = false;
                true
            }
            Delta::One(key, object) => {
                let matters = self.objects.get(&key) != Some(&object);
                self.objects.insert(key, object);
                matters
            }
            Delta::Gone(key) => self.objects.remove(&key).is_some(),
        }
    }

    /// Whether all there are is known: they have been listed, and none had to be left out since.
    pub(crate) fn is_whole(&self) -> bool {
        self.whole
    }

    pub(crate) fn len(&self) -> usize {
        self.objects.len()
    }

    pub(crate) fn all(&self) -> Vec<T> {
        self.objects.values().cloned().collect()
    }

    fn is_full(&self, key: &Key) -> bool {
        self.objects.len() >= MOST && !self.objects.contains_key(key)
    }
}
