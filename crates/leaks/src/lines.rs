//! Texts that are no documents, line by line: properties, ini, environment files, TOML, shell,
//! nginx, SQL. The key on the line is the name of the value.

use crate::assignment::{self, Assignment};
use crate::leak::Sighting;
use crate::name::{Name, Promise};
use crate::prefilter::{self, Line};
use crate::text::Depth;
use crate::value::{scan_value, structured};
use crate::{command, pair, pem};

/// What is found in the lines of a text.
pub(crate) fn scan(text: &str, depth: Depth) -> Vec<Sighting> {
    let found = prefilter::lines(text).flat_map(|line| {
        line_of(line, depth).into_iter().map(move |found| found.on_line(line.number))
    });
    pair::joined(found.take(MOST).collect(), |leak| (&mut leak.kind, &mut leak.confidence))
}

/// Whether any line could hold something: parsing YAML is twenty times as slow as asking.
pub(crate) fn are_promising(text: &str) -> bool {
    prefilter::lines(text).any(|line| {
        let text = line.text.trim();
        let Some(assigned) = assignment::read(text) else { return !text.starts_with('#') };
        let names = |text: &str| text.len() < 128 && Name::of(text).promise() != Promise::Nothing;
        let is_named = names(assigned.name) || names(assigned.value);
        is_named
            || text.len() > 512
            || assigned.value.contains([' ', '{'])
            || structured(text).is_some()
    })
}

fn line_of(line: Line<'_>, depth: Depth) -> Vec<Sighting> {
    let text = line.text.trim();
    if let Some(key) = pem::beginning_on(text, line.onward) {
        return vec![key];
    }
    let is_comment = ["#", "//", ";", "*", "--", "<!--"].iter().any(|mark| text.starts_with(mark));
    let assigned = assignment::read(text).filter(|_| !is_comment);
    if let Some(found) = assigned.as_ref().and_then(value_of) {
        return vec![found];
    }
    let name = assigned.as_ref().map_or("", |assigned| assigned.name);
    if let Some(found) = structured(text) {
        return vec![found.named(name)];
    }
    let is_command = !is_comment && text.len() <= LONGEST_COMMAND && text.contains(' ');
    if is_command { command::line(text, depth) } else { Vec::new() }
}

/// A value that is one text: of a longer one, with more after the name, the command is read.
fn value_of(assigned: &Assignment<'_>) -> Option<Sighting> {
    if assigned.is_code && !assigned.is_quoted {
        return None;
    }
    scan_value(assigned.name, assigned.value)
}

const MOST: usize = 1000;
const LONGEST_COMMAND: usize = 8192;
