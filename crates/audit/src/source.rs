//! Where a request comes from, in the order an event lists it.

use std::net::IpAddr;

/// The addresses of an event: those of `X-Forwarded-For` in their order, that of `X-Real-Ip` unless
/// it is among them, then the peer's unless it is the last already. As kube-apiserver's
/// `SourceIPs`; give headers of trusted peers only, since anybody can write them.
pub fn source_ips(
    forwarded_for: Option<&str>,
    real_ip: Option<&str>,
    peer: Option<IpAddr>,
) -> Vec<IpAddr> {
    let forwarded = forwarded_for.into_iter().flat_map(|list| list.split(','));
    let mut found: Vec<IpAddr> = forwarded.filter_map(|part| address(part.trim())).collect();
    if let Some(real) = real_ip.and_then(address)
        && !found.contains(&real)
    {
        found.push(real);
    }
    if let Some(peer) = peer.map(|peer| peer.to_canonical())
        && found.last() != Some(&peer)
    {
        found.push(peer);
    }
    found
}

// Go compares and prints an IPv4 address in IPv6 clothes as the IPv4 address.
fn address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(forwarded_for: Option<&str>, real_ip: Option<&str>, expected: &[&str]) {
        let peer = "10.0.0.9".parse().ok();
        let found = source_ips(forwarded_for, real_ip, peer);
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn lists_each_hop_once() {
        check(None, None, &["10.0.0.9"]);
        check(Some("1.1.1.1, nonsense,2.2.2.2"), None, &["1.1.1.1", "2.2.2.2", "10.0.0.9"]);
        check(Some("1.1.1.1"), Some("1.1.1.1"), &["1.1.1.1", "10.0.0.9"]);
        check(Some("1.1.1.1"), Some("3.3.3.3"), &["1.1.1.1", "3.3.3.3", "10.0.0.9"]);
        check(Some("10.0.0.9"), None, &["10.0.0.9"]);
        check(Some("::ffff:10.0.0.9"), None, &["10.0.0.9"]);
        check(Some(""), Some("fe80::1"), &["fe80::1", "10.0.0.9"]);
    }
}
