//! Why a change is not made. The text is then left as it was.

use tree::{Path, ReadError};

/// Why a change is not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The stream has fewer documents.
    #[error("there is no document {0} (counted from 0)")]
    NoDocument(usize),
    /// The root of a document is to go; [`crate::remove_document`] does that.
    #[error("the whole document cannot be removed by an edit inside it")]
    WholeDocument,
    /// The document is neither YAML nor JSON.
    #[error("the document cannot be read")]
    Unreadable(#[source] ReadError),
    /// A key is asked of something that has none.
    #[error("{0} is not a map")]
    NotAMap(Path),
    /// An item is asked of something that has none.
    #[error("{0} is not a list")]
    NotAList(Path),
    /// The list is shorter.
    #[error("there is no item {0}")]
    NoItem(Path),
    /// What is to change also stands elsewhere, by an anchor and its aliases.
    #[error("{0} is shared with other places by an anchor; changing it would change them too")]
    Shared(Path),
    /// What is to change comes from another place by a merge key.
    #[error("{0} comes from elsewhere by a merge key (`<<`); it has no lines of its own")]
    Merged(Path),
    /// The document has a form that changes cannot be made to safely.
    #[error("line {line} has {form}, which is not changed automatically")]
    Unusual {
        /// The line in the document, from 1.
        line: usize,
        /// What is unusual.
        form: &'static str,
    },
    /// A comment stands where the change would have to remove it.
    #[error("the comment {0:?} would be lost")]
    LosesComment(String),
    /// A stream of JSON holds one document only.
    #[error("a JSON text holds one document; another cannot be added")]
    OneDocument,
    /// The text read again says something else than what was asked for.
    #[error("the changed text would not say exactly what was asked for")]
    Differs,
}
