//! Rules and a snapshot to a decision with its reason: RBAC, rules reviews, escalation,
//! aggregation, and the checks behind impersonation. Pure: no clock, no files, no sockets.
//!
//! Decisions are those of kube-apiserver; the indexes here change what they cost, never what
//! they are.

pub mod aggregation;
pub mod decision;
pub mod escalation;
pub mod impersonation;
mod names;
pub mod narrowed;
pub mod policy;
pub mod review;
pub mod snapshot;

pub use aggregation::{BadSelector, aggregate};
pub use decision::{Decision, Grant, Unresolved};
pub use escalation::covers;
pub use impersonation::{BadImpersonation, Impersonated, Impersonator, Refused, Wanted};
pub use narrowed::{Narrowed, RuleSource, Unready};
pub use policy::{
    ClusterRole, ClusterRoleBinding, LabelSelector, Operator, Policy, PolicyRule, Requirement,
    Role, RoleBinding, RoleRef, Subject,
};
pub use review::Rules;
pub use snapshot::Snapshot;
