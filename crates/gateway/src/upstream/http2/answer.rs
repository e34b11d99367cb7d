//! The body of an answer over HTTP/2.

use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::RecvStream;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderValue};
use http_body::SizeHint;

use super::pump::Pump;
use crate::upstream::body::Cut;
use crate::upstream::failure::Cause;

/// What is left of an answer. Dropped before its end, it resets the stream.
#[derive(Debug)]
pub(in crate::upstream) struct Answer {
    stream: RecvStream,
    /// The rest of the request, if the upstream answers before it has all of it.
    upload: Option<Pump>,
    left: Option<u64>,
}

impl Answer {
    pub(super) fn new(stream: RecvStream, headers: &HeaderMap, upload: Option<Pump>) -> Self {
        Self { stream, upload, left: headers.get(CONTENT_LENGTH).and_then(length) }
    }

    /// The next piece. Room for another of its size is made at the upstream once it is taken, so
    /// what waits here for a slow client is bounded by the window.
    pub(in crate::upstream) fn poll_data(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Cut>>> {
        if let Some(upload) = &mut self.upload
            && upload.poll(context).is_ready()
        {
            // Failed or over, the upstream knows; and it is the upstream that says how this ends.
            self.upload = None;
        }
        let next = ready!(self.stream.poll_data(context));
        Poll::Ready(next.map(|data| {
            let data = data.map_err(cut)?;
            self.stream.flow_control().release_capacity(data.len()).map_err(cut)?;
            self.left = self.left.map(|left| left.saturating_sub(data.len() as u64));
            Ok(data)
        }))
    }

    /// Whether the upstream has said all of it, and all of it was taken.
    pub(in crate::upstream) fn is_at_end(&self) -> bool {
        self.stream.is_end_stream()
    }

    pub(in crate::upstream) fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// A stream that was reset with `NO_ERROR` before its end was cut off like any other.
fn cut(error: h2::Error) -> Cut {
    Cut(Cause::new(error))
}

fn length(value: &HeaderValue) -> Option<u64> {
    value.to_str().ok()?.parse().ok()
}
