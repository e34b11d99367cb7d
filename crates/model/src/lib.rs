//! The words everything else is said in: who calls ([`Caller`]), what is asked ([`Call`]) and how
//! a refusal reads ([`Status`]). Pure: no clock, no files, no sockets, no serde.

pub mod attributes;
pub mod call;
pub mod caller;
pub mod status;

pub use attributes::Attributes;
pub use call::Call;
pub use caller::{BadIdentity, Caller, UserInfo};
pub use status::{Cause, Details, Status};
