//! One HTTP/2 connection: up to a hundred requests at a time, each a stream of its own.
//!
//! It is used through `h2` and not through hyper: a request is polled by whoever waits for it
//! instead of by two tasks in between, which halves its cost, and a stream that the upstream resets
//! with `NO_ERROR` in the middle of an answer is an error and not its end.

mod answer;
mod pump;

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use h2::client::{Connection, SendRequest};
use h2::{Ping, PingPong, RecvStream};
use http::{Request, Response};
use tokio::time::{Interval, MissedTickBehavior, interval_at, timeout};

pub(super) use self::answer::Answer;
use self::pump::Pump;
use super::body::Body;
use super::bounds::Bounds;
use super::dial::Socket;
use super::failure::{Cause, Failure, Step};
use super::pool::{Keeper, Lost};
use super::watched::{Heard, Watched};

/// The sending side.
#[derive(Debug)]
pub(super) struct Http2 {
    sender: SendRequest<Bytes>,
    silent: Arc<AtomicBool>,
}

/// The side that moves the frames. The connection lives as long as this is run.
pub(super) struct Driver {
    connection: Connection<Watched<Socket>, Bytes>,
    pings: Option<PingPong>,
    heard: Heard,
    silent: Arc<AtomicBool>,
    bounds: Arc<Bounds>,
}

/// Shakes hands. The upstream has answered a ping, and so has named its limits, before the first
/// request is sent.
pub(super) async fn open(
    socket: Socket,
    window: u32,
    bounds: Arc<Bounds>,
) -> Result<(Http2, Driver), Failure> {
    let (socket, heard) = Watched::new(socket);
    let opening = async {
        let (sender, mut connection) = builder(window, &bounds).handshake(socket).await?;
        let mut pings = connection.ping_pong();
        if let Some(pings) = &mut pings {
            tokio::select! {
                biased;
                ended = &mut connection => {
                    ended?;
                    return Err(h2::Reason::NO_ERROR.into());
                }
                pong = pings.ping(Ping::opaque()) => { pong?; }
            }
        }
        Ok((sender, connection, pings))
    };
    let (sender, connection, pings) = timeout(bounds.handshake, opening)
        .await
        .map_err(|_elapsed| Failure::TimedOut(Step::Handshake))?
        .map_err(not_opened)?;
    let silent = Arc::new(AtomicBool::new(false));
    let driver = Driver { connection, pings, heard, silent: Arc::clone(&silent), bounds };
    Ok((Http2 { sender, silent }, driver))
}

impl Http2 {
    /// Sends one request. Dropped before it is ready, it resets the stream.
    pub(super) async fn send(
        &self,
        head: Request<()>,
        body: Body,
        limit: Duration,
    ) -> Result<Response<Answer>, Lost> {
        let mut sender = self.sender.clone();
        // Never pending on a fresh clone: it only tells whether the connection takes requests.
        if let Poll::Ready(Err(error)) = sender.poll_ready(&mut Context::from_waker(Waker::noop()))
        {
            return Err(Lost::unsent(self.explain(error), body));
        }
        let ends = http_body::Body::is_end_stream(&body);
        let (mut answer, stream) = match sender.send_request(head, ends) {
            Ok(sent) => sent,
            Err(error) if error.is_io() || error.is_go_away() => {
                return Err(Lost::unsent(self.explain(error), body));
            }
            Err(error) => return Err(Lost::for_good(Failure::Unsendable(Cause::new(error)))),
        };
        drop(sender);
        let mut upload = (!ends).then(|| Pump::new(stream, body));
        let exchange = poll_fn(|context| {
            if let Some(pump) = &mut upload
                && let Poll::Ready(Err(failure)) = pump.poll(context)
            {
                return Poll::Ready(Err(Failure::Request(failure)));
            }
            Pin::new(&mut answer).poll(context).map_err(|error| self.explain(error))
        });
        match timeout(limit, exchange).await {
            Ok(Ok(response)) => Ok(with_body(response, upload)),
            Ok(Err(failure)) => {
                Err(Lost::of(failure, || upload.map_or_else(|| Some(Body::Empty), Pump::untouched)))
            }
            Err(_elapsed) => Err(Lost::for_good(Failure::TimedOut(Step::Answer))),
        }
    }

