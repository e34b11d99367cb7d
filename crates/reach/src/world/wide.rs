//! Peers that hold more than anyone may have thought of.

use tree::Path;

use super::{Ruled, World};
use crate::policy::Chosen;
use crate::{PolicyName, Side};

/// A peer of a rule in force that holds whole worlds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WidePeer<'w> {
    /// The policy.
    pub policy: &'w PolicyName,
    /// The direction of the rule.
    pub side: Side,
    /// Where the peer stands; the rule, if it names none.
    pub path: Path,
    /// Whom it holds.
    pub width: Width,
}

/// Whom a wide peer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Width {
    /// Everyone: the rule names no peers.
    Everyone,
    /// Every address of a family, but for exceptions.
    EveryAddress {
        /// Whether there are exceptions.
        has_exceptions: bool,
    },
    /// Every pod of every namespace.
    EveryNamespace,
    /// Pods with some labels, of every namespace.
    PodsOfEveryNamespace,
}

impl World {
    /// The wide peers of all policies, in order.
    pub fn wide_peers(&self) -> Vec<WidePeer<'_>> {
        let sides = self.policies.iter().flat_map(|ruled| Side::ALL.map(|side| (ruled, side)));
        let in_force = sides.filter(|(ruled, side)| *ruled.policy.restricts.on(*side));
        in_force.flat_map(|(ruled, side)| wide(ruled, side)).collect()
    }
}

fn wide(ruled: &Ruled, side: Side) -> Vec<WidePeer<'_>> {
    let policy = &ruled.policy.name;
    let field = match side {
        Side::Ingress => "from",
        Side::Egress => "to",
    };
    let mut found = Vec::new();
    for (number, rule) in ruled.policy.rules.on(side).iter().enumerate() {
        let path = Path::of(&["spec", side.field()]).then(number);
        if rule.peers.is_empty() {
            found.push(WidePeer { policy, side, path, width: Width::Everyone });
            continue;
        }
        for (peer, chosen) in rule.peers.iter().enumerate() {
            let path = path.then(field).then(peer);
            found.extend(width(chosen).map(|width| WidePeer { policy, side, path, width }));
        }
    }
    found
}

fn width(chosen: &Chosen) -> Option<Width> {
    match chosen {
        Chosen::Block(block) => block
            .is_everything()
            .then(|| Width::EveryAddress { has_exceptions: block.has_exceptions() }),
        Chosen::Across(namespaces, pods) if namespaces.is_empty() && pods.is_empty() => {
            Some(Width::EveryNamespace)
        }
        Chosen::Across(namespaces, _) if namespaces.is_empty() => Some(Width::PodsOfEveryNamespace),
        Chosen::Across(..) | Chosen::Own(_) => None,
    }
}
