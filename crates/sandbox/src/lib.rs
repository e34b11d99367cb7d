//! A small Kubernetes API in memory, to try things on: it stores a dozen kinds, decides by its own
//! RBAC objects, and runs nothing. Pods are `Running` as soon as they exist, logs are canned, and
//! `exec` echoes.
//!
//! Invariant: it never listens beyond loopback, and nothing a client sends is executed or written
//! to disk.

mod age;
mod aggregated;
mod answer;
mod asked;
mod body;
mod caller;
mod controller;
mod defaults;
mod discovery;
mod escalation;
mod exec;
mod guard;
mod kind;
mod listing;
mod logs;
mod object;
mod openapi;
mod options;
mod patch;
mod paths;
mod protobuf;
mod refusal;
mod request;
mod resources;
mod review;
mod rules;
mod sandbox;
mod scale;
mod seed;
mod selector;
mod server;
mod shape;
mod shell;
mod store;
mod table;
mod valid;
mod watch;
mod world;
mod write;

pub use options::Options;
pub use sandbox::{Sandbox, Settings, StartError};
