//! One edit to one text. What is there already is not written again, and a list or map that stays
//! one is changed part by part, so that the lines of the rest, and their comments, stay.

use serde_json::Value;
use tree::{Path, Step, Tree};

use crate::expected::same;
use crate::layout::{Layout, Node, Shape, Slot};
use crate::style::{Style, Texts};
use crate::text::{Splices, line_end};
use crate::{Edit, Refusal, block, flow};

/// What an edit comes to.
pub(crate) enum Outcome {
    /// Nothing is to do.
    Unchanged,
    /// These edits, each of the text that the one before leaves.
    Parts(Vec<Edit>),
    /// A new text, and the comments that went with what was removed.
    Changed { text: String, dropped: Vec<String> },
}

/// A text, what it says and where.
pub(crate) struct Page<'a> {
    pub(crate) text: &'a str,
    pub(crate) layout: &'a Layout,
    pub(crate) style: &'a Style,
    pub(crate) tree: &'a Tree,
}

/// Where a new or changed node goes.
pub(crate) struct Place<'a> {
    /// The list or map around it; nothing around the root.
    pub(crate) parent: Option<&'a Node>,
    pub(crate) slot: &'a Slot,
}

/// Makes the first step of `edit`, or all of it, with the line break of the stream.
pub(crate) fn step(
    (text, tree): (&str, &Tree),
    edit: &Edit,
    newline: &'static str,
    texts: Texts,
) -> Result<Outcome, Refusal> {
    let layout = Layout::of(text)?;
    let style = Style::of(text, &layout, newline, texts);
    let page = Page { text, layout: &layout, style: &style, tree };
    match edit {
        Edit::Set { path, value } => page.set(path, value),
        Edit::Remove { path } => page.remove(path),
        Edit::Append { path, value } => page.insert(path, tree.follow(path).items().len(), value),
        Edit::Insert { path, index, value } => page.insert(path, *index, value),
    }
}

impl Page<'_> {
    fn set(&self, path: &Path, value: &Value) -> Result<Outcome, Refusal> {
        let (old, new) = (self.tree.follow(path), Tree::from_json(value));
        if holds(self.tree, path) && same(old, &new) {
            return Ok(Outcome::Unchanged);
        }
        let slots = self.layout.walk(path);
        let Some((slot, above)) = slots.split_last() else { return Err(Refusal::Differs) };
        self.refuse_shared(above, path)?;
        let place = Place { parent: above.last().map(|slot| &slot.node), slot };
        let Some(rest) = path.steps().get(above.len()..).filter(|rest| !rest.is_empty()) else {
            if let Some(parts) = parts(path, &slot.node, old, value) {
                return Ok(Outcome::Parts(parts));
            }
            self.refuse_used_outside(slot, path)?;
            return Ok(self.changed(self.replace(&place, value), Vec::new()));
        };
        self.refuse_shared(&[slot], path)?;
        self.set_missing(path, &place, (rest, value))
    }

    /// Sets what has no place yet, below the deepest node that has one.
    fn set_missing(
        &self,
        path: &Path,
        place: &Place<'_>,
        (rest, value): (&[Step], &Value),
    ) -> Result<Outcome, Refusal> {
        let gone = path.steps().len().saturating_sub(rest.len());
        let deepest: Path = path.steps().iter().take(gone).cloned().collect();
        let Some((Step::Key(key), inner)) = rest.split_first() else {
            return Err(Refusal::NoItem(path.clone()));
        };
        if !inner.is_empty() && holds(self.tree, &deepest.then(&**key)) {
            return Err(Refusal::Merged(path.clone()));
        }
        let value = nested(inner, value);
        let node = &place.slot.node;
        let splices = if node.slots().is_empty() {
            let members = [(key.to_string(), value)].into_iter().collect();
            self.replace(place, &Value::Object(members))
        } else if node.is_flow() {
            flow::insert_entry(self, node, key, &value)
        } else {
            block::insert_entry(self, node, key, &value)
        };
        Ok(self.changed(splices, Vec::new()))
    }

    fn insert(&self, path: &Path, index: usize, value: &Value) -> Result<Outcome, Refusal> {
        if self.tree.follow(path).items().is_empty() {
            let value = Value::Array(vec![value.clone()]);
            return Ok(Outcome::Parts(vec![Edit::Set { path: path.clone(), value }]));
        }
        let slot = self.found(path)?;
        let splices = if slot.node.is_flow() {
            flow::insert_item(self, &slot.node, index, value)
        } else {
            block::insert_item(self, slot, index, value)
        };
        Ok(self.changed(splices, Vec::new()))
    }

    fn remove(&self, path: &Path) -> Result<Outcome, Refusal> {
        if !holds(self.tree, path) {
            return Ok(Outcome::Unchanged);
        }
        let slots = self.layout.walk(path);
        let [above @ .., parent, slot] = slots.as_slice() else {
            return Err(Refusal::Merged(path.clone()));
        };
        if slots.len() <= path.steps().len() {
            self.refuse_shared(&slots, path)?;
            return Err(Refusal::Merged(path.clone()));
        }
        self.refuse_shared(above, path)?;
        self.refuse_shared(&[parent], path)?;
        self.refuse_used_outside(slot, path)?;
        let lines = slot.at..line_end(self.text, slot.node.end);
        let dropped = self.layout.comments_in(&lines).map(|comment| comment.text.clone());
        let splices = if let [_] = parent.node.slots() {
            let place = Place { parent: above.last().map(|slot| &slot.node), slot: parent };
            self.replace(&place, &empty_like(&parent.node))
        } else if parent.node.is_flow() {
            flow::remove(self, &parent.node, slot)
        } else {
            block::remove(self, slot)
        };
        Ok(self.changed(splices, dropped.collect()))
    }

    fn replace(&self, place: &Place<'_>, value: &Value) -> Splices {
        // Behind its `---` the root has to stay on that line, or it would be another document.
        let is_marked = place.parent.is_none() && self.text.trim_start().starts_with("---");
        if self.layout.is_json || is_marked || place.parent.is_some_and(Node::is_flow) {
            flow::replace(self, place, value)
        } else {
            block::replace(self, place, value)
        }
    }

    fn changed(&self, splices: Splices, dropped: Vec<String>) -> Outcome {
        Outcome::Changed { text: splices.onto(self.text), dropped }
    }

    /// The slot at the very end of `path`, none of whose lines stand for other places too.
    fn found(&self, path: &Path) -> Result<&Slot, Refusal> {
        let slots = self.layout.walk(path);
        self.refuse_shared(&slots, path)?;
        match slots.last() {
            Some(slot) if slots.len() > path.steps().len() => Ok(slot),
            _ => Err(Refusal::Merged(path.clone())),
        }
    }

    fn refuse_shared(&self, slots: &[&Slot], path: &Path) -> Result<(), Refusal> {
        let is_shared = |slot: &&Slot| {
            matches!(slot.node.shape, Shape::Alias) || self.layout.is_repeated(&slot.node)
        };
        if slots.iter().any(is_shared) { Err(Refusal::Shared(path.clone())) } else { Ok(()) }
    }

    /// What goes must not be what an alias elsewhere stands for.
    fn refuse_used_outside(&self, slot: &Slot, path: &Path) -> Result<(), Refusal> {
        let range = slot.at..slot.node.end;
        if self.layout.is_used_outside(&slot.node, &range) {
            return Err(Refusal::Shared(path.clone()));
        }
        Ok(())
    }
}

