//! Whether the peers and ports of a rule hold the other end of a connection.

use super::class::Class;
use super::spot::Spot;
use super::{PeerNumber, Rule, World};
use crate::block::Family;
use crate::{Answer, NamedPort, PolicyName, Port, Why};

/// Whether someone is among the peers of a rule. In this order the larger of two is their "or".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Held {
    No,
    Maybe(Gap),
    Surely,
}

/// Why it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    Address,
    Namespace,
    HostNetwork,
}

impl Gap {
    pub(super) fn why(self, policy: &PolicyName) -> Why<'_> {
        match self {
            Self::Address => Why::AddressNotSeen(policy),
            Self::Namespace => Why::NamespaceNotSeen(policy),
            Self::HostNetwork => Why::HostNetwork(policy),
        }
    }
}

impl Held {
    fn or_gap(answer: Answer, gap: Gap) -> Self {
        match answer {
            Answer::Yes => Self::Surely,
            Answer::Unknown => Self::Maybe(gap),
            Answer::No => Self::No,
        }
    }
}

impl World {
    /// Whether a rule speaks of someone.
    pub(super) fn holds(&self, rule: &Rule, other: &Spot<'_>, family: Family) -> Held {
        let each = rule.peers.iter().map(|peer| match peer {
            PeerNumber::Selected(number) => selects(*number, other),
            PeerNumber::Block(number) => self.block_holds(*number, other, family),
        });
        each.max().unwrap_or(Held::Surely)
    }

    fn block_holds(&self, number: usize, other: &Spot<'_>, family: Family) -> Held {
        let block = self.blocks.get(number).filter(|block| block.family() == family);
        let Some(block) = block else { return Held::No };
        let answer = match other {
            Spot::Pod { class, .. } if class.traits.families.are_seen() => {
                class.traits.blocks.has(number).into()
            }
            Spot::Pod { .. } | Spot::OwnNode => block.contains_some(family),
            Spot::Node { address, .. } | Spot::Outside(address) => block.contains(*address).into(),
        };
        Held::or_gap(answer, Gap::Address)
    }
}

/// Whether a selector selects someone. Of pods on the host network nobody knows: some networks
/// see such a pod, others see only its node.
fn selects(number: usize, other: &Spot<'_>) -> Held {
    let may_select = |class: &Class| membership(number, class) != Answer::No;
    match other {
        Spot::Pod { class, .. } if !class.traits.host_network => {
            Held::or_gap(membership(number, class), Gap::Namespace)
        }
        Spot::Pod { class, .. } if may_select(class) => Held::Maybe(Gap::HostNetwork),
        Spot::Node { pods, .. } if pods.iter().any(|class| may_select(class)) => {
            Held::Maybe(Gap::HostNetwork)
        }
        Spot::Pod { .. } | Spot::Node { .. } | Spot::Outside(_) | Spot::OwnNode => Held::No,
    }
}

fn membership(number: usize, class: &Class) -> Answer {
    match (class.traits.selected.has(number), class.traits.perhaps.has(number)) {
        (true, _) => Answer::Yes,
        (false, true) => Answer::Unknown,
        (false, false) => Answer::No,
    }
}

impl Rule {
    /// Whether a rule speaks of a port of `to`.
    pub(super) fn admits(&self, port: Port, to: &Spot<'_>) -> Answer {
        if self.ports.is_empty() || self.ports.iter().any(|rule| rule.admits(port)) {
            return Answer::Yes;
        }
        let by_name =
            |named: &[NamedPort]| self.ports.iter().any(|rule| rule.admits_by_name(port, named));
        to.has_port(by_name)
    }
}
