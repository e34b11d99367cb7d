//! Bodies on their way to the upstream and back, frame by frame. Trailers are dropped both ways.

use std::error::Error;
use std::fmt::{self, Debug, Formatter};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use super::failure::Cause;
use super::http2::Answer;
use super::pool::Seat;
use super::upgrade::Place;

/// The body of a request to the upstream.
pub(super) enum Body {
    /// None, or none any more.
    Empty,
    /// Piece by piece.
    Streamed(Pin<Box<dyn http_body::Body<Data = Bytes, Error = Cut> + Send>>),
}

impl Body {
    /// A body that is empty costs nothing, and can be sent twice.
    pub(super) fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        if body.is_end_stream() {
            Self::Empty
        } else {
            Self::Streamed(Box::pin(body.map_err(|error| Cut(Cause::of(error.into())))))
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let Self::Streamed(body) = &mut *self else { return Poll::Ready(None) };
        loop {
            match ready!(body.as_mut().poll_frame(context)) {
                Some(Ok(frame)) if frame.is_trailers() => {}
                other => return Poll::Ready(other),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Streamed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Streamed(body) => body.size_hint(),
        }
    }
}

impl Debug for Body {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "empty",
            Self::Streamed(_) => "streamed",
        })
    }
}

/// A body ended before its end: whoever sends it went away, or ended it with an error.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the body was cut off")]
pub struct Cut(#[source] pub(super) Cause);

/// The body of an answer of the upstream. An upstream that breaks off ends it with an error. When it
/// is dropped before its end, the upstream is told to stop and the stream is free for others.
#[derive(Debug)]
pub struct UpstreamBody {
    // Before the seat: the stream is given up first, then the place that it took.
    source: Source,
    held: Held,
}

#[derive(Debug)]
enum Source {
    Ended,
    Http2(Answer),
    Http1(Incoming),
}

/// What is given back when the body is at its end.
#[derive(Debug)]
#[expect(dead_code, reason = "held for their drop")]
enum Held {
    Nothing,
    Seat(Seat),
    Place(Place),
}

impl UpstreamBody {
    pub(super) fn http2(answer: Answer, seat: Seat) -> Self {
        Self { source: Source::Http2(answer), held: Held::Seat(seat) }.ended_if_empty()
    }

    pub(super) fn http1(incoming: Incoming, seat: Seat) -> Self {
        Self { source: Source::Http1(incoming), held: Held::Seat(seat) }.ended_if_empty()
    }

    pub(super) fn refusal(incoming: Incoming, place: Place) -> Self {
        Self { source: Source::Http1(incoming), held: Held::Place(place) }.ended_if_empty()
    }

    fn ended_if_empty(mut self) -> Self {
        if http_body::Body::is_end_stream(&self) {
            self.end();
        }
        self
    }

    fn end(&mut self) {
        self.source = Source::Ended;
        self.held = Held::Nothing;
    }
}

impl http_body::Body for UpstreamBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let next = match &mut self.source {
            Source::Ended => return Poll::Ready(None),
            Source::Http2(answer) => ready!(answer.poll_data(context)),
            Source::Http1(incoming) => ready!(poll_incoming(incoming, context)),
        };
        let over = !matches!(next, Some(Ok(_))) || http_body::Body::is_end_stream(&*self);
        if over {
            self.end();
        }
        Poll::Ready(next.map(|data| data.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        match &self.source {
            Source::Ended => true,
            Source::Http2(answer) => answer.is_at_end(),
            Source::Http1(incoming) => incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Ended => SizeHint::with_exact(0),
            Source::Http2(answer) => answer.size_hint(),
            Source::Http1(incoming) => incoming.size_hint(),
        }
    }
}

fn poll_incoming(
    incoming: &mut Incoming,
    context: &mut Context<'_>,
) -> Poll<Option<Result<Bytes, Cut>>> {
    loop {
        match ready!(http_body::Body::poll_frame(Pin::new(incoming), context)) {
            None => return Poll::Ready(None),
            Some(Err(error)) => {
                return Poll::Ready(Some(Err(Cut(Cause::new(error)))));
            }
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Poll::Ready(Some(Ok(data)));
                }
            }
        }
    }
}
