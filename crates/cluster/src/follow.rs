//! One kind, listed page by page and then watched: every change goes to whoever keeps the objects,
//! every sign of life to an [`Observer`].
//!
//! A watch is asked to end in good time, so that one that went quiet without a word is found out.
//! One that was lost is taken up where it ended; if the server has forgotten that place, the kind
//! is listed again, and what is known stays in use until the whole list is there.

mod kind;
mod lines;
mod metadata;
mod shelf;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use kube::Client;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

pub(crate) use self::kind::{Followed, Kind, Observer};
use self::lines::Lines;
pub(crate) use self::metadata::{Key, Metadata};
pub(crate) use self::shelf::{Delta, Shelf};
use crate::backoff::{Backoff, jittered};
use crate::call::{self, Bounds, shortened};
use crate::error::CallFailure;

/// What following a kind needs.
pub(crate) struct Follower<C> {
    pub(crate) client: Client,
    pub(crate) changes: mpsc::Sender<C>,
    pub(crate) pace: Pace,
}

impl<C> Clone for Follower<C> {
    fn clone(&self) -> Self {
        let Self { client, changes, pace } = self;
        Self { client: client.clone(), changes: changes.clone(), pace: *pace }
    }
}

/// How often the API is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// How long one watch is asked to last.
    pub(crate) watch_for: Duration,
    /// The first wait after a failure, and the longest.
    pub(crate) retry: (Duration, Duration),
}

/// Why a watch, or following altogether, is over.
enum End {
    /// The place it should go on from is forgotten.
    Expired,
    Lost(CallFailure),
    /// Nobody takes the changes any more.
    Closed,
}

impl From<CallFailure> for End {
    fn from(failure: CallFailure) -> Self {
        if matches!(failure, CallFailure::Refused { code: GONE, .. }) {
            Self::Expired
        } else {
            Self::Lost(failure)
        }
    }
}

impl<C: Send> Follower<C> {
    /// Follows one kind for ever, or until nobody takes the changes any more.
    pub(crate) async fn follow<F>(self, observer: Arc<dyn Observer<F::Kind>>)
    where
        F: Followed,
        F::Kind: Kind<Change = C>,
    {
        let mut backoff = Backoff::new(self.pace.retry.0, self.pace.retry.1);
        loop {
            let end = match self.list::<F>(&*observer).await {
                Ok(version) => self.watch::<F>(&*observer, version, &mut backoff).await,
                Err(end) => end,
            };
            match end {
                End::Closed => return,
                // A list that changed under its own pages is as good as a watch that expired.
                End::Expired => {}
                End::Lost(failure) => observer.lost(F::KIND, failure),
            }
            sleep(backoff.wait()).await;
        }
    }

    /// Lists everything; the version to watch from.
    async fn list<F>(&self, observer: &dyn Observer<F::Kind>) -> Result<String, End>
    where
        F: Followed,
        F::Kind: Kind<Change = C>,
    {
        let started = Instant::now();
        let mut objects = BTreeMap::new();
        let mut token = String::new();
        loop {
            let path = format!("{}{}?limit={PAGE}{token}", F::Kind::ROOT, F::KIND.resource());
            let page: Page<F::Written> =
                call::get(&self.client, &path, PAGE_BOUNDS, F::KIND.list()).await?;
            if page.kind != F::KIND.list() {
                return Err(End::Lost(CallFailure::Garbage(F::KIND.list())));
            }
            for written in page.items.into_iter().flatten() {
                objects.insert(F::metadata(&written).key(), F::keep(written));
            }
            if objects.len() > F::Kind::MOST {
                return Err(End::Lost(CallFailure::TooMany(F::Kind::MOST)));
            }
            if page.metadata.r#continue.is_empty() {
                observer.heard(F::KIND, started);
                self.send(F::change(Delta::All(objects))).await?;
                return Ok(page.metadata.resource_version);
            }
            let next = utf8_percent_encode(&page.metadata.r#continue, NON_ALPHANUMERIC);
            token = format!("&continue={next}");
        }
    }

    /// Watches from `version` on until it must be listed again.
    async fn watch<F>(
        &self,
        observer: &dyn Observer<F::Kind>,
        mut version: String,
        backoff: &mut Backoff,
    ) -> End
    where
        F: Followed,
        F::Kind: Kind<Change = C>,
    {
        let mut failures = 0;
        loop {
            let started = Instant::now();
            match self.watch_once::<F>(observer, &mut version).await {
                Ok(()) => failures = 0,
                Err(End::Lost(failure)) if failures < FAILURES => {
                    failures += 1;
                    observer.lost(F::KIND, failure);
                }
                Err(end) => return end,
            }
            if failures == 0 && started.elapsed() > self.pace.watch_for / 4 {
                backoff.reset();
            } else {
                sleep(backoff.wait()).await;
            }
        }
    }

