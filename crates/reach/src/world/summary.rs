//! What policies do as a whole: who is isolated, what is denied by default, what does nothing.

use super::{PodId, Rule, Ruled, World};
use crate::policy::Sided;
use crate::{Answer, Force, PolicyName, Side};

/// For each direction, whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Isolation {
    /// For what comes in.
    pub ingress: Answer,
    /// For what goes out.
    pub egress: Answer,
}

/// Rules of a policy that do nothing, since its `policyTypes` leave their direction out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SilentRules<'w> {
    /// The policy.
    pub policy: &'w PolicyName,
    /// The direction of the rules.
    pub side: Side,
}

impl World {
    /// Whether policies isolate a pod. Pods on the host network are not isolated.
    pub fn isolation(&self, pod: PodId) -> Isolation {
        Isolation::of(|side| self.isolates(pod, side))
    }

    fn isolates(&self, pod: PodId, side: Side) -> Answer {
        let Some(class) = self.class_of(pod) else { return Answer::Unknown };
        if class.traits.host_network {
            return Answer::No;
        }
        if !class.isolating.on(side).is_empty() {
            return Answer::Yes;
        }
        let is_open = class.doubts.on(side).is_empty() && class.overruling.is_none();
        if is_open && class.baseline.is_none() { Answer::No } else { Answer::Unknown }
    }

    /// Whether a namespace denies by default: a policy isolates all its pods, those to come too,
    /// and none allows everything to all of them.
    pub fn namespace_default_deny(&self, namespace: &str) -> Isolation {
        Isolation::of(|side| self.denies_by_default(namespace, side))
    }

    fn denies_by_default(&self, namespace: &str, side: Side) -> Answer {
        let for_all = |ruled: &&Ruled| {
            ruled.policy.name.namespace == namespace
                && ruled.policy.pods.is_empty()
                && *ruled.policy.restricts.on(side)
        };
        let isolates = self.policies.iter().any(|ruled| for_all(&ruled));
        let rules = self.policies.iter().filter(for_all).flat_map(|ruled| ruled.rules.on(side));
        if rules.into_iter().any(Rule::allows_everything) {
            return Answer::No;
        }
        let doubts = || self.doubts.iter().filter(|doubt| *doubt.restricts.on(side));
        let may_be_bad =
            doubts().any(|doubt| doubt.bad.policy.namespace == namespace && doubt.pods.is_empty());
        let may_be_foreign = self.foreign.iter().any(|one| one.concerns(namespace));
        match (isolates, may_be_bad, may_be_foreign) {
            (_, true, _) | (false, false, true) => Answer::Unknown,
            (true, false, _) => Answer::from(true),
            (false, false, false) => Answer::No,
        }
    }

    /// The policies whose selector selects none of the pods.
    pub fn policies_selecting_nothing(&self) -> Vec<&PolicyName> {
        let mut selecting = vec![false; self.policies.len()];
        for number in self.classes.iter().flat_map(|class| &class.traits.policies) {
            if let Some(selects) = selecting.get_mut(*number) {
                *selects = true;
            }
        }
        let idle = self.policies.iter().zip(selecting).filter(|(_, selects)| !selects);
        idle.map(|(ruled, _)| &ruled.policy.name).collect()
    }

    /// Rules that do nothing, since the `policyTypes` of their policy leave their direction out.
    pub fn silent_rules(&self) -> Vec<SilentRules<'_>> {
        let of = |ruled: &'_ Ruled, side| {
            !ruled.policy.rules.on(side).is_empty() && !*ruled.policy.restricts.on(side)
        };
        let all = self.policies.iter().flat_map(|ruled| Side::ALL.map(|side| (ruled, side)));
        all.filter(|(ruled, side)| of(ruled, *side))
            .map(|(ruled, side)| SilentRules { policy: &ruled.policy.name, side })
            .collect()
    }

    /// Whether a policy of another kind may override what is said of a namespace.
    pub fn may_be_overruled(&self, namespace: &str) -> bool {
        self.foreign.iter().any(|one| one.force == Force::Any && one.concerns(namespace))
    }
}

impl Isolation {
    fn of(answer: impl FnMut(Side) -> Answer) -> Self {
        let Sided { ingress, egress } = Sided::of(answer);
        Self { ingress, egress }
    }
}

impl Rule {
    fn allows_everything(&self) -> bool {
        self.peers.is_empty() && self.ports.is_empty()
    }
}
