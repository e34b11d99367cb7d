//! What is wrong with a policy, and where.

use std::fmt;

/// What is wrong with one place of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The place, for example `rules[2].omitStages[0]`; empty for the whole.
    pub path: String,
    /// What is wrong with it, and what would be right.
    pub problem: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => out.write_str(&self.problem),
            path => write!(out, "{path}: {}", self.problem),
        }
    }
}

impl std::error::Error for Problem {}
