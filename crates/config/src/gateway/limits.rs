//! How much may be asked at once. 0 is no limit throughout.

use std::time::Duration;

use flow::{Buckets, InFlight, PeerBounds, Rate, StreamBudget};
use ipnet::IpNet;

use crate::gateway::Section;
use crate::given::Reader;
use crate::parse;
use crate::setting::Setting;

/// How much may be asked at once. 0 is no limit throughout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Requests that read, being served at once.
    pub in_flight: u32,
    /// Other requests being served at once.
    pub mutating_in_flight: u32,
    /// Requests a second of one caller.
    pub caller_rate: u32,
    /// Requests at once of one caller.
    pub caller_burst: u32,
    /// Callers whose rates are kept apart.
    pub tracked_callers: u32,
    /// Watches open: of all, and of one caller.
    pub watches: (u32, u32),
    /// Upgraded connections (exec, attach, port-forward) open: of all, and of one caller.
    pub upgrades: (u32, u32),
    /// Connections open: of all, and of one address.
    pub connections: (u32, u32),
    /// New connections of one address: a second, and at once.
    pub handshakes: (u32, u32),
    /// Failed logins of one address that are too many.
    pub failed_logins: u32,
    /// The time in which they add up.
    pub failed_login_window: Duration,
    /// How long the address is refused then.
    pub failed_login_refusal: Duration,
    /// Addresses that are kept apart.
    pub tracked_addresses: u32,
}

impl Limits {
    /// The counters of requests in flight.
    pub fn requests(&self) -> InFlight {
        InFlight::new(self.in_flight, self.mutating_in_flight)
    }

    /// The buckets of callers.
    pub fn callers(&self) -> Buckets {
        let rate = Rate::per_second(self.caller_rate, self.caller_burst);
        Buckets::new(rate, self.tracked_callers as usize)
    }

    /// The budget of watches.
    pub fn watches(&self) -> StreamBudget {
        StreamBudget::new(self.watches.0, self.watches.1)
    }

    /// The budget of upgrades.
    pub fn upgrades(&self) -> StreamBudget {
        StreamBudget::new(self.upgrades.0, self.upgrades.1)
    }

    /// The bounds of addresses; of the trusted proxies, `exempt`, only the total counts.
    pub fn peers(&self, exempt: &[IpNet]) -> PeerBounds {
        PeerBounds {
            connections: self.connections.0,
            connections_per_address: self.connections.1,
            handshakes: Rate::per_second(self.handshakes.0, self.handshakes.1),
            failed_logins: self.failed_logins,
            failed_login_window: self.failed_login_window,
            refused_for: self.failed_login_refusal,
            addresses: self.tracked_addresses as usize,
            exempt: exempt.to_vec(),
        }
    }
}

/// The options of this section.
pub const SECTION: Section = Section {
    title: "Limits",
    settings: &[
        MAX_REQUESTS_INFLIGHT,
        MAX_MUTATING_REQUESTS_INFLIGHT,
        CALLER_REQUESTS_PER_SECOND,
        CALLER_BURST,
        MAX_TRACKED_CALLERS,
        MAX_WATCHES,
        MAX_WATCHES_PER_CALLER,
        MAX_UPGRADES,
        MAX_UPGRADES_PER_CALLER,
        MAX_CONNECTIONS,
        MAX_CONNECTIONS_PER_ADDRESS,
        HANDSHAKES_PER_SECOND,
        HANDSHAKE_BURST,
        MAX_FAILED_LOGINS,
        FAILED_LOGIN_WINDOW,
        FAILED_LOGIN_REFUSAL,
        MAX_TRACKED_ADDRESSES,
    ],
};

const MAX_REQUESTS_INFLIGHT: Setting = Setting::one(
    "max-requests-inflight",
    "COUNT",
    "Reading requests (get, list) served at once; more are refused with 429. 0 is no limit",
)
.or("400");

const MAX_MUTATING_REQUESTS_INFLIGHT: Setting = Setting::one(
    "max-mutating-requests-inflight",
    "COUNT",
    "Other requests served at once; more are refused with 429. 0 is no limit",
)
.or("200");

const CALLER_REQUESTS_PER_SECOND: Setting = Setting::one(
    "caller-requests-per-second",
    "RATE",
    "Requests a second that one caller may make in the long run, by the name it logged in with; \
     more are refused with 429. 0 is no limit",
)
.or("200")
.ours();

const CALLER_BURST: Setting = Setting::one(
    "caller-burst",
    "COUNT",
    "Requests that one caller may make at once above its rate. kubectl alone makes 300 to discover \
     what a cluster has",
)
.or("400")
.ours();

const MAX_TRACKED_CALLERS: Setting = Setting::one(
    "max-tracked-callers",
    "COUNT",
    "Callers whose rates are kept apart; beyond, new callers share one rate",
)
.or("65536")
.ours();

const MAX_WATCHES: Setting =
    Setting::one("max-watches", "COUNT", "Watches open at once. 0 is no limit").or("20000").ours();

const MAX_WATCHES_PER_CALLER: Setting = Setting::one(
    "max-watches-per-caller",
    "COUNT",
    "Watches of one caller open at once. 0 is no limit",
)
.or("5000")
.ours();

