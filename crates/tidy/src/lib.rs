//! The rules of this repository that no compiler checks. [`violations`] finds all there are at
//! once; each says where, and what would be right.

mod arrows;
mod format;
mod manifests;
mod markdown;
mod rust;
mod text;
mod tree;

use std::fmt;
use std::path::Path;

/// A place where a rule is broken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The file, from the root of the repository.
    pub file: String,
    /// The line, from 1; 0 if it is the file as such.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(out, "{}: {}", self.file, self.what),
            line => write!(out, "{}:{line}: {}", self.file, self.what),
        }
    }
}

/// What keeps the rules from being looked at.
#[derive(Debug)]
pub struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

/// All violations in the repository at `root`, by file and line.
pub fn violations(root: &Path) -> Result<Vec<Violation>, Unreadable> {
    let files = tree::files(root)?;
    let mut found = Vec::new();
    for file in &files {
        text::check(file, &mut found);
        rust::check(file, &mut found);
    }
    let packages = manifests::packages(root, &files)?;
    manifests::check(&packages, &mut found);
    let architecture = files.iter().find(|file| file.path == arrows::PAGE);
    let architecture = architecture.ok_or_else(|| Unreadable(format!("no {}", arrows::PAGE)))?;
    arrows::check(&architecture.text, &packages, &mut found);
    format::check(root, &mut found)?;
    found.sort();
    found.dedup();
    Ok(found)
}
