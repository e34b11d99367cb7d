//! How single values are read. Each text of an error says what would be right.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;

use model::duration;

/// A whole number from 0 on.
pub(crate) fn count(text: &str) -> Result<u32, String> {
    number(text, 0)
}

/// A whole number from 1 on.
pub(crate) fn positive(text: &str) -> Result<u32, String> {
    number(text, 1)
}

fn number(text: &str, least: u32) -> Result<u32, String> {
    let read = u32::from_str(text).ok().filter(|number| *number >= least);
    read.ok_or_else(|| format!("not a whole number from {least} to {}", u32::MAX))
}

pub(crate) fn port(text: &str) -> Result<u16, String> {
    match u16::from_str(text) {
        Ok(port) if port > 0 => Ok(port),
        Ok(_) | Err(_) => Err("not a port; give a number from 1 to 65535".to_owned()),
    }
}

pub(crate) fn address(text: &str) -> Result<IpAddr, String> {
    text.parse()
        .map_err(|_malformed| "not an IP address; give one like 127.0.0.1 or ::1".to_owned())
}

pub(crate) fn socket(text: &str) -> Result<SocketAddr, String> {
    let read: Option<SocketAddr> = text.parse().ok();
    let read = read.filter(|address| address.port() > 0);
    read.ok_or_else(|| {
        "not an address with a port; give one like 127.0.0.1:8081 or [::1]:8081".to_owned()
    })
}

pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    duration::parse(text).map_err(|error| error.to_string())
}

/// A duration longer than nothing.
pub(crate) fn some_time(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("no time at all; give a longer one, like 30s".to_owned()),
        duration => Ok(duration),
    }
}

/// A network like `10.0.0.0/8`; a bare address is a network of one.
pub(crate) fn network(text: &str) -> Result<IpNet, String> {
    let bare = || text.parse::<IpAddr>().ok().map(IpNet::from);
    let Some(network) = text.parse::<IpNet>().ok().or_else(bare) else {
        return Err("not a network; give one like 10.0.0.0/8 or 2001:db8::/32".to_owned());
    };
    // Which part is the mistake, the address or the length, is not ours to guess.
    if network.trunc() != network {
        return Err(format!("has bits beyond its prefix; {} is meant?", network.trunc()));
    }
    let is_mapped = |v6: &ipnet::Ipv6Net| v6.addr().to_ipv4_mapped().is_some();
    match network {
        IpNet::V6(v6) if is_mapped(&v6) => {
            Err("an IPv4 network in IPv6 form; write it as IPv4".to_owned())
        }
        IpNet::V4(_) | IpNet::V6(_) => Ok(network),
    }
}

/// Any text that is not empty.
pub(crate) fn text(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("is empty; give a value, or take it out".to_owned());
    }
    Ok(text.to_owned())
}

/// One of a few words.
pub(crate) fn word<T: Copy>(text: &str, words: &[(&str, T)]) -> Result<T, String> {
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        format!("not one of {}", words.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        let check = |text: &str, expected: Result<&str, &str>| {
            let read = network(text).map(|network| network.to_string());
            assert_eq!(read, expected.map(str::to_owned).map_err(str::to_owned), "{text}");
        };
        check("10.0.0.0/8", Ok("10.0.0.0/8"));
        check("10.1.2.3", Ok("10.1.2.3/32"));
        check("::1", Ok("::1/128"));
        check("10.0.0.1/8", Err("has bits beyond its prefix; 10.0.0.0/8 is meant?"));
        check("::ffff:10.0.0.0/104", Err("an IPv4 network in IPv6 form; write it as IPv4"));
        check("10.0.0.0/33", Err("not a network; give one like 10.0.0.0/8 or 2001:db8::/32"));
        check("", Err("not a network; give one like 10.0.0.0/8 or 2001:db8::/32"));
    }
}
