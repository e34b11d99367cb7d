//! What is wrong with a file of waivers: all of it at once, each with its place, the value that stands
//! there, and what would be right.

use std::fmt;

use crate::report::SourceRef;

/// One thing that is wrong with a file of waivers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where it stands.
    pub source: SourceRef,
    /// Which field, such as `waivers[0].expires`; empty for the file itself.
    pub path: String,
    /// The value that stands there, if one does.
    pub value: Option<String>,
    /// What is wrong, and what would be right.
    pub problem: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: ", self.source)?;
        match (self.path.as_str(), &self.value) {
            ("", _) => out.write_str(&self.problem),
            (path, None) => write!(out, "{path}: {}", self.problem),
            (path, Some(value)) => write!(out, "{path} {value:?}: {}", self.problem),
        }
    }
}

/// Everything that is wrong with a file of waivers. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes(pub(super) Vec<Mistake>);

impl Mistakes {
    /// The mistakes, in the order of the file.
    pub fn all(&self) -> &[Mistake] {
        &self.0
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => write!(out, "the waivers have a mistake:")?,
            count => write!(out, "the waivers have {count} mistakes:")?,
        }
        self.0.iter().try_for_each(|mistake| write!(out, "\n  {mistake}"))
    }
}

impl std::error::Error for Mistakes {}
