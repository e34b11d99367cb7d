//! What RBAC grants to whom, where that leads, and what would cut the way. Pure: rules, pods and
//! audit events are arguments.
//!
//! A grant is judged by how it is bound, never by its role alone, and every match is that of
//! kube-apiserver.

pub mod bootstrap;
pub mod grants;
pub mod graph;
mod matching;
pub mod rights;
pub mod subject;
pub mod who_can;

pub use grants::{BindingKey, Dangling, Grant, Grants, RoleKey, Scope};
pub use graph::{AttackPath, Cut, Graph, Place, Reason, Sink, Step, StepKind, Surroundings};
pub use rights::{HeldRight, Names, Right};
pub use subject::{Subject, Written};
pub use who_can::{Holder, Reach, Via};
