//! What one end of a connection says to it: what isolates the pod there, and which rules may let
//! the other end through.

use super::class::Class;
use super::held::Held;
use super::spot::Spot;
use super::{Rule, World};
use crate::block::Family;
use crate::{Answer, NamedPort, PolicyName, Port, Reason, Side, Why};

/// What one end says to connections with the other, before the port is known.
#[derive(Debug)]
pub(super) struct Case<'w> {
    hits: Vec<Hit<'w>>,
    /// What holds if no rule decides.
    otherwise: Outcome<'w>,
}

/// What one end says to a connection.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outcome<'w> {
    Allowed(Reason<'w>),
    Unknown(Why<'w>),
    Denied(Side, &'w Class),
}

/// A rule whose peers hold the other end, or may.
#[derive(Debug)]
struct Hit<'w> {
    held: Held,
    policy: &'w PolicyName,
    rule: &'w Rule,
    number: usize,
}

impl<'w> Case<'w> {
    /// The case of `subject`, whose `side` is asked about connections of a family with `other`.
    pub(super) fn of(
        world: &'w World,
        side: Side,
        (subject, other): (&Spot<'w>, &Spot<'w>),
        family: Family,
    ) -> Self {
        let (class, node) = match subject {
            Spot::Pod { class, node, .. } => (*class, *node),
            Spot::Node { .. } | Spot::Outside(_) | Spot::OwnNode => {
                return Self::settled(Outcome::Allowed(Reason::NotAPod));
            }
        };
        let is_own = other.is_node_of(node);
        if let Some(outcome) = settled(world, side, class, is_own) {
            return Self::settled(outcome);
        }
        let policies = class.isolating.on(side).iter().filter_map(|one| world.policies.get(*one));
        let hits = policies.flat_map(|ruled| {
            let rules = ruled.rules.on(side).iter().enumerate();
            rules.filter_map(|(number, rule)| {
                let held = world.holds(rule, other, family);
                let hit = Hit { held, policy: &ruled.policy.name, rule, number };
                (held != Held::No).then_some(hit)
            })
        });
        Self { hits: hits.collect(), otherwise: otherwise(world, side, class, is_own) }
    }

    fn settled(outcome: Outcome<'w>) -> Self {
        Self { hits: Vec::new(), otherwise: outcome }
    }

    /// What it says to a connection to a port of `to`.
    pub(super) fn at(&self, port: Port, to: &Spot<'_>) -> Outcome<'w> {
        let mut unknown = None;
        for Hit { held, policy, rule, number } in &self.hits {
            let why = match (rule.admits(port, to), held) {
                (Answer::No, _) | (_, Held::No) => continue,
                (Answer::Yes, Held::Surely) => {
                    return Outcome::Allowed(Reason::Rule { policy, rule: *number });
                }
                (Answer::Unknown, Held::Surely) => Why::HostNetwork(policy),
                (Answer::Yes | Answer::Unknown, Held::Maybe(gap)) => gap.why(policy),
            };
            unknown = unknown.or(Some(why));
        }
        match (self.otherwise, unknown) {
            (Outcome::Denied(..), Some(why)) => Outcome::Unknown(why),
            (otherwise, _) => otherwise,
        }
    }

    /// The case again if it denies every port: then the other end need not be asked.
    pub(super) fn denial(&self) -> Option<Self> {
        let denies = self.hits.is_empty() && matches!(self.otherwise, Outcome::Denied(..));
        denies.then(|| Self::settled(self.otherwise))
    }

    /// Whether it says different things to different ports.
    pub(super) fn depends_on_port(&self) -> bool {
        self.hits.iter().any(|hit| !hit.rule.ports.is_empty())
    }

    /// Ports among which is one that it allows, if there is any.
    pub(super) fn telling_ports(&self, named: &[NamedPort]) -> impl Iterator<Item = Port> {
        self.hits.iter().flat_map(|hit| &hit.rule.ports).flat_map(move |port| port.firsts(named))
    }
}

/// What no rule can change: a policy of another kind, the pod's own node, nothing that isolates.
fn settled<'w>(
    world: &'w World,
    side: Side,
    class: &'w Class,
    is_own: Answer,
) -> Option<Outcome<'w>> {
    let foreign = |number: Option<usize>| number.and_then(|number| world.foreign.get(number));
    if let Some(policy) = foreign(class.overruling) {
        return Some(Outcome::Unknown(Why::Foreign(policy)));
    }
    if class.traits.host_network {
        return Some(Outcome::Allowed(Reason::HostNetwork));
    }
    let is_isolated = !class.isolating.on(side).is_empty();
    let bad = world.doubt(side, class).map(Why::BadPolicy);
    let baseline = foreign(class.baseline).map(Why::Foreign).filter(|_| !is_isolated);
    match (is_isolated, bad.or(baseline)) {
        (false, None) => Some(Outcome::Allowed(Reason::NotIsolated)),
        (_, _) if is_own == Answer::Yes && baseline.is_none() => {
            Some(Outcome::Allowed(Reason::OwnNode))
        }
        (false, Some(why)) => Some(Outcome::Unknown(why)),
        (true, _) => None,
    }
}

/// What holds for an isolated pod when no rule allows.
fn otherwise<'w>(world: &'w World, side: Side, class: &'w Class, is_own: Answer) -> Outcome<'w> {
    match (world.doubt(side, class), is_own) {
        (Some(policy), _) => Outcome::Unknown(Why::BadPolicy(policy)),
        (None, Answer::Unknown) => Outcome::Unknown(Why::MayBeItsNode),
        (None, Answer::No | Answer::Yes) => Outcome::Denied(side, class),
    }
}

impl World {
    fn doubt(&self, side: Side, class: &Class) -> Option<&PolicyName> {
        let first = class.doubts.on(side).first()?;
        self.doubts.get(*first).map(|doubt| &doubt.bad.policy)
    }
}
