//! Which published advisories concern a component at a version; how long a line of Kubernetes is
//! supported, and which versions may run together. Pure: today's date and texts are arguments.

mod advisory;
mod component;
mod cvss;
mod embedded;
mod image;
mod interval;
mod mitigation;
mod read;
mod severity;
mod skew;
mod support;
mod table;
mod version;

pub use advisory::{Advisory, Fix, Match};
pub use component::Component;
pub use image::{BadImage, ImageReference};
pub use mitigation::{Mitigation, Only};
pub use read::{Flaw, ImportError, Refused};
pub use severity::{Confidence, Severity};
pub use skew::{Skew, SkewKind, skew};
pub use support::{Support, lines, oldest_supported, support};
pub use table::{Merged, Table};
pub use version::{BadVersion, Minor, Version};
