//! A range of addresses without the ranges that are taken out of it.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::Answer;
use crate::field::{Field, Problem};

/// A range of addresses, some of them excepted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Block {
    net: IpNet,
    except: Vec<IpNet>,
}

/// The family of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Family {
    V4,
    V6,
}

impl Family {
    pub(crate) const ALL: [Self; 2] = [Self::V4, Self::V6];

    pub(crate) fn of(address: IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }
}

impl Block {
    pub(crate) fn read(field: &Field<'_>) -> Result<Self, Problem> {
        field.mapping(&["cidr", "except"])?;
        let net = range(&field.get("cidr"))?;
        let mut except = Vec::new();
        for field in field.get("except").list()? {
            let inner = range(&field)?;
            if !net.contains(&inner) || net.prefix_len() == inner.prefix_len() {
                return Err(field.problem("must be a part of cidr"));
            }
            except.push(inner);
        }
        except.sort();
        Ok(Self { net, except })
    }

    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        self.net.contains(&address) && !self.except.iter().any(|net| net.contains(&address))
    }

    pub(crate) fn family(&self) -> Family {
        Family::of(self.net.addr())
    }

    /// Whether it holds an address of which the family alone is known.
    pub(crate) fn contains_some(&self, family: Family) -> Answer {
        if self.family() != family {
            Answer::No
        } else if self.is_everything() && !self.has_exceptions() {
            Answer::Yes
        } else {
            Answer::Unknown
        }
    }

    /// Whether it is a whole family, exceptions aside.
    pub(crate) fn is_everything(&self) -> bool {
        self.net.prefix_len() == 0
    }

    pub(crate) fn has_exceptions(&self) -> bool {
        !self.except.is_empty()
    }
}

/// A range as `address/length`. Bits behind the length are dropped, as the API server does. An
/// IPv4 address in IPv6 clothes means one thing to some readers and another to others: refused.
fn range(field: &Field<'_>) -> Result<IpNet, Problem> {
    let text = field.needed_text()?;
    let is_number = |length: &str| length.bytes().all(|byte| byte.is_ascii_digit());
    let parsed = text.split_once('/').filter(|(_, length)| is_number(length));
    let parsed = parsed.and_then(|(address, length)| {
        let address: IpAddr = address.parse().ok()?;
        (address.to_canonical() == address).then_some(())?;
        IpNet::new(address, length.parse().ok()?).ok()
    });
    parsed.map(|net| net.trunc()).ok_or_else(|| field.problem("is not a range of addresses"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tree::Tree;

    use super::*;

    fn read(block: &Value) -> Result<Block, Problem> {
        Block::read(&Field::root(&Tree::from_json(block)))
    }

    #[test]
    fn holds_its_range_but_not_the_exceptions() {
        let check = |cidr: &str, except: &[&str], address: &str, expected: bool| {
            let block = read(&json!({"cidr": cidr, "except": except})).unwrap();
            assert_eq!(block.contains(address.parse().unwrap()), expected, "{cidr} {address}");
        };
        check("10.0.0.0/8", &[], "10.1.2.3", true);
        check("10.0.0.0/8", &[], "11.0.0.0", false);
        check("10.0.0.0/8", &["10.1.0.0/16", "10.2.0.0/16"], "10.2.0.1", false);
        check("10.0.0.0/8", &["10.1.0.0/16"], "10.3.0.1", true);
        check("10.9.9.9/8", &[], "10.1.2.3", true);
        check("0.0.0.0/0", &[], "fd00::1", false);
        check("::/0", &[], "10.0.0.1", false);
        check("::/0", &["fd00:ec2::254/128"], "fd00:ec2::254", false);
        check("::/0", &["fd00:ec2::254/128"], "fd00:ec2::255", true);
        check("192.0.2.7/32", &[], "192.0.2.7", true);
    }

    #[test]
    fn refuses_what_is_no_range() {
        let check = |block: Value, path: &str, text: &str| {
            let problem = read(&block).unwrap_err();
            assert_eq!((problem.path.to_string().as_str(), problem.text.as_str()), (path, text));
        };
        check(json!({}), "cidr", "is missing");
        check(json!({"cidr": 10}), "cidr", "must be a text");
        for cidr in [
            "10.0.0.0",
            "10.0.0.0/33",
            "10.0.0/8",
            "10.0.0.0/+8",
            "10.0.0.0/",
            "a/8",
            "::ffff:10.0.0.0/104",
            "010.0.0.0/8",
        ] {
            check(json!({"cidr": cidr}), "cidr", "is not a range of addresses");
        }
        let inside = |except: &str| json!({"cidr": "10.0.0.0/8", "except": [except]});
        check(inside("11.0.0.0/16"), "except[0]", "must be a part of cidr");
        check(inside("10.0.0.0/8"), "except[0]", "must be a part of cidr");
        check(inside("fd00::/64"), "except[0]", "must be a part of cidr");
        check(json!({"cidr": "10.0.0.0/8", "excepts": []}), "excepts", "is not a known field");
    }
}
