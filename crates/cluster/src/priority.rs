//! How the cluster classifies calls for its priority and fairness, as of now: two kinds, listed and
//! then watched.
//!
//! Nothing depends on it but two headers of the answers that the gateway makes itself. So where the
//! kinds may not be listed, or are not known yet, nothing is classified; and where a watch is lost,
//! what is known goes on. A cluster may have the objects and go by none of them
//! (`--enable-priority-and-fairness=false`): its own answers tell, those to the watches.

mod objects;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use flow::{Classified, Classifier, Priorities};
use http::HeaderMap;
use kube::Client;
use model::Attributes;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::info;

use self::objects::{Change, FlowSchemas, Kind, PriorityLevels, Store};
use crate::error::CallFailure;
use crate::follow::{Follower, Kind as _, Observer, Pace};
use crate::task::Task;

/// How the cluster classifies calls. Dropping it ends its watches.
pub struct PriorityCache {
    shared: Arc<Shared>,
    _tasks: [Task; 3],
}

#[derive(Default)]
struct Shared {
    classifier: ArcSwapOption<Classifier>,
    /// Whether the cluster's answers name their classification.
    is_on: AtomicBool,
    lost: Lost,
}

impl PriorityCache {
    /// Starts to read flow schemas and priority levels with `client`, whose user should be allowed
    /// to list and watch `flowschemas` and `prioritylevelconfigurations` of
    /// `flowcontrol.apiserver.k8s.io`; if it is not, nothing is classified. Must be called on a
    /// Tokio runtime.
    pub fn start(client: &Client) -> Self {
        Self::at_pace(client, Pace { watch_for: WATCH, retry: RETRY })
    }

    fn at_pace(client: &Client, pace: Pace) -> Self {
        let shared = Arc::<Shared>::default();
        let (sender, receiver) = mpsc::channel(QUEUE);
        let follower = Follower { client: client.clone(), changes: sender, pace };
        let tasks = [
            Task::start(keep(Arc::clone(&shared), receiver)),
            Task::start(follower.clone().follow::<FlowSchemas>(Arc::clone(&shared) as _)),
            Task::start(follower.follow::<PriorityLevels>(Arc::clone(&shared) as _)),
        ];
        Self { shared, _tasks: tasks }
    }
}

impl Priorities for PriorityCache {
    fn classify(&self, call: &Attributes<'_>) -> Option<Classified> {
        if !self.shared.is_on.load(Ordering::Relaxed) {
            return None;
        }
        self.shared.classifier.load().as_ref()?.classify(call)
    }
}

impl Observer<Kind> for Shared {
    fn heard(&self, _kind: Kind, _moment: Instant) {}

    fn found(&self, kind: Kind, answer: &HeaderMap) {
        self.is_on.store(answer.contains_key(FLOW_SCHEMA_UID), Ordering::Relaxed);
        if self.lost.no_more(kind) {
            info!("The cluster's flow schemas and priority levels are followed again.");
        }
    }

    fn lost(&self, kind: Kind, reason: CallFailure) {
        if self.lost.is_first(kind) {
            info!(
                resource = kind.resource(),
                %reason,
                "The cluster's priority levels cannot be followed; answers of the gateway itself \
                 name none, or those last known."
            );
        }
    }
}

/// Which watches are lost: a bit for each kind.
#[derive(Default)]
struct Lost(AtomicU8);

impl Lost {
    /// Adds `kind`; whether none was lost before.
    fn is_first(&self, kind: Kind) -> bool {
        self.0.fetch_or(kind as u8, Ordering::Relaxed) == 0
    }

    /// Takes `kind` out; whether it was the last.
    fn no_more(&self, kind: Kind) -> bool {
        self.0.fetch_and(!(kind as u8), Ordering::Relaxed) == kind as u8
    }
}

/// Takes changes, and goes by what they come to.
async fn keep(shared: Arc<Shared>, mut changes: mpsc::Receiver<Change>) {
    let mut store = Store::default();
    while let Some(change) = changes.recv().await {
        let mut matters = store.apply(change);
        while let Ok(change) = changes.try_recv() {
            matters |= store.apply(change);
        }
        if matters && store.is_complete() {
            let (schemas, levels) = store.all();
            let classifier = match &*shared.classifier.load() {
                Some(before) => before.renewed(schemas, &levels),
                None => Classifier::new(schemas, &levels),
            };
            shared.classifier.store(Some(Arc::new(classifier)));
        }
    }
}

/// Changes that wait to be taken, before their watches wait too.
const QUEUE: usize = 64;
/// A watch that is quiet proves that it lives by ending in good time.
const WATCH: Duration = Duration::from_mins(5);
/// The first wait after a failure, and the longest.
const RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(5));
/// What the cluster says of every call it has classified.
const FLOW_SCHEMA_UID: &str = "x-kubernetes-pf-flowschema-uid";

#[cfg(test)]
mod tests;
