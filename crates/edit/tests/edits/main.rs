//! Edits as a user of the crate sees them: texts and edits in, texts and diffs out.

mod dice;
mod golden;
mod line_ends;
mod patch;
mod property;
