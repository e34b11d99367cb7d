//! The body of a request on its way to the cluster, frame by frame. What the audit record wants of
//! it is copied in passing; trailers stay here.

use std::pin::Pin;
use std::sync::PoisonError;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use crate::BoxError;
use crate::ending::Sent;

/// A request's body.
pub(crate) struct Upload {
    body: Incoming,
    sent: Option<Sent>,
}

impl Upload {
    /// Passes `body` on, copying what `sent` wants.
    pub(crate) fn new(body: Incoming, sent: Option<Sent>) -> Self {
        Self { body, sent }
    }

    fn copy(&self, data: &[u8]) {
        let Some(sent) = &self.sent else { return };
        if let Some(body) = sent.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            body.push(data);
        }
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        loop {
            let frame = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => frame,
                Some(Err(problem)) => return Poll::Ready(Some(Err(Box::new(problem)))),
                None => return Poll::Ready(None),
            };
            if let Ok(data) = frame.into_data() {
                self.copy(&data);
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
