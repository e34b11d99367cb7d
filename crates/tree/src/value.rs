//! The tree itself. A missing node reads as [`Tree::Null`], as an unset field does in Kubernetes,
//! so that a path can be followed without asking at each step.

use std::fmt;

use crate::{Key, Path, Step};

/// A node and what lies below it.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Tree {
    /// Nothing: `null`, `key:`, or a node that is not there.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(Box<str>),
    /// A sequence.
    List(Box<[Self]>),
    /// A mapping, in the order of the document.
    Map(Box<[(Key, Self)]>),
}

static NULL: Tree = Tree::Null;

impl Tree {
    /// The node under a key; [`Tree::Null`] if there is none.
    pub fn get(&self, key: &str) -> &Self {
        let found = self.entries().iter().find(|(name, _)| &**name == key);
        found.map_or(&NULL, |(_, node)| node)
    }

    /// The node under a key, to change it; none if there is none.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        let Self::Map(entries) = self else { return None };
        entries.iter_mut().find(|(name, _)| &**name == key).map(|(_, node)| node)
    }

    /// Takes the node under a key out; [`Tree::Null`] is left in its place.
    #[must_use]
    pub fn take(&mut self, key: &str) -> Self {
        self.get_mut(key).map(std::mem::take).unwrap_or_default()
    }

    /// The items of a list as one's own; none of anything else.
    pub fn into_items(self) -> Vec<Self> {
        if let Self::List(items) = self { items.into_vec() } else { Vec::new() }
    }

    /// The node at the end of a path of keys.
    pub fn at(&self, keys: &[&str]) -> &Self {
        keys.iter().fold(self, |node, key| node.get(key))
    }

    /// The node that `path` leads to.
    pub fn follow(&self, path: &Path) -> &Self {
        path.steps().iter().fold(self, |node, step| match step {
            Step::Key(key) => node.get(key),
            Step::Index(index) => node.items().get(*index).unwrap_or(&NULL),
        })
    }

    /// The text of a text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Float(_)
            | Self::List(_)
            | Self::Map(_) => None,
        }
    }

    /// The text of a text; empty for anything else.
    pub fn str(&self) -> &str {
        self.text().unwrap_or_default()
    }

    /// The value of a boolean.
    pub fn bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// Whether it is the boolean `true`.
    pub fn is_true(&self) -> bool {
        self.bool() == Some(true)
    }

    /// The value of a whole number.
    pub fn int(&self) -> Option<i64> {
        if let Self::Int(value) = self { Some(*value) } else { None }
    }

    /// Whether nothing is there.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is a mapping.
    pub fn is_map(&self) -> bool {
        matches!(self, Self::Map(_))
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// The texts among the items of a list.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.items().iter().filter_map(Self::text)
    }

    /// The entries of a mapping; none of anything else.
    pub fn entries(&self) -> &[(Key, Self)] {
        if let Self::Map(entries) = self { entries } else { &[] }
    }

    /// A text, number or boolean as it reads without quotes.
    pub fn plain(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.to_string()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Int(value) => Some(value.to_string()),
            Self::Float(value) => Some(value.to_string()),
            Self::Null | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The tree as JSON. Numbers that JSON cannot write become `null`.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Int(value) => (*value).into(),
            Self::Float(value) => (*value).into(),
            Self::Text(text) => (&**text).into(),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(entries) => {
                let pairs = entries.iter().map(|(key, node)| (key.to_string(), node.to_json()));
                serde_json::Value::Object(pairs.collect())
            }
        }
    }

    /// The tree of a JSON value, for tests and for answers of the API.
    pub fn from_json(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => number
                .as_i64()
                .map_or_else(|| Self::Float(number.as_f64().unwrap_or_default()), Self::Int),
            serde_json::Value::String(text) => Self::Text(text.as_str().into()),
            serde_json::Value::Array(items) => {
                Self::List(items.iter().map(Self::from_json).collect())
            }
            serde_json::Value::Object(members) => Self::Map(
                members
                    .iter()
                    .map(|(key, value)| (Key::from(key.as_str()), Self::from_json(value)))
                    .collect(),
            ),
        }
    }
}

/// As JSON in one line.
impl fmt::Display for Tree {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_json(), out)
    }
}
