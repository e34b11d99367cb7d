//! Where an object came from.

use tree::Path;

/// The number of a file in the inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub(crate) u32);

impl FileId {
    /// As an index into [`crate::Inventory::files`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where an object came from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A document of a file.
    Document {
        /// The file.
        file: FileId,
        /// Which of its documents, from 0, as `tree::documents` counts.
        document: usize,
        /// The line of the file that the document begins at, from 1.
        line: usize,
        /// Where in the document the object stands: the root, or an item of a list.
        path: Path,
    },
    /// The API of a running cluster.
    Live,
    /// A text inside another object: a configuration file in a `ConfigMap`.
    Within {
        /// The object around it, `kind namespace/name`.
        object: String,
        /// The key of its data.
        key: String,
    },
}

impl Origin {
    /// The file it came from, if any.
    pub fn file(&self) -> Option<FileId> {
        match self {
            Self::Document { file, .. } => Some(*file),
            Self::Live | Self::Within { .. } => None,
        }
    }
}
