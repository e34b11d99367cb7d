//! What an event keeps of the bodies that stream past: fed chunk by chunk, at bounded memory, and
//! never an obstacle. A body that cannot be read is simply not recorded.

mod capture;
mod compact;
mod encoding;
mod names;
mod object;
mod protobuf;
mod request;
mod response;
mod schema;
mod status;

pub use capture::Capture;
pub use encoding::Encoding;
pub use request::RequestBody;
pub(crate) use request::Sent;
pub use response::{Head, ResponseBody};

/// What was kept of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
    /// There is none, or none that is recorded.
    Nothing,
    /// The object, as one line of JSON.
    Object(Vec<u8>),
    /// The object is longer than what may be kept.
    Cut,
    /// The object is in a language that is not read here, or broken.
    Unread,
}

/// What an object calls itself. Empty parts are absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// `metadata.namespace`.
    pub namespace: String,
    /// `metadata.name`.
    pub name: String,
    /// `metadata.uid`.
    pub uid: String,
    /// `metadata.resourceVersion`.
    pub resource_version: String,
}

#[cfg(test)]
mod tests;
