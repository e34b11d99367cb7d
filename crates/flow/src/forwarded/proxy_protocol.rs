//! The PROXY protocol, versions 1 and 2: what a load balancer writes before the first byte of TLS.
//! Bounded, and strict: bytes that are not exactly such a header are no header.
//!
//! Specification: <https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt>.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What the bytes at the start of a connection are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parsed {
    /// A whole header, which is the first `consumed` bytes.
    Complete {
        /// Where the connection comes from.
        source: Source,
        /// The header's length; what follows is the client's.
        consumed: usize,
    },
    /// So far a header, but not all of it. Never said of more than [`LONGEST`] bytes.
    Incomplete,
    /// No header, or one that a TCP proxy cannot have written.
    Invalid,
}

/// Where a connection comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// From the proxy itself (a health check), or the proxy does not know: the socket's peer.
    Peer,
    /// From this client.
    Client(SocketAddr),
}

/// The longest header that is accepted; version 2 could be 64 KiB long.
pub const LONGEST: usize = 4096;

/// Reads the header at the start of `bytes`. Extensions (TLVs) are skipped, their checksum too.
pub fn parse(bytes: &[u8]) -> Parsed {
    if agrees(bytes, SIGNATURE_V2) {
        version_2(bytes)
    } else if agrees(bytes, SIGNATURE_V1) {
        version_1(bytes)
    } else {
        Parsed::Invalid
    }
}

/// Whether `bytes` begin as `signature` does, as far as they go.
fn agrees(bytes: &[u8], signature: &[u8]) -> bool {
    bytes.iter().zip(signature).all(|(one, other)| one == other)
}

fn version_1(bytes: &[u8]) -> Parsed {
    let window = bytes.get(..LONGEST_V1).unwrap_or(bytes);
    let Some(end) = window.windows(2).position(|pair| pair == b"\r\n") else {
        return if bytes.len() < LONGEST_V1 { Parsed::Incomplete } else { Parsed::Invalid };
    };
    let line = window.get(..end).and_then(|line| std::str::from_utf8(line).ok());
    let Some(source) = line.and_then(source_of_line) else { return Parsed::Invalid };
    Parsed::Complete { source, consumed: end.saturating_add(2) }
}

fn source_of_line(line: &str) -> Option<Source> {
    let rest = line.strip_prefix("PROXY ")?;
    // What follows UNKNOWN is to be ignored, by the specification.
    if rest == "UNKNOWN" || rest.starts_with("UNKNOWN ") {
        return Some(Source::Peer);
    }
    let fields: Vec<&str> = rest.splitn(6, ' ').collect();
    let [family, from, to, from_port, to_port] = fields.as_slice() else { return None };
    let address = |text: &str| -> Option<IpAddr> {
        match *family {
            "TCP4" => text.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
            "TCP6" => text.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
            _ => None,
        }
    };
    let (client, _) = (address(from)?, address(to)?);
    let (client_port, _) = (port(from_port)?, port(to_port)?);
    Some(Source::Client(SocketAddr::new(client.to_canonical(), client_port)))
}

fn port(text: &str) -> Option<u16> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let is_padded = text.len() > 1 && text.starts_with('0');
    if is_plain && !is_padded { text.parse().ok() } else { None }
}

fn version_2(bytes: &[u8]) -> Parsed {
    let Some((head, rest)) = bytes.split_first_chunk::<16>() else { return Parsed::Incomplete };
    let [.., command, family, high, low] = *head;
    let length = usize::from(u16::from_be_bytes([high, low]));
    let consumed = head.len().saturating_add(length);
    if consumed > LONGEST {
        return Parsed::Invalid;
    }
    let Some(body) = rest.get(..length) else { return Parsed::Incomplete };
    let source = match (command, family) {
        (LOCAL, _) | (PROXY, UNSPECIFIED) => Some(Source::Peer),
        (PROXY, TCP_OVER_IPV4) => source_v4(body),
        (PROXY, TCP_OVER_IPV6) => source_v6(body),
        _ => None,
    };
    source.map_or(Parsed::Invalid, |source| Parsed::Complete { source, consumed })
}

fn source_v4(body: &[u8]) -> Option<Source> {
    let [a, b, c, d, _, _, _, _, high, low, _, _] = *body.first_chunk::<12>()?;
    let client = IpAddr::from([a, b, c, d]);
    Some(Source::Client(SocketAddr::new(client, u16::from_be_bytes([high, low]))))
}

fn source_v6(body: &[u8]) -> Option<Source> {
    let (client, rest) = body.split_first_chunk::<16>()?;
    let (_, ports) = rest.split_first_chunk::<16>()?;
    let [high, low, _, _] = *ports.first_chunk::<4>()?;
    let client = IpAddr::from(*client).to_canonical();
    Some(Source::Client(SocketAddr::new(client, u16::from_be_bytes([high, low]))))
}

const SIGNATURE_V1: &[u8] = b"PROXY ";
const LONGEST_V1: usize = 107;
const SIGNATURE_V2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
const LOCAL: u8 = 0x20;
const PROXY: u8 = 0x21;
const UNSPECIFIED: u8 = 0x00;
const TCP_OVER_IPV4: u8 = 0x11;
const TCP_OVER_IPV6: u8 = 0x21;

#[cfg(test)]
mod tests;
