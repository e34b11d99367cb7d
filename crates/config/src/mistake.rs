//! What is wrong with a configuration: all of it at once, each with its place, the value that
//! stands there, and what would be right.

use std::fmt;

/// Where a value was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// On the command line.
    Flag {
        /// The flag's name, without dashes.
        name: String,
    },
    /// Under a key of the configuration file.
    Key {
        /// The file, as it was named.
        file: String,
        /// The line, from 1.
        line: u64,
        /// The column, from 1.
        column: u64,
        /// The key.
        name: String,
    },
    /// In a file that an option names.
    File {
        /// The file, as it was named.
        file: String,
        /// Line and column, from 1, where they are known.
        position: Option<(u64, u64)>,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag { name } => write!(out, "--{name}"),
            Self::Key { file, line, column, name } => write!(out, "{file}:{line}:{column}: {name}"),
            Self::File { file, position: None } => write!(out, "{file}"),
            Self::File { file, position: Some((line, column)) } => {
                write!(out, "{file}:{line}:{column}")
            }
        }
    }
}

/// One thing that stops the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where it stands.
    pub place: Place,
    /// The value that stands there, if one does.
    pub value: Option<String>,
    /// What is wrong, and what would be right.
    pub problem: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(out, "{} {value:?}: {}", self.place, self.problem),
            None => write!(out, "{}: {}", self.place, self.problem),
        }
    }
}

/// Everything that stops the start. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes(pub(crate) Vec<Mistake>);

impl Mistakes {
    /// The mistakes, in the order of the options.
    pub fn all(&self) -> &[Mistake] {
        &self.0
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => write!(out, "the configuration has a mistake:")?,
            count => write!(out, "the configuration has {count} mistakes:")?,
        }
        self.0.iter().try_for_each(|mistake| write!(out, "\n  {mistake}"))
    }
}

impl std::error::Error for Mistakes {}

/// Something that is allowed and that the operator may want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// How much it matters.
    pub weight: Weight,
    /// What it is.
    pub text: String,
}

/// How much a [`Note`] matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// It is good to know.
    Hint,
    /// It weakens safety, or will fail one day.
    Warning,
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weight = match self.weight {
            Weight::Hint => "note",
            Weight::Warning => "warning",
        };
        write!(out, "{weight}: {}", self.text)
    }
}
