//! The audit log as a file: one writer, which takes whatever waits, writes it with one write(2) and
//! then tells everybody who waits for it.

mod backups;
mod log;
mod queue;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

use audit::{Event, NotWritten, Receipt, Sink};

pub use log::OpenError;
pub use queue::{Counts, Unwritten};

pub(crate) use backups::Backups;

use log::Log;
use queue::Queue;
use writer::Writer;

/// Where the records go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// To standard output.
    Stdout,
    /// To a file.
    File {
        /// The file; its folder exists.
        path: PathBuf,
        /// When a new one is begun.
        rotation: Rotation,
    },
}

/// When a new file is begun, and how long old ones are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// A file that would grow past this is closed first.
    pub max_bytes: u64,
    /// A closed file this old is deleted; `None` keeps it.
    pub max_age: Option<Duration>,
    /// So many closed files are kept; `None` keeps all.
    pub max_backups: Option<u32>,
}

/// What an append waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// For nothing. What is in memory when the process is killed is lost, and so is what finds no
    /// room there.
    Batch {
        /// Records that may wait to be written; more are lost.
        buffer: u32,
        /// Records that are written at once.
        most: u32,
        /// How long a record may wait for others to be written with.
        wait: Duration,
    },
    /// For write(2) to return; a request is served even if that failed.
    Blocking,
    /// For write(2) to return; a request is refused if that failed.
    BlockingStrict,
}

/// An audit log that is being written.
///
/// A record that cannot be written as a whole is not there at all: what was written of it is taken
/// back, or, where a pipe cannot take anything back, ends on a line of its own.
#[derive(Debug)]
pub struct AuditFile {
    queue: Arc<Queue>,
    mode: Mode,
}

impl AuditFile {
    /// Opens the log, goes on with the chain it holds, and starts the thread that writes.
    pub fn open(output: &Output, mode: Mode) -> Result<Self, OpenError> {
        Self::open_at(output, mode, SystemTime::now)
    }

    /// As [`AuditFile::open`], with the clock that names the files of a rotation.
    pub fn open_at(
        output: &Output,
        mode: Mode,
        clock: fn() -> SystemTime,
    ) -> Result<Self, OpenError> {
        let (log, chain) = Log::open(output, clock)?;
        let queue = Arc::new(Queue::new(mode));
        let writer = Writer::new(Arc::clone(&queue), log, chain);
        thread::Builder::new()
            .name("audit-log".to_owned())
            .spawn(move || writer.run())
            .map_err(OpenError::Thread)?;
        Ok(Self { queue, mode })
    }

    /// Opens the file at the log's path anew before the next write: for a log that is moved away by
    /// somebody else. Where that fails, writing goes on to the file that was moved.
    pub fn reopen(&self) {
        self.queue.ask_to_reopen();
    }

    /// How many records were written, and how many were not.
    pub fn counts(&self) -> Counts {
        self.queue.counts()
    }

    /// Takes no more records, and waits until those it has are written, but no longer than
    /// `within`. Blocks the thread.
    pub fn close(&self, within: Duration) -> Result<(), Unwritten> {
        self.queue.close(within)
    }
}

impl Drop for AuditFile {
    fn drop(&mut self) {
        self.queue.begin_closing();
    }
}

impl Sink for AuditFile {
    fn append(&self, event: Event) -> Receipt {
        let line = event.to_json();
        match self.mode {
            Mode::Batch { .. } => Receipt::settled(self.queue.push_or_lose(line)),
            Mode::Blocking | Mode::BlockingStrict => match Queue::push(&self.queue, line) {
                Ok(written) => Receipt::later(async move {
                    // The writer answers every record; it is gone only if its thread died.
                    written.await.unwrap_or(Err(NotWritten::Closed))
                }),
                Err(pending) => Receipt::later(pending.written()),
            },
        }
    }

    fn is_strict(&self) -> bool {
        matches!(self.mode, Mode::BlockingStrict)
    }

    fn waits(&self) -> bool {
        !matches!(self.mode, Mode::Batch { .. })
    }
}

#[cfg(test)]
mod tests;
