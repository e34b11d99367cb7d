//! Line and column of findings. They are looked up all at once, file by file: each file is read
//! again once, each document with findings parsed again once, and none is held for longer than
//! that takes.

use checks::About;
use inventory::{FileId, Inventory, Origin};
use tree::{Path, Place, Places};

use crate::report::{Finding, SourceRef};

/// A field of a document, to be looked up.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    file: FileId,
    document: usize,
    /// The line of the file that the document begins at.
    line: usize,
    /// The field, from the root of the document.
    path: Path,
}

impl Spot {
    /// The field of what a finding is about; none of what is in no document.
    pub(super) fn of(about: &About, field: Option<&Path>) -> Option<Self> {
        let Some(Origin::Document { file, document, line, path }) = &about.origin else {
            return None;
        };
        let steps = path.steps().iter().chain(field.into_iter().flat_map(Path::steps));
        Some(Self { file: *file, document: *document, line: *line, path: steps.cloned().collect() })
    }
}

/// Where a file as such is pointed at; none if a finding is about no file.
pub(super) fn whole_file(inventory: &Inventory, about: &About) -> Option<SourceRef> {
    if about.file.is_empty() || matches!(about.origin, Some(Origin::Document { .. })) {
        return None;
    }
    let file = inventory.file(&about.file)?;
    let place = about.place.unwrap_or(Place { line: 1, column: 1 });
    Some(reference(file.path(), place.line, place.column))
}

/// Looks up the spots of findings, each with the index of its finding.
pub(super) fn fill(
    findings: &mut [Finding],
    mut spots: Vec<(Spot, usize)>,
    inventory: &Inventory,
    text: &dyn Fn(&str) -> Option<String>,
) {
    spots.sort_unstable();
    for of_file in spots.chunk_by(|(one, _), (other, _)| one.file == other.file) {
        let file = of_file.first().and_then(|(spot, _)| inventory.file_at(spot.file));
        let Some(file) = file else { continue };
        let text = text(file.path()).unwrap_or_default();
        let mut documents = tree::documents(&text).enumerate();
        for of_document in of_file.chunk_by(|(one, _), (other, _)| one.document == other.document) {
            let number = of_document.first().map(|(spot, _)| spot.document);
            let document = documents.by_ref().find(|(at, _)| Some(*at) == number);
            let places = Places::of(document.map_or("", |(_, document)| document.text));
            for (spot, index) in of_document {
                let place = places.place(&spot.path);
                let line = spot.line.saturating_add(place.line).saturating_sub(1);
                if let Some(finding) = findings.get_mut(*index) {
                    finding.source = Some(reference(file.path(), line, place.column));
                }
            }
        }
    }
}

fn reference(file: &str, line: usize, column: usize) -> SourceRef {
    let number = |value: usize| u64::try_from(value).unwrap_or(u64::MAX);
    SourceRef { file: file.to_owned(), line: number(line), column: number(column) }
}
