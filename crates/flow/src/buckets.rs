//! A token bucket for each caller, in bounded memory.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::rate::{Level, Rate, RetryAfter};
use crate::table::{Fades, Table};

/// Token buckets by key, for example the authenticated caller's name.
///
/// Holds at most the number of buckets it was made for. Only a bucket that has refilled is
/// forgotten, and that equals a new one, so no caller can reset its own bucket by crowding others
/// out. When no bucket has refilled, further keys share one bucket of the same rate until one has.
#[derive(Debug)]
pub struct Buckets {
    rate: Rate,
    hasher: RandomState,
    shards: Box<[Mutex<Shard>]>,
}

impl Buckets {
    /// Buckets of `rate` for at most about `keys` keys (in steps of 16).
    pub fn new(rate: Rate, keys: usize) -> Self {
        let capacity = keys.div_ceil(SHARDS).max(1);
        let shard = || Mutex::new(Shard { known: Table::new(capacity), rest: Level::default() });
        let shards = std::iter::repeat_with(shard).take(SHARDS).collect();
        Self { rate, hasher: RandomState::new(), shards }
    }

    /// Takes a token from the bucket of `key`, or says how long to wait for one.
    pub fn take(&self, key: &str, now: Instant) -> Result<(), RetryAfter> {
        // The hash stands for the key: names can be long, and two callers that collide (chance
        // 2⁻⁶⁴ a pair, and the hash is keyed) merely share a bucket.
        let key = self.hasher.hash_one(key);
        let at = usize::try_from(key % SHARDS as u64).unwrap_or_default();
        let Some(shard) = self.shards.get(at) else {
            return Err(RetryAfter(Duration::from_secs(1)));
        };
        let shard = &mut *shard.lock().unwrap_or_else(PoisonError::into_inner);
        let level = shard.known.entry(key, now).unwrap_or(&mut shard.rest);
        level.take(self.rate, now)
    }
}

#[derive(Debug)]
struct Shard {
    known: Table<u64, Level>,
    /// What newcomers share while the table is full.
    rest: Level,
}

impl Fades for Level {
    fn is_blank(&self, now: Instant) -> bool {
        self.is_full(now)
    }
}

const SHARDS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_do_not_share_a_bucket() {
        let (buckets, now) = (Buckets::new(Rate::per_second(1, 2), 1024), Instant::now());
        assert!(buckets.take("jane", now).is_ok());
        assert!(buckets.take("jane", now).is_ok());
        assert_eq!(buckets.take("jane", now), Err(RetryAfter(Duration::from_secs(1))));
        assert!(buckets.take("john", now).is_ok());
        assert!(buckets.take("jane", now + Duration::from_secs(1)).is_ok());
    }

    #[test]
    fn a_flood_of_keys_neither_grows_the_table_nor_resets_a_bucket() {
        let (buckets, now) = (Buckets::new(Rate::per_second(1, 1), 160), Instant::now());
        assert!(buckets.take("jane", now).is_ok());
        for flood in 0..10_000 {
            let _outcome = buckets.take(&format!("flood-{flood}"), now);
        }
        let held: usize =
            buckets.shards.iter().map(|shard| shard.lock().unwrap().known.len()).sum();
        assert!(held <= 160, "{held}");
        assert!(buckets.take("jane", now).is_err());
        let refilled = now + Duration::from_secs(2);
        assert!(buckets.take("newcomer", refilled).is_ok());
        assert!(buckets.take("jane", refilled).is_ok());
    }

    #[test]
    fn newcomers_to_a_full_table_share_what_is_left() {
        let (buckets, now) = (Buckets::new(Rate::per_second(1, 1), 1), Instant::now());
        let passed = (0..1000).filter(|n| buckets.take(&format!("c{n}"), now).is_ok()).count();
        assert_eq!(passed, 2 * SHARDS);
    }
}
