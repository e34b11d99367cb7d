//! Random documents and edits, from numbers that a test is given.

use std::fmt::Write as _;

use edit::{Edit, expected};
use serde_json::{Value, json};
use tree::{Path, Step, Tree};

/// Numbers to decide by; zeros once they are used up.
pub(crate) struct Dice<'a> {
    numbers: std::slice::Iter<'a, u32>,
    /// How often a node gets an anchor or an alias: one in so many; never if 0.
    sharing: usize,
    /// The anchors so far: whether each names a map.
    anchors: Vec<bool>,
}

impl<'a> Dice<'a> {
    pub(crate) fn new(numbers: &'a [u32]) -> Self {
        Self { numbers: numbers.iter(), sharing: 0, anchors: Vec::new() }
    }

    pub(crate) fn with_anchors(mut self) -> Self {
        self.sharing = 8;
        self
    }

    pub(crate) fn below(&mut self, sides: usize) -> usize {
        self.numbers.next().map_or(0, |number| *number as usize % sides)
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    pub(crate) fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 4 } else { 8 }) {
            0 | 1 => json!(self.one_of(&TEXTS)),
            2 => json!(self.one_of(&[0_i64, 1, -5, 8080, 65_536])),
            3 => self.one_of(&[|| json!(true), || json!(false), || json!(null), || json!(1.5)])(),
            4 | 5 => self.map(depth - 1),
            _ => (0..self.below(4)).map(|_| self.value(depth - 1)).collect(),
        }
    }

    pub(crate) fn map(&mut self, depth: usize) -> Value {
        let keys: Vec<_> = (0..self.below(5)).map(|_| self.one_of(&KEYS)).collect();
        let pairs = keys.into_iter().map(|key| (key.to_owned(), self.value(depth)));
        Value::Object(pairs.collect())
    }

    /// A document in a style of its own, some of it in brackets, with comments in between.
    pub(crate) fn document(&mut self, value: &Value) -> String {
        let style = (self.one_of(&[2, 2, 4]), self.one_of(&[0, 0, 2]), self.one_of(&[0, 6, 3]));
        let mut text = String::new();
        self.block(value, 0, style, &mut text);
        if text.is_empty() {
            text = edit::write_yaml(value);
        }
        let mut commented = String::new();
        for line in text.lines() {
            match self.below(14) {
                0 => writeln!(commented, "{}# above", " ".repeat(self.below(5))).unwrap(),
                1 => commented.push('\n'),
                2 => writeln!(
                    commented,
                    "{}#\tover",
                    " ".repeat(line.len() - line.trim_start().len())
                )
                .unwrap(),
                _ => {}
            }
            commented.push_str(line);
            if self.below(8) == 0 {
                commented.push_str("  # behind");
            }
            commented.push('\n');
        }
        match self.below(8) {
            0 => commented.trim_end().to_owned(),
            1 => commented.replace('\n', "\r\n"),
            _ => commented,
        }
    }

    fn block(
        &mut self,
        value: &Value,
        column: usize,
        style: (usize, usize, usize),
        text: &mut String,
    ) {
        let (step, dash, flow) = style;
        let indent = " ".repeat(column);
        let parts: Vec<(String, &Value)> = match value {
            Value::Object(members) => {
                members.iter().map(|(key, value)| (format!("{key}:"), value)).collect()
            }
            Value::Array(items) => items.iter().map(|value| ("-".to_owned(), value)).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
        };
        if value.is_object() && self.shares() {
            let maps: Vec<usize> = (0..self.anchors.len()).filter(|id| self.anchors[*id]).collect();
            if !maps.is_empty() {
                writeln!(text, "{indent}<<: *a{}", self.one_of(&maps)).unwrap();
            }
        }
        for (head, value) in parts {
            if !self.anchors.is_empty() && self.shares() {
                writeln!(text, "{indent}{head} *a{}", self.below(self.anchors.len())).unwrap();
                continue;
            }
            let head = if self.shares() { self.anchored(&head, value) } else { head };
            let is_nested = value.as_object().is_some_and(|members| !members.is_empty())
                || value.as_array().is_some_and(|items| !items.is_empty());
            if !is_nested || (flow > 0 && self.below(flow) == 0) {
                writeln!(text, "{indent}{head} {value}").unwrap();
            } else if head.starts_with('-') && !head.contains('&') {
                let mut inner = String::new();
                self.block(value, column + 2, style, &mut inner);
                write!(text, "{indent}- {}", inner.trim_start()).unwrap();
            } else {
                writeln!(text, "{indent}{head}").unwrap();
                let is_item = head.starts_with('-');
                let deeper = if value.is_array() && !is_item { dash } else { step };
                self.block(value, column + deeper, style, text);
            }
        }
    }

    fn shares(&mut self) -> bool {
        self.sharing > 0 && self.below(self.sharing) == 0
    }

    fn anchored(&mut self, head: &str, value: &Value) -> String {
        self.anchors.push(value.is_object());
        format!("{head} &a{}", self.anchors.len() - 1)
    }

    /// Edits that make sense one after the other.
    pub(crate) fn edits(&mut self, tree: &Tree) -> Vec<Edit> {
        let (mut tree, mut edits) = (tree.clone(), Vec::new());
        for _ in 0..=self.below(3) {
            let edit = self.edit(&tree);
            if let Ok(after) = expected(&tree, std::slice::from_ref(&edit)) {
                tree = after;
                edits.push(edit);
            }
        }
        edits
    }

    fn edit(&mut self, tree: &Tree) -> Edit {
        let path = self.path(tree);
        match self.below(6) {
            0 | 1 => Edit::Set { path, value: self.value(2) },
            2 => Edit::Set { path: path.then(self.one_of(&KEYS)), value: self.value(2) },
            3 => Edit::Remove { path },
            4 => Edit::Append { path, value: self.value(2) },
            _ => {
                let index = self.below(tree.follow(&path).items().len() + 1);
                Edit::Insert { path, index, value: self.value(2) }
            }
        }
    }

    fn path(&mut self, tree: &Tree) -> Path {
        let (mut path, mut node) = (Path::root(), tree);
        for _ in 0..=self.below(5) {
            let step = match node {
                Tree::Map(entries) if !entries.is_empty() => {
                    Step::Key(entries[self.below(entries.len())].0.clone())
                }
                Tree::List(items) if !items.is_empty() => Step::Index(self.below(items.len())),
                Tree::Null
                | Tree::Bool(_)
                | Tree::Int(_)
                | Tree::Float(_)
                | Tree::Text(_)
                | Tree::List(_)
                | Tree::Map(_) => return path,
            };
            path = path.then(step);
            node = tree.follow(&path);
        }
        path
    }
}

const KEYS: [&str; 10] =
    ["name", "spec", "items", "data", "a.b/c", "kind", "apiVersion", "metadata", "value", "args"];

const TEXTS: [&str; 24] = [
    "web",
    "yes",
    "",
    "1.29",
    "a: b",
    "a #b",
    "--flag=x",
    "*",
    "#",
    "- x",
    "it's",
    "say \"x\"",
    "one\ntwo\n",
    "one\ntwo",
    "\n",
    " x ",
    "0x1f",
    "null",
    "{a}",
    "a, b",
    "tab\there",
    "é€😀",
    "a\\b",
    "2020-01-01",
];
