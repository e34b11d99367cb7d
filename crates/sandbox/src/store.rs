//! The objects, in memory, with a bounded history for watches.
//!
//! One lock, held for a map operation and never across an await. A write is visible to readers
//! and in the history at the same moment.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::watch;

use crate::kind::{self, Kind, RBAC};
use crate::object;

/// Where an object is kept: plural, namespace, name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) plural: &'static str,
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl Key {
    pub(crate) fn new(kind: &Kind, namespace: &str, name: &str) -> Self {
        Self { plural: kind.plural, namespace: namespace.to_owned(), name: name.to_owned() }
    }

    /// Whether this is of a kind, and in a namespace or (when it is empty) in any.
    pub(crate) fn is_within(&self, kind: &Kind, namespace: &str) -> bool {
        self.plural == kind.plural && (namespace.is_empty() || self.namespace == namespace)
    }

    /// Where `object` of `kind` belongs.
    pub(crate) fn of(kind: &Kind, object: &Value) -> Self {
        Self::new(kind, object::namespace(object), object::name(object))
    }
}

/// One change of one object.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) revision: u64,
    pub(crate) key: Key,
    /// The object before; none when it is new.
    pub(crate) before: Option<Arc<Value>>,
    /// The object after; none when it is gone.
    pub(crate) after: Option<Arc<Value>>,
    /// What a deletion tells watchers: the last state, at the revision of the deletion.
    pub(crate) last: Arc<Value>,
}

/// Why the history cannot be told from a revision on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Untold {
    /// The history starts later; carries the revision it starts at.
    TooOld(u64),
}

/// Why an object was not stored.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unstored {
    /// It changed since it was read, or is gone.
    Changed,
    /// The store holds as many objects as it may.
    Full,
}

/// The objects and their recent history.
#[derive(Debug)]
pub(crate) struct Store {
    state: Mutex<State>,
    revision: watch::Sender<u64>,
    limits: Limits,
}

/// How much a store keeps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) objects: usize,
    pub(crate) history: usize,
}

#[derive(Debug, Default)]
struct State {
    revision: u64,
    objects: BTreeMap<Key, Arc<Value>>,
    history: VecDeque<Change>,
    /// The revision up to which changes have been forgotten.
    forgotten: u64,
    /// The revision of the last change of an RBAC object.
    rules: u64,
}

impl Store {
    pub(crate) fn new(limits: Limits) -> Self {
        // Revision 0 means "any" to clients, so that the first object gets a later one.
        let state = State { revision: 1, forgotten: 1, ..State::default() };
        Self { state: Mutex::new(state), revision: watch::Sender::new(1), limits }
    }

