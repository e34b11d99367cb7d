//! Changes to lists and maps that are written by indentation: whole lines come and go.

use std::ops::Range;

use serde_json::Value;

use crate::layout::{Look, Node, Slot};
use crate::quote::{habit, usual_look};
use crate::step::{Page, Place};
use crate::text::{
    Splices, column, end_of_line_before, is_first_on_line, line_end, line_start, next_line, part,
};
use crate::write;

/// The node of a slot becomes `value`. Behind a key, what follows on its line stays.
pub(crate) fn replace(page: &Page<'_>, place: &Place<'_>, value: &Value) -> Splices {
    let old = Extent::of(page.text, place.slot);
    let (mut inline, rest) = pieces(page, place, value);
    if let Some(anchor) = place.slot.node.anchor_text(page.text) {
        inline = format!("{anchor} {inline}");
    }
    let mut splices = Splices::default();
    let is_at_start =
        part(page.text, line_start(page.text, old.head.start)..old.head.start).is_empty();
    let gap = if inline.is_empty() || is_at_start { "" } else { " " };
    splices.put(old.head.clone(), format!("{gap}{}", inline.trim_end_matches(' ')));
    let mut lines = String::new();
    for line in rest {
        lines.push_str(page.style.newline);
        lines.push_str(&line);
    }
    let end = line_end(page.text, old.head.end);
    splices.put(old.tail.unwrap_or(end..end), lines);
    splices
}

/// A key more at the end of a map that has some.
pub(crate) fn insert_entry(page: &Page<'_>, map: &Node, key: &str, value: &Value) -> Splices {
    let column = map.slots().first().map_or(0, |slot| column(page.text, slot.at));
    let like = usual_look(page.text, map);
    below_last(page, map.slots(), &write::entry_like(key, value, (column, like), page.style))
}

/// An item more in a list that has some.
pub(crate) fn insert_item(page: &Page<'_>, list: &Slot, index: usize, value: &Value) -> Splices {
    let slots = list.node.slots();
    let column = slots.first().map_or(0, |slot| column(page.text, slot.at));
    let lines = write::item(value, column, usual_look(page.text, &list.node), page.style);
    if let (0, Some(first)) = (index, slots.first()) {
        // Above the comments above the first item, where the key leaves room for that.
        if list.key.is_some() && is_first_on_line(page.text, first.at) {
            return below(page, list.lead, &lines);
        }
        let mut splices = Splices::default();
        let lines = lines.join(page.style.newline);
        let indent = " ".repeat(column);
        let text = format!("{}{}{indent}", lines.trim_start_matches(' '), page.style.newline);
        splices.put(first.at..first.at, text);
        return splices;
    }
    // Below the item before, so that comments above the item after stay above it.
    below_last(page, slots.get(..index).unwrap_or(slots), &lines)
}

/// The key or item of a slot goes; it is not the only one.
pub(crate) fn remove(page: &Page<'_>, slot: &Slot) -> Splices {
    let (text, end) = (page.text, slot.node.end);
    let next = next_line(text, end);
    let mut splices = Splices::default();
    if !is_first_on_line(text, slot.at) {
        let rest = part(text, next..text.len());
        let solid = text.len().saturating_sub(rest.trim_start().len());
        splices.put(slot.at..solid, "");
    } else if next == line_end(text, end) {
        splices.put(end_of_line_before(text, slot.at)..next, "");
    } else {
        splices.put(line_start(text, slot.at)..next, "");
    }
    splices
}

fn below_last(page: &Page<'_>, slots: &[Slot], lines: &[String]) -> Splices {
    below(page, slots.last().map_or(0, |slot| slot.node.end), lines)
}

/// Lines more below the line of `at`.
fn below(page: &Page<'_>, at: usize, lines: &[String]) -> Splices {
    let end = line_end(page.text, at);
    let mut splices = Splices::default();
    let newline = page.style.newline;
    splices.put(end..end, format!("{newline}{}", lines.join(newline)));
    splices
}

/// What a value puts on the line of its key or dash, and on lines below.
fn pieces(page: &Page<'_>, place: &Place<'_>, value: &Value) -> (String, Vec<String>) {
    let slot = place.slot;
    if let Some(inline) = write::inline(value, habit(page.text, &slot.node), page.style) {
        return (inline, Vec::new());
    }
    let column = column(page.text, slot.at);
    let is_collection = value.is_array() || value.is_object();
    if slot.node.anchor.is_some() && slot.key.is_none() && is_collection {
        // On the line of the dash the anchor would be that of the first key.
        return (String::new(), write::lines(value, column.saturating_add(2), page.style));
    }
    let lines = match (place.parent, &slot.key) {
        (None, _) => write::lines(value, 0, page.style),
        (Some(_), Some(key)) => write::entry(key, value, column, page.style),
        (Some(_), None) => write::item(value, column, None, page.style),
    };
    let mut lines = lines.into_iter();
    let first = lines.next().unwrap_or_default();
    let inline = match (place.parent, &slot.key) {
        (None, _) => first.as_str(),
        (Some(_), Some(key)) => {
            let head = write::head(key, column);
            first.strip_prefix(&head).unwrap_or_default()
        }
        (Some(_), None) => first.trim_start_matches(' ').strip_prefix('-').unwrap_or_default(),
    };
    (inline.trim_start_matches(' ').to_owned(), lines.collect())
}

/// What of the text an old node takes up.
struct Extent {
    /// What stands behind the key or dash.
    head: Range<usize>,
    /// Whole lines below, with the line break before them.
    tail: Option<Range<usize>>,
}

impl Extent {
    fn of(text: &str, slot: &Slot) -> Self {
        let node = &slot.node;
        let whole = Self { head: slot.lead..white_to_end(text, node.end), tail: None };
        let lines = |first: usize| end_of_line_before(text, first)..line_end(text, node.end);
        if node.look() == Some(Look::Lines) {
            let top = part(text, node.body..line_end(text, node.body));
            let symbols = top.split([' ', '\t', '#']).next().unwrap_or_default();
            let head = slot.lead..node.body.saturating_add(symbols.len());
            let first = next_line(text, node.body);
            let tail = (first < node.end).then(|| lines(first));
            return Self { head, tail };
        }
        if node.is_block() && is_first_on_line(text, node.body) && slot.lead != node.body {
            let properties = part(text, node.start..node.body).trim_end();
            let named = part(text, node.start..node.start.saturating_add(properties.len()));
            let first_line = named.lines().next().unwrap_or_default();
            let head_end = if named.is_empty() || node.start >= node.body {
                slot.lead
            } else {
                node.start.saturating_add(first_line.split(" #").next().unwrap_or_default().len())
            };
            let head = slot.lead..white_to_end(text, head_end);
            return Self { head, tail: Some(lines(node.body)) };
        }
        whole
    }
}

/// `at`, or the end of its line if only white space is in between.
fn white_to_end(text: &str, at: usize) -> usize {
    let end = line_end(text, at);
    if part(text, at..end).trim().is_empty() { end } else { at }
}
