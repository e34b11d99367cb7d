//! Whether an address, or the host of a URL, belongs to the public internet, by the special-purpose
//! registries of IANA: <https://www.iana.org/assignments/iana-ipv4-special-registry/> and
//! <https://www.iana.org/assignments/iana-ipv6-special-registry/>.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A host that something names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Host {
    /// An address anybody can route to.
    PublicAddress(IpAddr),
    /// Any other.
    PrivateAddress(IpAddr),
    /// A name that the public DNS may know.
    PublicName(String),
    /// A name that only a host, a cluster or a site knows.
    PrivateName(String),
}

/// The host of a URL; none if it has none.
pub(crate) fn url_host(url: &str) -> Option<Host> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    host(authority)
}

/// The host of `host`, `host:port` or `[address]:port`.
pub(crate) fn host(text: &str) -> Option<Host> {
    if let Some(inner) = text.strip_prefix('[') {
        return inner.split_once(']')?.0.parse().ok().map(of_address);
    }
    if let Ok(address) = text.parse() {
        return Some(of_address(address));
    }
    let name = text.split_once(':').map_or(text, |(name, _)| name);
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    if let Ok(address) = name.parse() {
        return Some(of_address(address));
    }
    (!name.is_empty()).then(|| {
        if is_private_name(&name) { Host::PrivateName(name) } else { Host::PublicName(name) }
    })
}

fn of_address(address: IpAddr) -> Host {
    if is_public(address) { Host::PublicAddress(address) } else { Host::PrivateAddress(address) }
}

/// Whether a name, in lower case, is one that the public DNS cannot know.
pub(crate) fn is_private_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').trim_start_matches("*.");
    let is_below = |end: &&str| name.strip_suffix(*end).is_some_and(|rest| rest.ends_with('.'));
    !name.contains('.') || PRIVATE.iter().any(is_below)
}

/// Ends of names that are never in the public DNS (RFC 6761, 6762, 8375, 9476 and ICANN's
/// `internal`), and those that sites and Kubernetes use in their place.
const PRIVATE: [&str; 14] = [
    "alt",
    "corp",
    "home",
    "home.arpa",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "private",
    "svc",
    "test",
];

/// Whether an address is globally reachable.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    let is_in = |rows: &[(Ipv4Addr, u32)]| {
        rows.iter().any(|(net, length)| {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(*length)).unwrap_or(0);
            bits & mask == net.to_bits()
        })
    };
    is_in(&REACHABLE_V4) || !is_in(&SPECIAL_V4)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let bits = address.to_bits();
    let is_in = |rows: &[(Ipv6Addr, u32)]| {
        rows.iter().any(|(net, length)| {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(*length)).unwrap_or(0);
            bits & mask == net.to_bits()
        })
    };
    // Global unicast is all that was ever given out, and the prefix of NAT64 leads to IPv4.
    if let Some(inner) = nat64(address) {
        return is_public_v4(inner);
    }
    let is_unicast = is_in(&[(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3)]);
    is_unicast && (is_in(&REACHABLE_V6) || !is_in(&SPECIAL_V6))
}

/// The address behind one of the well-known prefix of NAT64, `64:ff9b::/96`.
fn nat64(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., high, low] = address.segments();
    let is_one = address.to_bits() >> 32 == 0x64_ff9b_0000_0000_0000_0000;
    is_one.then(|| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
}

const fn v4(a: u8, b: u8, c: u8, d: u8) -> Ipv4Addr {
    Ipv4Addr::new(a, b, c, d)
}

const fn v6(a: u16, b: u16, c: u16) -> Ipv6Addr {
    Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)
}

/// Blocks within the special ones that are globally reachable all the same.
const REACHABLE_V4: [(Ipv4Addr, u32); 2] = [(v4(192, 0, 0, 9), 32), (v4(192, 0, 0, 10), 32)];

