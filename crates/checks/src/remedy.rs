//! What mends a problem, as exactly as it can be said.

use edit::Edit;
use tree::Path;

/// What mends a problem.
#[derive(Debug, Clone, PartialEq)]
pub enum Remedy {
    /// What the check's own text says; there is no change that is right for everybody.
    Explained,
    /// Steps for a person, one a line.
    Steps(String),
    /// Changes of the object that the problem is about.
    Edit(Vec<Edit>),
    /// Other rights of the file that the problem is about.
    Rights {
        /// Permission bits it should have.
        mode: Option<u32>,
        /// Whom it should belong to, as `root:root`.
        owner: Option<&'static str>,
    },
    /// Taking away the object that the problem is about.
    Delete,
    /// A new object beside it.
    Create(serde_json::Value),
}

impl Remedy {
    /// Gives the node at `path` of the object a value.
    pub fn set(path: Path, value: impl Into<serde_json::Value>) -> Self {
        Self::Edit(vec![Edit::set(path, value)])
    }

    /// Whether a program can carry it out.
    pub fn is_automatic(&self) -> bool {
        match self {
            Self::Explained | Self::Steps(_) => false,
            Self::Edit(_) | Self::Rights { .. } | Self::Delete | Self::Create(_) => true,
        }
    }
}
