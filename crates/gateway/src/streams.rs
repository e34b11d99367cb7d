//! What is open now and may stay so for hours: watches, logs, upgrades. Each can be ended from here,
//! whoever's it is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use model::Call;
use tokio_util::sync::CancellationToken;

/// The streams that are open. As many as the budgets of the chain let in.
#[derive(Debug, Clone, Default)]
pub struct Streams(Arc<Mutex<Open>>);

/// What a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Changes of objects.
    Watch,
    /// The log of a container.
    Log,
    /// A request to a pod, a service or a node, and whatever else may take long.
    Proxy,
    /// `exec`, `attach` or `portforward`.
    Upgrade,
}

impl Kind {
    fn of(call: &Call) -> Option<Self> {
        if !call.is_long_running() {
            return None;
        }
        Some(match (call.verb.as_str(), call.subresource.as_str()) {
            ("watch", _) => Self::Watch,
            (_, "log") => Self::Log,
            (_, "exec" | "attach" | "portforward") => Self::Upgrade,
            _ => Self::Proxy,
        })
    }
}

/// One open stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// The name that it was registered for.
    pub caller: Arc<str>,
    /// What it is.
    pub kind: Kind,
    /// When it was opened.
    pub since: SystemTime,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    streams: BTreeMap<u64, (Stream, CancellationToken)>,
}

impl Streams {
    /// Lists what `call` opens until what this returns is dropped. `None` for what ends by itself.
    pub fn register(&self, caller: &str, call: &Call) -> Option<Registered> {
        Some(self.open_one(caller, Kind::of(call)?, SystemTime::now()))
    }

    fn open_one(&self, caller: &str, kind: Kind, since: SystemTime) -> Registered {
        let stream = Stream { caller: caller.into(), kind, since };
        let cancelled = CancellationToken::new();
        let mut open = self.open();
        let id = open.next;
        open.next = open.next.wrapping_add(1);
        open.streams.insert(id, (stream, cancelled.clone()));
        drop(open);
        Registered { streams: self.clone(), id, cancelled }
    }

    /// All of them, the oldest first.
    pub fn list(&self) -> Vec<Stream> {
        self.open().streams.values().map(|(stream, _)| stream.clone()).collect()
    }

    /// Ends every stream that `caller` has now, and says how many.
    pub fn cancel(&self, caller: &str) -> usize {
        self.cancel_where(|stream| &*stream.caller == caller)
    }

    /// Ends every stream, and says how many.
    pub fn cancel_all(&self) -> usize {
        self.cancel_where(|_| true)
    }

    fn cancel_where(&self, chosen: impl Fn(&Stream) -> bool) -> usize {
        let tokens: Vec<_> = self
            .open()
            .streams
            .values()
            .filter(|(stream, _)| chosen(stream))
            .map(|(_, cancelled)| cancelled.clone())
            .collect();
        // Without the lock: this wakes whoever holds the stream, who will want to take it off.
        for token in &tokens {
            token.cancel();
        }
        tokens.len()
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the list. Taken off on drop.
#[derive(Debug)]
#[must_use = "the stream is listed until this is dropped"]
pub struct Registered {
    streams: Streams,
    id: u64,
    cancelled: CancellationToken,
}

impl Registered {
    /// Ready when the stream has to end.
    pub fn cancelled(&self) -> impl Future<Output = ()> + Send + 'static + use<> {
        self.cancelled.clone().cancelled_owned()
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.streams.open().streams.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WATCH: &str = "/api/v1/pods?watch=1";
    const EXEC: &str = "/api/v1/namespaces/a/pods/b/exec";

    fn open(streams: &Streams, caller: &str, target: &str) -> Option<Registered> {
        streams.register(caller, &Call::parse("GET", target).unwrap())
    }

    #[test]
    fn what_stays_open_has_a_kind() {
        let kind = |target| Kind::of(&Call::parse("GET", target).unwrap());
        assert_eq!(kind("/api/v1/pods"), None);
        assert_eq!(kind("/api/v1/namespaces/a/pods/b"), None);
        assert_eq!(kind(WATCH), Some(Kind::Watch));
        assert_eq!(kind("/api/v1/namespaces/a/pods/b/log?follow=true"), Some(Kind::Log));
        assert_eq!(kind(EXEC), Some(Kind::Upgrade));
        assert_eq!(kind("/api/v1/namespaces/a/services/b/proxy/c"), Some(Kind::Proxy));
        assert_eq!(kind("/debug/pprof/profile"), Some(Kind::Proxy));
    }

    #[test]
    fn a_stream_is_listed_while_it_is_open() {
        let streams = Streams::default();
        let watch = open(&streams, "jane", WATCH);
        let exec = open(&streams, "john", EXEC);
        let kinds: Vec<_> = streams.list().iter().map(|stream| stream.kind).collect();
        assert_eq!(kinds, [Kind::Watch, Kind::Upgrade]);
        drop(watch);
        assert_eq!(&*streams.list()[0].caller, "john");
        drop(exec);
        assert_eq!(streams.list(), []);
    }

    #[tokio::test]
    async fn a_callers_streams_end_and_nobody_elses() {
        let streams = Streams::default();
        let [first, other, second] =
            ["jane", "jane2", "jane"].map(|caller| open(&streams, caller, WATCH).unwrap());
        assert_eq!(streams.cancel("jane"), 2);
        first.cancelled().await;
        second.cancelled().await;
        assert!(futures::poll!(std::pin::pin!(other.cancelled())).is_pending());
        assert_eq!(streams.cancel_all(), 3);
        other.cancelled().await;
    }
}
