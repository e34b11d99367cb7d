//! How long to wait before the next attempt: twice as long after each failure, up to a bound, and
//! never at the same moment as others who failed at the same moment.

use std::time::Duration;

/// The waits between failed attempts.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    first: Duration,
    most: Duration,
    next: Duration,
}

impl Backoff {
    pub(crate) fn new(first: Duration, most: Duration) -> Self {
        Self { first, most, next: first }
    }

    /// How long to wait after one more failure: between half of what is due and all of it.
    pub(crate) fn wait(&mut self) -> Duration {
        let due = self.next.min(self.most);
        self.next = due.saturating_mul(2);
        jittered(due)
    }

    /// Something went well: the next wait is the first again.
    pub(crate) fn reset(&mut self) {
        self.next = self.first;
    }
}

/// Between half of `due` and all of it.
pub(crate) fn jittered(due: Duration) -> Duration {
    // Without randomness everybody waits the whole time, which is still right.
    let part = getrandom::u32().map_or(1.0, |random| f64::from(random) / f64::from(u32::MAX));
    due.mul_f64(0.5 + part / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_its_bound_and_starts_anew() {
        let seconds = Duration::from_secs;
        let mut backoff = Backoff::new(seconds(1), seconds(5));
        for due in [1, 2, 4, 5, 5] {
            let wait = backoff.wait();
            assert!(wait >= seconds(due) / 2 && wait <= seconds(due), "{wait:?} for {due}");
        }
        backoff.reset();
        assert!(backoff.wait() <= seconds(1));
    }
}
