//! Edits made to one document of a stream, and the proof that they did what was asked for and
//! nothing else.

use std::collections::{BTreeMap, VecDeque};

use tree::{Document, Keys, Tree, documents};

use crate::layout::Layout;
use crate::step::{Outcome, step};
use crate::style::{Texts, newline};
use crate::text::part;
use crate::{Edit, Refusal, expected, same};

/// The stream with `edits` made, one after the other, to the document at index `document` of
/// [`tree::documents`]. All other bytes are those of `stream`.
pub fn apply(stream: &str, document: usize, edits: &[Edit]) -> Result<String, Refusal> {
    let (mark, body) = without_mark(stream);
    let found = documents(body).nth(document).ok_or(Refusal::NoDocument(document))?;
    let Draft { text, dropped, .. } = edited(found.text, edits, newline(stream))?;
    refuse_lost_comments(found.text, &text, &dropped)?;
    let new = spliced(body, &found, &text);
    refuse_other_changes(body, &new, (document, &text))?;
    Ok(format!("{mark}{new}"))
}

/// The byte order mark, which `tree` does not count, and the rest.
pub(crate) fn without_mark(stream: &str) -> (&str, &str) {
    let body = stream.strip_prefix('\u{feff}').unwrap_or(stream);
    (part(stream, 0..stream.len().saturating_sub(body.len())), body)
}

pub(crate) fn read(text: &str) -> Result<Tree, Refusal> {
    tree::read(text, &mut Keys::default()).map_err(Refusal::Unreadable)
}

/// A document's text on its way, and what it says.
struct Draft {
    text: String,
    tree: Tree,
    /// The comments that went with what was removed.
    dropped: Vec<String>,
}

/// The document with all edits made, which says exactly what is expected.
fn edited(text: &str, edits: &[Edit], newline: &'static str) -> Result<Draft, Refusal> {
    let tree = read(text)?;
    let goal = expected(&tree, edits)?;
    let mut draft = Draft { text: text.to_owned(), tree, dropped: Vec::new() };
    let mut waiting: VecDeque<Edit> = edits.iter().cloned().collect();
    // Readers disagree on the last line break of a text in lines that the document ends with.
    let texts = if text.ends_with('\n') { Texts::Lines } else { Texts::Quoted };
    while let Some(edit) = waiting.pop_front() {
        let parts = match draft.change(&edit, newline, texts) {
            Err(Refusal::Differs) => draft.change(&edit, newline, Texts::Quoted)?,
            outcome => outcome?,
        };
        parts.into_iter().rev().for_each(|part| waiting.push_front(part));
    }
    if same(&draft.tree, &goal) { Ok(draft) } else { Err(Refusal::Differs) }
}

impl Draft {
    /// Makes one edit, or nothing and says of which parts it consists.
    fn change(
        &mut self,
        edit: &Edit,
        newline: &'static str,
        texts: Texts,
    ) -> Result<Vec<Edit>, Refusal> {
        match step((&self.text, &self.tree), edit, newline, texts)? {
            Outcome::Unchanged => Ok(Vec::new()),
            Outcome::Parts(parts) => Ok(parts),
            Outcome::Changed { text, dropped } => {
                let now = read(&text).map_err(|_unreadable| Refusal::Differs)?;
                if !same(&now, &expected(&self.tree, std::slice::from_ref(edit))?) {
                    return Err(Refusal::Differs);
                }
                (self.text, self.tree) = (text, now);
                self.dropped.extend(dropped);
                Ok(Vec::new())
            }
        }
    }
}

fn spliced(stream: &str, document: &Document<'_>, text: &str) -> String {
    let end = document.offset.saturating_add(document.text.len());
    let before = part(stream, 0..document.offset);
    let after = part(stream, end..stream.len());
    format!("{before}{text}{after}")
}

fn refuse_lost_comments(old: &str, new: &str, dropped: &[String]) -> Result<(), Refusal> {
    let mut left = BTreeMap::<String, usize>::new();
    let new = Layout::of(new)?.comments.into_iter().map(|comment| comment.text);
    for comment in new.chain(dropped.iter().cloned()) {
        let count = left.entry(comment).or_default();
        *count = count.saturating_add(1);
    }
    for comment in Layout::of(old)?.comments {
        match left.get_mut(&comment.text).filter(|count| **count > 0) {
            Some(count) => *count = count.saturating_sub(1),
            None => return Err(Refusal::LosesComment(comment.text)),
        }
    }
    Ok(())
}

/// The stream read again has the same documents but for the one that was changed.
fn refuse_other_changes(
    old: &str,
    new: &str,
    (changed, text): (usize, &str),
) -> Result<(), Refusal> {
    let mut after = documents(new);
    for (index, before) in documents(old).enumerate() {
        let wanted = if index == changed { text } else { before.text };
        if after.next().is_none_or(|after| after.text != wanted) {
            return Err(Refusal::Differs);
        }
    }
    if after.next().is_some() { Err(Refusal::Differs) } else { Ok(()) }
}
