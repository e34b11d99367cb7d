//! Moves the body of a request into its stream, as fast as the upstream takes it.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::{Reason, SendStream};
use http_body::Body as _;

use crate::upstream::body::{Body, Cut};

/// A body on its way. Dropped before its end, it resets the stream.
#[derive(Debug)]
pub(super) struct Pump {
    stream: SendStream<Bytes>,
    body: Body,
    taken: bool,
    over: bool,
}

impl Pump {
    pub(super) fn new(stream: SendStream<Bytes>, body: Body) -> Self {
        Self { stream, body, taken: false, over: false }
    }

    /// The body, if nothing was taken from it yet.
    pub(super) fn untouched(self) -> Option<Body> {
        (!self.taken).then_some(self.body)
    }

    /// Whether there is more to send.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// Sends what can be sent now. It is over when all is sent, or when the upstream wants no more;
    /// what it thinks of the request is in its answer.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Cut>> {
        while !self.over {
            if !ready!(self.poll_room(context)) {
                self.over = true;
                break;
            }
            let (chunk, last) = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                None => (Bytes::new(), true),
                Some(Ok(frame)) => {
                    self.taken = true;
                    (frame.into_data().unwrap_or_default(), self.body.is_end_stream())
                }
                Some(Err(failure)) => {
                    self.over = true;
                    self.stream.send_reset(Reason::CANCEL);
                    return Poll::Ready(Err(failure));
                }
            };
            self.over = self.stream.send_data(chunk, last).is_err() || last;
        }
        Poll::Ready(Ok(()))
    }

    /// Whether the upstream takes more. One chunk is taken from the body at a time, and only when
    /// there is room for a part of it.
    fn poll_room(&mut self, context: &mut Context<'_>) -> Poll<bool> {
        self.stream.reserve_capacity(1);
        while self.stream.capacity() == 0 {
            match ready!(self.stream.poll_capacity(context)) {
                Some(Ok(_room)) => {}
                None | Some(Err(_)) => return Poll::Ready(false),
            }
        }
        Poll::Ready(true)
    }
}
