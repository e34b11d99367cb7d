//! The limits of a sandbox.

use std::time::Duration;

/// How much a sandbox takes and keeps. The defaults suit a person who tries things on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The most objects kept; one more is refused with 507.
    pub objects: usize,
    /// The most changes kept for watches that resume; older ones are answered with 410.
    pub history: usize,
    /// The longest request body, in bytes; a longer one is refused with 413.
    pub body: usize,
    /// The most connections at once; further ones wait to be accepted.
    pub connections: usize,
    /// How long a TLS handshake, a request head or a request body may take.
    pub patience: Duration,
    /// How long a watch lives when the client asks for no shorter time.
    pub watch: Duration,
    /// How long requests under way may take to end once the sandbox is told to stop.
    pub grace: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            objects: 10_000,
            history: 1_024,
            body: 1024 * 1024,
            connections: 512,
            patience: Duration::from_secs(10),
            watch: Duration::from_mins(30),
            grace: Duration::from_secs(3),
        }
    }
}
