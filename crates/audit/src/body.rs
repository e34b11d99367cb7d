//! What an event keeps of the bodies that stream past: fed chunk by chunk, at bounded memory, and
//! never an obstacle. A body that cannot be read is simply not recorded.

mod capture;
mod encoding;

use model::Call;

pub use capture::Capture;
pub use encoding::Encoding;

use crate::event::ResponseStatus;
use crate::{Level, Verdict};

/// The part of a request's body that is recorded: the names in an object that is created or
/// updated, at any level; from [`Level::Request`] on the object, or the patch as it is.
#[derive(Debug)]
pub struct RequestBody {
    capture: Capture,
}

impl RequestBody {
    /// What to keep of the body of `call`; `None` if nothing of it is ever recorded (reads,
    /// non-resource calls, exec, proxied bodies). `content_type` is the header's value, empty if
    /// there is none; at most `limit` bytes of an object are kept.
    pub fn of(verdict: Verdict, call: &Call, content_type: &[u8], limit: usize) -> Option<Self> {
        let _ = (verdict, call, content_type);
        Some(Self { capture: Capture::new(limit) })
    }

    /// Takes the next bytes of the body, as they are on the wire.
    pub fn push(&mut self, chunk: &[u8]) {
        self.capture.push(chunk);
    }

    pub(crate) fn finish(self) -> (Option<Names>, Body) {
        (None, Body::Nothing)
    }
}

/// The part of an answer's body that is recorded: a Status, at any level; at
/// [`Level::RequestResponse`] the object.
#[derive(Debug)]
pub struct ResponseBody {
    capture: Capture,
}

/// What describes an answer's body.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// The HTTP status code.
    pub code: u16,
    /// The value of `Content-Type`; empty if there is none.
    pub content_type: &'a [u8],
    /// The value of `Content-Encoding`; empty if there is none.
    pub content_encoding: &'a [u8],
}

impl ResponseBody {
    /// What to keep of the answer to `call`; `None` if nothing of it is ever recorded (watches,
    /// logs, upgrades, proxied answers, text). At most `limit` bytes are kept.
    pub fn of(verdict: Verdict, call: &Call, head: Head<'_>, limit: usize) -> Option<Self> {
        let _ = (call, head);
        (verdict.level > Level::None).then(|| Self { capture: Capture::new(limit) })
    }

    /// Takes the next bytes of the body, as they are on the wire.
    pub fn push(&mut self, chunk: &[u8]) {
        self.capture.push(chunk);
    }

    pub(crate) fn finish(self) -> (Option<ResponseStatus>, Body) {
        (None, Body::Nothing)
    }
}

/// What was kept of a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// There is no object in it, or none that can be read.
    Nothing,
    /// The object, as one line of JSON.
    Object(Vec<u8>),
    /// The object is longer than what may be kept.
    Cut,
}

/// What an object calls itself. Empty parts are absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// `metadata.namespace`.
    pub namespace: String,
    /// `metadata.name`.
    pub name: String,
    /// `metadata.uid`.
    pub uid: String,
    /// `metadata.resourceVersion`.
    pub resource_version: String,
}
