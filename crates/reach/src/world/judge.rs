//! A verdict from what both ends say, over each family of addresses they may talk with.

use super::case::{Case, Outcome};
use super::class::Class;
use super::spot::Spot;
use super::{Peer, PodId, World};
use crate::block::Family;
use crate::{Allowance, Barrier, NamedPort, Port, Reason, Side, Verdict, Why};

pub(super) fn verdict<'w>(
    world: &'w World,
    from: Peer<'w>,
    to: Peer<'w>,
    port: Port,
) -> Verdict<'w> {
    judgement(world, from, to, port).unwrap_or_else(Judgement::Unknown).verdict(world)
}

fn judgement<'w>(
    world: &'w World,
    from: Peer<'w>,
    to: Peer<'w>,
    port: Port,
) -> Result<Judgement<'w>, Why<'w>> {
    let ends = (Spot::of(world, from)?, Spot::of(world, to)?);
    if world.is_one_pod(from, to) && !ends.0.may_be_overruled() {
        let by = Allowance { egress: Reason::Itself, ingress: Reason::Itself };
        return Ok(Judgement::Allowed(by));
    }
    Ok(Talk::between(world, &ends.0, &ends.1).at(port))
}

/// A verdict without the names of policies, which are many.
#[derive(Debug, Clone, Copy)]
pub(super) enum Judgement<'w> {
    Allowed(Allowance<'w>),
    Unknown(Why<'w>),
    Denied(Side, &'w Class),
}

impl<'w> Judgement<'w> {
    fn of(egress: Outcome<'w>, ingress: Outcome<'w>) -> Self {
        match (egress, ingress) {
            (Outcome::Denied(side, class), _) | (_, Outcome::Denied(side, class)) => {
                Self::Denied(side, class)
            }
            (Outcome::Unknown(why), _) | (_, Outcome::Unknown(why)) => Self::Unknown(why),
            (Outcome::Allowed(egress), Outcome::Allowed(ingress)) => {
                Self::Allowed(Allowance { egress, ingress })
            }
        }
    }

    fn verdict(self, world: &'w World) -> Verdict<'w> {
        match self {
            Self::Allowed(by) => Verdict::Allowed { by },
            Self::Unknown(why) => Verdict::Unknown { why },
            Self::Denied(side, class) => {
                let policies = class.isolating.on(side).iter();
                let policies = policies.filter_map(|one| world.policies.get(*one));
                let policies = policies.map(|ruled| &ruled.policy.name).collect();
                Verdict::Denied { by: Barrier { side, policies } }
            }
        }
    }

    fn rank(self) -> u8 {
        match self {
            Self::Denied(..) => 0,
            Self::Unknown(_) => 1,
            Self::Allowed(_) => 2,
        }
    }
}

/// What two ends say to each other, in each family they may talk in.
pub(super) struct Talk<'t, 'w> {
    to: &'t Spot<'w>,
    /// Egress and ingress.
    cases: [Option<(Case<'w>, Case<'w>)>; 2],
    choice: Choice,
}

/// What two ends know of the families they have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    /// They have these, and may talk in any.
    Any,
    /// They have some of these.
    SomeUnseen,
    /// They have none. A denial is a denial all the same.
    None,
}

impl<'t, 'w> Talk<'t, 'w> {
    pub(super) fn between(world: &'w World, from: &'t Spot<'w>, to: &'t Spot<'w>) -> Self {
        let is_common = |family: &Family| from.may_have(*family) && to.may_have(*family);
        let has_common = Family::ALL.iter().any(is_common);
        let depends =
            from.speaks_of_addresses(Side::Egress) || to.speaks_of_addresses(Side::Ingress);
        let mut is_settled = false;
        let cases = Family::ALL.map(|family| {
            let counts = !is_settled && (!has_common || is_common(&family));
            is_settled |= counts && !depends;
            counts.then(|| {
                let egress = Case::of(world, Side::Egress, (from, to), family);
                let ingress = egress.denial();
                let ask = || Case::of(world, Side::Ingress, (to, from), family);
                (egress, ingress.unwrap_or_else(ask))
            })
        });
        let are_known = from.has_known_families() && to.has_known_families();
        let choice = match (has_common, are_known) {
            (false, _) => Choice::None,
            (true, false) => Choice::SomeUnseen,
            (true, true) => Choice::Any,
        };
        Self { to, cases, choice }
    }

    pub(super) fn at(&self, port: Port) -> Judgement<'w> {
        let of = |(egress, ingress): &(Case<'w>, Case<'w>)| {
            Judgement::of(egress.at(port, self.to), ingress.at(port, self.to))
        };
        let each = self.cases.iter().flatten().map(of);
        let best = each.clone().max_by_key(|one| one.rank());
        let worst = each.min_by_key(|one| one.rank());
        let none = Judgement::Unknown(Why::NoCommonFamily);
        let (Some(best), Some(worst)) = (best, worst) else { return none };
        match (self.choice, best, worst) {
            (Choice::None, Judgement::Allowed(_) | Judgement::Unknown(_), _) => none,
            (Choice::SomeUnseen, Judgement::Allowed(by), Judgement::Denied(..)) => {
                by.in_one_family()
            }
            (Choice::SomeUnseen, Judgement::Allowed(_), worst) => worst,
            (Choice::Any | Choice::SomeUnseen | Choice::None, best, _) => best,
        }
    }

    /// The best over all ports.
    pub(super) fn at_best(&self, named: &[NamedPort]) -> Judgement<'w> {
        let cases = || self.cases.iter().flatten().flat_map(|(egress, ingress)| [egress, ingress]);
        if !cases().any(Case::depends_on_port) {
            return self.at(Port::tcp(1));
        }
        let mut ports: Vec<Port> = cases().flat_map(|case| case.telling_ports(named)).collect();
        ports.push(Port::tcp(1));
        ports.sort_unstable();
        ports.dedup();
        let each = ports.into_iter().map(|port| self.at(port));
        let none = Judgement::Unknown(Why::NoCommonFamily);
        each.max_by_key(|one| one.rank()).unwrap_or(none)
    }
}

impl<'w> Allowance<'w> {
    /// What is known when it holds in one family of addresses, and the pod may have the other.
    fn in_one_family(self) -> Judgement<'w> {
        let policy = |reason| match reason {
            Reason::Rule { policy, .. } => Some(policy),
            Reason::NotIsolated
            | Reason::HostNetwork
            | Reason::OwnNode
            | Reason::Itself
            | Reason::NotAPod => None,
        };
        let policy = policy(self.egress).or_else(|| policy(self.ingress));
        Judgement::Unknown(policy.map_or(Why::NoCommonFamily, Why::AddressNotSeen))
    }
}

impl World {
    /// Whether both are the same one pod: no policy keeps a pod from itself.
    fn is_one_pod(&self, from: Peer<'_>, to: Peer<'_>) -> bool {
        let single = |pod: PodId| self.pods.get(pod.0).is_some_and(super::Placed::is_single);
        let (from, to) = (Spot::pod_of(self, from), Spot::pod_of(self, to));
        from == to && from.is_some_and(single)
    }
}
