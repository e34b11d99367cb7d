//! Names of fields. There are few, and each is there in every object, so equal ones share a text.

use std::collections::HashSet;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A name of a field.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Arc<str>);

impl Deref for Key {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, out)
    }
}

/// Names seen so far. Use one for all documents that are kept together.
#[derive(Debug, Clone, Default)]
pub struct Keys(HashSet<Arc<str>>);

impl Keys {
    /// The name, shared with those that were met before. Long and rare ones are not remembered.
    pub fn key(&mut self, text: &str) -> Key {
        if let Some(known) = self.0.get(text) {
            return Key(Arc::clone(known));
        }
        let fresh: Arc<str> = text.into();
        if text.len() <= LONGEST && self.0.len() < MOST {
            self.0.insert(Arc::clone(&fresh));
        }
        Key(fresh)
    }
}

/// Longer names are keys of data, not of fields.
const LONGEST: usize = 64;

/// So many names are enough for every kind there is.
const MOST: usize = 20_000;
