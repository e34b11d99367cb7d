//! Edits as a user of the crate sees them: texts and edits in, texts and diffs out.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test ends at the first surprise"
)]

mod dice;
mod golden;
mod line_ends;
mod patch;
mod property;
