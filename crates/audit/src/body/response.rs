//! What is kept of an answer's body.

use model::Call;

use super::object::{self, ManagedFields};
use super::status;
use super::{Body, Capture, Encoding};
use crate::event::ResponseStatus;
use crate::{Level, Verdict};

/// The part of an answer's body that is recorded: a Status, at any level; at
/// [`Level::RequestResponse`] the object.
#[derive(Debug)]
pub struct ResponseBody {
    encoding: Encoding,
    is_gzip: bool,
    wants_object: bool,
    managed_fields: ManagedFields,
    capture: Capture,
    sniffing: Sniffing,
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

/// Whether the body is worth keeping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sniffing {
    /// The first bytes will tell.
    Undecided,
    Keep,
    Drop,
}

/// What was kept of an answer's body.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: Option<ResponseStatus>,
    pub(crate) body: Body,
}

impl ResponseBody {
    /// What to keep of the answer to `call`; `None` if nothing of it is ever recorded (watches,
    /// logs, upgrades, proxied answers, text). At most `limit` bytes are kept.
    pub fn of(verdict: Verdict, call: &Call, head: Head<'_>, limit: usize) -> Option<Self> {
        let encoding = match head.content_type {
            b"" => Encoding::Other,
            content_type => Encoding::of(content_type),
        };
        let is_error = head.code >= 400;
        if verdict.level == Level::None
            || encoding == Encoding::Other
            || is_proxied(call)
            || call.is_long_running() && !is_error
        {
            return None;
        }
        let is_gzip = match head.content_encoding {
            b"" | b"identity" => false,
            b"gzip" => true,
            _ => return None,
        };
        let wants_object = verdict.level == Level::RequestResponse;
        // Compressed bytes do not tell what they are, and no Status but an error is compressed.
        let sniffing = match (is_error || wants_object && call.is_resource, is_gzip) {
            (true, _) => Sniffing::Keep,
            (false, true) if wants_object => Sniffing::Keep,
            (false, true) => return None,
            (false, false) => Sniffing::Undecided,
        };
        let managed_fields = ManagedFields::of(verdict);
        let capture = Capture::new(limit);
        Some(Self { encoding, is_gzip, wants_object, managed_fields, capture, sniffing })
    }

    /// Takes the next bytes of the body, as they are on the wire.
    pub fn push(&mut self, chunk: &[u8]) {
        if self.sniffing == Sniffing::Drop {
            return;
        }
        if self.sniffing == Sniffing::Undecided {
            self.sniff(chunk);
        }
        if self.sniffing != Sniffing::Drop {
            self.capture.push(chunk);
        }
    }

    pub(crate) fn finish(self) -> Answered {
        let Some(kept) = self.capture.whole().filter(|_| self.sniffing != Sniffing::Drop) else {
            let body = if self.sniffing == Sniffing::Drop { Body::Nothing } else { Body::Cut };
            return Answered { status: None, body };
        };
        if !self.is_gzip {
            return self.answered(kept);
        }
        match object::inflate(kept, self.capture.limit()) {
            Some(body) => self.answered(&body),
            None => Answered { status: None, body: Body::Cut },
        }
    }

    fn sniff(&mut self, chunk: &[u8]) {
        // A limit below what tells is a body that is never told.
        let Some(start) = self.capture.whole() else {
            self.sniffing = Sniffing::Drop;
            return;
        };
        let mut start = start.to_vec();
        start.extend(chunk.iter().take(status::SNIFFED));
        let is_status = status::starts_as_status(self.encoding, &start);
        let is_object = self.wants_object && status::starts_as_object(self.encoding, &start);
        self.sniffing = match (is_status, is_object) {
            (Some(true), _) | (_, true) => Sniffing::Keep,
            (Some(false), false) => {
                self.capture = Capture::new(0);
                Sniffing::Drop
            }
            (None, false) => Sniffing::Undecided,
        };
    }

    fn answered(&self, body: &[u8]) -> Answered {
        let status = status::read(self.encoding, body);
        if !self.wants_object || !status::starts_as_object(self.encoding, body) {
            return Answered { status, body: Body::Nothing };
        }
        let limit = self.capture.limit();
        Answered { status, body: object::object(self.encoding, body, self.managed_fields, limit) }
    }
}

/// Whether what answers is not the API server: its words are not to be taken for the API server's.
fn is_proxied(call: &Call) -> bool {
    call.verb == "proxy" || call.is_resource && call.subresource == "proxy"
}
