//! An upgraded connection, client to upstream and back: bytes, whose meaning is none of ours.
//!
//! Each direction ends by itself, so either side can go on after the other has said all it had to
//! say. What breaks on one side breaks on the other: a reset as a reset, a cut as a cut.

mod abort;
mod half;

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::task::Poll;

use tokio::io::{AsyncRead, AsyncWrite};

pub(crate) use self::abort::Abort;
use self::half::{Broke, Half};

/// What became of a tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tunnelled {
    /// Bytes from the client that the upstream took.
    pub(crate) to_upstream: u64,
    /// Bytes from the upstream that the client took.
    pub(crate) to_client: u64,
    /// How it ended.
    pub(crate) ended: Ended,
}

/// How a tunnel ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Both sides closed.
    Orderly,
    /// The client reset the connection or vanished.
    ClientBroke(io::ErrorKind),
    /// The upstream did.
    UpstreamBroke(io::ErrorKind),
    /// The gateway ended it.
    Cancelled,
}

/// Moves bytes both ways until both sides are done, one breaks, or
/// `cancelled` is ready. At most 64 KiB are
/// held in each direction; whoever does not read makes the other wait. Dropped before it is ready,
/// it cuts both sides.
pub(crate) async fn tunnel<C, U>(
    mut client: C,
    mut upstream: U,
    cancelled: impl Future<Output = ()>,
) -> Tunnelled
where
    C: AsyncRead + AsyncWrite + Abort + Unpin,
    U: AsyncRead + AsyncWrite + Abort + Unpin,
{
    let (mut out, mut back) = (Half::default(), Half::default());
    let mut cancelled = pin!(cancelled);
    let ended = poll_fn(|context| {
        if cancelled.as_mut().poll(context).is_ready() {
            return Poll::Ready(Ended::Cancelled);
        }
        let outward = out.poll(context, &mut client, &mut upstream);
        if let Poll::Ready(Err(broke)) = outward {
            return Poll::Ready(match broke {
                Broke::Source(kind) => Ended::ClientBroke(kind),
                Broke::Sink(kind) => Ended::UpstreamBroke(kind),
            });
        }
        match back.poll(context, &mut upstream, &mut client) {
            Poll::Ready(Err(Broke::Source(kind))) => Poll::Ready(Ended::UpstreamBroke(kind)),
            Poll::Ready(Err(Broke::Sink(kind))) => Poll::Ready(Ended::ClientBroke(kind)),
            Poll::Ready(Ok(())) if outward.is_ready() => Poll::Ready(Ended::Orderly),
            Poll::Ready(Ok(())) | Poll::Pending => Poll::Pending,
        }
    })
    .await;
    if ended.is_reset() {
        client.abort();
        upstream.abort();
    }
    Tunnelled { to_upstream: out.moved(), to_client: back.moved(), ended }
}

impl Ended {
    /// Whether both sides are to see a reset. An end without TLS's farewell is passed on as just
    /// that, behind what was sent before it.
    fn is_reset(self) -> bool {
        match self {
            Self::Orderly => false,
            Self::ClientBroke(kind) | Self::UpstreamBroke(kind) => {
                kind != io::ErrorKind::UnexpectedEof
            }
            Self::Cancelled => true,
        }
    }
}

#[cfg(test)]
mod tests;
