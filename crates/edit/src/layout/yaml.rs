//! The layout of a YAML document, from the events of the parser that `tree` reads with. The parser
//! gives scalars and brackets their places; dashes, colons and headers of block scalars are looked
//! for between them.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput, StructureStyle};

use super::{Comment, Form, Layout, Look, Node, Shape, Slot};
use crate::Refusal;
use crate::text::{line_number, part, skip_blank};

/// The places of one YAML document.
pub(super) fn layout(text: &str) -> Result<Layout, Refusal> {
    let mut reader = Reader::new(text)?;
    let start = skip_blank(text, past_mark(text));
    let root = reader.slot(start, past_mark(text), None)?;
    let Reader { comments, aliases, .. } = reader;
    Ok(Layout { root, comments, aliases, is_json: false })
}

/// Past the `---` that a document may keep when its first node stands behind it.
fn past_mark(text: &str) -> usize {
    let start = skip_blank(text, 0);
    let is_mark = part(text, start..text.len()).starts_with("--- ");
    start.saturating_add(if is_mark { 3 } else { 0 })
}

struct Reader<'a> {
    text: &'a str,
    events: std::iter::Peekable<std::vec::IntoIter<(Event<'a>, Span)>>,
    comments: Vec<Comment>,
    aliases: Vec<(usize, usize)>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Result<Self, Refusal> {
        let (mut events, mut comments) = (Vec::new(), Vec::new());
        for event in parser(text) {
            let (event, span) = event.map_err(|error| Refusal::Unusual {
                line: error.marker().line(),
                form: "a form that cannot be laid out",
            })?;
            if matches!(event, Event::Comment(..)) {
                let start = bytes(&span).start;
                let text = span.slice(text).unwrap_or_default().trim_end().to_owned();
                comments.push(Comment { start, text });
            } else if !matches!(event, Event::StreamStart | Event::DocumentStart(..)) {
                events.push((event, span));
            }
        }
        let events = events.into_iter().peekable();
        Ok(Self { text, events, comments, aliases: Vec::new() })
    }

    /// The node whose place is past `lead`.
    fn slot(&mut self, at: usize, lead: usize, key: Option<Box<str>>) -> Result<Slot, Refusal> {
        let node = self.node(lead)?;
        Ok(Slot { at, lead, key, node })
    }

    fn node(&mut self, lead: usize) -> Result<Node, Refusal> {
        let Some((event, span)) = self.events.next() else { return Err(self.unusual(lead)) };
        let tag = span.tag_span().map(|tag| bytes(&tag));
        let (anchor, anchored) = self.anchor();
        let properties: Vec<Range<usize>> = tag.into_iter().chain(anchored).collect();
        let past = properties.iter().map(|range| range.end).max().unwrap_or(lead).max(lead);
        let first = properties.iter().map(|range| range.start).min();
        let (body, end, shape) = self.content(&event, bytes(&span), past)?;
        Ok(Node { start: first.unwrap_or(body), body, end, anchor, shape })
    }

    /// Where the content of a node begins and ends; its properties end at `past`.
    fn content(
        &mut self,
        event: &Event<'_>,
        place: Range<usize>,
        past: usize,
    ) -> Result<(usize, usize, Shape), Refusal> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "the parser says that it may grow")]
        match event {
            Event::Scalar(_, style, ..) => Ok(self.scalar(*style, place, past)),
            Event::Alias(id) => {
                self.aliases.push((*id, place.start));
                Ok((place.start, place.end, Shape::Alias))
            }
            Event::SequenceStart(StructureStyle::Block, ..) => self.block_list(past),
            Event::MappingStart(StructureStyle::Block, ..) => self.block_map(past),
            Event::SequenceStart(StructureStyle::Flow, ..) => {
                let (slots, end) = self.flow_list()?;
                Ok((place.start, end, Shape::List(Form::Flow, slots)))
            }
            Event::MappingStart(StructureStyle::Flow, ..) => {
                let (slots, end) = self.flow_map()?;
                Ok((place.start, end, Shape::Map(Form::Flow, slots)))
            }
            _ => Err(self.unusual(place.start)),
        }
    }

    fn anchor(&mut self) -> (Option<usize>, Option<Range<usize>>) {
        let found = self.events.next_if(|(event, _)| matches!(event, Event::Anchor(..)));
        match found {
            Some((Event::Anchor(id, _), span)) => (Some(id), Some(bytes(&span))),
            _ => (None, None),
        }
    }

    fn scalar(
        &self,
        style: ScalarStyle,
        place: Range<usize>,
        past: usize,
    ) -> (usize, usize, Shape) {
        match style {
            ScalarStyle::Plain if place.is_empty() => (past, past, Shape::Scalar(Look::Plain)),
            ScalarStyle::Plain => (place.start, place.end, Shape::Scalar(Look::Plain)),
            ScalarStyle::SingleQuoted => (place.start, place.end, Shape::Scalar(Look::Single)),
            ScalarStyle::DoubleQuoted => (place.start, place.end, Shape::Scalar(Look::Double)),
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let header = skip_blank(self.text, past);
                (header, self.end_of_lines(header, place), Shape::Scalar(Look::Lines))
            }
        }
    }

    /// Where a block scalar ends. Blank lines below it belong to it only where its header keeps
    /// them.
    fn end_of_lines(&self, header: usize, place: Range<usize>) -> usize {
        let top = part(self.text, header..place.start);
        let symbols = top.split([' ', '\t', '\r', '\n', '#']).next().unwrap_or_default();
        let whole = part(self.text, header..place.end);
        if !symbols.contains('+') {
            return header.saturating_add(whole.trim_end().len());
        }
        let whole = whole.trim_end_matches([' ', '\t']);
        let whole = whole.strip_suffix('\n').unwrap_or(whole);
        header.saturating_add(whole.strip_suffix('\r').unwrap_or(whole).len())
    }

    fn block_list(&mut self, past: usize) -> Result<(usize, usize, Shape), Refusal> {
        let (mut slots, mut end) = (Vec::<Slot>::new(), past);
        while !self.closes() {
            let dash = skip_blank(self.text, end);
            if !part(self.text, dash..self.text.len()).starts_with('-') {
                return Err(self.unusual(dash));
            }
            let slot = self.slot(dash, dash.saturating_add(1), None)?;
            end = slot.node.end;
            slots.push(slot);
        }
        let body = slots.first().map_or(past, |slot| slot.at);
        Ok((body, end, Shape::List(Form::Block, slots)))
    }

    fn block_map(&mut self, past: usize) -> Result<(usize, usize, Shape), Refusal> {
        let mut slots = Vec::<Slot>::new();
        while !self.closes() {
            slots.push(self.entry()?);
        }
        let body = slots.first().map_or(past, |slot| slot.at);
        let end = slots.last().map_or(past, |slot| slot.node.end);
        Ok((body, end, Shape::Map(Form::Block, slots)))
    }

    fn flow_list(&mut self) -> Result<(Vec<Slot>, usize), Refusal> {
        let mut slots = Vec::new();
        loop {
            if let Some(end) = self.bracket() {
                return Ok((slots, end));
            }
            let at = self.events.peek().map_or(0, |(_, span)| bytes(span).start);
            let mut slot = self.slot(at, at, None)?;
            (slot.at, slot.lead) = (slot.node.start, slot.node.start);
            if slot.node.end == slot.node.start {
                return Err(self.unusual(at));
            }
            slots.push(slot);
        }
    }

    fn flow_map(&mut self) -> Result<(Vec<Slot>, usize), Refusal> {
        let mut slots = Vec::new();
        loop {
            if let Some(end) = self.bracket() {
                return Ok((slots, end));
            }
            slots.push(self.entry()?);
        }
    }

    /// A key, its colon and its value.
    fn entry(&mut self) -> Result<Slot, Refusal> {
        let Some((event, span)) = self.events.next() else { return Err(self.unusual(0)) };
        let place = bytes(&span);
        let Event::Scalar(key, ..) = event else { return Err(self.unusual(place.start)) };
        let at = span.tag_span().map_or(place.start, |tag| bytes(&tag).start);
        let behind = part(self.text, place.end..self.text.len());
        let colon = behind.trim_start_matches([' ', '\t']);
        let is_odd = !colon.starts_with(':') || self.anchor().0.is_some() || self.is_explicit(at);
        if is_odd {
            return Err(self.unusual(place.start));
        }
        let lead = self.text.len().saturating_sub(colon.len()).saturating_add(1);
        self.slot(at, lead, Some(key.into()))
    }

    /// Whether the key behind `at` is written with a question mark.
    fn is_explicit(&self, at: usize) -> bool {
        part(self.text, 0..at).trim_end_matches([' ', '\t']).ends_with('?')
    }

    fn closes(&mut self) -> bool {
        let is_end = |event: &Event<'_>| matches!(event, Event::SequenceEnd | Event::MappingEnd);
        self.events.next_if(|(event, _)| is_end(event)).is_some()
    }

    /// Past the closing bracket, if it is next.
    fn bracket(&mut self) -> Option<usize> {
        let is_end = |event: &Event<'_>| matches!(event, Event::SequenceEnd | Event::MappingEnd);
        self.events.next_if(|(event, _)| is_end(event)).map(|(_, span)| bytes(&span).end)
    }

    fn unusual(&self, at: usize) -> Refusal {
        let form = "a form that has no single place for its key or value";
        Refusal::Unusual { line: line_number(self.text, at), form }
    }
}

fn parser(text: &str) -> Parser<'_, StrInput<'_>> {
    let options = granit_parser::options! {
        emit_anchor_events: true,
        max_buffered_comment_events: 100_000,
    };
    Parser::new_from_str_with_options(text, options)
}

fn bytes(span: &Span) -> Range<usize> {
    span.byte_range().unwrap_or_default()
}
