//! Audit policy, events and the hash chain over them, as kube-apiserver's `audit.k8s.io/v1`. Pure:
//! the time is an argument, and what stores the events implements [`Sink`].
//!
//! One request, told in order: a [`Policy`] judges it ([`Verdict`]); a [`Draft`] gathers what
//! becomes known of it; at each [`Stage`] the draft yields an [`Event`], unless the policy omits
//! that stage; a [`Sink`] takes the event and answers with a [`Receipt`].

mod answer;
pub mod body;
pub mod chain;
mod draft;
mod event;
mod json;
mod level;
pub mod policy;
mod sink;
mod source;

pub use body::{RequestBody, ResponseBody};
pub use draft::{Asked, Draft};
pub use event::Event;
pub use level::{Level, Stage, Stages};
pub use policy::{Policy, Problem, Verdict};
pub use sink::{NotWritten, Receipt, Sink};
pub use source::source_ips;
