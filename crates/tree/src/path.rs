//! Where in an object a field stands, written as Kubernetes writes it: `spec.containers[0].image`.

use std::fmt;

use crate::Key;

/// A step down a tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// To the value of a key.
    Key(Key),
    /// To an item of a list, from 0.
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.into())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// A way down a tree. The empty one is the root.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Step>);

impl Path {
    /// The root.
    pub fn root() -> Self {
        Self::default()
    }

    /// The path of some keys, from the root.
    pub fn of(keys: &[&str]) -> Self {
        Self(keys.iter().map(|key| Step::from(*key)).collect())
    }

    /// This path and one step more: a key (`&str`) or an index (`usize`).
    #[must_use]
    pub fn then(&self, step: impl Into<Step>) -> Self {
        self.with(std::iter::once(step.into()))
    }

    /// This path and some keys more.
    #[must_use]
    pub fn join(&self, keys: &[&str]) -> Self {
        self.with(keys.iter().map(|key| Step::from(*key)))
    }

    /// One copy, with room for all that comes.
    fn with(&self, more: impl ExactSizeIterator<Item = Step>) -> Self {
        let mut steps = Vec::with_capacity(self.0.len().saturating_add(more.len()));
        steps.extend_from_slice(&self.0);
        steps.extend(more);
        Self(steps)
    }

    /// The steps from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether it is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The path without its last step, and that step; none of the root.
    pub fn split_last(&self) -> Option<(Self, &Step)> {
        let (last, before) = self.0.split_last()?;
        Some((Self(before.to_vec()), last))
    }
}

impl FromIterator<Step> for Path {
    fn from_iter<T: IntoIterator<Item = Step>>(steps: T) -> Self {
        Self(steps.into_iter().collect())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(out, "[{index}]")?,
                Step::Key(key) if is_plain(key) => {
                    let dot = if number == 0 { "" } else { "." };
                    write!(out, "{dot}{key}")?;
                }
                Step::Key(key) => write!(out, "[{:?}]", &**key)?,
            }
        }
        Ok(())
    }
}

/// Whether a key needs no quotes in a path.
fn is_plain(key: &str) -> bool {
    !key.is_empty()
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_kubernetes_writes_it() {
        let path = Path::of(&["spec", "containers"]).then(0).join(&["env"]).then(2).then("value");
        assert_eq!(path.to_string(), "spec.containers[0].env[2].value");
        let path = Path::of(&["metadata", "annotations"]).then("a.b/c");
        assert_eq!(path.to_string(), "metadata.annotations[\"a.b/c\"]");
        assert_eq!(Path::root().to_string(), "");
    }
}
