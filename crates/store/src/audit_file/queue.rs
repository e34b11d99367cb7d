//! What waits to be written: bounded, so that a slow disk slows requests down and does not fill the
//! memory.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use audit::NotWritten;
use tokio::sync::{Semaphore, oneshot};

use super::Mode;

/// How many records were written, and how many were not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records that are in the log.
    pub written: u64,
    /// Records that the system refused to write.
    pub failed: u64,
    /// Records that found no room in memory, and were never tried.
    pub lost: u64,
    /// Records that wait to be written.
    pub waiting: u64,
}

/// So many records were not written when the log was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} audit records are not written")]
pub struct Unwritten(pub u64);

/// A record that waits, and who is told what became of it.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) line: Vec<u8>,
    pub(super) receipt: Option<oneshot::Sender<Result<(), NotWritten>>>,
    /// What it holds of the queue's room.
    permits: u32,
}

/// What the writer does next.
pub(super) enum Work {
    /// Write these.
    Write { entries: Vec<Entry>, reopen: bool },
    /// Nothing is left, and nothing more will come.
    End,
}

#[derive(Debug)]
pub(super) struct Queue {
    mode: Mode,
    state: Mutex<State>,
    /// Wakes the writer.
    filled: Condvar,
    /// Wakes who waits for the end.
    ended: Condvar,
    /// Room in memory, in units of [`UNIT`] bytes.
    room: Semaphore,
    counts: Counters,
}

#[derive(Debug)]
struct State {
    entries: Vec<Entry>,
    /// Bytes of entries that hold no room.
    overflow: usize,
    is_closing: bool,
    is_ended: bool,
    reopen: bool,
    /// How many records wake the writer, if it sleeps.
    wake_at: usize,
}

impl Default for State {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            overflow: 0,
            is_closing: false,
            is_ended: false,
            reopen: false,
            wake_at: AWAKE,
        }
    }
}

#[derive(Debug, Default)]
struct Counters {
    written: AtomicU64,
    failed: AtomicU64,
    lost: AtomicU64,
    waiting: AtomicU64,
}

impl Queue {
    pub(super) fn new(mode: Mode) -> Self {
        Self::with_room(mode, ROOM)
    }

    fn with_room(mode: Mode, room: u32) -> Self {
        Self {
            mode,
            state: Mutex::default(),
            filled: Condvar::new(),
            ended: Condvar::new(),
            room: Semaphore::new(room as usize),
            counts: Counters::default(),
        }
    }

    /// Takes a record if there is room; else it is lost.
    pub(super) fn push_or_lose(&self, line: Vec<u8>) -> Result<(), NotWritten> {
        let Mode::Batch { buffer, .. } = self.mode else { return Err(NotWritten::Full) };
        let permits = permits(&line);
        let has_place = self.counts.waiting.load(Ordering::Relaxed) < u64::from(buffer);
        if has_place && let Ok(room) = self.room.try_acquire_many(permits) {
            room.forget();
            return self.enter(Entry { line, receipt: None, permits });
        }
        self.counts.lost.fetch_add(1, Ordering::Relaxed);
        Err(NotWritten::Full)
    }

    /// Takes a record if there is room; else gives it back as one that waits for room.
    pub(super) fn push(
        queue: &Arc<Self>,
        line: Vec<u8>,
    ) -> Result<oneshot::Receiver<Result<(), NotWritten>>, Pending> {
        let permits = permits(&line);
        match queue.room.try_acquire_many(permits) {
            Ok(room) => {
                room.forget();
                Ok(queue.send(line, permits))
            }
            Err(_) => Err(Pending { queue: Arc::clone(queue), line: Some(line) }),
        }
    }

    fn send(&self, line: Vec<u8>, permits: u32) -> oneshot::Receiver<Result<(), NotWritten>> {
        let (receipt, written) = oneshot::channel();
        // If the log is closed the receipt is dropped, which says so.
        self.enter(Entry { line, receipt: Some(receipt), permits }).ok();
        written
    }

