//! Limits by network address, held before any TLS work is spent: open connections, handshakes a
//! second, failed logins. An address is an IPv4 address or an IPv6 /64 (what one customer gets).

use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ipnet::IpNet;
use thiserror::Error;

use self::address::Address;
use crate::forwarded::contains;
use crate::rate::{Level, Rate, RetryAfter};
use crate::table::{Fades, Table};

mod address;

/// The bounds. A limit of 0 is no limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerBounds {
    /// Open connections of all addresses together.
    pub connections: u32,
    /// Open connections of one address.
    pub connections_per_address: u32,
    /// New connections, each of which costs a TLS handshake, of one address.
    pub handshakes: Rate,
    /// Failed logins of one address within `failed_login_window` after which it is refused.
    pub failed_logins: u32,
    /// The time in which failed logins add up.
    pub failed_login_window: Duration,
    /// How long an address is refused.
    pub refused_for: Duration,
    /// How many addresses are kept apart. Beyond, newcomers share limits by wider networks.
    pub addresses: usize,
    /// Networks that only the total binds: proxies, behind which many clients stand.
    pub exempt: Vec<IpNet>,
}

/// The state of every address. Memory is bounded: see [`PeerBounds::addresses`].
#[derive(Debug, Clone)]
pub struct PeerLimits(Arc<Shared>);

impl PeerLimits {
    /// Limits within `bounds`.
    pub fn new(bounds: PeerBounds) -> Self {
        let peers = Mutex::new(Table::new(bounds.addresses.max(1)));
        Self(Arc::new(Shared { bounds, open: AtomicU32::new(0), peers }))
    }

    /// Counts an accepted socket into the total. To be called before a byte is read.
    pub fn accept(&self) -> Result<Slot, PeerRefusal> {
        let limit = self.0.bounds.connections;
        let next = |open: u32| if limit > 0 && open >= limit { None } else { open.checked_add(1) };
        match self.0.open.fetch_update(Ordering::AcqRel, Ordering::Relaxed, next) {
            Ok(_) => Ok(Slot(Arc::clone(&self.0))),
            Err(_) => Err(PeerRefusal::Total),
        }
    }

    /// Lets the connection go on to its TLS handshake. `address` is the socket's peer, or what a
    /// trusted proxy's PROXY header names.
    pub fn admit(
        &self,
        slot: Slot,
        address: IpAddr,
        now: Instant,
    ) -> Result<Connection, PeerRefusal> {
        if self.is_exempt(address) {
            return Ok(Connection { slot, key: None });
        }
        let bounds = &self.0.bounds;
        let mut peers = self.0.peers.lock().unwrap_or_else(PoisonError::into_inner);
        let (key, peer) = find(&mut peers, address, now);
        peer.may_log_in(now).map_err(PeerRefusal::FailedLogins)?;
        if bounds.connections_per_address > 0 && peer.open >= bounds.connections_per_address {
            return Err(PeerRefusal::Connections);
        }
        peer.handshakes.take(bounds.handshakes, now).map_err(PeerRefusal::Handshakes)?;
        peer.open = peer.open.saturating_add(1);
        Ok(Connection { slot, key: Some(key) })
    }

    /// Whether the address may present credentials: it may not for a while after too many failed.
    /// To be asked for each request on a connection that is already open.
    pub fn may_log_in(&self, address: IpAddr, now: Instant) -> Result<(), RetryAfter> {
        if self.is_exempt(address) {
            return Ok(());
        }
        let mut peers = self.0.peers.lock().unwrap_or_else(PoisonError::into_inner);
        // In a full table an address without an entry of its own is known by its neighbourhood.
        let keys = [Address::exact(address), Address::shared(address)];
        let Some(key) = keys.iter().find(|key| peers.known(key).is_some()) else { return Ok(()) };
        peers.known(key).map_or(Ok(()), |peer| peer.may_log_in(now))
    }

    /// Counts a failed login of the address. A login that succeeds takes nothing back: otherwise
    /// one valid account would buy any number of guesses at others.
    pub fn login_failed(&self, address: IpAddr, now: Instant) {
        if self.0.bounds.failed_logins == 0 || self.is_exempt(address) {
            return;
        }
        let mut peers = self.0.peers.lock().unwrap_or_else(PoisonError::into_inner);
        find(&mut peers, address, now).1.login_failed(&self.0.bounds, now);
    }

    /// How many connections are open.
    pub fn open(&self) -> u32 {
        self.0.open.load(Ordering::Relaxed)
    }

    fn is_exempt(&self, address: IpAddr) -> bool {
        contains(&self.0.bounds.exempt, address)
    }
}

/// An accepted socket's part of the total. Given back on drop.
#[derive(Debug)]
#[must_use = "the slot is given back when this is dropped"]
pub struct Slot(Arc<Shared>);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::AcqRel);
    }
}

/// An open connection's part of its address's limit, and of the total. Given back on drop.
#[derive(Debug)]
#[must_use = "the connection is counted out when this is dropped"]
pub struct Connection {
    slot: Slot,
    key: Option<Address>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        let Some(key) = &self.key else { return };
        let mut peers = self.slot.0.peers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(peer) = peers.known(key) {
            peer.open = peer.open.saturating_sub(1);
        }
    }
}

/// Why a connection is closed before its TLS handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PeerRefusal {
    /// Too many connections are open in all.
    #[error("too many connections are open")]
    Total,
    /// The address has too many connections open.
    #[error("the address has too many connections open")]
    Connections,
    /// The address opens connections too fast.
    #[error("the address opens connections too fast")]
    Handshakes(RetryAfter),
    /// Too many logins from the address failed.
    #[error("too many logins from the address failed")]
    FailedLogins(RetryAfter),
}

#[derive(Debug)]
struct Shared {
    bounds: PeerBounds,
    open: AtomicU32,
    peers: Mutex<Table<Address, Peer>>,
}

#[derive(Debug, Default)]
struct Peer {
    open: u32,
    handshakes: Level,
    failures: u32,
    /// When the failures counted so far no longer count.
    failures_until: Option<Instant>,
    refused_until: Option<Instant>,
}

impl Peer {
    fn may_log_in(&self, now: Instant) -> Result<(), RetryAfter> {
        match self.refused_until {
            Some(until) if until > now => Err(RetryAfter(until.saturating_duration_since(now))),
            Some(_) | None => Ok(()),
        }
    }

    fn login_failed(&mut self, bounds: &PeerBounds, now: Instant) {
        if self.failures_until.is_none_or(|until| until <= now) {
            self.failures = 0;
            self.failures_until = now.checked_add(bounds.failed_login_window);
        }
        self.failures = self.failures.saturating_add(1);
        if self.failures >= bounds.failed_logins {
            self.refused_until = now.checked_add(bounds.refused_for);
            self.failures_until = None;
        }
    }
}

impl Fades for Peer {
    fn is_blank(&self, now: Instant) -> bool {
        let is_past = |at: Option<Instant>| at.is_none_or(|at| at <= now);
        self.open == 0
            && self.handshakes.is_full(now)
            && is_past(self.failures_until)
            && is_past(self.refused_until)
    }
}

/// The entry that speaks for `address`: its own, or in a full table the one it shares with a wider
/// network, so that a flood of addresses costs its own neighbourhood and not everybody.
fn find(peers: &mut Table<Address, Peer>, address: IpAddr, now: Instant) -> (Address, &mut Peer) {
    let exact = Address::exact(address);
    let key = if peers.entry(exact, now).is_some() { exact } else { Address::shared(address) };
    (key, peers.reserved(key))
}

#[cfg(test)]
mod tests;
