//! Budgets for what runs long: watches have one, upgrades another. They pass the in-flight limit
//! by, so without a budget of their own one caller could hold any number.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How many streams of one kind may be open: in total, and for each caller.
#[derive(Debug, Clone)]
pub struct StreamBudget(Arc<Shared>);

impl StreamBudget {
    /// Room for `total` streams, and `per_caller` for each caller. 0 is no limit.
    pub fn new(total: u32, per_caller: u32) -> Self {
        Self(Arc::new(Shared { total, per_caller, open: Mutex::default() }))
    }

    /// A place for one more stream of `caller`.
    pub fn open(&self, caller: &str) -> Result<StreamSeat, TooManyStreams> {
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        let own = open.by_caller.get(caller).copied().unwrap_or(0);
        if is_reached(self.0.per_caller, own) {
            return Err(TooManyStreams::OfCaller);
        }
        if is_reached(self.0.total, open.total) {
            return Err(TooManyStreams::InTotal);
        }
        open.total = open.total.saturating_add(1);
        open.by_caller.insert(caller.into(), own.saturating_add(1));
        Ok(StreamSeat { budget: Arc::clone(&self.0), caller: caller.into() })
    }

    /// How many streams are open now.
    pub fn taken(&self) -> u32 {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner).total
    }
}

/// A place among the open streams. Given back on drop.
#[derive(Debug)]
#[must_use = "the place is given back when this is dropped"]
pub struct StreamSeat {
    budget: Arc<Shared>,
    caller: Box<str>,
}

impl Drop for StreamSeat {
    fn drop(&mut self) {
        let mut open = self.budget.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.total = open.total.saturating_sub(1);
        let left = open.by_caller.get(&self.caller).copied().unwrap_or(0).saturating_sub(1);
        if left == 0 {
            open.by_caller.remove(&self.caller);
        } else if let Some(own) = open.by_caller.get_mut(&self.caller) {
            *own = left;
        }
    }
}

/// Which budget is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooManyStreams {
    /// The caller's own.
    #[error("the caller has too many streams open")]
    OfCaller,
    /// That of all callers together.
    #[error("too many streams are open")]
    InTotal,
}

#[derive(Debug)]
struct Shared {
    total: u32,
    per_caller: u32,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    total: u32,
    /// Callers with at least one stream, so no longer than the streams there are.
    by_caller: HashMap<Box<str>, u32>,
}

fn is_reached(limit: u32, count: u32) -> bool {
    limit > 0 && count >= limit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_has_a_share_and_all_have_a_total() {
        let budget = StreamBudget::new(3, 2);
        let held = [budget.open("jane").unwrap(), budget.open("jane").unwrap()];
        assert_eq!(budget.open("jane").unwrap_err(), TooManyStreams::OfCaller);
        let other = budget.open("john").unwrap();
        assert_eq!(budget.open("joan").unwrap_err(), TooManyStreams::InTotal);
        drop(held);
        assert_eq!(budget.taken(), 1);
        drop(other);
        assert_eq!(budget.taken(), 0);
        assert!(budget.0.open.lock().unwrap().by_caller.is_empty());
    }

    #[test]
    fn zero_is_no_limit() {
        let budget = StreamBudget::new(0, 0);
        let held: Vec<_> = (0..500).map(|_| budget.open("jane").unwrap()).collect();
        assert_eq!(budget.taken(), 500);
        drop(held);
    }
}
