//! What RBAC grants to whom, where that leads, and what would cut the way. Pure: rules, pods and
//! audit events are arguments.
//!
//! A grant is judged by how it is bound, never by its role alone, and every match is that of
//! kube-apiserver.

pub mod audit;
pub mod bootstrap;
pub mod grants;
pub mod graph;
pub mod learn;
pub mod matching;
pub mod rights;
pub mod subject;
pub mod unused;
pub mod who_can;

pub use audit::Event;
pub use grants::{BindingKey, Dangling, Grant, Grants, RoleKey, Scope};
pub use graph::{
    AttackPath, Cut, Graph, Place, Pod, Reason, Sink, Step, StepKind, Surroundings, TokenSecret,
};
pub use learn::{LearnedRole, Options, learn};
pub use rights::{HeldRight, Names, Right};
pub use subject::{Subject, Written};
pub use unused::{UnusedRight, unused};
pub use who_can::{Holder, Reach, Via};
