//! The tables that the binary carries.

use jiff::Timestamp;
use jiff::civil::{Date, date};

/// The day to which all of the tables were known to be complete when they were made. Rows of them
/// count as changed then.
pub(crate) const DAY: Date = date(2026, 8, 1);

/// The same as an instant.
pub(crate) fn instant() -> Timestamp {
    DAY.in_tz("UTC").map(|day| day.timestamp()).unwrap_or_default()
}

pub(crate) const KUBERNETES: &str = include_str!("../data/advisories.jsonl");
pub(crate) const ECOSYSTEM: &str = include_str!("../data/advisories-ecosystem.jsonl");
