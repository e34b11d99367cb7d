//! A `NetworkPolicy` as it is meant, defaults applied; or what is wrong with it.

use std::fmt;

use tree::Path;

use crate::block::Block;
use crate::port::PortRule;
use crate::selector::Selector;

mod read;

pub(crate) use read::read;

/// Which policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyName {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl fmt::Display for PolicyName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.namespace, self.name)
    }
}

/// A direction that a policy restricts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// What comes to the pod.
    Ingress,
    /// What the pod sends.
    Egress,
}

impl Side {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Ingress, Self::Egress];

    /// As Kubernetes writes it among `policyTypes`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ingress => "Ingress",
            Self::Egress => "Egress",
        }
    }

    /// The field of a policy that holds its rules.
    pub fn field(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }
}

/// A policy that cannot be read: Kubernetes would refuse it, or nobody can say what it does. The
/// pods it may select are unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("network policy {policy} cannot be read: {path} {problem}")]
pub struct BadPolicy {
    /// Which policy.
    pub policy: PolicyName,
    /// Where the problem is.
    pub path: Path,
    /// What it is.
    pub problem: String,
}

/// A value for each direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Sided<T> {
    pub(crate) ingress: T,
    pub(crate) egress: T,
}

impl<T> Sided<T> {
    pub(crate) fn of(mut value: impl FnMut(Side) -> T) -> Self {
        Self { ingress: value(Side::Ingress), egress: value(Side::Egress) }
    }

    pub(crate) fn on(&self, side: Side) -> &T {
        match side {
            Side::Ingress => &self.ingress,
            Side::Egress => &self.egress,
        }
    }

    pub(crate) fn on_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Ingress => &mut self.ingress,
            Side::Egress => &mut self.egress,
        }
    }
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Policy {
    pub(crate) name: PolicyName,
    pub(crate) pods: Selector,
    /// The rules for a direction, in force or not.
    pub(crate) rules: Sided<Vec<Rule>>,
    /// Whether it restricts a direction at all.
    pub(crate) restricts: Sided<bool>,
}

/// A rule: some peers, some ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    /// Everyone if empty.
    pub(crate) peers: Vec<Chosen>,
    /// Every port if empty.
    pub(crate) ports: Vec<PortRule>,
}

/// Whom one entry of a rule's peers chooses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Chosen {
    /// Pods in the policy's own namespace.
    Own(Selector),
    /// Pods in namespaces: the selector of the namespaces, then that of the pods.
    Across(Selector, Selector),
    /// Addresses.
    Block(Block),
}

/// A policy that cannot be read, as far as it can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Doubt {
    pub(crate) bad: BadPolicy,
    /// The pods that it selects; all that it may select are all of its namespace.
    pub(crate) pods: Selector,
    pub(crate) restricts: Sided<bool>,
}
