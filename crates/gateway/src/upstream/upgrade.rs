//! Upgrades, each on an HTTP/1.1 connection of its own that is never used again. Only a 101 with the
//! protocol that was asked for continues it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Buf as _, Bytes};
use http::header::{CONNECTION, UPGRADE};
use http::{HeaderMap, Response, StatusCode};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::body::UpstreamBody;
use super::bounds::Bounds;
use super::connection::Outgoing;
use super::dial::{Dialler, Purpose, Socket};
use super::failure::{Cause, Failure, Step};
use crate::tunnel::Abort;

/// What the upstream makes of a request for an upgrade.
#[derive(Debug)]
pub enum UpgradeAnswer {
    /// It switched to the protocol that was asked for.
    Switched {
        /// The head of the 101.
        head: http::response::Parts,
        /// What the protocol is spoken on.
        io: Switched,
    },
    /// It refused, with a status of 400 or more. The connection ends with the body.
    Refused(Response<UpstreamBody>),
}

/// A connection to the upstream that speaks another protocol now.
#[derive(Debug)]
pub struct Switched {
    /// What came right behind the head of the answer.
    ahead: Bytes,
    socket: Box<Socket>,
    _place: Place,
}

/// One of the upgrades that may be open at a time. Given back on drop.
#[derive(Debug)]
pub(super) struct Place(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

pub(super) async fn upgrade(
    outgoing: &Outgoing,
    dialler: &Dialler,
    places: &Arc<Semaphore>,
    bounds: &Bounds,
) -> Result<UpgradeAnswer, Failure> {
    // Nobody waits here: upgrades stay open for hours.
    let place = Arc::clone(places)
        .try_acquire_owned()
        .map(Place)
        .map_err(|_none_left| Failure::Saturated)?;
    let socket = dialler.dial(Purpose::Upgrade).await?;
    let answer = timeout(bounds.answer, exchange(outgoing, socket))
        .await
        .map_err(|_elapsed| Failure::TimedOut(Step::Answer))??;
    let status = answer.status();
    if status == StatusCode::SWITCHING_PROTOCOLS {
        if !is_switch(&outgoing.headers, answer.headers()) {
            return Err(Failure::NotSwitched(status));
        }
        switched(answer, place).await
    } else if status.is_client_error() || status.is_server_error() {
        Ok(UpgradeAnswer::Refused(answer.map(|body| UpstreamBody::refusal(body, place))))
    } else {
        Err(Failure::NotSwitched(status))
    }
}

async fn exchange(outgoing: &Outgoing, socket: Socket) -> Result<Response<Incoming>, Failure> {
    let (mut sender, talk) = handshake(TokioIo::new(socket)).await.map_err(Failure::of_http1)?;
    // Ends with the connection, which ends with the sender and the answer, or is taken out of it.
    tokio::spawn(async move {
        if let Err(error) = talk.with_upgrades().await {
            tracing::debug!(%error, "A connection for an upgrade ended.");
        }
    });
    let request = outgoing.for_http1(Empty::<Bytes>::new());
    sender.send_request(request).await.map_err(Failure::of_http1)
}

async fn switched(mut answer: Response<Incoming>, place: Place) -> Result<UpgradeAnswer, Failure> {
    let io = hyper::upgrade::on(&mut answer).await.map_err(Failure::of_http1)?;
    let (mut head, _no_body) = answer.into_parts();
    head.extensions.clear();
    let parts = io
        .downcast::<TokioIo<Socket>>()
        .map_err(|_unknown| Failure::Garbage(Cause::new(io::Error::other("not our socket"))))?;
    let io =
        Switched { ahead: parts.read_buf, socket: Box::new(parts.io.into_inner()), _place: place };
    Ok(UpgradeAnswer::Switched { head, io })
}

/// Whether the answer switches to what was asked for, and to nothing else.
fn is_switch(asked: &HeaderMap, answered: &HeaderMap) -> bool {
    let one = |headers: &HeaderMap| {
        let mut values = headers.get_all(UPGRADE).iter();
        let value = values.next().map(|value| value.as_bytes().trim_ascii().to_ascii_lowercase());
        if values.next().is_some() { None } else { value }
    };
    let says_so = answered
        .get_all(CONNECTION)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .any(|token| token.trim_ascii().eq_ignore_ascii_case(b"upgrade"));
    says_so && one(asked).is_some_and(|asked| one(answered) == Some(asked))
}

impl Abort for Switched {
    fn abort(&mut self) {
        self.socket.abort();
    }
}

impl AsyncRead for Switched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ahead.has_remaining() {
            let length = self.ahead.len().min(buffer.remaining());
            buffer.put_slice(&self.ahead.split_to(length));
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.socket).poll_read(context, buffer)
    }
}

impl AsyncWrite for Switched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}
