//! What rights let their holder become: one right by itself, or several together.

mod alone;
mod together;

use std::sync::Arc;

use super::surroundings::{Surroundings, TokenSecret};
use super::{Sink, StepKind};
use crate::grants::{Grants, Scope};
use crate::rights::{Names, Right};
use crate::subject::Subject;

pub(super) use self::alone::alone;
pub(super) use self::together::{holds_everything, is_half, together};

/// A right with the place where its rule stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Held<'g> {
    pub(super) right: Right,
    pub(super) scope: &'g Scope,
    pub(super) names: Names<'g>,
    pub(super) at: At,
}

/// A rule as a binding gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    pub(super) binding: usize,
    pub(super) rule: usize,
}

/// One thing that rights let their holder do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Power {
    pub(super) kind: StepKind,
    pub(super) target: Aim,
    /// The rules it takes, all of them.
    pub(super) takes: Vec<At>,
}

/// Where a power leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Aim {
    /// To each of many.
    Many(Many),
    /// To one subject, if there is one of that name.
    One(Subject),
    /// To the service accounts of that name in all namespaces.
    Namesakes(Arc<str>),
    /// To an end.
    Sink(Sink),
}

/// Many subjects that are reached alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Many {
    /// The service accounts there.
    Accounts(Scope),
    /// Those that pods there run as.
    Running(Scope),
    /// Those there whose tokens are in secrets.
    InSecrets(Scope),
    /// All users.
    Users,
    /// All groups but `system:masters`.
    Groups,
}

/// What powers depend on besides the rights.
#[derive(Debug, Clone, Copy)]
pub(super) struct World<'a> {
    pub(super) grants: &'a Grants,
    pub(super) around: &'a Surroundings<'a>,
}

impl World<'_> {
    /// Whether privileged pods are admitted somewhere there.
    pub(super) fn admits_privileged(&self, scope: &Scope) -> bool {
        match scope {
            Scope::Namespace(name) => self.around.admits_privileged(name),
            // Two namespaces that every cluster has.
            Scope::Cluster => {
                ["kube-system", "default"].iter().any(|name| self.around.admits_privileged(name))
            }
        }
    }
}

/// Where both hold.
pub(super) fn overlap<'g>(one: &'g Scope, other: &'g Scope) -> Option<&'g Scope> {
    match (one, other) {
        (Scope::Cluster, scope) | (scope, Scope::Cluster) => Some(scope),
        (Scope::Namespace(name), Scope::Namespace(own)) => (name == own).then_some(one),
    }
}

/// The end that all secrets there are, if they are one.
pub(super) fn secrets_of(scope: &Scope) -> Option<Sink> {
    match scope {
        Scope::Cluster => Some(Sink::AllSecrets),
        Scope::Namespace(name) => (&**name == KUBE_SYSTEM).then_some(Sink::KubeSystemSecrets),
    }
}

pub(super) const KUBE_SYSTEM: &str = "kube-system";
