//! The time of a request, to be compared with the whole seconds of a claim.

use std::time::{SystemTime, UNIX_EPOCH};

/// A moment, to the nanosecond.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment(i128);

impl Moment {
    /// The moment of `now`; a clock before 1970 is at its start.
    pub(crate) fn of(now: SystemTime) -> Self {
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i128::try_from(since.as_nanos()).unwrap_or(i128::MAX))
    }

    /// Whether it is later than `seconds` after 1970, by more than `leeway` seconds.
    pub(crate) fn is_after(self, seconds: i64, leeway: i64) -> bool {
        self.0 > nanoseconds(seconds.saturating_add(leeway))
    }

    /// Whether it is earlier than `seconds` after 1970, by more than `leeway` seconds.
    pub(crate) fn is_before(self, seconds: i64, leeway: i64) -> bool {
        self.0 < nanoseconds(seconds.saturating_sub(leeway))
    }

    /// Whole seconds from 1970 on.
    pub(crate) fn seconds(self) -> i64 {
        i64::try_from(self.0 / NANOSECONDS).unwrap_or(i64::MAX)
    }
}

fn nanoseconds(seconds: i64) -> i128 {
    i128::from(seconds) * NANOSECONDS
}

const NANOSECONDS: i128 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn check(now: Duration, (is_after, is_before): (bool, bool), leeway: i64) {
        let now = Moment::of(UNIX_EPOCH + now);
        assert_eq!((now.is_after(100, leeway), now.is_before(100, leeway)), (is_after, is_before));
    }

    #[test]
    fn compares_to_the_nanosecond() {
        check(Duration::from_secs(100), (false, false), 0);
        check(Duration::new(100, 1), (true, false), 0);
        check(Duration::new(99, 999_999_999), (false, true), 0);
        check(Duration::new(160, 0), (false, false), 60);
        check(Duration::new(160, 1), (true, false), 60);
        check(Duration::new(40, 0), (false, false), 60);
        check(Duration::new(39, 999_999_999), (false, true), 60);
    }

    #[test]
    fn has_no_edge_to_fall_over() {
        let now = Moment::of(UNIX_EPOCH + Duration::from_secs(u64::from(u32::MAX)));
        assert!(now.is_before(i64::MAX, 60) && now.is_after(i64::MIN, 60));
        assert!(!now.is_before(i64::MIN, 60) && !now.is_after(i64::MAX, 60));
        assert_eq!(Moment::of(UNIX_EPOCH - Duration::from_secs(1)).seconds(), 0);
    }
}
