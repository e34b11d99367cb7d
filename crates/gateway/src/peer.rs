//! The client's end of a connection: what holds for every request on it.

use std::net::IpAddr;

use authn::PeerCertificates;
use tokio::sync::Notify;

/// A connected client, after its TLS handshake.
pub(crate) struct Peer {
    /// Where the connection comes from: the socket's peer, or what a trusted PROXY header says.
    pub(crate) address: IpAddr,
    /// The certificates it showed.
    pub(crate) certificates: Option<PeerCertificates>,
    /// The connection's part of its address's limits. A tunnel keeps it: an upgraded connection is
    /// still open.
    #[expect(dead_code, reason = "held for its drop")]
    pub(crate) admitted: flow::Connection,
    /// Told when the connection is to end after the answers under way.
    pub(crate) closing: Notify,
}
