//! The short way through a plain document, straight from the parser's events. Whatever is out of
//! the ordinary ends it: anchors, tags, merges, a key that is there twice or is no word, a number
//! that is written in an unusual way, an error. The long way then reads the document, and says the
//! same of every document that this one reads.

use std::borrow::Cow;

use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput};

use crate::{Place, Tree};

/// What is made of the nodes of a document.
pub(crate) trait Make {
    /// A node that was made.
    type Node;

    /// Of a scalar; none if it is out of the ordinary.
    fn scalar(&mut self, text: Cow<'_, str>, style: ScalarStyle) -> Option<Self::Node>;

    /// Of a sequence.
    fn list(&mut self, items: Vec<(Place, Self::Node)>) -> Self::Node;

    /// Of a mapping: the places are those of the keys.
    fn map(&mut self, entries: Vec<(Place, Cow<'_, str>, Self::Node)>) -> Self::Node;
}

/// What is made of a document; none if it is out of the ordinary.
pub(crate) fn walk<M: Make>(document: &str, make: &mut M) -> Option<M::Node> {
    if document.len() > LONGEST {
        return None;
    }
    let mut events = Events(Parser::new_from_str(document));
    let begins = matches!(events.next()?.0, Event::StreamStart);
    let is_bare = matches!(events.next()?.0, Event::DocumentStart(_, None));
    let first = (begins && is_bare).then(|| events.next()).flatten()?;
    let node = events.node(first.0, DEEPEST, make)?;
    let ends = matches!(events.next()?.0, Event::DocumentEnd);
    let is_last = matches!(events.next()?.0, Event::StreamEnd);
    (ends && is_last).then_some(node)
}

struct Events<'t>(Parser<'t, StrInput<'t>>);

impl<'t> Events<'t> {
    /// The next event that is no comment; none at an error.
    fn next(&mut self) -> Option<(Event<'t>, Place)> {
        loop {
            let (event, span) = self.0.next_event()?.ok()?;
            if !matches!(event, Event::Comment(..)) {
                return Some((event, place(&span)));
            }
        }
    }

    fn node<M: Make>(&mut self, event: Event<'t>, depth: usize, make: &mut M) -> Option<M::Node> {
        let below = depth.checked_sub(1)?;
        if let Event::Scalar(text, style, 0, None) = event {
            return make.scalar(text, style);
        }
        if matches!(event, Event::SequenceStart(_, 0, None)) {
            return self.list(below, make);
        }
        matches!(event, Event::MappingStart(_, 0, None)).then(|| self.map(below, make))?
    }

    fn list<M: Make>(&mut self, depth: usize, make: &mut M) -> Option<M::Node> {
        let mut items = Vec::new();
        loop {
            let (event, place) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Some(make.list(items));
            }
            items.push((place, self.node(event, depth, make)?));
        }
    }

    fn map<M: Make>(&mut self, depth: usize, make: &mut M) -> Option<M::Node> {
        let mut entries: Vec<(Place, Cow<'t, str>, M::Node)> = Vec::new();
        loop {
            let (event, place) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Some(make.map(entries));
            }
            let Event::Scalar(key, style, 0, None) = event else { return None };
            if style == ScalarStyle::Plain && !is_word(&key) {
                return None;
            }
            if entries.len() >= MOST || entries.iter().any(|(_, known, _)| *known == key) {
                return None;
            }
            let (event, _) = self.next()?;
            entries.push((place, key, self.node(event, depth, make)?));
        }
    }
}

fn place(span: &Span) -> Place {
    Place { line: span.start.line().max(1), column: span.start.col().saturating_add(1) }
}

/// What a scalar says; none where that takes a closer look.
pub(crate) fn scalar(text: &str, style: ScalarStyle) -> Option<Tree> {
    if style != ScalarStyle::Plain || is_word(text) || is_quantity(text) {
        return Some(Tree::Text(text.into()));
    }
    match text {
        "" | "~" | "null" => Some(Tree::Null),
        "true" => Some(Tree::Bool(true)),
        "false" => Some(Tree::Bool(false)),
        _ => number(text).map(Tree::Int),
    }
}

/// Whether it is one that [`scalar`] reads.
pub(crate) fn is_plain(text: &str, style: ScalarStyle) -> bool {
    let is_fixed = matches!(text, "" | "~" | "null" | "true" | "false");
    let is_text = style != ScalarStyle::Plain || is_word(text) || is_quantity(text);
    is_text || is_fixed || number(text).is_some()
}

/// A number in its plainest form.
fn number(text: &str) -> Option<i64> {
    let is_plain = text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_decimal = text == "0" || !text.starts_with('0');
    (is_plain && is_decimal).then(|| text.parse().ok()).flatten()
}

/// Whether a plain scalar is a text for sure: neither null, nor a boolean, nor a number.
fn is_word(text: &str) -> bool {
    let begins = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/');
    begins && !SAID_OTHERWISE.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether it begins as a number does, and holds what none does: `200m`, `64Mi`, `10.0.0.0/8`.
fn is_quantity(text: &str) -> bool {
    let holds = |byte: u8| matches!(byte, b'm' | b'k' | b'M' | b'G' | b'T' | b'P' | b'/');
    text.starts_with(|first: char| first.is_ascii_digit()) && text.bytes().any(holds)
}

/// Words that are no texts in some version of YAML.
const SAID_OTHERWISE: [&str; 12] =
    ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "inf", "infinity", "nan"];

/// Longer documents, deeper ones and larger mappings take the long way, which counts.
const LONGEST: usize = 1 << 20;
const DEEPEST: usize = 48;
const MOST: usize = 64;
