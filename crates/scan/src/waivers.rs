//! Waivers: findings that somebody accepts, for a reason and until a day. One that ran out leaves
//! its findings open and says so; one that matches nothing says so too, since an exception that
//! silently does nothing is taken for one that works.

mod apply;
mod entry;
mod glob;
mod mistake;
mod read;

pub use entry::{ObjectPattern, Waiver, What};
pub use glob::Glob;
pub use mistake::{Mistake, Mistakes};

/// The check of findings about waivers that ran out.
pub const EXPIRED: &str = "IN-901";
/// The check of findings about waivers that match nothing.
pub const INERT: &str = "IN-902";

/// The waivers of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waivers(Vec<Waiver>);

impl Waivers {
    /// The waivers, in the order of the file.
    pub fn all(&self) -> &[Waiver] {
        &self.0
    }
}
