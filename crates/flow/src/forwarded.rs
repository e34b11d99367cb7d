//! Where a request really comes from when proxies stand in between. Only what a trusted proxy says
//! is believed: anybody can write a header.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

pub mod proxy_protocol;

/// The networks whose word about a client's address is taken. Empty means nobody's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Trusts the addresses in `networks`.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Whether `address` is a trusted proxy.
    pub fn trusts(&self, address: IpAddr) -> bool {
        contains(&self.0, address)
    }

    /// The networks themselves.
    pub fn networks(&self) -> &[IpNet] {
        &self.0
    }

    /// The client's address: `peer`, or, if that is trusted, the first address from the right of
    /// the `X-Forwarded-For` values (in their order) that is not a trusted proxy.
    ///
    /// Each proxy appends the address it was called from, so an entry is worth what the proxy to
    /// its right is worth. Where an entry is no address, the walk ends at the proxy that wrote it.
    pub fn client(&self, peer: IpAddr, x_forwarded_for: &[&[u8]]) -> IpAddr {
        let mut client = peer.to_canonical();
        let hops =
            x_forwarded_for.iter().rev().flat_map(|value| value.rsplit(|&byte| byte == b','));
        for hop in hops.take(MAX_HOPS) {
            if !self.trusts(client) {
                break;
            }
            let Some(address) = read(hop) else { break };
            client = address;
        }
        client
    }
}

/// Whether one of `networks` holds `address`; an IPv4 address in IPv6 form is an IPv4 address.
pub(crate) fn contains(networks: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.contains(&address))
}

/// An entry: an address, or one with a port as some proxies write it.
fn read(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop.trim_ascii()).ok()?;
    let bare = || text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    bare().or_else(with_port).or_else(bracketed).map(|address| address.to_canonical())
}

const MAX_HOPS: usize = 64;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(peer: &str, headers: &[&str], expected: &str) {
        let proxies = ["10.0.0.0/8", "2001:db8:ff::/48"].map(|net| net.parse().unwrap());
        let proxies = TrustedProxies::new(proxies.to_vec());
        let headers: Vec<&[u8]> = headers.iter().map(|value| value.as_bytes()).collect();
        let client = proxies.client(peer.parse().unwrap(), &headers);
        assert_eq!(client.to_string(), expected, "{peer} {headers:?}");
    }

    #[test]
    fn a_stranger_is_not_believed() {
        check("192.0.2.9", &["198.51.100.1"], "192.0.2.9");
        check("::ffff:192.0.2.9", &["198.51.100.1"], "192.0.2.9");
    }

    #[test]
    fn the_walk_goes_from_the_right_over_trusted_hops_only() {
        check("10.0.0.1", &[], "10.0.0.1");
        check("10.0.0.1", &["198.51.100.1"], "198.51.100.1");
        check("::ffff:10.0.0.1", &["198.51.100.1"], "198.51.100.1");
        check("10.0.0.1", &["198.51.100.1, 192.0.2.7"], "192.0.2.7");
        check("10.0.0.1", &["6.6.6.6, 192.0.2.7, 10.0.0.2,10.0.0.3"], "192.0.2.7");
        check("10.0.0.1", &["6.6.6.6", "192.0.2.7", "10.0.0.2"], "192.0.2.7");
        check("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3");
        check("10.0.0.1", &["192.0.2.7, 2001:db8:ff::1"], "192.0.2.7");
    }

    #[test]
    fn ports_and_brackets_are_read() {
        check("10.0.0.1", &["192.0.2.7:4711"], "192.0.2.7");
        check("10.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1");
        check("10.0.0.1", &["[2001:db8::1]"], "2001:db8::1");
        check("10.0.0.1", &["::ffff:192.0.2.7"], "192.0.2.7");
    }

    #[test]
    fn what_is_no_address_ends_the_walk() {
        check("10.0.0.1", &["192.0.2.7, unknown"], "10.0.0.1");
        check("10.0.0.1", &["192.0.2.7, , 10.0.0.2"], "10.0.0.2");
        check("10.0.0.1", &["192.0.2.7, 010.0.0.2"], "10.0.0.1");
        check("10.0.0.1", &[""], "10.0.0.1");
    }

    #[test]
    fn a_long_chain_is_cut() {
        let chain = format!("192.0.2.7{}", ", 10.0.0.9".repeat(100));
        check("10.0.0.1", &[&chain], "10.0.0.9");
    }

    proptest! {
        #[test]
        fn never_panics(value in proptest::collection::vec(any::<u8>(), 0..128)) {
            let proxies = TrustedProxies::new(vec!["0.0.0.0/0".parse().unwrap()]);
            let _client = proxies.client(IpAddr::from([127, 0, 0, 1]), &[&value]);
        }
    }
}
