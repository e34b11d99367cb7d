//! The connections of one lane: who gets a place on which, when a new one is made, who waits.
//!
//! A place is taken before a request is sent and given back when its answer is over, so a connection
//! never has more requests than the upstream allows.

mod lane;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use self::lane::{Handed, State};
pub use self::lane::{Lane, Usage};
use super::body::Body;
use super::bounds::Bounds;
use super::connection::{self, Connection, Driver, Opened};
use super::dial::Dialler;
use super::failure::Failure;

/// The connections of one lane.
#[derive(Debug)]
pub(super) struct Pool {
    lane: Lane,
    dialler: Arc<Dialler>,
    bounds: Arc<Bounds>,
    closed: CancellationToken,
    state: Mutex<State>,
}

impl Pool {
    pub(super) fn new(
        lane: Lane,
        dialler: Arc<Dialler>,
        bounds: Arc<Bounds>,
        closed: CancellationToken,
    ) -> Arc<Self> {
        let state = Mutex::new(State::new(lane, &bounds));
        Arc::new(Self { lane, dialler, bounds, closed, state })
    }

    /// A place for one request, at once or when one is free. Dropped before it is ready, it leaves
    /// nothing behind but perhaps a connection more.
    pub(super) async fn seat(self: &Arc<Self>) -> Result<Seat, Failure> {
        let waiting = {
            let mut state = self.state();
            if let Some((id, connection)) = state.take() {
                let spread = state.wants_to_spread();
                drop(state);
                if spread {
                    self.dial();
                }
                return Ok(Seat { pool: Arc::clone(self), id, connection });
            }
            let (sender, waiting) = oneshot::channel();
            if self.closed.is_cancelled() || !state.wait(sender) {
                return Err(Failure::Saturated);
            }
            waiting
        };
        self.dial();
        match timeout(self.bounds.wait, waiting).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) | Err(_) => Err(Failure::Saturated),
        }
    }

    pub(super) fn usage(&self) -> Usage {
        self.state().usage()
    }

    /// No connection takes another request; each ends with the last of those that it has.
    pub(super) fn retire_all(self: &Arc<Self>) {
        let retired = self.state().retire_all();
        // Without the lock: the last reference to a connection closes it.
        drop(retired);
        self.dial();
    }

    /// The connection takes no other request, because it said so.
    pub(super) fn retire(self: &Arc<Self>, id: u64) {
        let retired = self.state().retire(id);
        drop(retired);
        self.dial();
    }

    /// Makes as many connections as those who wait need.
    fn dial(self: &Arc<Self>) {
        let wanted = self.state().start_dialling();
        for _ in 0..wanted {
            let pool = Arc::clone(self);
            tokio::spawn(async move {
                let opened = tokio::select! {
                    opened = connection::open(
                        &pool.dialler,
                        pool.lane.window(&pool.bounds),
                        &pool.bounds,
                    ) => opened,
                    () = pool.closed.cancelled() => Err(Failure::Saturated),
                };
                pool.opened(opened);
            });
        }
    }

    fn opened(self: &Arc<Self>, opened: Result<Opened, Failure>) {
        match opened {
            Ok(Opened { connection, driver, limit }) => {
                let connection = Arc::new(connection);
                let (id, handed) = self.state().admit(Arc::clone(&connection), limit);
                self.drive(id, &connection, driver);
                self.deliver(handed);
                self.dial();
            }
            Err(failure) => {
                let waiting = self.state().could_not_dial();
                if waiting.is_empty() {
                    tracing::debug!(%failure, "A further connection to the upstream was not made.");
                }
                for waiter in waiting {
                    // Whoever does not wait any more does not need to know.
                    drop(waiter.send(Err(failure.clone())));
                }
            }
        }
    }

    fn drive(self: &Arc<Self>, id: u64, connection: &Arc<Connection>, driver: Driver) {
        let keeper = Keeper { pool: Arc::downgrade(self), id, closed: self.closed.clone() };
        tokio::spawn(driver.run(Arc::downgrade(connection), keeper));
    }

    fn release(self: &Arc<Self>, id: u64) {
        let handed = self.state().release(id);
        self.deliver(handed);
    }

    fn deliver(self: &Arc<Self>, handed: Vec<Handed>) {
        for Handed { to, id, connection } in handed {
            // A seat that nobody takes any more is dropped here, which gives it back.
            drop(to.send(Ok(Seat { pool: Arc::clone(self), id, connection })));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place for one request on one connection. Given back on drop.
#[derive(Debug)]
#[must_use = "the place is given back when this is dropped"]
pub(super) struct Seat {
    pool: Arc<Pool>,
    id: u64,
    connection: Arc<Connection>,
}

impl Seat {
    pub(super) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if self.connection.is_free_again() {
            self.pool.release(self.id);
        }
    }
}

/// What the driver of a connection tells its pool.
#[derive(Debug)]
pub(super) struct Keeper {
    pool: Weak<Pool>,
    id: u64,
    closed: CancellationToken,
}

impl Keeper {
    /// The connection is alive. It is closed if it was idle for too long.
    pub(super) fn tick(&self, limit: Option<usize>) {
        let Some(pool) = self.pool.upgrade() else { return };
        let (retired, handed) = {
            let mut state = pool.state();
            if let Some(limit) = limit {
                state.set_limit(self.id, limit);
            }
            (state.retire_if_idle(self.id, pool.bounds.idle), state.hand_out())
        };
        drop(retired);
        pool.deliver(handed);
    }

    /// The connection is ready for another request.
    pub(super) fn rested(&self) {
        if let Some(pool) = self.pool.upgrade() {
            pool.release(self.id);
        }
    }

    /// The connection is gone.
    pub(super) fn ended(&self) {
        if let Some(pool) = self.pool.upgrade() {
            pool.retire(self.id);
        }
    }

    /// Until the pool is closed.
    pub(super) async fn closed(&self) {
        self.closed.cancelled().await;
    }
}

/// A request without an answer, and its body if the request may be sent once more.
#[derive(Debug)]
pub(super) struct Lost {
    pub(super) failure: Failure,
    pub(super) rest: Rest,
}

/// What is left of a lost request.
#[derive(Debug)]
pub(super) enum Rest {
    /// Nothing of it was sent; the connection takes no requests any more.
    Unsent(Body),
    /// The upstream promised not to act on it.
    Refused(Body),
    /// Nothing, or the upstream may act on it.
    Gone,
}

impl Lost {
    pub(super) fn unsent(failure: Failure, body: Body) -> Self {
        Self { failure, rest: Rest::Unsent(body) }
    }

    pub(super) fn for_good(failure: Failure) -> Self {
        Self { failure, rest: Rest::Gone }
    }

    /// Lost with `failure`; the body is looked for only where it is of use.
    pub(super) fn of(failure: Failure, body: impl FnOnce() -> Option<Body>) -> Self {
        let rest = match failure {
            Failure::Refused(_) => body().map_or(Rest::Gone, Rest::Refused),
            Failure::Unreachable(_)
            | Failure::TimedOut(_)
            | Failure::Reset(_)
            | Failure::Garbage(_)
            | Failure::Saturated
            | Failure::Unsendable(_)
            | Failure::Credential(_)
            | Failure::Request(_)
            | Failure::NotSwitched(_) => Rest::Gone,
        };
        Self { failure, rest }
    }
}