    /// Follows the revision: wakes after every change.
    pub(crate) fn follow(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    pub(crate) fn read(&self, key: &Key) -> Option<Arc<Value>> {
        self.lock().objects.get(key).cloned()
    }

    /// The objects of a kind, in one namespace or (when it is empty) in all, with the revision.
    pub(crate) fn list(&self, kind: &Kind, namespace: &str) -> (u64, Vec<Arc<Value>>) {
        let state = self.lock();
        (state.revision, state.found(kind, namespace).into_values().collect())
    }

    /// The same as it was at an earlier revision.
    pub(crate) fn list_at(
        &self,
        kind: &Kind,
        namespace: &str,
        revision: u64,
    ) -> Result<Vec<Arc<Value>>, Untold> {
        let state = self.lock();
        if revision < state.forgotten {
            return Err(Untold::TooOld(state.forgotten));
        }
        let mut found = state.found(kind, namespace);
        let later = state.history.iter().rev().take_while(|change| change.revision > revision);
        for change in later.filter(|change| change.key.is_within(kind, namespace)) {
            match &change.before {
                Some(before) => found.insert(change.key.clone(), Arc::clone(before)),
                None => found.remove(&change.key),
            };
        }
        Ok(found.into_values().collect())
    }

    /// Every object in a namespace, by its key.
    pub(crate) fn within(&self, namespace: &str) -> Vec<Key> {
        let state = self.lock();
        state.objects.keys().filter(|key| key.namespace == namespace).cloned().collect()
    }

    /// The changes after `revision`, and the revision they lead to.
    pub(crate) fn since(&self, revision: u64) -> Result<(u64, Vec<Change>), Untold> {
        let state = self.lock();
        if revision < state.forgotten {
            return Err(Untold::TooOld(state.forgotten));
        }
        let later = state.history.iter().filter(|change| change.revision > revision);
        Ok((state.revision, later.cloned().collect()))
    }

    pub(crate) fn revision(&self) -> u64 {
        self.lock().revision
    }

    /// The revision of the last change of an RBAC object.
    pub(crate) fn rules_revision(&self) -> u64 {
        self.lock().rules
    }

    /// Puts `object` in the place of `before` (nothing, for a new one); what came in between wins.
    pub(crate) fn put(
        &self,
        key: Key,
        before: Option<&Arc<Value>>,
        mut object: Value,
    ) -> Result<Arc<Value>, Unstored> {
        let mut state = self.lock();
        if !state.still(&key, before) {
            return Err(Unstored::Changed);
        }
        if before.is_none() && state.objects.len() >= self.limits.objects {
            return Err(Unstored::Full);
        }
        let revision = state.revision + 1;
        object::set(&mut object, &["metadata", "resourceVersion"], revision.to_string());
        let object = Arc::new(object);
        let before = state.objects.insert(key.clone(), Arc::clone(&object));
        let after = Some(Arc::clone(&object));
        let last = Arc::clone(&object);
        state.record(Change { revision, key, before, after, last }, self.limits.history);
        self.revision.send_replace(revision);
        Ok(object)
    }

    /// Removes the object if it is still `before`; gives back its last state.
    pub(crate) fn remove(&self, key: Key, before: &Arc<Value>) -> Result<Arc<Value>, Unstored> {
        let mut state = self.lock();
        if !state.still(&key, Some(before)) {
            return Err(Unstored::Changed);
        }
        state.objects.remove(&key);
        let revision = state.revision + 1;
        let mut last = Value::clone(before);
        object::set(&mut last, &["metadata", "resourceVersion"], revision.to_string());
        let last = Arc::new(last);
        let before = Some(Arc::clone(before));
        let told = Arc::clone(&last);
        state
            .record(Change { revision, key, before, after: None, last: told }, self.limits.history);
        self.revision.send_replace(revision);
        Ok(last)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics under the lock; a poisoned state is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn still(&self, key: &Key, before: Option<&Arc<Value>>) -> bool {
        match (self.objects.get(key), before) {
            (None, None) => true,
            (Some(now), Some(before)) => Arc::ptr_eq(now, before),
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    fn found(&self, kind: &Kind, namespace: &str) -> BTreeMap<Key, Arc<Value>> {
        self.objects
            .range(Key::new(kind, namespace, "")..)
            .take_while(|(key, _)| key.is_within(kind, namespace))
            .map(|(key, object)| (key.clone(), Arc::clone(object)))
            .collect()
    }

    fn record(&mut self, change: Change, limit: usize) {
        self.revision = change.revision;
        if kind::of_plural(change.key.plural).is_some_and(|kind| kind.group == RBAC) {
            self.rules = change.revision;
        }
        self.history.push_back(change);
        while self.history.len() > limit {
            if let Some(old) = self.history.pop_front() {
                self.forgotten = old.revision;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn store() -> Store {
        Store::new(Limits { objects: 3, history: 2 })
    }

    fn pod(name: &str) -> (Key, Value) {
        let kind = kind::find("", "pods").unwrap();
        let pod = json!({"metadata": {"name": name, "namespace": "demo"}});
        (Key::of(kind, &pod), pod)
    }

    #[test]
    fn a_write_over_a_newer_state_is_refused() {
        let store = store();
        let (key, object) = pod("a");
        let first = store.put(key.clone(), None, object.clone()).unwrap();
        assert_eq!(store.put(key.clone(), None, object.clone()), Err(Unstored::Changed));
        store.put(key.clone(), Some(&first), object.clone()).unwrap();
        assert_eq!(store.put(key.clone(), Some(&first), object), Err(Unstored::Changed));
        assert_eq!(store.remove(key, &first), Err(Unstored::Changed));
    }

    #[test]
    fn history_is_bounded_and_says_so() {
        let store = store();
        let start = store.revision();
        for name in ["a", "b", "c"] {
            let (key, object) = pod(name);
            store.put(key, None, object).unwrap();
        }
        assert_eq!(store.since(start).map(drop), Err(Untold::TooOld(start + 1)));
        assert_eq!(store.since(start + 1).unwrap().1.len(), 2);
        let (key, object) = pod("d");
        assert_eq!(store.put(key, None, object), Err(Unstored::Full));
    }

    #[test]
    fn lists_what_was() {
        let store = store();
        let kind = kind::find("", "pods").unwrap();
        let (key, object) = pod("a");
        let first = store.put(key.clone(), None, object).unwrap();
        let then = store.revision();
        store.remove(key, &first).unwrap();
        let (key, object) = pod("b");
        store.put(key, None, object).unwrap();
        assert_eq!(store.list_at(kind, "", then), Ok(vec![first]));
        assert_eq!(store.list_at(kind, "", then - 1), Err(Untold::TooOld(then)));
    }

    #[test]
    fn lists_one_namespace_or_all() {
        let store = store();
        let kind = kind::find("", "pods").unwrap();
        for namespace in ["a", "b"] {
            let pod = json!({"metadata": {"name": "x", "namespace": namespace}});
            store.put(Key::of(kind, &pod), None, pod).unwrap();
        }
        assert_eq!(store.list(kind, "").1.len(), 2);
        assert_eq!(store.list(kind, "b").1.len(), 1);
        assert_eq!(store.list(kind, "c").1.len(), 0);
    }
}
