//! The layout of a JSON text that `serde_json` has found to be sound.

use std::collections::BTreeSet;

use super::{Form, Layout, Look, Node, Shape, Slot};
use crate::text::part;

/// The places of a sound JSON text; nothing if it has a key twice.
pub(super) fn layout(text: &str) -> Option<Layout> {
    let mut scan = Scan { text, at: 0 };
    let node = scan.node()?;
    let root = Slot { at: node.start, lead: node.start, key: None, node };
    Some(Layout { root, comments: Vec::new(), aliases: Vec::new(), is_json: true })
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl Scan<'_> {
    /// The next node. Sound JSON of `serde_json` is no deeper than 128.
    fn node(&mut self) -> Option<Node> {
        match self.peek()? {
            '{' => self.collection('}', |scan| {
                let at = scan.at;
                let key = scan.string()?;
                scan.take(':')?;
                let lead = scan.at;
                Some(Slot { at, lead, key: Some(key), node: scan.node()? })
            }),
            '[' => self.collection(']', |scan| {
                let node = scan.node()?;
                Some(Slot { at: node.start, lead: node.start, key: None, node })
            }),
            '"' => {
                let start = self.at;
                self.string()?;
                Some(node(start, self.at, Shape::Scalar(Look::Double)))
            }
            _ => {
                let start = self.at;
                let rest = part(self.text, start..self.text.len());
                let length = rest.find([',', ']', '}', ' ', '\t', '\r', '\n']);
                self.at = length.map_or(self.text.len(), |length| start.saturating_add(length));
                Some(node(start, self.at, Shape::Scalar(Look::Plain)))
            }
        }
    }

    fn collection(&mut self, close: char, one: fn(&mut Self) -> Option<Slot>) -> Option<Node> {
        let start = self.at;
        self.at = start.saturating_add(1);
        let mut slots = Vec::new();
        while self.peek()? != close {
            if !slots.is_empty() {
                self.take(',')?;
                self.peek()?;
            }
            slots.push(one(self)?);
        }
        self.take(close)?;
        // Of two equal keys, readers take the one or the other.
        let mut keys = BTreeSet::new();
        if slots.iter().any(|slot| slot.key.as_deref().is_some_and(|key| !keys.insert(key))) {
            return None;
        }
        let shape = if close == '}' { Shape::Map } else { Shape::List };
        Some(node(start, self.at, shape(Form::Flow, slots)))
    }

    /// The next character that is no white space.
    fn peek(&mut self) -> Option<char> {
        let solid = part(self.text, self.at..self.text.len()).trim_start();
        self.at = self.text.len().saturating_sub(solid.len());
        solid.chars().next()
    }

    fn take(&mut self, wanted: char) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at = self.at.saturating_add(1))
    }

    fn string(&mut self) -> Option<Box<str>> {
        let rest = part(self.text, self.at..self.text.len());
        let mut strings = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        let string = strings.next()?.ok()?;
        self.at = self.at.saturating_add(strings.byte_offset());
        Some(string.into())
    }
}

fn node(start: usize, end: usize, shape: Shape) -> Node {
    Node { start, body: start, end, anchor: None, shape }
}
