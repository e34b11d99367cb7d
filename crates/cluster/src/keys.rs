//! The public keys of a token issuer, fetched and kept fresh: those of an OpenID provider, or those
//! of the cluster's own service-account issuer.
//!
//! One task fetches; everybody else looks at what it fetched last. An issuer that is down, slow or
//! wrong costs its keys their freshness, never those that are known.

mod openid;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use authn::{KeySet, Keys};
use kube::Client;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until, timeout};
use tracing::{info, warn};

use self::openid::Provider;
pub use self::openid::{FetchFailure, OpenIdSource};
use crate::ClusterError;
use crate::backoff::{Backoff, jittered};
use crate::call::{self, Bounds};
use crate::task::Task;

/// The keys of one issuer. Dropping it ends the fetching.
pub struct RemoteKeys {
    shared: Arc<Shared>,
    within: Duration,
    _task: Task,
}

/// How the keys of an issuer are, for metrics and people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyHealth {
    /// The issuer.
    pub issuer: String,
    /// How long ago its keys were last fetched well.
    pub age: Option<Duration>,
    /// Why the last attempt failed, if it did.
    pub failure: Option<FetchFailure>,
}

struct Shared {
    issuer: String,
    keys: ArcSwapOption<KeySet>,
    attempts: watch::Sender<Attempts>,
    /// Somebody wants newer keys.
    wanted: Notify,
}

/// What has been tried.
#[derive(Debug, Default)]
struct Attempts {
    ended: u64,
    /// When one may be made because somebody asks; none while one is under way.
    due: Option<Instant>,
    fetched: Option<Instant>,
    failure: Option<FetchFailure>,
}

/// Where the keys come from.
enum Source {
    OpenId(Box<Provider>),
    Cluster(Client),
}

/// How often keys are fetched.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// At least this long after an attempt that went well, whoever asks.
    apart: Duration,
    /// The first wait after a failure, and the longest.
    retry: (Duration, Duration),
    /// At most this long after an attempt that went well, so that a key the issuer has withdrawn
    /// is not believed for ever.
    renew: Duration,
    /// How long an attempt may take.
    within: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            apart: Duration::from_secs(5),
            retry: (Duration::from_secs(2), Duration::from_secs(10)),
            renew: Duration::from_mins(10),
            within: Duration::from_secs(15),
        }
    }
}

impl RemoteKeys {
    /// Fetches the keys of an OpenID provider from now on. Must be called on a Tokio runtime.
    pub fn openid(source: OpenIdSource) -> Result<Self, ClusterError> {
        let issuer = source.issuer.clone();
        Ok(Self::start(issuer, Source::OpenId(Box::new(Provider::new(source)?)), Pace::default()))
    }

    /// Fetches the keys of the cluster's own service-account issuer from now on, from the cluster's
    /// API and not from where the issuer says they are. `client`'s user needs the rights of
    /// `system:service-account-issuer-discovery`. Must be called on a Tokio runtime.
    pub fn service_accounts(client: Client) -> Self {
        Self::start("the cluster".to_owned(), Source::Cluster(client), Pace::default())
    }

    /// How the keys are.
    pub fn health(&self) -> KeyHealth {
        let attempts = self.shared.attempts.borrow();
        KeyHealth {
            issuer: self.shared.issuer.clone(),
            age: attempts.fetched.map(|fetched| fetched.elapsed()),
            failure: attempts.failure.clone(),
        }
    }

    fn start(issuer: String, source: Source, pace: Pace) -> Self {
        let shared = Arc::new(Shared {
            issuer,
            keys: ArcSwapOption::empty(),
            attempts: watch::Sender::new(Attempts::default()),
            wanted: Notify::new(),
        });
        let task = Task::start(Arc::clone(&shared).keep(source, pace));
        Self { shared, within: pace.within, _task: task }
    }
}

impl Keys for RemoteKeys {
    fn current(&self) -> Option<Arc<KeySet>> {
        self.shared.keys.load_full()
    }

    fn refresh<'a>(&'a self) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async move {
            let mut attempts = self.shared.attempts.subscribe();
            let ended = {
                let now = attempts.borrow_and_update();
                if now.due.is_some_and(|due| due > Instant::now()) {
                    return;
                }
                now.ended
            };
            self.shared.wanted.notify_one();
            let another = attempts.wait_for(|now| now.ended != ended);
            // An attempt is bounded itself; a task that is gone ends the wait as well.
            let _ended = timeout(self.within * 2, another).await;
        })
    }
}

impl Shared {
    async fn keep(self: Arc<Self>, source: Source, pace: Pace) {
        let mut backoff = Backoff::new(pace.retry.0, pace.retry.1);
        loop {
            self.attempts.send_modify(|attempts| attempts.due = None);
            let fetched = match timeout(pace.within, source.fetch()).await {
                Ok(fetched) => fetched,
                Err(_elapsed) => Err(FetchFailure::TimedOut),
            };
            let now = Instant::now();
            let (due, renewal) = if fetched.is_ok() {
                backoff.reset();
                (now + pace.apart, now + jittered(pace.renew))
            } else {
                let next = now + backoff.wait();
                (next, next)
            };
            self.take(fetched, now, due);
            loop {
                tokio::select! {
                    () = sleep_until(renewal) => break,
                    // A wish from before the last attempt's end finds that none is due.
                    () = self.wanted.notified() => if Instant::now() >= due { break },
                }
            }
        }
    }

    fn take(&self, fetched: Result<KeySet, FetchFailure>, now: Instant, due: Instant) {
        let issuer = &self.issuer;
        let failure = match fetched {
            Ok(keys) => {
                let (usable, skipped) = (keys.len(), keys.skipped());
                let before = self.keys.load_full();
                if before.is_none_or(|before| before.len() != usable) {
                    info!(issuer, usable, ?skipped, "The issuer's keys have been fetched.");
                }
                self.keys.store(Some(Arc::new(keys)));
                None
            }
            Err(failure) => Some(failure),
        };
        self.attempts.send_modify(|attempts| {
            if let Some(failure) = &failure
                && attempts.failure.as_ref() != Some(failure)
            {
                warn!(issuer, %failure, "The issuer's keys cannot be fetched.");
            }
            attempts.ended += 1;
            attempts.due = Some(due);
            attempts.fetched = if failure.is_none() { Some(now) } else { attempts.fetched };
            attempts.failure = failure;
        });
    }
}

impl Source {
    async fn fetch(&self) -> Result<KeySet, FetchFailure> {
        let jwks = match self {
            Self::OpenId(provider) => provider.fetch().await?,
            Self::Cluster(client) => call::get_bytes(client, "/openid/v1/jwks", BOUNDS).await?,
        };
        Ok(KeySet::from_jwks(&jwks)?)
    }
}

const BOUNDS: Bounds = Bounds { longest: 1 << 20, within: Duration::from_secs(10) };

#[cfg(test)]
mod tests;
