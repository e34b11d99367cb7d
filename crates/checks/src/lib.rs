//! The catalogue of checks: what each looks at, when it fails, why that matters, and what mends
//! it. Pure: what was seen is an argument, the time too.

#![expect(
    clippy::unnecessary_wraps,
    reason = "judges share a signature, whether they can lack something or not"
)]

mod about;
mod address;
mod admission;
mod audit;
mod authentication;
mod catalogue;
mod check;
mod configured;
mod control_plane;
mod credentials;
mod example;
mod exposure;
mod flag;
mod grants;
mod host_path;
mod image;
mod input;
mod judge;
mod mfa;
mod network;
mod nodes;
mod page;
mod patching;
mod plugins;
mod pod_security;
mod practice;
mod problem;
mod rate_limits;
mod rbac;
mod reference;
mod remedy;
mod rights;
mod rotation;
mod run;
mod secrets;
mod seen;
mod selector;
mod service;
mod severity;
mod tally;
mod tls;
mod when;

pub use about::About;
pub use catalogue::{all, find};
pub use check::{Check, Fix, Span};
pub use credentials::timeline;
pub use example::{Example, ExampleFile, Expected};
pub use grants::{Rbac, UNNAMED, rbac};
pub use judge::{Judge, JudgeComponent, JudgeObject, JudgeWorkload};
pub use page::page;
pub use practice::Practice;
pub use problem::Problem;
pub use reference::Reference;
pub use remedy::Remedy;
pub use run::{Outcome, run};
pub use seen::Seen;
pub use severity::{Confidence, Severity, UnknownSeverity};
pub use tally::{Gap, Judged, Tally, Verdict};
