//! How many requests are served at once, with the rules of kube-apiserver's max-in-flight filter
//! (k8s.io/apiserver `pkg/server/filters/maxinflight.go`).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use model::{Attributes, UserInfo};

/// Two counters: one for requests that only read, one for all others.
///
/// Whether a request is long-running, and so passes by, is the caller's to decide.
#[derive(Debug, Clone)]
pub struct InFlight {
    reading: Arc<Counter>,
    mutating: Arc<Counter>,
}

impl InFlight {
    /// Room for `max` requests that read and `max_mutating` others. 0 is no limit for that kind.
    pub fn new(max: u32, max_mutating: u32) -> Self {
        let counter = |limit| Arc::new(Counter { limit, taken: AtomicU32::new(0) });
        Self { reading: counter(max), mutating: counter(max_mutating) }
    }

    /// A seat for the request, by the user it runs as. Members of `system:masters` are served
    /// without a seat when all are taken, but do take a free one.
    pub fn enter(&self, request: &Attributes<'_>) -> Result<Seat, Full> {
        self.seat(request.verb, request.user)
    }

    /// As [`InFlight::enter`], for a verb and a user alone.
    pub fn seat(&self, verb: &str, user: &UserInfo) -> Result<Seat, Full> {
        let counter = if is_reading(verb) { &self.reading } else { &self.mutating };
        if counter.take() {
            return Ok(Seat(Some(Arc::clone(counter))));
        }
        if user.is_in(MASTERS) { Ok(Seat(None)) } else { Err(Full) }
    }

    /// Seats taken now: requests that read, and others.
    pub fn taken(&self) -> (u32, u32) {
        (self.reading.taken.load(Ordering::Relaxed), self.mutating.taken.load(Ordering::Relaxed))
    }
}

/// A place among the requests being served. Given back on drop.
#[derive(Debug)]
#[must_use = "the seat is given back when this is dropped"]
pub struct Seat(Option<Arc<Counter>>);

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(counter) = &self.0 {
            counter.taken.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

/// All seats are taken. The client reads status 429 with `Retry-After: 1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many requests are being served")]
pub struct Full;

#[derive(Debug)]
struct Counter {
    limit: u32,
    taken: AtomicU32,
}

impl Counter {
    fn take(&self) -> bool {
        let next = |taken: u32| {
            if self.limit > 0 && taken >= self.limit { None } else { taken.checked_add(1) }
        };
        self.taken.fetch_update(Ordering::AcqRel, Ordering::Relaxed, next).is_ok()
    }
}

/// HEAD and OPTIONS on paths outside the resource API keep their method as the verb, and so count
/// as mutating: upstream's list has three verbs only.
fn is_reading(verb: &str) -> bool {
    matches!(verb, "get" | "list" | "watch")
}

const MASTERS: &str = "system:masters";

#[cfg(test)]
mod tests {
    use super::*;

    fn member(groups: &[&str]) -> UserInfo {
        let groups = groups.iter().map(|&group| group.to_owned()).collect();
        UserInfo { name: "jane".to_owned(), groups, ..UserInfo::default() }
    }

    #[test]
    fn reading_and_mutating_do_not_crowd_each_other_out() {
        let (flow, jane) = (InFlight::new(1, 1), member(&[]));
        let reading = flow.seat("get", &jane).unwrap();
        for verb in ["get", "list", "watch"] {
            assert_eq!(flow.seat(verb, &jane).unwrap_err(), Full, "{verb}");
        }
        let mutating = flow.seat("create", &jane).unwrap();
        for verb in ["create", "delete", "deletecollection", "patch", "head", "options", "post", ""]
        {
            assert_eq!(flow.seat(verb, &jane).unwrap_err(), Full, "{verb}");
        }
        assert_eq!(flow.taken(), (1, 1));
        drop((reading, mutating));
        assert_eq!(flow.taken(), (0, 0));
        assert!(flow.seat("list", &jane).is_ok());
    }

    #[test]
    fn masters_take_a_seat_while_there_is_one_and_pass_when_there_is_none() {
        let (flow, admin, jane) = (InFlight::new(1, 1), member(&["system:masters"]), member(&[]));
        let seated = flow.seat("get", &admin).unwrap();
        assert!(flow.seat("get", &jane).is_err());
        let unseated = flow.seat("get", &admin).unwrap();
        assert_eq!(flow.taken(), (1, 0));
        drop(unseated);
        assert_eq!(flow.taken(), (1, 0));
        drop(seated);
        assert_eq!(flow.taken(), (0, 0));
    }

    #[test]
    fn zero_is_no_limit() {
        let (flow, jane) = (InFlight::new(0, 1), member(&[]));
        let seats: Vec<_> = (0..1000).map(|_| flow.seat("get", &jane).unwrap()).collect();
        assert_eq!(flow.taken(), (1000, 0));
        drop(seats);
    }

    #[test]
    fn many_threads_never_exceed_the_limit() {
        let (flow, jane) = (InFlight::new(4, 0), member(&[]));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..2000 {
                        let seat = flow.seat("get", &jane);
                        assert!(flow.taken().0 <= 4);
                        drop(seat);
                    }
                });
            }
        });
        assert_eq!(flow.taken(), (0, 0));
    }

    #[test]
    fn a_seat_can_travel() {
        fn travels<T: Send + 'static>() {}
        travels::<Seat>();
    }
}
