//! The cluster's RBAC rules as the gateway decides by them: four kinds, listed and then watched,
//! and made into a snapshot whenever something that matters has changed.
//!
//! A watch that is lost stops nobody: what is known goes on deciding, and [`Freshness`] tells. What
//! is known to nobody, or has been out of touch for too long, decides nothing any more.

mod freshness;
mod objects;
mod store;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use authz::{Narrowed, RuleSource, Snapshot, Unready};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use kube::Client;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout_at};
use tracing::{error, info};

use self::freshness::Pulse;
pub use self::freshness::{Freshness, Lost};
use self::objects::{ClusterRoleBindings, ClusterRoles, RoleBindings, Roles};
use self::store::{Change, Store};
use crate::follow::{Follower, Pace};
use crate::task::Task;

/// The rules in force. Dropping it ends its watches.
pub struct RuleCache {
    shared: Arc<Shared>,
    _tasks: Vec<Task>,
}

struct Shared {
    cluster: ArcSwapOption<Snapshot>,
    folder: ArcSwapOption<Snapshot>,
    pulse: Arc<Pulse>,
    /// How many times rules have been put into force.
    builds: watch::Sender<u64>,
    max_staleness: Duration,
}

impl RuleCache {
    /// Starts to read the rules with `client`, whose user must be allowed to list and watch `roles`,
    /// `rolebindings`, `clusterroles` and `clusterrolebindings` of `rbac.authorization.k8s.io` in
    /// the whole cluster. Rules that have been out of touch for longer than `max_staleness` decide
    /// nothing. `folder` are rules that only narrow. Must be called on a Tokio runtime.
    pub fn start(client: &Client, max_staleness: Duration, folder: Option<Arc<Snapshot>>) -> Self {
        let pace = Pace {
            watch_for: (max_staleness * 2 / 3).clamp(SHORTEST_WATCH, LONGEST_WATCH),
            retry: RETRY,
        };
        Self::at_pace(client, max_staleness, folder, pace)
    }

    fn at_pace(
        client: &Client,
        max_staleness: Duration,
        folder: Option<Arc<Snapshot>>,
        pace: Pace,
    ) -> Self {
        let shared = Arc::new(Shared {
            cluster: ArcSwapOption::empty(),
            folder: ArcSwapOption::from(folder),
            pulse: Arc::new(Pulse::start()),
            builds: watch::Sender::new(0),
            max_staleness,
        });
        let (sender, receiver) = mpsc::channel(QUEUE);
        let follower = Follower { client: client.clone(), changes: sender, pace };
        let pulse = || Arc::clone(&shared.pulse);
        let follow: [BoxFuture<'static, ()>; 4] = [
            follower.clone().follow::<Roles>(pulse()).boxed(),
            follower.clone().follow::<RoleBindings>(pulse()).boxed(),
            follower.clone().follow::<ClusterRoles>(pulse()).boxed(),
            follower.follow::<ClusterRoleBindings>(pulse()).boxed(),
        ];
        let mut tasks = vec![Task::start(keep(Arc::clone(&shared), receiver))];
        tasks.extend(follow.into_iter().map(Task::start));
        Self { shared, _tasks: tasks }
    }

    /// Replaces the rules that only narrow.
    pub fn narrow(&self, folder: Option<Arc<Snapshot>>) {
        self.shared.folder.store(folder);
    }

    /// Returns once the rules have been read for the first time.
    pub async fn synced(&self) {
        let mut builds = self.shared.builds.subscribe();
        // The sender lives as long as `self`, so the wait can end in no other way.
        let _built = builds.wait_for(|builds| *builds > 0).await;
    }

    /// How far the rules in force can be behind the cluster's.
    pub fn freshness(&self) -> Freshness {
        let builds = *self.shared.builds.borrow();
        self.shared.pulse.freshness(self.shared.max_staleness, builds)
    }
}

impl RuleSource for RuleCache {
    fn current(&self) -> Result<Narrowed, Unready> {
        let cluster = self.shared.cluster.load_full().ok_or(Unready::NotSynced)?;
        match self.shared.pulse.age(Instant::now()) {
            Some(age) if age <= self.shared.max_staleness => {
                Ok(Narrowed { cluster, folder: self.shared.folder.load_full() })
            }
            Some(_) | None => Err(Unready::Stale),
        }
    }
}

/// Takes changes and publishes snapshots of what they come to. Changes that come close together
/// share a snapshot, and building takes at most a quarter of the time of a processor.
async fn keep(shared: Arc<Shared>, mut changes: mpsc::Receiver<Change>) {
    let mut store = Store::default();
    let mut pause = SHORTEST_PAUSE;
    while let Some(change) = changes.recv().await {
        let first = Instant::now();
        let mut matters = store.apply(change);
        if matters {
            shared.pulse.pending(first);
        }
        while let Ok(Some(change)) = timeout_at(first + pause, changes.recv()).await {
            matters |= store.apply(change);
        }
        if !store.is_complete() {
            continue;
        }
        if !matters {
            shared.pulse.settled(store.len());
            continue;
        }
        let started = Instant::now();
        // Off the runtime's threads; the store goes there and comes back, so it is never copied.
        let built = tokio::task::spawn_blocking(move || {
            let snapshot = Snapshot::build(store.policy());
            (store, snapshot)
        });
        let Ok((returned, snapshot)) = built.await else {
            error!("The authorization rules cannot be built any more; they get stale.");
            return;
        };
        store = returned;
        shared.cluster.store(Some(Arc::new(snapshot)));
        shared.pulse.settled(store.len());
        shared.builds.send_modify(|builds| *builds += 1);
        if *shared.builds.borrow() == 1 {
            info!(objects = store.len(), "The cluster's authorization rules have been read.");
        }
        pause = (started.elapsed() * 3).clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
    }
}

/// Changes that wait to be taken, before their watches wait too.
const QUEUE: usize = 256;
/// How long changes are gathered after the first.
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// A watch that is quiet proves that it lives by ending in good time.
const SHORTEST_WATCH: Duration = Duration::from_secs(2);
const LONGEST_WATCH: Duration = Duration::from_mins(1);
/// The first wait after a failure, and the longest.
const RETRY: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

#[cfg(test)]
mod tests;
