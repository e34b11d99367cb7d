//! Line and column of a path, found by reading that one document again: trees keep no positions,
//! since few of their nodes are ever pointed at.

use std::borrow::Cow;
use std::fmt;

use granit_parser::ScalarStyle;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use crate::plain::{self, Make};
use crate::{Path, Step};

/// A place in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// The places of one document.
#[derive(Debug)]
pub struct Places {
    whole: Place,
    root: Option<Node>,
}

impl Places {
    /// Reads the document. One that cannot be read is pointed at as a whole.
    pub fn of(document: &str) -> Self {
        let whole = Place { line: first_line(document), column: 1 };
        let root = plain::walk(document, &mut Nodes);
        Self { whole, root: root.or_else(|| Node::of_any(document)) }
    }

    /// Where the deepest part of `path` that exists stands; the beginning of the document if not
    /// even the first step does. A key stands for its value.
    pub fn place(&self, path: &Path) -> Place {
        let Some(root) = &self.root else { return self.whole };
        let (mut found, mut node) = (self.whole, root);
        for step in path.steps() {
            let Some((at, next)) = node.child(step) else { break };
            (found, node) = (at, next);
        }
        found
    }
}

/// As [`Places::place`], for one path.
pub fn place(document: &str, path: &Path) -> Place {
    Places::of(document).place(path)
}

/// The line of the first thing that is no comment.
fn first_line(document: &str) -> usize {
    let says = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    document.lines().position(says).map_or(1, |index| index.saturating_add(1))
}

impl Place {
    fn at(location: Location) -> Self {
        let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX).max(1);
        Self { line: number(location.line()), column: number(location.column()) }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Node {
    Plain,
    List(Vec<(Place, Self)>),
    /// The places are those of the keys.
    Map(Vec<(Place, Box<str>, Self)>),
}

impl Node {
    /// The long way, for any document that can be read.
    fn of_any(document: &str) -> Option<Self> {
        serde_saphyr::from_str(document).ok()
    }

    fn child(&self, step: &Step) -> Option<(Place, &Self)> {
        match (self, step) {
            (Self::List(items), Step::Index(index)) => {
                items.get(*index).map(|(place, node)| (*place, node))
            }
            (Self::Map(entries), Step::Key(name)) => {
                let found = entries.iter().find(|(_, key, _)| **key == **name)?;
                Some((found.0, &found.2))
            }
            (Self::Plain | Self::List(_) | Self::Map(_), _) => None,
        }
    }
}

/// Makes nodes of a plain document.
struct Nodes;

impl Make for Nodes {
    type Node = Node;

    fn scalar(&mut self, text: Cow<'_, str>, style: ScalarStyle) -> Option<Node> {
        plain::is_plain(&text, style).then_some(Node::Plain)
    }

    fn list(&mut self, items: Vec<(Place, Node)>) -> Node {
        Node::List(items)
    }

    fn map(&mut self, entries: Vec<(Place, Cow<'_, str>, Node)>) -> Node {
        let entries = entries.into_iter();
        Node::Map(entries.map(|(place, key, node)| (place, key.into(), node)).collect())
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value, a list or a mapping")
    }

    fn visit_bool<E>(self, _value: bool) -> Result<Node, E> {
        Ok(Node::Plain)
    }

    fn visit_i64<E>(self, _value: i64) -> Result<Node, E> {
        Ok(Node::Plain)
    }

    fn visit_u64<E>(self, _value: u64) -> Result<Node, E> {
        Ok(Node::Plain)
    }

    fn visit_f64<E>(self, _value: f64) -> Result<Node, E> {
        Ok(Node::Plain)
    }

    fn visit_str<E>(self, _value: &str) -> Result<Node, E> {
        Ok(Node::Plain)
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Plain)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Plain)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Spanned<Node>>()? {
            list.push((Place::at(item.referenced), item.value));
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, node)) = map.next_entry::<Spanned<String>, Spanned<Node>>()? {
            entries.push((Place::at(key.referenced), key.value.into(), node.value));
        }
        Ok(Node::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_at_the_deepest_part_there_is() {
        let text = "# a comment\nkind: Pod\nspec:\n  containers:\n  - name: a\n    image: b\n";
        let check = |path: Path, line: usize, column: usize| {
            assert_eq!(place(text, &path), Place { line, column }, "{path}");
        };
        check(Path::root(), 2, 1);
        check(Path::of(&["spec"]), 3, 1);
        check(Path::of(&["spec", "containers"]).then(0), 5, 5);
        check(Path::of(&["spec", "containers"]).then(0).then("image"), 6, 5);
        check(Path::of(&["spec", "containers"]).then(0).then("securityContext"), 5, 5);
        check(Path::of(&["nothing"]), 2, 1);
    }

    #[test]
    fn the_short_way_points_where_the_long_one_does() {
        let check = |text: &str| {
            let short = plain::walk(text, &mut Nodes);
            assert!(short.is_some(), "{text}");
            assert_eq!(short, Node::of_any(text), "{text}");
        };
        check(
            "# a comment\nkind: Pod\nspec:\n  containers:\n  - name: a # b\n    args: [x, 'y']\n",
        );
        check("a:\nb: |\n  x\n  y\nc: {d: 1, e: \"f\"}\n\"g\":\n- - h\n  -\n");
        check("{\"a\": [1, {\"é\": true}], b: x}");
    }

    #[test]
    fn a_document_that_cannot_be_read_is_pointed_at_as_a_whole() {
        assert_eq!(place("a: [", &Path::of(&["a"])), Place { line: 1, column: 1 });
    }
}
