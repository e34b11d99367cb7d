//! How a document is written, so that what is new looks like what was there.

use std::collections::BTreeMap;

use crate::layout::{Form, Layout, Shape, Slot};
use crate::text::{column, indent, part};

/// How a document is written.
#[derive(Debug, Clone)]
pub(crate) struct Style {
    /// The line break.
    pub(crate) newline: &'static str,
    /// By how much a map is indented below its key.
    pub(crate) step: usize,
    /// By how much the dashes of a list are indented below its key.
    pub(crate) dash: usize,
    /// How texts of several lines are written.
    pub(crate) texts: Texts,
    /// What JSON looks like; nothing for YAML.
    pub(crate) json: Option<Json>,
}

/// How texts of several lines are written in YAML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Texts {
    /// As lines below a header.
    Lines,
    /// In quotes, where lines would take up a comment that follows.
    Quoted,
}

/// How JSON is written.
#[derive(Debug, Clone)]
pub(crate) struct Json {
    /// One level of indentation; nothing if all is on one line.
    pub(crate) indent: Option<String>,
    /// Whether a space follows colons and commas on one line.
    pub(crate) is_airy: bool,
}

/// As `kubectl` writes.
pub(crate) const PLAIN: Style =
    Style { newline: "\n", step: 2, dash: 0, texts: Texts::Lines, json: None };

impl Style {
    /// The style of a document; of several, the most frequent.
    pub(crate) fn of(text: &str, layout: &Layout, newline: &'static str, texts: Texts) -> Self {
        let (mut steps, mut dashes) = (BTreeMap::new(), BTreeMap::new());
        count(text, &layout.root, &mut steps, &mut dashes);
        let most = |counts: &BTreeMap<usize, usize>| {
            let most = counts.iter().rev().max_by_key(|(_, count)| **count);
            most.map(|(width, _)| *width)
        };
        Self {
            newline,
            texts,
            step: most(&steps).unwrap_or(2),
            dash: most(&dashes).unwrap_or(0),
            json: layout.is_json.then(|| Json::of(text, &layout.root)),
        }
    }
}

impl Json {
    fn of(text: &str, root: &Slot) -> Self {
        let first = root.node.slots().first();
        let spread = first.filter(|slot| part(text, root.node.body..slot.at).contains('\n'));
        let indent = match (spread, first) {
            (Some(slot), _) => Some(indent(text, slot.at).to_owned()),
            (None, None) => Some("  ".to_owned()),
            (None, Some(_)) => None,
        };
        let is_tight = first.is_some_and(|slot| {
            !part(text, slot.lead..slot.node.start).contains(' ') && slot.key.is_some()
        });
        Self { indent: indent.filter(|indent| !indent.is_empty()), is_airy: !is_tight }
    }
}

fn count(
    text: &str,
    slot: &Slot,
    steps: &mut BTreeMap<usize, usize>,
    dashes: &mut BTreeMap<usize, usize>,
) {
    let inner = slot.node.slots().first();
    if let (Some(inner), true) = (inner, slot.key.is_some() && slot.node.is_block()) {
        let width = column(text, inner.at).saturating_sub(column(text, slot.at));
        let counts = match &slot.node.shape {
            Shape::List(Form::Block, _) => &mut *dashes,
            Shape::Map(..) | Shape::List(Form::Flow, _) | Shape::Scalar(_) | Shape::Alias => {
                &mut *steps
            }
        };
        let known = counts.entry(width).or_insert(0_usize);
        *known = known.saturating_add(1);
    }
    for slot in slot.node.slots() {
        count(text, slot, steps, dashes);
    }
}

/// The line break of a text: of two bytes if it has such a one at all.
pub(crate) fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}
