//! The body of an answer. One that is relayed from the cluster passes frame by frame; its end is
//! held back until the request's last audit event is kept.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use audit::{NotWritten, Receipt};
use bytes::Bytes;
use futures::future::BoxFuture;
use http_body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use crate::BoxError;
use crate::ending::Ending;
use crate::upstream::UpstreamBody;

/// The body of an answer.
pub(crate) enum AnswerBody {
    /// Made here, at once.
    Whole(Option<Bytes>),
    /// Relayed from the cluster.
    Relayed(Box<Relayed>),
}

impl AnswerBody {
    /// A body made here.
    pub(crate) fn whole(bytes: Bytes) -> Self {
        Self::Whole((!bytes.is_empty()).then_some(bytes))
    }

    /// No body.
    pub(crate) fn empty() -> Self {
        Self::Whole(None)
    }
}

/// A body on its way from the cluster to the client.
pub(crate) struct Relayed {
    body: UpstreamBody,
    /// When the answer is given up, for what does not run long.
    deadline: Option<Pin<Box<Sleep>>>,
    /// When a stream is ended from here.
    cancelled: Option<BoxFuture<'static, ()>>,
    /// Whether the head says how long the body is.
    has_length: bool,
    /// What [`Relayed::begin`] found.
    first: Option<Result<Frame<Bytes>, BoxError>>,
    state: State,
}

enum State {
    /// Frames pass.
    Passing(Box<Ending>),
    /// The last frame is here, and the record is being kept.
    Closing { receipt: Receipt, last: Option<Bytes>, is_strict: bool },
    /// All is said.
    Done,
}

impl Relayed {
    /// Relays `body`, and ends the request with `ending`.
    /// `has_length` says whether the head names the length: where it does not, the client is not
    /// told it either, as little as kube-apiserver's own client is.
    pub(crate) fn new(
        body: UpstreamBody,
        has_length: bool,
        ending: Box<Ending>,
        deadline: Option<Instant>,
    ) -> Self {
        let deadline = deadline.map(|at| Box::pin(tokio::time::sleep_until(at.into())));
        let cancelled = ending.cancelled();
        let state = State::Passing(ending);
        Self { body, deadline, cancelled, has_length, first: None, state }
    }

    /// Takes the first piece if it is here already. If it is the last as well, waits until the
    /// record is kept, so that head and body leave together; in strict mode, an error says that it
    /// cannot be kept, while nothing has left.
    pub(crate) async fn begin(&mut self) -> Result<(), NotWritten> {
        let first = poll_fn(|context| {
            let polled = self.poll_next(context);
            let is_to_come = polled.is_pending() && matches!(self.state, State::Passing(_));
            if is_to_come { Poll::Ready(None) } else { polled }
        })
        .await;
        if let Some(Err(problem)) = first {
            match problem.downcast::<NotWritten>() {
                Ok(unkept) => return Err(*unkept),
                Err(other) => self.first = Some(Err(other)),
            }
        } else {
            self.first = first;
        }
        Ok(())
    }

    fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &self.state {
            State::Passing(_) => self.poll_passing(context),
            State::Closing { .. } => self.poll_closing(context),
            State::Done => Poll::Ready(None),
        }
    }

    /// What is still to come.
    fn left(&self) -> SizeHint {
        let rest = match &self.state {
            State::Passing(_) => self.body.size_hint().exact(),
            State::Closing { last, .. } => Some(last.as_ref().map_or(0, |b| b.len() as u64)),
            State::Done => Some(0),
        };
        let first = match &self.first {
            Some(Ok(frame)) => frame.data_ref().map_or(0, |data| data.len() as u64),
            // An answer that breaks off has no length.
            Some(Err(_)) => return SizeHint::default(),
            None => 0,
        };
        let whole = rest.and_then(|rest| rest.checked_add(first));
        whole.map_or_else(SizeHint::default, SizeHint::with_exact)
    }

    fn close(&mut self, last: Option<Bytes>) {
        let state = std::mem::replace(&mut self.state, State::Done);
        if let State::Passing(ending) = state {
            let is_strict = ending.is_strict();
            self.state = State::Closing { receipt: ending.complete(), last, is_strict };
        }
    }

    fn fail(&mut self, problem: BoxError) -> BoxError {
        // Dropping the ending closes the record.
        self.state = State::Done;
        problem
    }

    fn poll_passing(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(deadline) = &mut self.deadline
            && deadline.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(Some(Err(self.fail(DEADLINE.into()))));
        }
        if let Some(cancelled) = &mut self.cancelled
            && cancelled.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(Some(Err(self.fail(CANCELLED.into()))));
        }
        match ready!(Pin::new(&mut self.body).poll_frame(context)) {
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => {
                    let is_last = self.body.is_end_stream();
                    if let State::Passing(ending) = &mut self.state {
                        ending.saw(&data);
                    }
                    if is_last {
                        self.close(Some(data));
                        self.poll_closing(context)
                    } else {
                        Poll::Ready(Some(Ok(Frame::data(data))))
                    }
                }
                // Trailers carry nothing that Kubernetes says, and could carry what it does not.
                Err(_trailers) => self.poll_passing(context),
            },
            Some(Err(problem)) => {
                tracing::debug!(%problem, "The cluster's answer broke off.");
                Poll::Ready(Some(Err(self.fail(Box::new(problem)))))
            }
            None => {
                self.close(None);
                self.poll_closing(context)
            }
        }
    }

    fn poll_closing(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let State::Closing { receipt, last, is_strict } = &mut self.state else {
            return Poll::Ready(None);
        };
        let kept = ready!(Pin::new(receipt).poll(context));
        let (last, is_strict) = (last.take(), *is_strict);
        self.state = State::Done;
        match kept {
            // The head has left, so all that can be withheld is the end.
            Err(problem) if is_strict => Poll::Ready(Some(Err(Box::new(problem)))),
            Err(_) | Ok(()) => Poll::Ready(last.map(|data| Ok(Frame::data(data)))),
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match self.get_mut() {
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Relayed(relayed) => match relayed.first.take() {
                Some(first) => Poll::Ready(Some(first)),
                None => relayed.poll_next(context),
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.is_none(),
            Self::Relayed(relayed) => {
                relayed.first.is_none() && matches!(relayed.state, State::Done)
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |b| b.len() as u64))
            }
            Self::Relayed(relayed) if !relayed.has_length => SizeHint::default(),
            Self::Relayed(relayed) => relayed.left(),
        }
    }
}

const CANCELLED: &str = "the stream was ended by the gateway";
const DEADLINE: &str = "the request's time is over before the cluster's answer is whole";
