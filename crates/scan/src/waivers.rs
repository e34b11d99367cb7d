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

use crate::rules::RuleText;

/// The check of findings about waivers that ran out.
pub const EXPIRED: &str = "IN-901";
/// The check of findings about waivers that match nothing.
pub const INERT: &str = "IN-902";

/// What there is to say about these two checks, for the formats that carry it: the catalogue does not
/// have them.
pub fn texts() -> [RuleText; 2] {
    let text = |id: &str, title: &str, why: &str, fix: &str| RuleText {
        id: id.to_owned(),
        title: title.to_owned(),
        why: why.to_owned(),
        fix: fix.to_owned(),
        references: Vec::new(),
    };
    [
        text(
            EXPIRED,
            EXPIRED_TITLE,
            "A risk is accepted for a while. What it covered is open again until it is mended or \
             somebody accepts it anew.",
            "Mend what it covers and delete the waiver, or agree on a new date with its owner.",
        ),
        text(
            INERT,
            INERT_TITLE,
            "An exception that does nothing is taken for one that works, and covers what comes to \
             match it one day.",
            "Delete the waiver, or correct its check, object or finding.",
        ),
    ]
}

const EXPIRED_TITLE: &str = "A waiver has run out";
const INERT_TITLE: &str = "A waiver matches nothing";

/// The waivers of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waivers(Vec<Waiver>);

impl Waivers {
    /// The waivers, in the order of the file.
    pub fn all(&self) -> &[Waiver] {
        &self.0
    }
}
