//! Watches: a stream of events from a revision on, with bookmarks, ended by its timeout.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use model::Query;
use serde_json::{Value, json};
use tokio::sync::watch::Receiver;
use tokio::time::{Instant, sleep_until};

use crate::kind::Kind;
use crate::object::set;
use crate::refusal::Refusal;
use crate::selector::Selector;
use crate::shape::Shape;
use crate::store::{Change, Untold};
use crate::world::World;

/// What is watched.
pub(crate) struct Watched {
    pub(crate) kind: &'static Kind,
    pub(crate) namespace: String,
    pub(crate) selector: Selector,
    pub(crate) shape: Shape,
}

/// Opens a watch; what it needs of the query is read here, so that mistakes are answered first.
pub(crate) fn open(
    world: Arc<World>,
    watched: Watched,
    query: Query<'_>,
) -> Result<impl Stream<Item = Bytes> + Send + use<>, Refusal> {
    let bookmarks = query.flag("allowWatchBookmarks");
    let initial = query.flag("sendInitialEvents");
    if initial && query.first("resourceVersionMatch").as_deref() != Some("NotOlderThan") {
        let why = "sendInitialEvents requires resourceVersionMatch=NotOlderThan";
        return Err(Refusal::bad_request(why));
    }
    let from = revision(&query.first("resourceVersion").unwrap_or_default())?;
    let longest = world.options.watch;
    let asked = query.first("timeoutSeconds").and_then(|seconds| seconds.parse().ok());
    let asked = asked.filter(|seconds| *seconds > 0);
    let lasts = asked.map_or(longest, |seconds| Duration::from_secs(seconds).min(longest));
    let mut watch = Watch {
        follow: world.store.follow(),
        at: from,
        pending: VecDeque::new(),
        until: Instant::now() + lasts,
        bookmark: bookmarks.then(|| Instant::now() + BOOKMARK),
        ended: false,
        world,
        watched,
    };
    if initial || from == 0 {
        watch.tell_all(initial && bookmarks);
    }
    Ok(futures::stream::unfold(watch, |mut watch| async move {
        watch.next().await.map(|event| (event, watch))
    }))
}

/// Reads a `resourceVersion`; empty and `0` both mean "whatever there is".
pub(crate) fn revision(text: &str) -> Result<u64, Refusal> {
    if text.is_empty() {
        return Ok(0);
    }
    let unreadable = |_| Refusal::bad_request(format!("Invalid value: {text:?}: resourceVersion"));
    text.parse().map_err(unreadable)
}

struct Watch {
    world: Arc<World>,
    watched: Watched,
    follow: Receiver<u64>,
    at: u64,
    pending: VecDeque<Bytes>,
    until: Instant,
    /// When the next bookmark is due; none if the client takes none.
    bookmark: Option<Instant>,
    ended: bool,
}

impl Watch {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(event) = self.pending.pop_front() {
                return Some(event);
            }
            if self.ended {
                return None;
            }
            self.follow.mark_unchanged();
            self.catch_up();
            if self.pending.is_empty() {
                self.wait().await;
            }
        }
    }

    async fn wait(&mut self) {
        let due = self.bookmark.map_or(self.until, |due| due.min(self.until));
        tokio::select! {
            changed = self.follow.changed() => self.ended = changed.is_err(),
            () = self.world.stop.cancelled() => self.ended = true,
            () = sleep_until(due) => self.on_time(),
        }
    }

    fn on_time(&mut self) {
        if Instant::now() >= self.until {
            self.ended = true;
        } else if self.bookmark.is_some() {
            self.bookmark = Some(Instant::now() + BOOKMARK);
            self.tell_bookmark(false);
        }
    }

    /// The state there is, as additions.
    fn tell_all(&mut self, marked: bool) {
        let (revision, objects) = self.world.store.list(self.watched.kind, &self.watched.namespace);
        for object in &objects {
            if self.watched.selector.matches(object) {
                self.tell("ADDED", object);
            }
        }
        self.at = revision;
        if marked {
            self.tell_bookmark(true);
        }
    }

    fn catch_up(&mut self) {
        match self.world.store.since(self.at) {
            Ok((revision, changes)) => {
                self.at = self.at.max(revision);
                for change in changes {
                    self.tell_change(&change);
                }
            }
            Err(Untold::TooOld(oldest)) => {
                let message = format!("too old resource version: {} ({oldest})", self.at);
                self.push(&json!({"type": "ERROR", "object": Refusal::expired(message).body()}));
                self.ended = true;
            }
        }
    }

    fn tell_change(&mut self, change: &Change) {
        let Watched { kind, namespace, selector, .. } = &self.watched;
        if !change.key.is_within(kind, namespace) {
            return;
        }
        let was = change.before.as_ref().is_some_and(|before| selector.matches(before));
        let is = change.after.as_ref().is_some_and(|after| selector.matches(after));
        match (was, is) {
            (false, true) => self.tell("ADDED", &change.last),
            (true, true) => self.tell("MODIFIED", &change.last),
            (true, false) => self.tell("DELETED", &change.last),
            (false, false) => {}
        }
    }

    fn tell(&mut self, event: &str, object: &Value) {
        let object = self.watched.shape.object(self.watched.kind, object);
        self.push(&json!({"type": event, "object": object}));
    }

    fn tell_bookmark(&mut self, end_of_initial: bool) {
        let kind = self.watched.kind;
        let mut object = match self.watched.shape {
            Shape::Plain => json!({"kind": kind.kind, "apiVersion": kind.api_version()}),
            Shape::Table(_) => {
                crate::table::of(kind, &[], crate::shape::Include::Nothing, &Value::Null)
            }
            Shape::Metadata => {
                json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"})
            }
        };
        set(&mut object, &["metadata", "resourceVersion"], self.at.to_string());
        if end_of_initial {
            set(&mut object, &["metadata", "annotations", "k8s.io/initial-events-end"], "true");
        }
        self.push(&json!({"type": "BOOKMARK", "object": object}));
    }

    fn push(&mut self, event: &Value) {
        self.pending.push_back(Bytes::from(format!("{event}\n")));
    }
}

/// As often as kube-apiserver sends them.
const BOOKMARK: Duration = Duration::from_mins(1);
