//! Changes to lists and maps that are written in brackets, as in all JSON. One that is spread over
//! lines stays so, with a line for what is new.

use serde_json::Value;

use crate::layout::{Node, Slot};
use crate::quote::{Within, habit, usual_look};
use crate::step::{Page, Place};
use crate::text::{Splices, indent, line_end, next_line, part};
use crate::write;

/// The node of a slot becomes `value`.
pub(crate) fn replace(page: &Page<'_>, place: &Place<'_>, value: &Value) -> Splices {
    let node = &place.slot.node;
    let text = if let Some(json) = &page.style.json {
        let is_spread = place.parent.map_or(json.indent.is_some(), |map| is_spread(page, map));
        let indent = is_spread.then(|| indent(page.text, node.start));
        write::json(value, json, indent, page.style.newline)
    } else {
        let text = write::flow(value, Within::Flow, habit(page.text, node));
        let anchor = node.anchor_text(page.text).map(|anchor| format!("{anchor} "));
        anchor.unwrap_or_default() + &text
    };
    let mut splices = Splices::default();
    let is_nothing = node.start == node.end;
    let gap = if is_nothing && part(page.text, 0..node.start).ends_with(':') { " " } else { "" };
    splices.put(node.start..node.end, format!("{gap}{text}"));
    splices
}

/// A key more at the end of a map that has some.
pub(crate) fn insert_entry(page: &Page<'_>, map: &Node, key: &str, value: &Value) -> Splices {
    let text = match &page.style.json {
        Some(json) => write::json_entry((key, value), json, spread(page, map), page.style.newline),
        None => write::flow_entry(key, value, usual_look(page.text, map)),
    };
    insert(page, map, map.slots().len(), &text)
}

/// An item more in a list that has some.
pub(crate) fn insert_item(page: &Page<'_>, list: &Node, index: usize, value: &Value) -> Splices {
    let text = match &page.style.json {
        Some(json) => write::json(value, json, spread(page, list), page.style.newline),
        None => write::flow(value, Within::Flow, usual_look(page.text, list)),
    };
    insert(page, list, index, &text)
}

/// The key or item of a slot goes; it is not the only one.
pub(crate) fn remove(page: &Page<'_>, parent: &Node, slot: &Slot) -> Splices {
    let slots = parent.slots();
    let index = slots.iter().position(|other| other.at == slot.at).unwrap_or_default();
    let after = slots.get(index.saturating_add(1));
    let before = index.checked_sub(1).and_then(|index| slots.get(index));
    let mut splices = Splices::default();
    match (before, after) {
        (_, Some(after)) if has_comment(page, slot.node.end, after.at) => {
            let next = next_line(page.text, slot.node.end);
            let line = part(page.text, next..page.text.len());
            let white = line.len().saturating_sub(line.trim_start_matches([' ', '\t']).len());
            splices.put(slot.at..next.saturating_add(white).min(after.at), "");
        }
        (_, Some(after)) => splices.put(slot.at..after.at, ""),
        (Some(before), None) if has_comment(page, before.node.end, slot.at) => {
            let gap = part(page.text, before.node.end..slot.at);
            let comma = gap.find(',').unwrap_or_default().saturating_add(before.node.end);
            splices.put(comma..comma.saturating_add(1), "");
            let white = part(page.text, 0..slot.at).trim_end().len();
            let line_end = line_end(page.text, slot.node.end);
            let is_alone = has_comment(page, slot.node.end, line_end) && line_end < parent.end;
            splices.put(white..if is_alone { line_end } else { slot.node.end }, "");
        }
        (Some(before), None) => splices.put(before.node.end..slot.node.end, ""),
        (None, None) => {}
    }
    splices
}

fn insert(page: &Page<'_>, node: &Node, index: usize, text: &str) -> Splices {
    let mut splices = Splices::default();
    let newline = page.style.newline;
    let line = spread(page, node).map(|indent| format!("{newline}{indent}"));
    if let Some(slot) = node.slots().get(index) {
        let gap = line.unwrap_or_else(|| gap(page).to_owned());
        splices.put(slot.at..slot.at, format!("{text},{gap}"));
        return splices;
    }
    let end = node.slots().last().map_or(node.body, |slot| slot.node.end);
    let line_end = line_end(page.text, end);
    let behind = part(page.text, end..line_end).trim_start();
    match line {
        Some(line) if line_end < node.end && behind.starts_with(',') => {
            splices.put(line_end..line_end, format!("{line}{text},"));
        }
        Some(line) if line_end < node.end && behind.starts_with('#') => {
            splices.put(end..end, ",");
            splices.put(line_end..line_end, format!("{line}{text}"));
        }
        Some(line) => splices.put(end..end, format!(",{line}{text}")),
        None => splices.put(end..end, format!(",{}{text}", gap(page))),
    }
    splices
}

/// The indentation of the parts of a list or map that is spread over lines.
fn spread<'a>(page: &'a Page<'_>, node: &Node) -> Option<&'a str> {
    let first = node.slots().first().filter(|_| is_spread(page, node))?;
    Some(indent(page.text, first.at))
}

fn is_spread(page: &Page<'_>, node: &Node) -> bool {
    let first = node.slots().first();
    first.is_some_and(|slot| part(page.text, node.body..slot.at).contains('\n'))
}

fn has_comment(page: &Page<'_>, start: usize, end: usize) -> bool {
    page.layout.comments_in(&(start..end)).next().is_some()
}

fn gap(page: &Page<'_>) -> &'static str {
    if page.style.json.as_ref().is_some_and(|json| !json.is_airy) { "" } else { " " }
}
