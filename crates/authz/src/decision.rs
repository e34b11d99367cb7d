//! What RBAC says of a call, with its reason. Reasons are written only when somebody reads them.

use std::collections::HashSet;
use std::fmt;

use crate::policy::{ClusterRoleBinding, RoleBinding, RoleRef, Subject};
use model::quote::Quoted;

/// Whether the rules allow a call. RBAC never denies: what nothing allows, it has no opinion on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision<'s> {
    /// Something allows it.
    Allow(Grant<'s>),
    /// Nothing allows it.
    NoOpinion {
        /// What could not be looked at; displays as upstream's reason.
        reason: Unresolved<'s>,
    },
    /// The cluster's rules allow it, the gateway's own do not.
    Narrowed {
        /// What could not be looked at among the gateway's own.
        reason: Unresolved<'s>,
    },
}

impl Decision<'_> {
    /// Whether the call is allowed.
    pub fn is_allow(&self) -> bool {
        matches!(self, Self::Allow(_))
    }
}

impl fmt::Display for Decision<'_> {
    /// Writes the reason.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allow(grant) => grant.fmt(out),
            Self::NoOpinion { reason } => reason.fmt(out),
            Self::Narrowed { reason } => {
                out.write_str("the gateway's own rules do not allow it")?;
                let gap = if reason.is_empty() { "" } else { ": " };
                write!(out, "{gap}{reason}")
            }
        }
    }
}

/// What allows a call. Displays as upstream's reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant<'s> {
    /// The caller is in `system:masters`, who are allowed before any rule is read. No reason text.
    PrivilegedGroup,
    /// A binding for the whole cluster.
    ClusterRoleBinding {
        /// The binding.
        binding: &'s ClusterRoleBinding,
        /// The first of its subjects that the caller is.
        subject: &'s Subject,
    },
    /// A binding for the namespace of the call.
    RoleBinding {
        /// The binding.
        binding: &'s RoleBinding,
        /// The first of its subjects that the caller is.
        subject: &'s Subject,
    },
}

impl fmt::Display for Grant<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PrivilegedGroup => Ok(()),
            Self::ClusterRoleBinding { binding, subject } => {
                let name = Quoted(&binding.name);
                write!(out, "RBAC: allowed by ClusterRoleBinding {name} of ")?;
                role_to_subject(&binding.role, subject, "", out)
            }
            Self::RoleBinding { binding, subject } => {
                // Name before namespace, as upstream has it.
                let name = format!("{}/{}", binding.name, binding.namespace);
                write!(out, "RBAC: allowed by RoleBinding {} of ", Quoted(&name))?;
                role_to_subject(&binding.role, subject, &binding.namespace, out)
            }
        }
    }
}

fn role_to_subject(
    role: &RoleRef,
    subject: &Subject,
    binding_namespace: &str,
    out: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    write!(out, "{} {} to {} ", role.kind, Quoted(&role.name), subject.kind)?;
    if subject.kind != "ServiceAccount" {
        return write!(out, "{}", Quoted(&subject.name));
    }
    let own = subject.namespace.as_str();
    let namespace = if own.is_empty() { binding_namespace } else { own };
    write!(out, "{}", Quoted(&format!("{}/{namespace}", subject.name)))
}

/// The roles that bindings of the caller name and that could not be read, in the order of the
/// bindings, each once. Displays as upstream's reason; empty where there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unresolved<'s>(Vec<&'s RoleRef>);

impl<'s> Unresolved<'s> {
    /// Keeps the first of those with the same error: upstream prints equal errors once.
    pub(crate) fn new(roles: impl Iterator<Item = &'s RoleRef>) -> Self {
        let mut seen = HashSet::new();
        Self(roles.filter(|role| seen.insert(unresolved_text(role))).collect())
    }

    /// Whether every role was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The references, each once.
    pub fn roles(&self) -> &[&'s RoleRef] {
        &self.0
    }

    /// The errors without `RBAC: ` in front: the `evaluationError` of a rules review.
    pub fn errors(&self) -> String {
        let texts: Vec<String> = self.0.iter().map(|role| unresolved_text(role)).collect();
        match texts.as_slice() {
            [] => String::new(),
            [only] => only.clone(),
            [..] => format!("[{}]", texts.join(", ")),
        }
    }
}

impl fmt::Display for Unresolved<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return Ok(());
        }
        write!(out, "RBAC: {}", self.errors())
    }
}

fn unresolved_text(role: &RoleRef) -> String {
    let name = Quoted(&role.name);
    match role.kind.as_str() {
        "ClusterRole" => format!("clusterrole.rbac.authorization.k8s.io {name} not found"),
        "Role" => format!("role.rbac.authorization.k8s.io {name} not found"),
        kind => format!("unsupported role reference kind: {}", Quoted(kind)),
    }
}
