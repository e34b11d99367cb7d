//! What can be asked for.

use serde_json::Value;
use tree::Path;

/// One change to a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// The node at `path` becomes `value`; missing maps on the way are made. Of a list or a map
    /// that is there, only the parts that differ are touched.
    Set {
        /// Where.
        path: Path,
        /// What is to stand there.
        value: Value,
    },
    /// The key or item at `path` goes, with the comments on its lines. A key that is not there
    /// needs no change. What it leaves empty stays, as `{}` or `[]`.
    Remove {
        /// Where.
        path: Path,
    },
    /// `value` becomes the last item of the list at `path`, which is made if it is missing.
    Append {
        /// The list.
        path: Path,
        /// The new item.
        value: Value,
    },
    /// `value` becomes the item at `index` of the list at `path`; those from there on move up.
    Insert {
        /// The list.
        path: Path,
        /// From 0 to the length of the list.
        index: usize,
        /// The new item.
        value: Value,
    },
}

impl Edit {
    /// The node at `path` becomes `value`.
    pub fn set(path: Path, value: impl Into<Value>) -> Self {
        Self::Set { path, value: value.into() }
    }
}
