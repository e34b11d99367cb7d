//! The words everything else is said in: who calls ([`Caller`]), what is asked ([`Call`]) and how
//! a refusal reads ([`Status`]). Pure: no clock, no files, no sockets, no serde.

pub mod attributes;
pub mod call;
pub mod caller;
pub mod duration;
pub mod hardening;
mod path;
pub mod query;
pub mod quote;
pub mod selector;
pub mod status;

pub use attributes::Attributes;
pub use call::{BadRequestInfo, Call};
pub use caller::{BadIdentity, Caller, UserInfo};
pub use hardening::Hardened;
pub use query::Query;
pub use status::{Cause, Details, Status};