    /// One watch, until the server ends it as it was asked to.
    async fn watch_once<F>(
        &self,
        observer: &dyn Observer<F::Kind>,
        version: &mut String,
    ) -> Result<(), End>
    where
        F: Followed,
        F::Kind: Kind<Change = C>,
    {
        let wanted = jittered(self.pace.watch_for);
        let path = format!(
            "{}{}?watch=true&allowWatchBookmarks=true&resourceVersion={}&timeoutSeconds={}",
            F::Kind::ROOT,
            F::KIND.resource(),
            utf8_percent_encode(version, NON_ALPHANUMERIC),
            wanted.as_secs().max(1),
        );
        let answer = call::open(&self.client, &path, OPEN_WITHIN).await?;
        observer.heard(F::KIND, Instant::now());
        observer.found(F::KIND, answer.headers());
        let mut lines = Lines::new(answer.into_body(), LONGEST_EVENT);
        loop {
            let next = timeout(wanted + GRACE, lines.next()).await;
            let Some(line) = next.map_err(|_elapsed| End::Lost(CallFailure::TimedOut))?? else {
                return Ok(());
            };
            let said = event::<F>(&line)?;
            observer.heard(F::KIND, Instant::now());
            if let Some(delta) = said.change {
                self.send(F::change(delta)).await?;
            }
            *version = said.version;
        }
    }

    async fn send(&self, change: C) -> Result<(), End> {
        self.changes.send(change).await.map_err(|_closed| End::Closed)
    }
}

/// What an event says.
struct Said<T> {
    change: Option<Delta<T>>,
    /// The version it reaches.
    version: String,
}

fn event<F: Followed>(line: &[u8]) -> Result<Said<F::Kept>, End> {
    let garbage = || End::Lost(CallFailure::Garbage("a watch event"));
    let event: Event<'_> = serde_json::from_slice(line).map_err(|_quoting| garbage())?;
    let object = event.object.get();
    match &*event.kind {
        kind @ ("ADDED" | "MODIFIED" | "DELETED") => {
            let written: F::Written = serde_json::from_str(object).map_err(|_quoting| garbage())?;
            let metadata = F::metadata(&written);
            let (key, version) = (metadata.key(), metadata.resource_version.clone());
            let delta = match kind {
                "DELETED" => Delta::Gone(key),
                _ => Delta::One(key, F::keep(written)),
            };
            Ok(Said { change: Some(delta), version })
        }
        "BOOKMARK" => {
            let bookmark: Bookmark = serde_json::from_str(object).map_err(|_quoting| garbage())?;
            Ok(Said { change: None, version: bookmark.metadata.resource_version })
        }
        "ERROR" => {
            let Status { code, message } =
                serde_json::from_str(object).map_err(|_quoting| garbage())?;
            Err(CallFailure::Refused { code, message: shortened(&message) }.into())
        }
        _ => Err(garbage()),
    }
}

#[derive(Deserialize)]
struct Page<W> {
    kind: String,
    metadata: PageMetadata,
    items: Option<Vec<W>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageMetadata {
    resource_version: String,
    #[serde(default)]
    r#continue: String,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    object: &'a RawValue,
}

#[derive(Deserialize)]
struct Bookmark {
    metadata: BookmarkMetadata,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BookmarkMetadata {
    resource_version: String,
}

#[derive(Deserialize)]
struct Status {
    #[serde(default)]
    code: u16,
    #[serde(default)]
    message: String,
}

const GONE: u16 = 410;

/// Objects in a page; what one page may cost.
const PAGE: usize = 500;
const PAGE_BOUNDS: Bounds = Bounds { longest: 64 << 20, within: Duration::from_mins(1) };

/// etcd holds objects of 1.5 MiB, which JSON can make longer.
const LONGEST_EVENT: usize = 16 << 20;

const OPEN_WITHIN: Duration = Duration::from_secs(30);
/// How much longer than it was asked to a watch may last without a word.
const GRACE: Duration = Duration::from_secs(10);
/// Attempts to take up a watch that was lost, before its kind is listed again.
const FAILURES: u32 = 3;

#[cfg(test)]
mod tests;