    fn explain(&self, error: h2::Error) -> Failure {
        if self.silent.load(Ordering::Relaxed) {
            Failure::TimedOut(Step::SignOfLife)
        } else {
            Failure::of_http2(error)
        }
    }
}

impl Driver {
    /// How many requests at a time the upstream takes on this connection, less a tenth: a stream
    /// that was just given up here may not yet be so there.
    pub(super) fn limit(&self) -> usize {
        let most = self.connection.max_concurrent_send_streams();
        let most = most.min(self.bounds.streams_per_connection);
        most.saturating_sub(most / 10)
    }

    /// Until the connection ends, or is silent for too long.
    pub(super) async fn run(mut self, keeper: Keeper) {
        let mut ticks = ticks(self.bounds.ping_every);
        let mut last = (self.heard.bytes(), Instant::now());
        loop {
            tokio::select! {
                biased;
                ended = &mut self.connection => {
                    tracing::debug!(?ended, "A connection to the upstream ended.");
                    break;
                }
                _now = ticks.tick() => {}
                () = keeper.closed() => break,
            }
            if self.heard.bytes() != last.0 {
                last = (self.heard.bytes(), Instant::now());
            } else if last.1.elapsed() >= self.bounds.ping_every + self.bounds.ping_timeout {
                self.silent.store(true, Ordering::Relaxed);
                tracing::warn!("A connection to the upstream is dead; it is dropped.");
                break;
            } else {
                self.ping();
            }
            keeper.tick(Some(self.limit()));
        }
        keeper.ended();
    }

    fn ping(&mut self) {
        if let Some(pings) = &mut self.pings {
            // What was heard is counted in bytes; the answer to the last ping only has to be
            // cleared away before the next. One that is still under way is enough.
            let mut context = Context::from_waker(Waker::noop());
            let waiting = pings.poll_pong(&mut context).is_pending();
            if let Err(error) = pings.send_ping(Ping::opaque()) {
                tracing::debug!(%error, waiting, "No ping was sent.");
            }
        }
    }
}

pub(super) fn ticks(every: Duration) -> Interval {
    let mut ticks = interval_at(tokio::time::Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

fn builder(window: u32, bounds: &Bounds) -> h2::client::Builder {
    let streams = u32::try_from(bounds.streams_per_connection).unwrap_or(u32::MAX);
    // Room for every stream's window: a client that reads slowly never holds up another's answer.
    let connection = window.saturating_mul(streams).min(LARGEST_WINDOW);
    let mut builder = h2::client::Builder::new();
    builder
        .enable_push(false)
        .initial_window_size(window)
        .initial_connection_window_size(connection)
        .max_frame_size(FRAME)
        .max_header_list_size(HEADERS)
        // What arrives for a stream that a client gave up is no offence of the upstream, and what
        // one client does must not end the connection for the others.
        .max_concurrent_reset_streams(GIVEN_UP)
        .max_local_error_reset_streams(None)
        .data_frame_budget(usize::MAX);
    builder
}

fn with_body(response: Response<RecvStream>, upload: Option<Pump>) -> Response<Answer> {
    let (head, stream) = response.into_parts();
    let answer = Answer::new(stream, &head.headers, upload.filter(|pump| !pump.is_over()));
    Response::from_parts(head, answer)
}

/// An error before the connection took requests.
fn not_opened(error: h2::Error) -> Failure {
    if error.is_library() {
        return Failure::of_http2(error);
    }
    if !error.is_io() {
        return Failure::Unreachable(Cause::new(error));
    }
    match error.into_io() {
        Some(error) => Failure::of_io(error, Failure::Unreachable),
        None => Failure::Saturated,
    }
}

/// The largest window that HTTP/2 knows.
const LARGEST_WINDOW: u32 = (1 << 31) - 1;
/// Large lists come in larger pieces than the 16 KiB of the default.
const FRAME: u32 = 64 * 1024;
/// Bytes of an answer's headers.
const HEADERS: u32 = 256 * 1024;
/// Streams given up here within the last second whose late frames are ignored.
const GIVEN_UP: usize = 1_000;
