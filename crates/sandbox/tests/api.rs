//! The sandbox driven as clients drive it: TLS, HTTP and WebSocket on loopback.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

#[path = "api/kubectl.rs"]
mod kubectl;
#[path = "api/lists.rs"]
mod lists;
#[path = "api/objects.rs"]
mod objects;
#[path = "api/people.rs"]
mod people;
#[path = "api/rig.rs"]
mod rig;
#[path = "api/streams.rs"]
mod streams;