fn empty_like(node: &Node) -> Value {
    match node.shape {
        Shape::List(..) => Value::Array(Vec::new()),
        Shape::Map(..) | Shape::Scalar(_) | Shape::Alias => Value::Object(serde_json::Map::new()),
    }
}

/// The edits that make one list or map another; nothing if it is to be written anew.
fn parts(path: &Path, node: &Node, old: &Tree, new: &Value) -> Option<Vec<Edit>> {
    let is_large = |length: usize| length > MOST_PARTS;
    if node.slots().is_empty() || is_large(old.items().len()) || is_large(old.entries().len()) {
        return None;
    }
    match (old, new) {
        (_, Value::Array(values)) if is_large(values.len()) => None,
        (_, Value::Object(members)) if is_large(members.len()) => None,
        (Tree::Map(entries), Value::Object(members)) => {
            let is_gone = |key: &str| !members.contains_key(key);
            let gone = entries.iter().filter(|(key, _)| is_gone(key));
            let sets = members.iter().map(|(key, value)| Edit::Set {
                path: path.then(key.as_str()),
                value: value.clone(),
            });
            // The new first: a map that is empty in between would be written in brackets.
            let removes = gone.map(|(key, _)| Edit::Remove { path: path.then(&**key) });
            Some(sets.chain(removes).collect())
        }
        (Tree::List(items), Value::Array(values)) => Some(list_parts(path, items, values)),
        _ => None,
    }
}

/// Every part is an edit of its own, and every edit reads the text again. What is larger than this
/// is written anew.
const MOST_PARTS: usize = 500;

fn list_parts(path: &Path, old: &[Tree], new: &[Value]) -> Vec<Edit> {
    let is_same = |(item, value): &(&Tree, &Value)| same(item, &Tree::from_json(value));
    let most = old.len().min(new.len());
    let head = old.iter().zip(new).take_while(is_same).count();
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(is_same).count();
    let tail = tail.min(most.saturating_sub(head));
    let (old_end, new_end) = (old.len().saturating_sub(tail), new.len().saturating_sub(tail));
    let middle = new.iter().enumerate().take(new_end).skip(head);
    let both = old_end.min(new_end);
    let change = |(index, value): (usize, &Value)| {
        if index < both {
            Edit::Set { path: path.then(index), value: value.clone() }
        } else {
            Edit::Insert { path: path.clone(), index, value: value.clone() }
        }
    };
    let removes = (both..old_end).rev().map(|index| Edit::Remove { path: path.then(index) });
    middle.map(change).chain(removes).collect()
}

/// A value below some keys.
fn nested(keys: &[Step], value: &Value) -> Value {
    keys.iter().rev().fold(value.clone(), |value, step| match step {
        Step::Key(key) => Value::Object([(key.to_string(), value)].into_iter().collect()),
        Step::Index(_) => Value::Array(vec![value]),
    })
}

/// Whether there is a node at `path`, be it nothing.
fn holds(tree: &Tree, path: &Path) -> bool {
    let Some((parent, last)) = path.split_last() else { return true };
    match last {
        Step::Key(key) => tree.follow(&parent).entries().iter().any(|(name, _)| name == key),
        Step::Index(index) => *index < tree.follow(&parent).items().len(),
    }
}
