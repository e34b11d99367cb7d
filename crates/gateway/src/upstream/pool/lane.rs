//! What a pool knows of its connections, and who waits for one. No I/O, no waiting: every method is
//! one step under the pool's lock.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::Seat;
use crate::upstream::bounds::Bounds;
use crate::upstream::connection::Connection;
use crate::upstream::failure::Failure;

/// Requests of different lanes never share a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Ordinary requests. They are spread over a few connections.
    Short,
    /// What stays open: watches, logs, proxied requests. Connections are filled one by one.
    Stream,
}

impl Lane {
    /// Bytes that the upstream may send ahead on each stream.
    pub(super) fn window(self, bounds: &Bounds) -> u32 {
        match self {
            Self::Short => bounds.window,
            Self::Stream => bounds.stream_window,
        }
    }

    fn room(self, bounds: &Bounds) -> usize {
        match self {
            Self::Short => bounds.requests,
            Self::Stream => bounds.streams,
        }
    }

    pub(in crate::upstream) fn answer(self, bounds: &Bounds) -> Duration {
        match self {
            Self::Short => bounds.answer,
            Self::Stream => bounds.stream_answer,
        }
    }
}

/// How much of a lane is in use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Connections that take requests.
    pub connections: usize,
    /// Requests on them.
    pub under_way: usize,
    /// Requests that wait for a place.
    pub waiting: usize,
}

/// Whom a place or a failure is told.
pub(super) type Waiter = oneshot::Sender<Result<Seat, Failure>>;

/// A place for somebody who waited.
pub(super) struct Handed {
    pub(super) to: Waiter,
    pub(super) id: u64,
    pub(super) connection: Arc<Connection>,
}

#[derive(Debug)]
pub(super) struct State {
    lane: Lane,
    /// Requests at a time, on all connections together.
    room: usize,
    most_waiting: usize,
    slots: Vec<Slot>,
    dialling: usize,
    /// Requests that the next connection is expected to take at a time.
    expected: usize,
    waiting: VecDeque<Waiter>,
    next: u64,
}

#[derive(Debug)]
struct Slot {
    id: u64,
    connection: Arc<Connection>,
    taken: usize,
    limit: usize,
    /// When the last request ended.
    rested: Instant,
}

impl State {
    pub(super) fn new(lane: Lane, bounds: &Bounds) -> Self {
        Self {
            lane,
            room: lane.room(bounds),
            most_waiting: bounds.waiting,
            slots: Vec::new(),
            dialling: 0,
            expected: bounds.streams_per_connection.max(1),
            waiting: VecDeque::new(),
            next: 0,
        }
    }

    /// A place on the connection that suits the lane best.
    pub(super) fn take(&mut self) -> Option<(u64, Arc<Connection>)> {
        let free = self.slots.iter_mut().filter(|slot| slot.taken < slot.limit);
        let slot = match self.lane {
            Lane::Short => free.min_by_key(|slot| slot.taken),
            Lane::Stream => free.max_by_key(|slot| slot.taken),
        }?;
        slot.taken = slot.taken.saturating_add(1);
        Some((slot.id, Arc::clone(&slot.connection)))
    }

    /// False if too many wait already.
    pub(super) fn wait(&mut self, waiter: Waiter) -> bool {
        if self.waiting.len() >= self.most_waiting {
            self.waiting.retain(|waiter| !waiter.is_closed());
        }
        let room = self.waiting.len() < self.most_waiting;
        if room {
            self.waiting.push_back(waiter);
        }
        room
    }

    /// Ordinary requests that come together go faster over a few connections than over one.
    pub(super) fn wants_to_spread(&self) -> bool {
        self.lane == Lane::Short
            && self.dialling == 0
            && self.slots.len() < SPREAD
            && self.has_room_for_one_more(0)
            && self.slots.iter().all(|slot| slot.taken > BUSY)
    }

