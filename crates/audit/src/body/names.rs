//! The names of an object, found in its bytes as they stream past: constant memory, whatever the
//! size of the object and wherever its metadata is.

mod json;
mod protobuf;

use json::JsonNames;
use protobuf::ProtobufNames;

use super::{Encoding, Names};

/// Looks for an object's names while its bytes stream past.
#[derive(Debug)]
pub(super) struct Finder(Reader);

#[derive(Debug)]
enum Reader {
    Json(JsonNames),
    Protobuf(ProtobufNames),
}

impl Finder {
    /// A finder, for the languages that can be read piece by piece.
    pub(super) fn of(encoding: Encoding) -> Option<Self> {
        match encoding {
            Encoding::Json => Some(Self(Reader::Json(JsonNames::default()))),
            Encoding::Protobuf => Some(Self(Reader::Protobuf(ProtobufNames::default()))),
            Encoding::Yaml | Encoding::Other => None,
        }
    }

    pub(super) fn push(&mut self, chunk: &[u8]) {
        match &mut self.0 {
            Reader::Json(names) => names.push(chunk),
            Reader::Protobuf(names) => names.push(chunk),
        }
    }

    /// The names; none if the bytes were no whole object.
    pub(super) fn finish(self) -> Option<Names> {
        match self.0 {
            Reader::Json(names) => names.finish(),
            Reader::Protobuf(names) => names.finish(),
        }
    }
}

/// One of the names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Namespace,
    Name,
    Uid,
    ResourceVersion,
}

impl Names {
    fn set(&mut self, part: Part, value: String) {
        let field = match part {
            Part::Namespace => &mut self.namespace,
            Part::Name => &mut self.name,
            Part::Uid => &mut self.uid,
            Part::ResourceVersion => &mut self.resource_version,
        };
        *field = value;
    }
}

/// The longest name that is kept, in bytes on the wire; what Kubernetes accepts ends at 253.
const LONGEST: usize = 4096;

#[cfg(test)]
mod tests;
