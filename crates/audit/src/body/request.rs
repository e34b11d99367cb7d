//! What is kept of a request's body.

use model::Call;

use super::names::Finder;
use super::object::{self, ManagedFields};
use super::{Body, Capture, Encoding, Names};
use crate::{Level, Verdict};

/// The part of a request's body that is recorded: the names in an object that is created or
/// updated, at any level; from [`Level::Request`] on the object, or the patch as it is.
///
/// What differs from kube-apiserver, which completes an object by its schema before it records it:
/// here an object is shown as it was sent, without defaults and with what the schema does not know.
#[derive(Debug)]
pub struct RequestBody {
    what: What,
    encoding: Encoding,
    managed_fields: ManagedFields,
    finder: Option<Finder>,
    capture: Option<Capture>,
}

/// What a body holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Object,
    Patch,
    DeleteOptions,
}

/// What was kept of a request's body.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) names: Option<Names>,
    pub(crate) body: Body,
}

impl RequestBody {
    /// What to keep of the body of `call`; `None` if nothing of it is ever recorded (reads,
    /// non-resource calls, exec, proxied bodies). `content_type` is the header's value, empty if
    /// there is none; at most `limit` bytes of an object are kept.
    pub fn of(verdict: Verdict, call: &Call, content_type: &[u8], limit: usize) -> Option<Self> {
        if verdict.level == Level::None || !call.is_resource || call.is_long_running() {
            return None;
        }
        let what = match call.verb.as_str() {
            "create" | "update" => What::Object,
            "patch" => What::Patch,
            "delete" | "deletecollection" => What::DeleteOptions,
            _ => return None,
        };
        let encoding = Encoding::of(content_type);
        let is_named = what == What::Object;
        let finder = if is_named { Finder::of(encoding) } else { None };
        // YAML is read whole or not at all, even for the names alone.
        let is_kept = verdict.level >= Level::Request || is_named && encoding == Encoding::Yaml;
        let managed_fields = ManagedFields::of(verdict);
        let capture = is_kept.then(|| Capture::new(limit));
        (finder.is_some() || is_kept).then_some(Self {
            what,
            encoding,
            managed_fields,
            finder,
            capture,
        })
    }

    /// Takes the next bytes of the body, as they are on the wire.
    pub fn push(&mut self, chunk: &[u8]) {
        if let Some(finder) = &mut self.finder {
            finder.push(chunk);
        }
        if let Some(capture) = &mut self.capture {
            capture.push(chunk);
        }
    }

    pub(crate) fn finish(self) -> Sent {
        let body = self.capture.map_or(Body::Nothing, |capture| {
            let Some(body) = capture.whole() else { return Body::Cut };
            let limit = capture.limit();
            match self.what {
                What::Object => object::object(self.encoding, body, self.managed_fields, limit),
                What::Patch => object::patch(body),
                What::DeleteOptions => object::delete_options(self.encoding, body, limit),
            }
        });
        let names = match (self.finder, &body, self.what) {
            (Some(finder), ..) => finder.finish(),
            (None, Body::Object(json), What::Object) => names_in(json),
            _ => None,
        };
        Sent { names, body }
    }
}

fn names_in(json: &[u8]) -> Option<Names> {
    let mut finder = Finder::of(Encoding::Json)?;
    finder.push(json);
    finder.finish()
}
