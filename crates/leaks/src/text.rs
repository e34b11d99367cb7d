//! Larger texts: documents in YAML or JSON are parsed and walked, everything else is read line by
//! line. Texts lie in texts, so depth has a limit.

use tree::{Keys, Path, Tree};

use crate::leak::Sighting;
use crate::shape::{Alphabet, decode64_text};
use crate::value::scan_value;
use crate::walk::{Manner, walk};
use crate::{lines, pem, prefilter};

/// The secrets in plain sight in a text: a file in a `ConfigMap`, an annotation, values of Helm.
/// `name` is its key. Lines are counted from the beginning of the text.
pub fn scan_text(name: &str, text: &str) -> Vec<Sighting> {
    within(name, text, Depth::TOP)
}

/// How many texts lie around one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Depth(u8);

impl Depth {
    pub(crate) const TOP: Self = Self(0);

    /// One further in; none if that is too far.
    pub(crate) fn inner(self) -> Option<Self> {
        (self.0 < DEEPEST).then_some(Self(self.0.saturating_add(1)))
    }
}

pub(crate) fn within(name: &str, text: &str, depth: Depth) -> Vec<Sighting> {
    let trimmed = text.trim();
    if let Some(inner) = depth.inner()
        && let Some(plain) = decoded(trimmed)
    {
        let found = within(name, &plain, inner);
        return if found.is_empty() { one_line(name, trimmed, inner) } else { found };
    }
    if !trimmed.contains('\n') && !trimmed.starts_with(['{', '[']) {
        return one_line(name, trimmed, depth);
    }
    let Some(inner) = depth.inner().filter(|_| prefilter::is_worth_reading(text)) else {
        return Vec::new();
    };
    if trimmed.starts_with("-----BEGIN ") {
        return pem::find(trimmed).map(|found| found.named(name)).into_iter().collect();
    }
    if !lines::are_promising(text) {
        return Vec::new();
    }
    let documents = tree::documents(text);
    documents.flat_map(|part| document(part.text, part.line.saturating_sub(1), inner)).collect()
}

fn one_line(name: &str, text: &str, depth: Depth) -> Vec<Sighting> {
    if let Some(found) = scan_value(name, text) {
        return vec![found];
    }
    let is_worth = text.contains([' ', '=', ':']) && prefilter::is_worth_reading(text);
    match depth.inner().filter(|_| is_worth) {
        Some(inner) => lines::scan(text, inner),
        None => Vec::new(),
    }
}

/// The text that a text is the base64 of, in one line or wrapped.
fn decoded(text: &str) -> Option<String> {
    let is_base64 = |byte: u8| Alphabet::Base64.has(byte) || matches!(byte, b'\n' | b'\r');
    let fits = (SHORTEST_CODE..=LONGEST_JSON).contains(&text.len()) && text.bytes().all(is_base64);
    let plain = fits.then(|| decode64_text(text)).flatten()?;
    let is_text = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    plain.chars().all(is_text).then_some(plain)
}

fn document(text: &str, lines_before: usize, depth: Depth) -> Vec<Sighting> {
    let found = match structure(text) {
        Some(tree) => in_tree(text, &tree, depth),
        None => lines::scan(text, depth),
    };
    let shift = |found: Sighting| match found.line {
        Some(line) => found.on_line(line.saturating_add(lines_before)),
        None => found,
    };
    found.into_iter().map(shift).collect()
}

fn in_tree(text: &str, tree: &Tree, depth: Depth) -> Vec<Sighting> {
    let found = walk(tree, "", &Path::root(), (Manner::Open, depth));
    let mut places = 0_usize;
    let place = |(path, found): (Path, Sighting)| {
        places = places.saturating_add(1);
        // Each place reads the document again.
        if places <= MOST_PLACES && text.len() <= LONGEST_YAML {
            found.on_line(tree::place(text, &path).line)
        } else {
            Sighting { line: None, ..found }
        }
    };
    found.into_iter().map(place).collect()
}

/// The tree of a text that is a mapping, or a list of mappings.
fn structure(text: &str) -> Option<Tree> {
    let is_json = text.trim_start().starts_with(['{', '[']);
    let longest = if is_json { LONGEST_JSON } else { LONGEST_YAML };
    if text.len() > longest || !(is_json || begins_as_yaml(text)) {
        return None;
    }
    let tree = tree::read(text, &mut Keys::default()).ok()?;
    (tree.is_map() || tree.items().iter().any(Tree::is_map)).then_some(tree)
}

/// Whether the first line that is no comment could begin a mapping or a list.
fn begins_as_yaml(text: &str) -> bool {
    let is_empty = |line: &&str| line.is_empty() || line.starts_with('#') || *line == "---";
    let first = text.lines().map(str::trim).find(|line| !is_empty(line)).unwrap_or_default();
    !text.starts_with("#!")
        && (first.contains(": ") || first.ends_with(':') || first.starts_with("- "))
}

const DEEPEST: u8 = 5;
/// What is shorter decodes to little.
const SHORTEST_CODE: usize = 24;
const MOST_PLACES: usize = 16;
const LONGEST_JSON: usize = 4 << 20;

/// A `ConfigMap` holds no more; parsing YAML takes its time.
const LONGEST_YAML: usize = 1 << 20;