/// Blocks that are not globally reachable, and multicast.
const SPECIAL_V4: [(Ipv4Addr, u32); 15] = [
    (v4(0, 0, 0, 0), 8),
    (v4(10, 0, 0, 0), 8),
    (v4(100, 64, 0, 0), 10),
    (v4(127, 0, 0, 0), 8),
    (v4(169, 254, 0, 0), 16),
    (v4(172, 16, 0, 0), 12),
    (v4(192, 0, 0, 0), 24),
    (v4(192, 0, 2, 0), 24),
    (v4(192, 88, 99, 0), 24),
    (v4(192, 168, 0, 0), 16),
    (v4(198, 18, 0, 0), 15),
    (v4(198, 51, 100, 0), 24),
    (v4(203, 0, 113, 0), 24),
    (v4(224, 0, 0, 0), 4),
    (v4(240, 0, 0, 0), 4),
];

const REACHABLE_V6: [(Ipv6Addr, u32); 7] = [
    (Ipv6Addr::new(0x2001, 1, 0, 0, 0, 0, 0, 1), 128),
    (Ipv6Addr::new(0x2001, 1, 0, 0, 0, 0, 0, 2), 128),
    (Ipv6Addr::new(0x2001, 1, 0, 0, 0, 0, 0, 3), 128),
    (v6(0x2001, 3, 0), 32),
    (v6(0x2001, 4, 0x112), 48),
    (v6(0x2001, 0x20, 0), 28),
    (v6(0x2001, 0x30, 0), 28),
];

const SPECIAL_V6: [(Ipv6Addr, u32); 4] = [
    (v6(0x2001, 0, 0), 23),
    (v6(0x2001, 0xdb8, 0), 32),
    (v6(0x2002, 0, 0), 16),
    (v6(0x3fff, 0, 0), 20),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_public_as_the_registries_say() {
        let check = |address: &str, expected: bool| {
            assert_eq!(is_public(address.parse().unwrap()), expected, "{address}");
        };
        for address in ["9.255.255.255", "11.0.0.0", "172.15.0.1", "172.32.0.1", "192.31.196.1"] {
            check(address, true);
        }
        for address in ["192.0.0.9", "192.0.0.10", "192.175.48.1", "100.63.0.1", "100.128.0.1"] {
            check(address, true);
        }
        for address in ["0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254"] {
            check(address, false);
        }
        for address in ["172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.0.1", "198.19.0.1"] {
            check(address, false);
        }
        for address in ["198.51.100.1", "203.0.113.1", "224.0.0.1", "255.255.255.255"] {
            check(address, false);
        }
        for address in ["2620:4f:8000::1", "2001:20::1", "2001:4:112::1", "2a00::1", "2001:1::1"] {
            check(address, true);
        }
        for address in ["::", "::1", "fe80::1", "fd00::1", "2001:db8::1", "2001::1", "ff02::1"] {
            check(address, false);
        }
        check("64:ff9b::a00:1", false);
        check("64:ff9b::909:909", true);
        check("64:ff9b:1::1", false);
        check("::ffff:10.0.0.1", false);
        check("::ffff:9.9.9.9", true);
        check("3fff::1", false);
        check("5f00::1", false);
    }

    #[test]
    fn hosts_are_read_from_urls() {
        let check =
            |url: &str, expected: Option<Host>| assert_eq!(url_host(url), expected, "{url}");
        let private = |name: &str| Some(Host::PrivateName(name.to_owned()));
        check("https://127.0.0.1:6443", Some(Host::PrivateAddress(v4(127, 0, 0, 1).into())));
        check("https://[::1]:6443/x", Some(Host::PrivateAddress(Ipv6Addr::LOCALHOST.into())));
        check("https://9.9.9.9", Some(Host::PublicAddress(v4(9, 9, 9, 9).into())));
        check("https://API.example.com:443/", Some(Host::PublicName("api.example.com".to_owned())));
        check("https://node-1:6443", private("node-1"));
        check("https://webhook.ns.svc:443", private("webhook.ns.svc"));
        check("https://a.ns.svc.cluster.local", private("a.ns.svc.cluster.local"));
        check("https://ip-10-0-0-1.ec2.internal", private("ip-10-0-0-1.ec2.internal"));
        check("https://user@host.lan./", private("host.lan"));
        check("nonsense", None);
        check("https://", None);
    }
}
