//! How far the rules in force can be behind the cluster's.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use tokio::time::Instant;
use tracing::{info, warn};

use super::objects::Kind;
use crate::error::CallFailure;
use crate::follow::{Kind as _, Observer};

/// How far the rules in force can be behind the cluster's, for metrics and people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freshness {
    /// A change that was made longer ago than this is in force. None before the first sync. On a
    /// quiet cluster it grows up to a minute or so between two signs of life.
    pub age: Option<Duration>,
    /// Whether the rules are too old to decide by.
    pub is_stale: bool,
    /// The watches that are lost now.
    pub lost: Vec<Lost>,
    /// How many objects there are.
    pub objects: usize,
    /// How many times the rules have been put into force.
    pub builds: u64,
}

/// A watch that is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// What it watched, for example `rolebindings`.
    pub resource: &'static str,
    /// Why it was lost, or could not be taken up again.
    pub reason: CallFailure,
}

/// The signs of life of the watches. Moments are milliseconds since the start, plus one; zero for
/// never.
pub(super) struct Pulse {
    start: Instant,
    watches: [Watch; 4],
    pending: AtomicU64,
    objects: AtomicUsize,
}

#[derive(Default)]
struct Watch {
    heard: AtomicU64,
    lost: Mutex<Option<CallFailure>>,
}

impl Pulse {
    pub(super) fn start() -> Self {
        Self {
            start: Instant::now(),
            watches: Default::default(),
            pending: AtomicU64::new(0),
            objects: AtomicUsize::new(0),
        }
    }

    /// Something that was heard of at `moment` is not in force yet.
    pub(super) fn pending(&self, moment: Instant) {
        let moment = self.count(moment);
        let _earlier =
            self.pending.compare_exchange(0, moment, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// All that was pending is in force, or changes nothing.
    pub(super) fn settled(&self, objects: usize) {
        self.objects.store(objects, Ordering::Relaxed);
        self.pending.store(0, Ordering::Relaxed);
    }

    /// How old the rules in force can be; none if not every kind has been heard of.
    pub(super) fn age(&self, now: Instant) -> Option<Duration> {
        let heard = self.watches.iter().map(|watch| watch.heard.load(Ordering::Relaxed)).min()?;
        if heard == 0 {
            return None;
        }
        let oldest = match self.pending.load(Ordering::Relaxed) {
            0 => heard,
            pending => heard.min(pending),
        };
        Some(Duration::from_millis(self.count(now).saturating_sub(oldest)))
    }

    pub(super) fn freshness(&self, max_staleness: Duration, builds: u64) -> Freshness {
        let age = self.age(Instant::now()).filter(|_| builds > 0);
        let lost = Kind::ALL.into_iter().filter_map(|kind| {
            let lost = self.watch(kind)?.lost.lock().unwrap_or_else(PoisonError::into_inner);
            lost.clone().map(|reason| Lost { resource: kind.resource(), reason })
        });
        Freshness {
            age,
            is_stale: age.is_none_or(|age| age > max_staleness),
            lost: lost.collect(),
            objects: self.objects.load(Ordering::Relaxed),
            builds,
        }
    }

    fn watch(&self, kind: Kind) -> Option<&Watch> {
        self.watches.get(kind as usize)
    }

    fn count(&self, moment: Instant) -> u64 {
        let passed = moment.saturating_duration_since(self.start).as_millis();
        u64::try_from(passed).unwrap_or(u64::MAX - 1).saturating_add(1)
    }
}

impl Observer<Kind> for Pulse {
    fn heard(&self, kind: Kind, moment: Instant) {
        if let Some(watch) = self.watch(kind) {
            watch.heard.fetch_max(self.count(moment), Ordering::Relaxed);
        }
    }

    fn found(&self, kind: Kind, _answer: &HeaderMap) {
        let lost = self
            .watch(kind)
            .and_then(|watch| watch.lost.lock().unwrap_or_else(PoisonError::into_inner).take());
        if lost.is_some() {
            info!(resource = kind.resource(), "The watch is up again.");
        }
    }

    fn lost(&self, kind: Kind, reason: CallFailure) {
        let Some(watch) = self.watch(kind) else { return };
        let mut lost = watch.lost.lock().unwrap_or_else(PoisonError::into_inner);
        if lost.as_ref() != Some(&reason) {
            let resource = kind.resource();
            warn!(resource, %reason, "The watch is lost; what is known goes on deciding.");
        }
        *lost = Some(reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_quietest_watch_decides_the_age() {
        let pulse = Pulse::start();
        let at = |seconds: u32| pulse.start + SECOND * seconds;
        for (number, kind) in (1..).zip(Kind::ALL) {
            assert_eq!(pulse.age(at(9)), None);
            pulse.heard(kind, at(number));
        }
        assert_eq!(pulse.age(at(9)), Some(SECOND * 8));
        pulse.heard(Kind::Roles, at(5));
        pulse.heard(Kind::Roles, at(0));
        assert_eq!(pulse.age(at(9)), Some(SECOND * 7));
    }

    #[test]
    fn what_is_not_in_force_yet_counts() {
        let pulse = Pulse::start();
        let at = |seconds: u32| pulse.start + SECOND * seconds;
        pulse.pending(at(3));
        pulse.pending(at(4));
        for kind in Kind::ALL {
            pulse.heard(kind, at(6));
        }
        assert_eq!(pulse.age(at(7)), Some(SECOND * 4));
        pulse.settled(1);
        assert_eq!(pulse.age(at(7)), Some(SECOND));
    }

    #[test]
    fn tells_which_watch_is_lost() {
        let pulse = Pulse::start();
        pulse.lost(Kind::RoleBindings, CallFailure::TimedOut);
        let lost = Lost { resource: "rolebindings", reason: CallFailure::TimedOut };
        assert_eq!(pulse.freshness(SECOND, 1).lost, [lost]);
        assert!(pulse.freshness(SECOND, 1).is_stale);
        pulse.found(Kind::RoleBindings, &HeaderMap::new());
        assert_eq!(pulse.freshness(SECOND, 1).lost, []);
    }
}
