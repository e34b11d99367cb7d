//! The body of a request on its way to the cluster, frame by frame. What the audit record wants of
//! it is copied in passing; trailers stay here.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use tokio::runtime::Handle;

use crate::BoxError;
use crate::ending::Sent;

/// A request's body.
pub(crate) struct Upload {
    body: Option<Incoming>,
    sent: Option<Sent>,
    progress: Progress,
}

/// How far an upload is.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    /// Bytes that are still to come, as far as the client has told.
    left: Arc<AtomicU64>,
}

impl Progress {
    /// Whether so much is still to come that it is not read only to be thrown away. The limit is
    /// that of Go's HTTP server.
    pub(crate) fn is_far_from_its_end(&self) -> bool {
        self.left.load(Ordering::Relaxed) > MOST_DISCARDED
    }

    fn moved(&self, bytes: usize) {
        // Only the upload writes it.
        let left = self.left.load(Ordering::Relaxed);
        self.left.store(left.saturating_sub(bytes as u64), Ordering::Relaxed);
    }
}

impl Upload {
    /// Passes `body` on, copying what `sent` wants.
    ///
    /// A client that is answered before it has sent everything goes on sending, and would lose the
    /// answer to a reset if nobody read on: so what is left when this is dropped is read for a
    /// while, and thrown away.
    pub(crate) fn new(body: Incoming, sent: Option<Sent>) -> Self {
        let left = body.size_hint().exact().unwrap_or(0);
        let progress = Progress { left: Arc::new(AtomicU64::new(left)) };
        Self { body: Some(body), sent, progress }
    }

    /// Tells from elsewhere how far it is.
    pub(crate) fn progress(&self) -> Progress {
        self.progress.clone()
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
            let Some(body) = &mut self.body else { return Poll::Ready(None) };
            let frame = match ready!(Pin::new(body).poll_frame(context)) {
                Some(Ok(frame)) => frame,
                Some(Err(problem)) => return Poll::Ready(Some(Err(Box::new(problem)))),
                None => return Poll::Ready(None),
            };
            if let Ok(data) = frame.into_data() {
                self.copy(&data);
                self.progress.moved(data.len());
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(SizeHint::default, Body::size_hint)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let rest = self.body.take().filter(|body| !body.is_end_stream());
        if let Some(rest) = rest
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(tokio::time::timeout(LONGEST_LINGER, read_on(rest)));
        }
    }
}

async fn read_on(rest: Incoming) {
    let mut rest = Limited::new(rest, MOST_LINGERED);
    while let Some(Ok(_)) = rest.frame().await {}
}

/// As Go's HTTP server waits before it closes a connection that is still written to.
const LONGEST_LINGER: Duration = Duration::from_millis(500);
const MOST_LINGERED: usize = 16 << 20;
const MOST_DISCARDED: u64 = 256 << 10;