const MAX_UPGRADES: Setting = Setting::one(
    "max-upgrades",
    "COUNT",
    "Upgraded connections (exec, attach, port-forward, WebSockets to pods) open at once. 0 is no \
     limit",
)
.or("1000")
.ours();

const MAX_UPGRADES_PER_CALLER: Setting = Setting::one(
    "max-upgrades-per-caller",
    "COUNT",
    "Upgraded connections of one caller open at once. 0 is no limit",
)
.or("200")
.ours();

const MAX_CONNECTIONS: Setting = Setting::one(
    "max-connections",
    "COUNT",
    "Connections open at once; more are closed before TLS. 0 is no limit",
)
.or("10000")
.ours();

const MAX_CONNECTIONS_PER_ADDRESS: Setting = Setting::one(
    "max-connections-per-address",
    "COUNT",
    "Connections of one address (IPv4, or IPv6 /64) open at once; more are closed before TLS. 0 is \
     no limit",
)
.or("500")
.ours();

const HANDSHAKES_PER_SECOND: Setting = Setting::one(
    "handshakes-per-second",
    "RATE",
    "New connections a second that one address may open in the long run; more are closed before \
     TLS. 0 is no limit",
)
.or("50")
.ours();

const HANDSHAKE_BURST: Setting = Setting::one(
    "handshake-burst",
    "COUNT",
    "New connections that one address may open at once above its rate",
)
.or("200")
.ours();

const MAX_FAILED_LOGINS: Setting = Setting::one(
    "max-failed-logins",
    "COUNT",
    "Failed logins of one address within --failed-login-window after which it is refused for \
     --failed-login-refusal. 0 is no limit",
)
.or("30")
.ours();

const FAILED_LOGIN_WINDOW: Setting = Setting::one(
    "failed-login-window",
    "DURATION",
    "Time in which the failed logins of an address add up",
)
.or("1m")
.ours();

const FAILED_LOGIN_REFUSAL: Setting = Setting::one(
    "failed-login-refusal",
    "DURATION",
    "How long an address with too many failed logins is refused",
)
.or("1m")
.ours();

const MAX_TRACKED_ADDRESSES: Setting = Setting::one(
    "max-tracked-addresses",
    "COUNT",
    "Addresses that are kept apart; beyond, new addresses share limits with their neighbourhood",
)
.or("65536")
.ours();

pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Limits> {
    let in_flight = reader.one(&MAX_REQUESTS_INFLIGHT, parse::count);
    let mutating_in_flight = reader.one(&MAX_MUTATING_REQUESTS_INFLIGHT, parse::count);
    let caller_rate = reader.one(&CALLER_REQUESTS_PER_SECOND, parse::count);
    let caller_burst = reader.one(&CALLER_BURST, parse::positive);
    let tracked_callers = reader.one(&MAX_TRACKED_CALLERS, tracked);
    let watches = pair(reader, &MAX_WATCHES, &MAX_WATCHES_PER_CALLER);
    let upgrades = pair(reader, &MAX_UPGRADES, &MAX_UPGRADES_PER_CALLER);
    let connections = pair(reader, &MAX_CONNECTIONS, &MAX_CONNECTIONS_PER_ADDRESS);
    let handshakes = reader.one(&HANDSHAKES_PER_SECOND, parse::count);
    let handshake_burst = reader.one(&HANDSHAKE_BURST, parse::positive);
    let failed_logins = reader.one(&MAX_FAILED_LOGINS, parse::count);
    let failed_login_window = reader.one(&FAILED_LOGIN_WINDOW, parse::some_time);
    let failed_login_refusal = reader.one(&FAILED_LOGIN_REFUSAL, parse::some_time);
    let tracked_addresses = reader.one(&MAX_TRACKED_ADDRESSES, tracked);
    Some(Limits {
        in_flight: in_flight?,
        mutating_in_flight: mutating_in_flight?,
        caller_rate: caller_rate?,
        caller_burst: caller_burst?,
        tracked_callers: tracked_callers?,
        watches: watches?,
        upgrades: upgrades?,
        connections: connections?,
        handshakes: (handshakes?, handshake_burst?),
        failed_logins: failed_logins?,
        failed_login_window: failed_login_window?,
        failed_login_refusal: failed_login_refusal?,
        tracked_addresses: tracked_addresses?,
    })
}

/// A limit of all, and one of each that cannot be wider.
fn pair(reader: &mut Reader<'_>, all: &Setting, each: &Setting) -> Option<(u32, u32)> {
    let (total, own) = (reader.one(all, parse::count), reader.one(each, parse::count));
    let (total, own) = (total?, own?);
    // A default that a smaller total leaves behind is no mistake of the operator's.
    if reader.is_given(each) && total > 0 && own > total {
        reader.reject(each, format!("is more than --{}, which is {total}", all.name));
    }
    Some((total, own))
}

/// What is kept apart costs memory: about 64 bytes each.
fn tracked(text: &str) -> Result<u32, String> {
    let read = text.parse::<u32>().ok().filter(|count| (1024..=1 << 24).contains(count));
    read.ok_or_else(|| "not a whole number from 1024 to 16777216".to_owned())
}
