//! What all requests share: the objects, what was applied, the limits, and the end.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use authz::Impersonator;
use authz::impersonation::Mode;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::kind::Kind;
use crate::options::Options;
use crate::rules::Rules;
use crate::store::{Key, Limits, Store};

/// The state of one sandbox.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) applied: Applied,
    pub(crate) rules: Rules,
    pub(crate) impersonator: Impersonator,
    pub(crate) options: Options,
    /// Ends watches, logs and sessions when the sandbox shuts down.
    pub(crate) stop: CancellationToken,
    /// Everything that runs beside the owner: the listener, connections, `exec` sessions.
    pub(crate) sessions: TaskTracker,
    /// Room for `exec` sessions, which outlive the connections they began on.
    pub(crate) room: Arc<Semaphore>,
}

impl World {
    pub(crate) fn new(options: Options) -> Self {
        let limits = Limits { objects: options.objects, history: options.history };
        Self {
            store: Store::new(limits),
            applied: Applied::default(),
            rules: Rules::default(),
            impersonator: Impersonator::new(Mode::Constrained),
            room: Arc::new(Semaphore::new(options.connections)),
            options,
            stop: CancellationToken::new(),
            sessions: TaskTracker::new(),
        }
    }
}

/// What each field manager applied last, by object.
#[derive(Debug, Default)]
pub(crate) struct Applied(Mutex<BTreeMap<(String, String), Arc<Value>>>);

impl Applied {
    pub(crate) fn last(&self, uid: &str, manager: &str) -> Option<Arc<Value>> {
        let key = (uid.to_owned(), manager.to_owned());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
    }

    pub(crate) fn remember(&self, uid: &str, manager: &str, wanted: Value) {
        let key = (uid.to_owned(), manager.to_owned());
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(key, Arc::new(wanted));
        while all.len() > MOST_APPLIED {
            all.pop_first();
        }
    }

    /// Drops what is known of an object that is gone.
    pub(crate) fn forget(&self, uid: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(of, _), _| of != uid);
    }
}

/// As many managers' last wishes as are kept; one that is lost removes no field later.
const MOST_APPLIED: usize = 10_000;

/// The object, or the collection, that a request is about.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) kind: &'static Kind,
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) subresource: String,
}

impl Place {
    pub(crate) fn key(&self) -> Key {
        Key::new(self.kind, &self.namespace, &self.name)
    }
}
