//! A field of an object and where it stands, read as strictly as the API server reads: a value of
//! another shape and a field that is not known are problems, never nothing.

use tree::{Path, Tree};

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) path: Path,
    pub(crate) text: String,
}

/// A field.
#[derive(Debug, Clone)]
pub(crate) struct Field<'t> {
    pub(crate) tree: &'t Tree,
    pub(crate) path: Path,
}

impl<'t> Field<'t> {
    pub(crate) fn root(tree: &'t Tree) -> Self {
        Self { tree, path: Path::root() }
    }

    pub(crate) fn problem(&self, text: impl Into<String>) -> Problem {
        Problem { path: self.path.clone(), text: text.into() }
    }

    pub(crate) fn is_set(&self) -> bool {
        !self.tree.is_null()
    }

    pub(crate) fn get(&self, key: &str) -> Self {
        Self { tree: self.tree.get(key), path: self.path.then(key) }
    }

    /// A mapping, or nothing, that holds none but the known keys.
    pub(crate) fn mapping(&self, known: &[&str]) -> Result<(), Problem> {
        if self.is_set() && !self.tree.is_map() {
            return Err(self.problem("must be a mapping"));
        }
        let strange = self.tree.entries().iter().find(|(key, _)| !known.contains(&&**key));
        strange.map_or(Ok(()), |(key, _)| Err(self.get(key).problem("is not a known field")))
    }

    /// The items of a list; none if nothing is there.
    pub(crate) fn list(&self) -> Result<Vec<Self>, Problem> {
        match self.tree {
            Tree::Null | Tree::List(_) => {
                let item =
                    |(index, tree): (usize, &'t Tree)| Self { tree, path: self.path.then(index) };
                Ok(self.tree.items().iter().enumerate().map(item).collect())
            }
            Tree::Bool(_) | Tree::Int(_) | Tree::Float(_) | Tree::Text(_) | Tree::Map(_) => {
                Err(self.problem("must be a list"))
            }
        }
    }

    /// The text, if something is there.
    pub(crate) fn text(&self) -> Result<Option<&'t str>, Problem> {
        match (self.is_set(), self.tree.text()) {
            (false, _) => Ok(None),
            (true, Some(text)) => Ok(Some(text)),
            (true, None) => Err(self.problem("must be a text")),
        }
    }

    /// The text that has to be there.
    pub(crate) fn needed_text(&self) -> Result<&'t str, Problem> {
        self.text()?.ok_or_else(|| self.problem("is missing"))
    }
}
