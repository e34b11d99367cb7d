//! Files and flags to valid configuration. [`GatewayArgs`] is the command line, as text;
//! [`GatewayArgs::resolve`] reads it, the file of `--config` and every file they name into a
//! [`Gateway`] in which nothing is left to doubt, or tells all [`Mistakes`] at once.
//!
//! Nothing here listens, connects or waits.

mod account;
mod arguments;
mod document;
mod file;
mod files;
pub mod gateway;
mod given;
mod mistake;
mod parse;
pub mod reference;
pub mod reload;
mod setting;
mod similar;
pub mod sources;
mod tree;
mod yaml;

pub use account::account;
pub use arguments::GatewayArgs;
pub use gateway::{Environment, Gateway};
pub use mistake::{Mistake, Mistakes, Note, Place, Weight};
pub use reload::{Change, Fingerprint, Watched};
pub use setting::{Setting, Takes, Upstream};
