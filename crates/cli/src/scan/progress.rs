//! A line that says how far a long scan is: on a terminal only, and gone when it is done.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::time::{Duration, Instant};

/// The line.
pub(crate) struct Progress {
    /// When it was last written; none where nobody sees it.
    last: Option<Instant>,
    shown: bool,
}

impl Progress {
    /// Starts it. Short scans never show it.
    pub(crate) fn start() -> Self {
        Self { last: stderr().is_terminal().then(Instant::now), shown: false }
    }

    /// Says how many there are so far.
    pub(crate) fn tell(&mut self, what: &str, count: usize) {
        let Some(last) = self.last.filter(|last| last.elapsed() >= APART) else { return };
        let _written = write!(stderr(), "\r\x1b[KReading: {count} {what}");
        self.last = Some(last.max(Instant::now()));
        self.shown = true;
    }

    /// Takes it away.
    pub(crate) fn end(&mut self) {
        if self.shown {
            let _written = write!(stderr(), "\r\x1b[K");
        }
    }
}

const APART: Duration = Duration::from_millis(200);
