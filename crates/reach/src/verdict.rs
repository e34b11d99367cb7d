//! A verdict on a connection, with its reason.

use crate::{Foreign, PolicyName, Side};

/// Whether a connection may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict<'w> {
    /// Both ends allow it.
    Allowed {
        /// What allows it at each end.
        by: Allowance<'w>,
    },
    /// One end does not allow it.
    Denied {
        /// Which end, and what isolates it.
        by: Barrier<'w>,
    },
    /// It depends on what is not known.
    Unknown {
        /// What that is.
        why: Why<'w>,
    },
}

/// What allows a connection at each end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Allowance<'w> {
    /// At the source.
    pub egress: Reason<'w>,
    /// At the destination.
    pub ingress: Reason<'w>,
}

/// What allows a connection at one end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason<'w> {
    /// No policy isolates the pod in this direction.
    NotIsolated,
    /// A rule of a policy.
    Rule {
        /// The policy.
        policy: &'w PolicyName,
        /// Which of its rules for this direction, from 0.
        rule: usize,
    },
    /// The pod shares the network of its node, and so is outside of policies.
    HostNetwork,
    /// The other end is the pod's own node.
    OwnNode,
    /// The other end is the pod itself.
    Itself,
    /// This end is no pod.
    NotAPod,
}

/// What denies a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Barrier<'w> {
    /// At which end: `Egress` is the source, `Ingress` the destination.
    pub side: Side,
    /// The policies that isolate that end, none of which allows the connection.
    pub policies: Vec<&'w PolicyName>,
}

/// Why a verdict is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why<'w> {
    /// A policy that cannot be read may select the pod.
    BadPolicy(&'w PolicyName),
    /// A policy of another kind may decide otherwise.
    Foreign(&'w Foreign),
    /// A rule allows addresses, and the pod's is not known.
    AddressNotSeen(&'w PolicyName),
    /// A rule selects namespaces by labels, and the namespace's are not known.
    NamespaceNotSeen(&'w PolicyName),
    /// A rule selects a pod on the host network: whether networks tell it from its node differs.
    HostNetwork(&'w PolicyName),
    /// The end outside of the pod network may be the pod's own node.
    MayBeItsNode,
    /// The two pods have no family of addresses in common.
    NoCommonFamily,
    /// Several pods are said to have the address.
    AddressOfSeveral,
    /// No such pod in this world.
    NoSuchPod,
}

impl Verdict<'_> {
    /// Whether it is certain that the connection may be made.
    pub fn is_allowed(&self) -> bool {
        match self {
            Self::Allowed { .. } => true,
            Self::Denied { .. } | Self::Unknown { .. } => false,
        }
    }

    /// Whether it is certain that the connection may not be made.
    pub fn is_denied(&self) -> bool {
        match self {
            Self::Denied { .. } => true,
            Self::Allowed { .. } | Self::Unknown { .. } => false,
        }
    }
}
