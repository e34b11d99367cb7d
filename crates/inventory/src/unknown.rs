//! What is not known, and what would tell it.

use std::fmt;

/// Something a check needs was not seen. Returned by `?`, so that a check cannot pass on it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unknown {
    /// What was not seen, and why.
    pub reason: String,
    /// What would show it.
    pub remedy: String,
}

impl Unknown {
    /// Starts small, without a full stop, as errors do.
    pub fn new(reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { reason: reason.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}; {}", self.reason, self.remedy)
    }
}

impl std::error::Error for Unknown {}
