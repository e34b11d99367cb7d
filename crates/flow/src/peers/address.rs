//! By what an address is known: itself, or in a crowd a slot it shares with its neighbourhood.

use std::net::IpAddr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Address {
    V4(u32),
    /// The first 64 bits.
    V6(u64),
    /// One of 256 slots, by the /16 of an IPv4 or the /32 of an IPv6 address.
    Shared(u8),
}

impl Address {
    pub(super) fn exact(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::V4(v4.to_bits()),
            IpAddr::V6(v6) => Self::V6(high_half(v6.to_bits())),
        }
    }

    pub(super) fn shared(address: IpAddr) -> Self {
        let wide = match address.to_canonical() {
            IpAddr::V4(v4) => u64::from(v4.to_bits() >> 16),
            IpAddr::V6(v6) => high_half(v6.to_bits()) >> 32,
        };
        // Fibonacci hashing: the top byte of the product depends on every bit of the network.
        let [top, ..] = wide.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
        Self::Shared(top)
    }
}

fn high_half(bits: u128) -> u64 {
    u64::try_from(bits >> 64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Address {
        Address::exact(text.parse().unwrap())
    }

    #[test]
    fn an_address_is_a_v4_or_a_v6_network_of_64_bits() {
        assert_eq!(exact("::ffff:192.0.2.1"), exact("192.0.2.1"));
        assert_ne!(exact("192.0.2.1"), exact("192.0.2.2"));
        assert_eq!(exact("2001:db8:0:1::1"), exact("2001:db8:0:1:ffff::"));
        assert_ne!(exact("2001:db8:0:1::1"), exact("2001:db8:0:2::1"));
    }

    #[test]
    fn neighbours_share_a_slot() {
        let shared = |text: &str| Address::shared(text.parse().unwrap());
        assert_eq!(shared("192.0.2.1"), shared("192.0.250.9"));
        assert_eq!(shared("2001:db8:1::1"), shared("2001:db8:ffff::1"));
        assert_ne!(shared("192.0.2.1"), shared("198.51.100.1"));
    }
}
