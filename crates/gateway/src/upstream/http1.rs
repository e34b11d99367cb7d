//! One kept HTTP/1.1 connection, for an upstream that does not offer HTTP/2: one request at a time.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Poll;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http1::{Connection as Talk, SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;

use super::body::Body;
use super::bounds::Bounds;
use super::connection::Connection;
use super::dial::Socket;
use super::failure::{Cause, Failure, Step};
use super::http2::ticks;
use super::pool::{Keeper, Lost};

/// The sending side.
#[derive(Debug)]
pub(super) struct Http1 {
    sender: Mutex<SendRequest<Body>>,
    /// The last request is over, but the connection may not be ready for the next.
    resting: AtomicBool,
}

/// The side that moves the bytes. The connection lives as long as this is run.
pub(super) struct Driver {
    talk: Talk<TokioIo<Socket>, Body>,
    bounds: Arc<Bounds>,
}

pub(super) async fn open(socket: Socket, bounds: Arc<Bounds>) -> Result<(Http1, Driver), Failure> {
    let (sender, talk) = handshake(TokioIo::new(socket))
        .await
        .map_err(|error| Failure::Unreachable(Cause::new(error)))?;
    let http1 = Http1 { sender: Mutex::new(sender), resting: AtomicBool::new(false) };
    Ok((http1, Driver { talk, bounds }))
}

impl Http1 {
    /// Sends one request. Dropped before it is ready, it closes the connection.
    pub(super) async fn send(
        &self,
        request: Request<Body>,
        limit: Duration,
    ) -> Result<Response<Incoming>, Lost> {
        let answer = self.sender().try_send_request(request);
        match timeout(limit, answer).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(mut error)) => {
                let unsent = error.take_message().map(Request::into_body);
                let failure = Failure::of_http1(error.into_error());
                Err(match unsent {
                    Some(body) => Lost::unsent(failure, body),
                    None => Lost::for_good(failure),
                })
            }
            Err(_elapsed) => Err(Lost::for_good(Failure::TimedOut(Step::Answer))),
        }
    }

    /// The request is over. Says whether the connection is ready for the next one; if not, its
    /// driver says so when it is.
    pub(super) fn rest(&self) -> bool {
        self.resting.store(true, Ordering::SeqCst);
        self.is_rested()
    }

    /// True once after each [`Self::rest`]. Whichever of the two sides comes second finds both the
    /// mark and the readiness.
    fn is_rested(&self) -> bool {
        self.resting.load(Ordering::SeqCst)
            && self.sender().is_ready()
            && self.resting.swap(false, Ordering::SeqCst)
    }

    fn sender(&self) -> MutexGuard<'_, SendRequest<Body>> {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Driver {
    /// Until the connection ends.
    pub(super) async fn run(mut self, connection: Weak<Connection>, keeper: Keeper) {
        let mut ticks = ticks(self.bounds.ping_every);
        loop {
            let talk = poll_fn(|context| {
                let polled = Pin::new(&mut self.talk).poll(context);
                if is_rested(&connection) {
                    keeper.rested();
                }
                match polled {
                    Poll::Ready(ended) => Poll::Ready(ended),
                    Poll::Pending => Poll::Pending,
                }
            });
            tokio::select! {
                biased;
                ended = talk => {
                    tracing::debug!(?ended, "A connection to the upstream ended.");
                    break;
                }
                _now = ticks.tick() => {}
                () = keeper.closed() => break,
            }
            keeper.tick(None);
        }
        keeper.ended();
    }
}

fn is_rested(connection: &Weak<Connection>) -> bool {
    let connection = connection.upgrade();
    connection.as_deref().and_then(Connection::http1).is_some_and(Http1::is_rested)
}
