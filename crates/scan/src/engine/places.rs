//! Line and column of findings. Each file is read again once, each document parsed again once, and
//! only those with findings.

use std::collections::BTreeMap;

use checks::About;
use inventory::{Inventory, Origin};
use tree::{Path, Place};

use crate::report::SourceRef;

/// Where findings stand.
pub(super) struct Places<'a> {
    inventory: &'a Inventory,
    text: &'a dyn Fn(&str) -> Option<String>,
    files: BTreeMap<String, Lines>,
}

/// The documents of one file, parsed as they are asked for.
#[derive(Default)]
struct Lines {
    text: Option<String>,
    documents: BTreeMap<usize, tree::Places>,
}

impl<'a> Places<'a> {
    pub(super) fn new(inventory: &'a Inventory, text: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { inventory, text, files: BTreeMap::new() }
    }

    /// Where the field of what a finding is about stands; none of what came from an API.
    pub(super) fn source(&mut self, about: &About, field: Option<&Path>) -> Option<SourceRef> {
        let Some(Origin::Document { file, document, line, path }) = &about.origin else {
            return self.whole_file(about);
        };
        let file = self.inventory.file_at(*file)?.path().to_owned();
        let steps = path.steps().iter().chain(field.into_iter().flat_map(Path::steps));
        let whole: Path = steps.cloned().collect();
        let lines = self
            .files
            .entry(file.clone())
            .or_insert_with(|| Lines { text: (self.text)(&file), documents: BTreeMap::new() });
        let place = lines.places(*document).place(&whole);
        let line = line.saturating_add(place.line).saturating_sub(1);
        Some(reference(file, line, place.column))
    }

    fn whole_file(&self, about: &About) -> Option<SourceRef> {
        let file = self.inventory.file(&about.file).filter(|_| !about.file.is_empty())?;
        let place = about.place.unwrap_or(Place { line: 1, column: 1 });
        Some(reference(file.path().to_owned(), place.line, place.column))
    }
}

impl Lines {
    fn places(&mut self, document: usize) -> &tree::Places {
        let text = &self.text;
        self.documents.entry(document).or_insert_with(|| {
            let text = text.as_deref().unwrap_or_default();
            let document = tree::documents(text).nth(document).map(|document| document.text);
            tree::Places::of(document.unwrap_or_default())
        })
    }
}

fn reference(file: String, line: usize, column: usize) -> SourceRef {
    let number = |value: usize| u64::try_from(value).unwrap_or(u64::MAX);
    SourceRef { file, line: number(line), column: number(column) }
}