    /// How many connections are to be made now. They count as being made from here on.
    pub(super) fn start_dialling(&mut self) -> usize {
        let mut wanted = usize::from(self.waiting.is_empty() && self.wants_to_spread());
        while self.expected_of(wanted) < self.waiting.len() && self.has_room_for_one_more(wanted) {
            wanted = wanted.saturating_add(1);
        }
        self.dialling = self.dialling.saturating_add(wanted);
        wanted
    }

    /// A connection was made.
    pub(super) fn admit(
        &mut self,
        connection: Arc<Connection>,
        limit: usize,
    ) -> (u64, Vec<Handed>) {
        self.dialling = self.dialling.saturating_sub(1);
        self.expected = limit.max(1);
        let id = self.next;
        self.next = self.next.wrapping_add(1);
        self.slots.push(Slot { id, connection, taken: 0, limit, rested: Instant::now() });
        (id, self.hand_out())
    }

    /// A connection could not be made. Those who wait are told, unless another is being made.
    pub(super) fn could_not_dial(&mut self) -> VecDeque<Waiter> {
        self.dialling = self.dialling.saturating_sub(1);
        if self.dialling > 0 { VecDeque::new() } else { std::mem::take(&mut self.waiting) }
    }

    /// A request is over.
    pub(super) fn release(&mut self, id: u64) -> Vec<Handed> {
        if let Some(slot) = self.slot(id) {
            slot.taken = slot.taken.saturating_sub(1);
            if slot.taken == 0 {
                slot.rested = Instant::now();
            }
        }
        self.hand_out()
    }

    /// Places for those who wait, first come, first served.
    pub(super) fn hand_out(&mut self) -> Vec<Handed> {
        let mut handed = Vec::new();
        while !self.waiting.is_empty() {
            let Some((id, connection)) = self.take() else { break };
            match self.next_waiter() {
                Some(to) => handed.push(Handed { to, id, connection }),
                None => {
                    if let Some(slot) = self.slot(id) {
                        slot.taken = slot.taken.saturating_sub(1);
                    }
                }
            }
        }
        handed
    }

    pub(super) fn set_limit(&mut self, id: u64, limit: usize) {
        if let Some(slot) = self.slot(id) {
            slot.limit = limit;
        }
    }

    pub(super) fn retire(&mut self, id: u64) -> Option<Arc<Connection>> {
        let at = self.slots.iter().position(|slot| slot.id == id)?;
        Some(self.slots.remove(at).connection)
    }

    pub(super) fn retire_if_idle(&mut self, id: u64, idle: Duration) -> Option<Arc<Connection>> {
        let slot = self.slot(id)?;
        (slot.taken == 0 && slot.rested.elapsed() >= idle).then(|| self.retire(id))?
    }

    pub(super) fn retire_all(&mut self) -> Vec<Arc<Connection>> {
        self.slots.drain(..).map(|slot| slot.connection).collect()
    }

    pub(super) fn usage(&self) -> Usage {
        Usage {
            connections: self.slots.len(),
            under_way: self.slots.iter().map(|slot| slot.taken).sum(),
            waiting: self.waiting.len(),
        }
    }

    fn next_waiter(&mut self) -> Option<Waiter> {
        while let Some(waiter) = self.waiting.pop_front() {
            if !waiter.is_closed() {
                return Some(waiter);
            }
        }
        None
    }

    fn slot(&mut self, id: u64) -> Option<&mut Slot> {
        self.slots.iter_mut().find(|slot| slot.id == id)
    }

    /// Whether the lane may have another connection beside those that are, are being made, and are
    /// `wanted`.
    fn has_room_for_one_more(&self, wanted: usize) -> bool {
        let open: usize = self.slots.iter().map(|slot| slot.limit.max(1)).sum();
        open.saturating_add(self.expected_of(wanted)) < self.room
    }

    fn expected_of(&self, wanted: usize) -> usize {
        self.dialling.saturating_add(wanted).saturating_mul(self.expected)
    }
}

/// Connections that ordinary requests are spread over before any is full.
const SPREAD: usize = 4;
/// Requests on every connection from which on another is worth its handshake.
const BUSY: usize = 4;