    fn enter(&self, entry: Entry) -> Result<(), NotWritten> {
        let mut state = self.lock();
        if state.is_closing {
            self.counts.lost.fetch_add(1, Ordering::Relaxed);
            return Err(NotWritten::Closed);
        }
        self.counts.waiting.fetch_add(1, Ordering::Relaxed);
        state.entries.push(entry);
        let is_due = state.entries.len() >= state.wake_at;
        if is_due {
            state.wake_at = AWAKE;
        }
        drop(state);
        // To wake somebody is a system call, even if nobody sleeps.
        if is_due {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// Takes a record that nobody waits for any more, though there is no room for it: its request
    /// has gone, but not without a trace. Past [`OVERFLOW`] it is lost.
    fn enter_overflow(&self, line: Vec<u8>) {
        let mut state = self.lock();
        let overflow = state.overflow.saturating_add(line.len());
        if overflow > OVERFLOW {
            drop(state);
            self.counts.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        state.overflow = overflow;
        drop(state);
        self.enter(Entry { line, receipt: None, permits: 0 }).ok();
    }

    /// Waits for work. What it hands out still counts as waiting until [`Queue::settle`].
    pub(super) fn take(&self) -> Work {
        self.gather();
        let mut state = self.sleep(self.lock(), 1, None);
        let entries: Vec<Entry> = match self.mode {
            Mode::Batch { most, wait, .. } => {
                let most = usize::try_from(most).unwrap_or(usize::MAX).max(1);
                state = self.sleep(state, most, Instant::now().checked_add(wait));
                let count = most.min(state.entries.len());
                state.entries.drain(..count).collect()
            }
            Mode::Blocking | Mode::BlockingStrict => std::mem::take(&mut state.entries),
        };
        let reopen = std::mem::take(&mut state.reopen);
        if entries.is_empty() && state.is_closing && !reopen {
            return Work::End;
        }
        Work::Write { entries, reopen }
    }

    /// Waits until there are so many records, or there is something else to do, or it is `until`.
    fn sleep<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        count: usize,
        until: Option<Instant>,
    ) -> MutexGuard<'a, State> {
        while state.entries.len() < count && !state.is_closing && !state.reopen {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            state.wake_at = count;
            state = match left {
                None => self.filled.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => break,
                Some(left) => {
                    let waited = self.filled.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        state.wake_at = AWAKE;
        state
    }

    /// Lets those run who are about to write, where requests wait for every record: one write then
    /// serves many of them, and the writer need not be woken for each. Costs nothing where no one
    /// else wants the processor.
    fn gather(&self) {
        if matches!(self.mode, Mode::Blocking | Mode::BlockingStrict) {
            std::thread::yield_now();
        }
    }

    /// Tells what became of a record, and makes room for the next.
    pub(super) fn settle(&self, entry: Entry, outcome: Result<(), NotWritten>) {
        let counter = if outcome.is_ok() { &self.counts.written } else { &self.counts.failed };
        counter.fetch_add(1, Ordering::Relaxed);
        self.counts.waiting.fetch_sub(1, Ordering::Relaxed);
        match entry.permits {
            0 => {
                let mut state = self.lock();
                state.overflow = state.overflow.saturating_sub(entry.line.len());
            }
            permits => self.room.add_permits(permits as usize),
        }
        if let Some(receipt) = entry.receipt {
            // Who waited may have gone; the record is written all the same.
            receipt.send(outcome).ok();
        }
    }

    /// The writer has done its last work.
    pub(super) fn end(&self) {
        self.lock().is_ended = true;
        self.ended.notify_all();
        self.room.close();
    }

    pub(super) fn ask_to_reopen(&self) {
        self.lock().reopen = true;
        self.filled.notify_one();
    }

    pub(super) fn begin_closing(&self) {
        self.lock().is_closing = true;
        self.room.close();
        self.filled.notify_one();
    }

    pub(super) fn close(&self, within: Duration) -> Result<(), Unwritten> {
        self.begin_closing();
        let deadline = Instant::now().checked_add(within);
        let mut state = self.lock();
        while !state.is_ended {
            let left = deadline.map_or(within, |end| end.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return Err(Unwritten(self.counts.waiting.load(Ordering::Relaxed)));
            }
            let waited = self.ended.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(())
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            written: self.counts.written.load(Ordering::Relaxed),
            failed: self.counts.failed.load(Ordering::Relaxed),
            lost: self.counts.lost.load(Ordering::Relaxed),
            waiting: self.counts.waiting.load(Ordering::Relaxed),
        }
    }

    // A panic elsewhere leaves the queue as it was: it is only ever changed as a whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A record that waits for room in the queue. Dropped while it waits, it enters all the same.
#[derive(Debug)]
pub(super) struct Pending {
    queue: Arc<Queue>,
    line: Option<Vec<u8>>,
}

impl Pending {
    pub(super) async fn written(mut self) -> Result<(), NotWritten> {
        let permits = self.line.as_deref().map_or(1, permits);
        let Ok(room) = self.queue.room.acquire_many(permits).await else {
            return Err(NotWritten::Closed);
        };
        room.forget();
        let Some(line) = self.line.take() else { return Err(NotWritten::Closed) };
        let written = self.queue.send(line, permits);
        written.await.unwrap_or(Err(NotWritten::Closed))
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(line) = self.line.take() {
            self.queue.enter_overflow(line);
        }
    }
}

/// What a record takes of the room; a huge one all of it, so that it is written alone.
fn permits(line: &[u8]) -> u32 {
    u32::try_from(line.len() / UNIT).unwrap_or(ROOM).saturating_add(1).min(ROOM)
}

/// More records than there ever are: the writer is at work, and will look for itself.
const AWAKE: usize = usize::MAX;

const UNIT: usize = 1024;

/// 64 MiB: a second of a disk's work, and thousands of records.
const ROOM: u32 = 64 << 10;

/// As much again for the records of requests that have gone.
const OVERFLOW: usize = 64 << 20;

#[cfg(test)]
mod tests;
