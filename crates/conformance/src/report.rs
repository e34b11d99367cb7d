//! What came out of a run: for each kind, how many passed, how many failed, and the first that
//! did.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io::{self, Write};

use crate::Kind;

/// Differences shown of each kind; the rest are counted.
const SHOWN: usize = 5;

/// The outcome of a run, by kind.
#[derive(Debug, Default)]
pub struct Report(BTreeMap<Kind, Tally>);

/// The outcome of one kind.
#[derive(Debug, Default)]
pub struct Tally {
    /// Questions answered as upstream answers them.
    pub passed: usize,
    /// Questions answered otherwise.
    pub failed: usize,
    /// The first differences, in words.
    pub differences: Vec<String>,
}

impl Report {
    /// Whether nothing failed.
    pub fn is_clean(&self) -> bool {
        self.0.values().all(|tally| tally.failed == 0)
    }

    /// The outcome of a kind, if vectors of it were run.
    pub fn of(&self, kind: Kind) -> Option<&Tally> {
        self.0.get(&kind)
    }

    /// Prints one line a kind, with the first differences below it.
    pub fn print(&self, out: &mut impl Write) -> io::Result<()> {
        for (kind, tally) in &self.0 {
            if !kind.is_implemented() {
                writeln!(out, "{}: not implemented", kind.name())?;
                continue;
            }
            writeln!(out, "{}: {} passed, {} failed", kind.name(), tally.passed, tally.failed)?;
            for difference in &tally.differences {
                writeln!(out, "  {difference}")?;
            }
        }
        Ok(())
    }

    pub(crate) fn tally(&mut self, kind: Kind) -> &mut Tally {
        self.0.entry(kind).or_default()
    }
}

impl Tally {
    pub(crate) fn at<'a>(&'a mut self, place: &'a str) -> Place<'a> {
        Place { tally: self, place }
    }
}

/// A tally, and the line that is being run.
pub(crate) struct Place<'a> {
    tally: &'a mut Tally,
    place: &'a str,
}

impl Place<'_> {
    /// Counts an answer that equals upstream's, or shows how it differs.
    pub(crate) fn compare<T>(&mut self, question: impl FnOnce() -> String, expected: &T, got: &T)
    where
        T: PartialEq + Debug,
    {
        if expected == got { self.pass() } else { self.differ(question, expected, got) }
    }

    pub(crate) fn pass(&mut self) {
        self.tally.passed = self.tally.passed.saturating_add(1);
    }

    pub(crate) fn differ(
        &mut self,
        question: impl FnOnce() -> String,
        expected: &dyn Debug,
        got: &dyn Debug,
    ) {
        self.tally.failed = self.tally.failed.saturating_add(1);
        if self.tally.differences.len() < SHOWN {
            let (place, question) = (self.place, question());
            let difference =
                format!("{place}: {question}\n    expected {expected:?}\n    got      {got:?}");
            self.tally.differences.push(difference);
        }
    }
}
