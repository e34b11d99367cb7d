//! The hash chain over the lines of an audit log: each record holds a hash of itself and of the
//! record before it, so that a line that is changed, taken out, put in or moved is found.
//!
//! It stands in the annotation [`ANNOTATION`], as `SEQUENCE:HASH`, in hexadecimal digits. The first
//! record of a file, and of a process, is `SEQUENCE:HASH:PREVIOUS`, so that a file can be verified
//! when those before it are gone; one that follows a torn line is `SEQUENCE:HASH:PREVIOUS:TORN`,
//! where `TORN` is the SHA-256 of what is torn. `HASH` is the SHA-256 of
//! `PREVIOUS:SEQUENCE:TORN:LINE`, where `LINE` is the record without the annotation and without its
//! line break, and `TORN` is empty if there is none. The first record of all has sequence 1 and a
//! `PREVIOUS` of zeros.
//!
//! What it cannot show: that the last records were taken off the end, or that somebody who could
//! write the file made the whole chain anew. For that, keep the hash of the last record elsewhere.

mod digest;
mod link;
mod verify;

use digest::Digest;
use link::{Link, split};

pub use verify::{Broken, End, Fault, Head, Report, Verifier, Went, verify};

/// The annotation that holds a record's place in the chain.
pub const ANNOTATION: &str = "ravelin.dev/chain";

/// The end of a chain, to which the next record is linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    sequence: u64,
    hash: Digest,
    next: Next,
}

/// What the next record has to say of what is before it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Next {
    Follows,
    BeginsFile,
    /// The bytes that are torn, without any line break at their end.
    FollowsTorn(Vec<u8>),
}

impl Default for Chain {
    fn default() -> Self {
        Self { sequence: 0, hash: Digest::ZERO, next: Next::BeginsFile }
    }
}

impl Chain {
    /// The chain that goes on after `end`, the last bytes of a log: at least its last whole record,
    /// if it has one, and all after that. `None` if there is no record in them, or something after
    /// it that is not the start of one, as a killed process leaves it.
    pub fn after(end: &[u8]) -> Option<Self> {
        let lines = end.strip_suffix(b"\n").unwrap_or(end);
        let mut rest = lines;
        loop {
            let start = rest.iter().rposition(|byte| *byte == b'\n');
            let line = rest.get(start.map_or(0, |at| at.saturating_add(1))..).unwrap_or_default();
            if let Some((link, _)) = split(line) {
                let chain = Self { sequence: link.sequence, hash: link.hash, ..Self::default() };
                let torn = lines.get(rest.len()..).and_then(|after| after.strip_prefix(b"\n"));
                return Some(chain.past(torn.unwrap_or_default()));
            }
            if is_json(line) {
                return None;
            }
            let Some(before) = start.and_then(|at| rest.get(..at)) else { break };
            rest = before;
        }
        (!end.contains(&b'\n')).then(|| Self::default().past(end))
    }

    /// How many records are in the chain.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The next record is the first of a file.
    pub fn begin_file(&mut self) {
        if self.next == Next::Follows {
            self.next = Next::BeginsFile;
        }
    }

    /// A part of a record was written and cannot be taken back: the next record follows it, on a
    /// line of its own. After too many of those the chain starts anew, which shows.
    pub fn follow_torn(&mut self, part: &[u8]) {
        let mut torn = match std::mem::replace(&mut self.next, Next::Follows) {
            Next::FollowsTorn(before) => [&*before, b"\n"].concat(),
            Next::Follows | Next::BeginsFile => Vec::new(),
        };
        torn.extend_from_slice(part);
        let lines = torn.split(|byte| *byte == b'\n').count();
        if lines > MOST_TORN {
            *self = Self::default();
        } else {
            self.next = Next::FollowsTorn(torn);
        }
    }

    /// Writes `line`, an event's JSON, with its link and a line break.
    pub fn link(&mut self, line: &[u8], out: &mut Vec<u8>) {
        let sequence = self.sequence.saturating_add(1);
        let (previous, torn) = match &self.next {
            Next::Follows => (None, None),
            Next::BeginsFile => (Some(self.hash), None),
            Next::FollowsTorn(torn) => (Some(self.hash), Some(Digest::of([&**torn]))),
        };
        let hash = digest::of_record(self.hash, sequence, torn, [line, b""]);
        Link { sequence, hash, previous, torn }.splice(line, out);
        out.push(b'\n');
        *self = Self { sequence, hash, next: Next::Follows };
    }

    /// The chain, its next record one that follows what is torn.
    fn past(self, torn: &[u8]) -> Self {
        let next = match torn {
            b"" => Next::BeginsFile,
            torn => Next::FollowsTorn(torn.to_vec()),
        };
        Self { next, ..self }
    }
}

/// Whether a line is whole, whoever wrote it: no start of a record is.
fn is_json(line: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}

/// So many torn lines in a row, each the start of a record, are not believed.
const MOST_TORN: usize = 16;

#[cfg(test)]
mod tests;
