//! The thread that writes: takes all that waits, links it into the chain, writes it, and tells who
//! waits. Whatever fails, the chain holds exactly the records that are in the log.

use std::sync::Arc;

use audit::NotWritten;
use audit::chain::Chain;

use super::log::{Log, Refused};
use super::queue::{Entry, Queue, Work};

pub(super) struct Writer {
    log: Log,
    chain: Chain,
    /// What is to be written next.
    buffer: Vec<u8>,
    /// The records in the buffer.
    linked: Vec<Linked>,
    /// The chain as it was before them.
    before: Chain,
    is_failing: bool,
    /// Last, so that the file is closed when the end is told.
    end: AtEnd,
}

/// A record in the buffer: where it ends, and the chain after it.
struct Linked {
    entry: Entry,
    end: usize,
    chain: Chain,
}

/// Tells the queue when the writer is gone, for whatever reason.
struct AtEnd(Arc<Queue>);

impl Drop for AtEnd {
    fn drop(&mut self) {
        self.0.begin_closing();
        self.0.end();
    }
}

impl Writer {
    pub(super) fn new(queue: Arc<Queue>, log: Log, chain: Chain) -> Self {
        Self {
            log,
            before: chain.clone(),
            chain,
            buffer: Vec::new(),
            linked: Vec::new(),
            is_failing: false,
            end: AtEnd(queue),
        }
    }

    pub(super) fn run(mut self) {
        while let Work::Write { entries, reopen } = self.end.0.take() {
            if reopen {
                self.reopen();
            }
            for entry in entries {
                self.add(entry);
            }
            self.flush();
        }
    }

    fn add(&mut self, entry: Entry) {
        let size = entry.line.len().saturating_add(LINK);
        let buffered = self.buffer.len();
        if !self.log.has_room(buffered, size) || buffered.saturating_add(size) > AT_ONCE {
            self.flush();
            self.rotate_for(size);
        }
        if self.buffer.is_empty() {
            self.before.clone_from(&self.chain);
            if self.log.is_unfinished() {
                self.buffer.push(b'\n');
            }
        }
        self.chain.link(&entry.line, &mut self.buffer);
        let (end, chain) = (self.buffer.len(), self.chain.clone());
        self.linked.push(Linked { entry, end, chain });
    }

    fn flush(&mut self) {
        if self.buffer.is_empty() {
            return;
        }
        let refused = self.log.append(&self.buffer).err();
        let whole = match &refused {
            None => {
                self.log.set_unfinished(false);
                self.linked.len()
            }
            Some(refused) => self.go_back(refused.written),
        };
        let error = refused.as_ref().map(|refused| refused.error.to_string()).unwrap_or_default();
        for (index, linked) in self.linked.drain(..).enumerate() {
            let outcome = if index < whole { Ok(()) } else { Err(refusal(&error)) };
            self.end.0.settle(linked.entry, outcome);
        }
        self.buffer.clear();
        self.buffer.shrink_to(AT_ONCE);
        self.report(refused);
    }

    /// Only `written` bytes of the buffer are in the log: takes back what is less than a record.
    /// Returns how many records are whole.
    fn go_back(&mut self, written: usize) -> usize {
        let whole = self.linked.iter().take_while(|linked| linked.end <= written).count();
        let last = whole.checked_sub(1).and_then(|last| self.linked.get(last));
        let end = last.map_or(0, |last| last.end);
        self.chain.clone_from(last.map_or(&self.before, |last| &last.chain));
        if whole > 0 {
            self.log.set_unfinished(false);
        }
        let part = self.buffer.get(end..written).unwrap_or_default();
        if part.is_empty() || self.log.take_back(part.len()) {
            return whole;
        }
        let torn = match part.strip_prefix(b"\n") {
            Some(after) if whole == 0 && self.log.is_unfinished() => after,
            Some(_) | None => part,
        };
        self.log.set_unfinished(!torn.is_empty());
        if !torn.is_empty() {
            self.chain.follow_torn(torn);
        }
        whole
    }

    /// Puts the file aside if it has no room for so many bytes.
    fn rotate_for(&mut self, size: usize) {
        if self.log.has_room(0, size) {
            return;
        }
        match self.log.rotate() {
            Ok(()) => self.chain.begin_file(),
            Err(error) => tracing::error!(%error, "The audit log cannot be put aside; it grows."),
        }
    }

    fn reopen(&mut self) {
        match self.log.reopen() {
            Ok(true) => self.chain.begin_file(),
            Ok(false) => {}
            Err(error) => {
                tracing::error!(%error, "The audit log cannot be opened anew; the old one goes on.");
            }
        }
    }

    fn report(&mut self, refused: Option<Refused>) {
        match refused {
            Some(Refused { error, .. }) if !self.is_failing => {
                self.is_failing = true;
                tracing::error!(%error, "The audit log cannot be written.");
            }
            None if self.is_failing => {
                self.is_failing = false;
                tracing::info!("The audit log can be written again.");
            }
            Some(_) | None => {}
        }
    }
}

fn refusal(error: &str) -> NotWritten {
    NotWritten::Refused(error.to_owned())
}

/// The most that a link adds to a record: three hashes, a number and the words around them.
const LINK: usize = 320;

/// So much is written at once, if no single record is longer.
const AT_ONCE: usize = 1 << 20;
