//! A rate with a burst, kept as one point in time (the generic cell rate algorithm): a bucket that
//! has refilled is indistinguishable from one that was never used.

use std::time::{Duration, Instant};

/// How often something may happen: so many a second in the long run, so many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Time between two events at the steady rate; zero is no limit.
    interval: Duration,
    /// How far ahead of the steady rate a burst may run.
    tolerance: Duration,
}

impl Rate {
    /// At most `per_second` a second, and `burst` at once (at least 1). 0 a second is no limit.
    pub fn per_second(per_second: u32, burst: u32) -> Self {
        let nanos = 1_000_000_000_u64.checked_div(u64::from(per_second)).unwrap_or(0);
        let interval = Duration::from_nanos(nanos);
        Self { interval, tolerance: interval.saturating_mul(burst.saturating_sub(1)) }
    }

    fn is_unlimited(self) -> bool {
        self.interval.is_zero()
    }
}

/// How long to wait before the same would succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RetryAfter(pub Duration);

impl RetryAfter {
    /// Whole seconds for a `Retry-After` header: rounded up, never 0.
    pub fn seconds(self) -> u64 {
        let part = u64::from(self.0.subsec_nanos() > 0);
        self.0.as_secs().saturating_add(part).max(1)
    }
}

/// One bucket: the moment at which it is full again.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Level(Option<Instant>);

impl Level {
    pub(crate) fn take(&mut self, rate: Rate, now: Instant) -> Result<(), RetryAfter> {
        if rate.is_unlimited() {
            return Ok(());
        }
        let full_at = self.0.map_or(now, |at| at.max(now));
        let ahead = full_at.saturating_duration_since(now);
        if ahead > rate.tolerance {
            return Err(RetryAfter(ahead.saturating_sub(rate.tolerance)));
        }
        // A clock so near its end that the sum fails would be full for ever; it stays where it is.
        self.0 = Some(full_at.checked_add(rate.interval).unwrap_or(full_at));
        Ok(())
    }

    pub(crate) fn is_full(self, now: Instant) -> bool {
        self.0.is_none_or(|at| at <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let (rate, start, mut level) = (Rate::per_second(10, 3), Instant::now(), Level::default());
        for _ in 0..3 {
            assert_eq!(level.take(rate, start), Ok(()));
        }
        assert_eq!(level.take(rate, start), Err(RetryAfter(Duration::from_millis(100))));
        let later = start + Duration::from_millis(100);
        assert_eq!(level.take(rate, later), Ok(()));
        assert_eq!(level.take(rate, later), Err(RetryAfter(Duration::from_millis(100))));
        assert!(!level.is_full(later));
        assert!(level.is_full(start + Duration::from_millis(400)));
    }

    #[test]
    fn what_the_bucket_tells_to_wait_is_enough() {
        let (rate, mut now, mut level) = (Rate::per_second(3, 1), Instant::now(), Level::default());
        for _ in 0..100 {
            if let Err(RetryAfter(wait)) = level.take(rate, now) {
                now += wait;
                assert_eq!(level.take(rate, now), Ok(()));
            }
        }
    }

    #[test]
    fn zero_is_no_limit() {
        let (rate, now, mut level) = (Rate::per_second(0, 0), Instant::now(), Level::default());
        assert!((0..10_000).all(|_| level.take(rate, now).is_ok()));
    }

    #[test]
    fn a_wait_is_told_in_whole_seconds() {
        let seconds = |millis| RetryAfter(Duration::from_millis(millis)).seconds();
        assert_eq!((seconds(0), seconds(1), seconds(1000), seconds(1001)), (1, 1, 1, 2));
    }
}
