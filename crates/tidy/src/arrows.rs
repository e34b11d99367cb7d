//! The arrows between crates: what `ARCHITECTURE.md` allows, against what the manifests ask for.

use std::collections::BTreeMap;

use crate::Violation;
use crate::manifests::{Dependency, Package};
use crate::markdown::{self, Row};

/// The page that holds the tables.
pub(crate) const PAGE: &str = "ARCHITECTURE.md";

const CRATES: [&str; 2] = ["crate", "may use"];
const LIBRARIES: [&str; 2] = ["library", "may be used by"];

pub(crate) fn check(page: &str, packages: &[Package], found: &mut Vec<Violation>) {
    let mut read = |heading: [&str; 2]| {
        let table = Table::read(page, heading);
        if table.is_none() {
            let what = format!("must have a table `| {} | {} |`", heading[0], heading[1]);
            found.push(Violation { file: PAGE.to_owned(), line: 0, what });
        }
        table.unwrap_or_default()
    };
    let (crates, libraries) = (read(CRATES), read(LIBRARIES));
    crates.check_names(packages, found);
    for package in packages {
        for dependency in &package.dependencies {
            if dependency.path.is_some() {
                between(package, dependency, &crates, found);
            } else if dependency.kind.as_deref() != Some("dev") {
                outward(package, dependency, &libraries, found);
            }
        }
    }
}

/// What each name of a table's first column may use, or be used by, and the line that says so.
#[derive(Default)]
struct Table(BTreeMap<String, (usize, Vec<String>)>);

impl Table {
    fn read(page: &str, heading: [&str; 2]) -> Option<Self> {
        let rows = markdown::table(page, &heading)?;
        Some(Self(rows.iter().filter_map(Self::entry).collect()))
    }

    fn entry(row: &Row) -> Option<(String, (usize, Vec<String>))> {
        let [subject, listed] = row.cells.as_slice() else { return None };
        let subject = markdown::names(subject).first().copied()?.to_owned();
        let listed = markdown::names(listed).into_iter().map(str::to_owned).collect();
        Some((subject, (row.line, listed)))
    }

    fn allows(&self, subject: &str, other: &str) -> bool {
        self.0.get(subject).is_some_and(|(_, listed)| listed.iter().any(|name| name == other))
    }

    /// Every crate has a row, and every row is about crates there are.
    fn check_names(&self, packages: &[Package], found: &mut Vec<Violation>) {
        let exists = |name: &str| packages.iter().any(|package| package.name == name);
        for (subject, (line, listed)) in &self.0 {
            for name in std::iter::once(subject).chain(listed).filter(|name| !exists(name)) {
                let what = format!("there is no crate {name}");
                found.push(Violation { file: PAGE.to_owned(), line: *line, what });
            }
        }
        for package in packages.iter().filter(|package| !self.0.contains_key(&package.name)) {
            let what = format!("{} has no row in the table of arrows in {PAGE}", package.name);
            found.push(package.violation("name", what));
        }
    }
}

/// An arrow between two crates of our own, of whatever kind: tests do not know more either.
fn between(package: &Package, other: &Dependency, crates: &Table, found: &mut Vec<Violation>) {
    if !crates.allows(&package.name, &other.name) {
        let what = format!("{} may not use {}, says {PAGE}", package.name, other.name);
        found.push(package.violation(&other.name, what));
    }
}

/// The use of a library that few may use. Its companions (`hyper-util`, `tokio-rustls`) count as
/// the library itself.
fn outward(package: &Package, other: &Dependency, libraries: &Table, found: &mut Vec<Violation>) {
    let is_companion = |library: &&String| other.name.split('-').any(|part| part == *library);
    for library in libraries.0.keys().filter(is_companion) {
        if !libraries.allows(library, &package.name) {
            let (name, library_user) = (&other.name, &package.name);
            let what = format!("{library_user} may not use {name}: {library} is kept, says {PAGE}");
            found.push(package.violation(name, what));
        }
    }
}

#[cfg(test)]
mod tests;
