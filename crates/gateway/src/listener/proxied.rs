//! Where a connection comes from that a load balancer hands on: the PROXY header before its first
//! byte of TLS.

use std::net::SocketAddr;

use flow::proxy_protocol::{self, Parsed, Source};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

/// Reads the header, and not a byte more. The error is for the operator.
pub(super) async fn source(
    stream: &mut TcpStream,
    peer: SocketAddr,
) -> Result<SocketAddr, &'static str> {
    let mut head = Vec::with_capacity(USUAL);
    loop {
        // Byte by byte: what follows belongs to TLS, and a header is short.
        let byte = stream.read_u8().await.map_err(|_end| "the connection ended")?;
        head.push(byte);
        match proxy_protocol::parse(&head) {
            Parsed::Complete { source: Source::Client(client), .. } => return Ok(client),
            Parsed::Complete { source: Source::Peer, .. } => return Ok(peer),
            Parsed::Invalid => return Err("it is malformed"),
            Parsed::Incomplete => {}
        }
    }
}

const USUAL: usize = 108;
