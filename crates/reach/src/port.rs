//! Ports: the one a connection goes to, and those a rule speaks of.

use std::fmt;

use crate::NamedPort;
use crate::field::{Field, Problem};

/// A protocol that policies know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Protocol {
    /// TCP, which is meant where none is named.
    #[default]
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

/// The port that a connection goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port {
    /// Its protocol.
    pub protocol: Protocol,
    /// Its number.
    pub number: u16,
}

impl Port {
    /// A port of TCP.
    pub fn tcp(number: u16) -> Self {
        Self { protocol: Protocol::Tcp, number }
    }

    /// A port of UDP.
    pub fn udp(number: u16) -> Self {
        Self { protocol: Protocol::Udp, number }
    }
}

impl fmt::Display for Port {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.number, self.protocol.as_str())
    }
}

impl Protocol {
    /// As Kubernetes writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        }
    }

    /// The protocol of that name; none for any other text.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Tcp, Self::Udp, Self::Sctp].into_iter().find(|protocol| protocol.as_str() == name)
    }
}

/// One entry of a rule's ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PortRule {
    protocol: Protocol,
    which: Which,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Which {
    All,
    Range(u16, u16),
    Named(String),
}

impl PortRule {
    pub(crate) fn read(field: &Field<'_>) -> Result<Self, Problem> {
        field.mapping(&["protocol", "port", "endPort"])?;
        let name = field.get("protocol");
        let protocol = name.text()?.map_or(Some(Protocol::Tcp), Protocol::named);
        let protocol = protocol.ok_or_else(|| name.problem("must be TCP, UDP or SCTP"))?;
        Ok(Self { protocol, which: Which::read(&field.get("port"), &field.get("endPort"))? })
    }

    /// Whether it speaks of the port by number, or by none at all.
    pub(crate) fn admits(&self, port: Port) -> bool {
        self.protocol == port.protocol
            && match &self.which {
                Which::All => true,
                Which::Range(first, last) => (*first..=*last).contains(&port.number),
                Which::Named(_) => false,
            }
    }

    /// Whether it speaks of the port by a name that is the port's in `named`.
    pub(crate) fn admits_by_name(&self, port: Port, named: &[NamedPort]) -> bool {
        self.numbers(named).any(|found| found == port)
    }

    /// The lowest ports that it admits, one for each range it speaks of.
    pub(crate) fn firsts(&self, named: &[NamedPort]) -> impl Iterator<Item = Port> {
        let first = match &self.which {
            Which::All => Some(1),
            Which::Range(first, _) => Some(*first),
            Which::Named(_) => None,
        };
        let first = first.map(|number| Port { protocol: self.protocol, number });
        first.into_iter().chain(self.numbers(named))
    }

    fn numbers(&self, named: &[NamedPort]) -> impl Iterator<Item = Port> {
        let name = if let Which::Named(name) = &self.which { Some(name.as_str()) } else { None };
        let ports = named.iter().filter(move |port| Some(port.name.as_str()) == name);
        ports.map(|port| port.port).filter(|port| port.protocol == self.protocol)
    }
}

impl Which {
    fn read(port: &Field<'_>, end: &Field<'_>) -> Result<Self, Problem> {
        if let Some(name) = port.tree.text() {
            return match (is_port_name(name), end.is_set()) {
                (false, _) => Err(port.problem("is not a name of a port")),
                (true, true) => Err(end.problem("needs a port that is a number")),
                (true, false) => Ok(Self::Named(name.to_owned())),
            };
        }
        match (port.is_set(), end.is_set()) {
            (false, false) => Ok(Self::All),
            (false, true) => Err(end.problem("needs a port that is a number")),
            (true, false) => number(port).map(|port| Self::Range(port, port)),
            (true, true) => match (number(port)?, number(end)?) {
                (first, last) if first <= last => Ok(Self::Range(first, last)),
                (_, _) => Err(end.problem("must not be below port")),
            },
        }
    }
}

fn number(field: &Field<'_>) -> Result<u16, Problem> {
    let number = field.tree.int().and_then(|number| u16::try_from(number).ok());
    number
        .filter(|number| *number > 0)
        .ok_or_else(|| field.problem("must be a number from 1 to 65535"))
}

/// At most 15 of small letters, digits and hyphens, a letter among them, hyphens only between.
fn is_port_name(name: &str) -> bool {
    let is_known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.len() <= 15
        && name.bytes().all(is_known)
        && name.bytes().any(|byte| byte.is_ascii_lowercase())
        && name.split('-').all(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tree::Tree;

    use super::*;

    #[test]
    fn refuses_what_the_api_server_refuses() {
        let check = |rule: Value, path: &str, text: &str| {
            let problem = PortRule::read(&Field::root(&Tree::from_json(&rule))).unwrap_err();
            assert_eq!((problem.path.to_string().as_str(), problem.text.as_str()), (path, text));
        };
        for protocol in ["tcp", "", "ICMP", "HTTP"] {
            check(json!({"protocol": protocol}), "protocol", "must be TCP, UDP or SCTP");
        }
        check(json!({"protocol": 6}), "protocol", "must be a text");
        for port in [json!(0), json!(65536), json!(-1), json!(1.5), json!(true), json!([])] {
            check(json!({"port": port}), "port", "must be a number from 1 to 65535");
        }
        for name in ["", "80", "HTTP", "a--b", "-a", "a-", "a_b", "sixteen-letters-"] {
            check(json!({"port": name}), "port", "is not a name of a port");
        }
        check(json!({"endPort": 80}), "endPort", "needs a port that is a number");
        check(json!({"port": "http", "endPort": 80}), "endPort", "needs a port that is a number");
        check(json!({"port": 80, "endPort": 79}), "endPort", "must not be below port");
        check(json!({"port": 80, "endPort": 70000}), "endPort", "must be a number from 1 to 65535");
        check(json!({"ports": 80}), "ports", "is not a known field");
    }
}
