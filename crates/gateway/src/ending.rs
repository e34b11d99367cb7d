//! What a request holds while its answer is under way, and what is done when it ends.
//!
//! Invariant: however a request ends, what was captured of its bodies is in its last audit event.

use std::sync::{Arc, Mutex, PoisonError};

use audit::{Receipt, RequestBody, ResponseBody};
use futures::FutureExt as _;
use futures::future::BoxFuture;

use crate::chain::Room;
use crate::metrics::Timing;
use crate::record::Record;
use crate::streams::Registered;

/// What the client sends, as far as the record wants it; filled while it is sent on.
pub(crate) type Sent = Arc<Mutex<Option<RequestBody>>>;

/// Held by the body of the answer, or by the tunnel. Dropping it ends the request as well: seats
/// are given back and the record is closed.
pub(crate) struct Ending {
    record: Option<Record>,
    sent: Option<Sent>,
    answered: Option<ResponseBody>,
    holds: Holds,
    _timing: Timing,
}

/// What is given back when a request ends.
pub(crate) struct Holds {
    _room: Room,
    registered: Option<Registered>,
}

impl Holds {
    /// Holds room, and an entry in the registry of live streams.
    pub(crate) fn new(room: Room, registered: Option<Registered>) -> Self {
        Self { _room: room, registered }
    }

    /// Ready when what runs long has to end; `None` for what ends by itself.
    pub(crate) fn cancelled(&self) -> Option<BoxFuture<'static, ()>> {
        self.registered.as_ref().map(|entry| entry.cancelled().boxed())
    }
}

impl Ending {
    /// Binds a record to what its request holds.
    pub(crate) fn new(record: Record, holds: Holds, timing: Timing) -> Self {
        Self { record: Some(record), sent: None, answered: None, holds, _timing: timing }
    }

    /// Takes what is sent and answered into the record.
    pub(crate) fn capturing(mut self, sent: Option<Sent>, answered: Option<ResponseBody>) -> Self {
        self.sent = sent;
        self.answered = answered;
        self
    }

    /// Notes a piece of the answer.
    pub(crate) fn saw(&mut self, data: &[u8]) {
        if let Some(answered) = &mut self.answered {
            answered.push(data);
        }
    }

    /// Ready when the request has to end; `None` for one that ends by itself.
    pub(crate) fn cancelled(&self) -> Option<BoxFuture<'static, ()>> {
        self.holds.cancelled()
    }

    /// Whether an answer whose record is not kept must not end well.
    pub(crate) fn is_strict(&self) -> bool {
        self.record.as_ref().is_some_and(Record::is_strict)
    }

    /// Ends the request: the receipt says when its record is kept.
    pub(crate) fn complete(mut self) -> Receipt {
        match self.settled() {
            Some(record) => record.complete(),
            None => Receipt::settled(Ok(())),
        }
    }

    fn settled(&mut self) -> Option<Record> {
        let mut record = self.record.take()?;
        if let Some(body) = self.sent.take().and_then(|sent| taken(&sent)) {
            record.sent(body);
        }
        if let Some(body) = self.answered.take() {
            record.answered_with(body);
        }
        Some(record)
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        // The record closes as it drops.
        drop(self.settled());
    }
}

/// What was captured of an upload so far. The upload goes on without being captured.
pub(crate) fn taken(sent: &Sent) -> Option<RequestBody> {
    sent.lock().unwrap_or_else(PoisonError::into_inner).take()
}
