//! A yes or no that may not be known.

/// Yes, no, or not known. In this order the larger of two answers is their "or", the smaller
/// their "and".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// Surely not.
    No,
    /// Not known.
    Unknown,
    /// Surely.
    Yes,
}

impl From<bool> for Answer {
    fn from(fact: bool) -> Self {
        if fact { Self::Yes } else { Self::No }
    }
}
