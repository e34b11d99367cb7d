//! What the pool of upstream connections may use, and how long it waits for what.

use std::time::Duration;

/// Limits of an [`Upstream`](super::Upstream). Every wait and every queue has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// Ordinary requests under way at a time. Connections are opened for that many streams.
    pub requests: usize,
    /// Watches and logs open at a time.
    pub streams: usize,
    /// Upgraded connections open at a time. Each has a connection of its own.
    pub upgrades: usize,
    /// Requests of one lane that wait for a free stream.
    pub waiting: usize,
    /// How long a request waits for a free stream. Longer than `connect` and twice `handshake`, or a
    /// request gives up on a connection that is still being made.
    pub wait: Duration,
    /// How long the resolution of the name and the TCP handshake may take. A name's addresses are
    /// tried in turn, each for its share of that.
    pub connect: Duration,
    /// How long the TLS handshake may take, and again the first exchange of HTTP/2.
    pub handshake: Duration,
    /// How long an ordinary request, or an upgrade, waits for the head of its answer.
    pub answer: Duration,
    /// How long a watch, a log or a proxied request waits for the head of its answer.
    pub stream_answer: Duration,
    /// How long the gateway's own credential may take to be refreshed.
    pub credential: Duration,
    /// How long a connection without requests is kept. Below the upstream's own limit (90 s for
    /// kube-apiserver), so that requests do not meet a connection that is being closed.
    pub idle: Duration,
    /// How long an HTTP/2 connection may be silent before it is asked for a sign of life.
    pub ping_every: Duration,
    /// How long it may take to give it. Then the connection is dropped with all its requests.
    pub ping_timeout: Duration,
    /// Streams of one HTTP/2 connection, if the upstream allows as many. A tenth is left free.
    pub streams_per_connection: usize,
    /// Bytes of the answer to an ordinary request that wait here for a slow client.
    pub window: u32,
    /// Bytes of a watch or a log that wait here for a slow client.
    pub stream_window: u32,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            requests: 2_000,
            streams: 20_000,
            upgrades: 4_000,
            waiting: 2_000,
            wait: Duration::from_secs(20),
            connect: Duration::from_secs(5),
            handshake: Duration::from_secs(5),
            answer: Duration::from_secs(75),
            stream_answer: Duration::from_mins(30),
            credential: Duration::from_secs(15),
            idle: Duration::from_mins(1),
            ping_every: Duration::from_secs(10),
            ping_timeout: Duration::from_secs(10),
            streams_per_connection: 100,
            window: 1 << 20,
            stream_window: 1 << 17,
        }
    }
}
