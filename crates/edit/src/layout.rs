//! Where in a document's text each of its nodes stands. Every place is a byte of that text; a
//! layout is thrown away as soon as the text changes.

mod json;
mod yaml;

use std::ops::Range;

use tree::{Path, Step};

use crate::Refusal;
use crate::text::part;

/// A document's nodes, comments and aliases, in their places.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) root: Slot,
    pub(crate) comments: Vec<Comment>,
    /// Which anchor each alias names, and where.
    pub(crate) aliases: Vec<(usize, usize)>,
    pub(crate) is_json: bool,
}

/// A comment, with its `#`.
#[derive(Debug)]
pub(crate) struct Comment {
    pub(crate) start: usize,
    pub(crate) text: String,
}

/// A place for a node: the value of a key, an item of a list, or the root.
#[derive(Debug)]
pub(crate) struct Slot {
    /// Where the key or the dash stands; in a flow list, the node.
    pub(crate) at: usize,
    /// Past the colon or the dash.
    pub(crate) lead: usize,
    pub(crate) key: Option<Box<str>>,
    pub(crate) node: Node,
}

/// A node. It ends past the last byte that says something.
#[derive(Debug)]
pub(crate) struct Node {
    /// Where it begins, its anchor and tag included.
    pub(crate) start: usize,
    /// Where its content begins.
    pub(crate) body: usize,
    pub(crate) end: usize,
    pub(crate) anchor: Option<usize>,
    pub(crate) shape: Shape,
}

#[derive(Debug)]
pub(crate) enum Shape {
    Scalar(Look),
    Alias,
    List(Form, Vec<Slot>),
    Map(Form, Vec<Slot>),
}

/// How a list or map is written: by indentation or in brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Block,
    Flow,
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Plain,
    Single,
    Double,
    /// Literal or folded: a header, and lines below it.
    Lines,
}

impl Layout {
    /// The places of everything in one document.
    pub(crate) fn of(text: &str) -> Result<Self, Refusal> {
        if is_json(text) {
            return json::layout(text)
                .ok_or(Refusal::Unusual { line: 1, form: "a map with one key twice" });
        }
        yaml::layout(text)
    }

    /// The slots from the root along `path`, as far as there are any.
    pub(crate) fn walk(&self, path: &Path) -> Vec<&Slot> {
        let mut slots = vec![&self.root];
        let mut slot = &self.root;
        for step in path.steps() {
            let Some(next) = slot.node.child(step) else { break };
            slots.push(next);
            slot = next;
        }
        slots
    }

    /// Whether an alias repeats the very node.
    pub(crate) fn is_repeated(&self, node: &Node) -> bool {
        node.anchor.is_some_and(|id| self.aliases.iter().any(|(named, _)| *named == id))
    }

    /// Whether an alias outside `range` repeats something of `node`.
    pub(crate) fn is_used_outside(&self, node: &Node, range: &Range<usize>) -> bool {
        let here = node.anchor.is_some_and(|id| {
            self.aliases.iter().any(|(named, at)| *named == id && !range.contains(at))
        });
        here || node.slots().iter().any(|slot| self.is_used_outside(&slot.node, range))
    }

    /// The texts of the comments that begin in `range`.
    pub(crate) fn comments_in(&self, range: &Range<usize>) -> impl Iterator<Item = &Comment> {
        self.comments.iter().filter(move |comment| range.contains(&comment.start))
    }
}

impl Node {
    /// The slots of a list or map; none of anything else.
    pub(crate) fn slots(&self) -> &[Slot] {
        match &self.shape {
            Shape::List(_, slots) | Shape::Map(_, slots) => slots,
            Shape::Scalar(_) | Shape::Alias => &[],
        }
    }

    fn child(&self, step: &Step) -> Option<&Slot> {
        match (&self.shape, step) {
            (Shape::List(_, slots), Step::Index(index)) => slots.get(*index),
            (Shape::Map(_, slots), Step::Key(name)) => {
                slots.iter().find(|slot| slot.key.as_deref() == Some(&**name))
            }
            (Shape::Scalar(_) | Shape::Alias | Shape::List(..) | Shape::Map(..), _) => None,
        }
    }

    /// Whether it is a list or map in brackets.
    pub(crate) fn is_flow(&self) -> bool {
        matches!(self.shape, Shape::List(Form::Flow, _) | Shape::Map(Form::Flow, _))
    }

    /// Whether it is a list or map written by indentation.
    pub(crate) fn is_block(&self) -> bool {
        matches!(self.shape, Shape::List(Form::Block, _) | Shape::Map(Form::Block, _))
    }

    /// Its anchor, with the `&`.
    pub(crate) fn anchor_text<'a>(&self, text: &'a str) -> Option<&'a str> {
        self.anchor?;
        part(text, self.start..self.body).split_whitespace().find(|word| word.starts_with('&'))
    }

    /// How a scalar is written.
    pub(crate) fn look(&self) -> Option<Look> {
        if let Shape::Scalar(look) = self.shape { Some(look) } else { None }
    }
}

/// Read as JSON, as `tree` does; arrays too.
fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
        && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}
