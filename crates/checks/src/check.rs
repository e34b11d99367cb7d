//! A check: what it is called, why it is there, how it judges, what mends it, and examples that
//! show all of that.

use inventory::Minor;

use crate::{Example, Judge, Practice, Reference, Severity};

/// A check. Its examples are its tests and its documentation.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// `RB-009`. Never used again for another check.
    pub id: &'static str,
    /// `create-pods`.
    pub name: &'static str,
    /// What is wrong when it fails, in a few words.
    pub title: &'static str,
    /// Which practice it belongs to.
    pub practice: Practice,
    /// The severities its findings have, the worst first.
    pub severities: &'static [Severity],
    /// The versions of Kubernetes it holds for.
    pub versions: Span,
    /// Why that matters: what somebody could do.
    pub why: &'static str,
    /// When it fails, and what passes that looks like it.
    pub fails: &'static str,
    /// What mends it.
    pub fix: Fix,
    /// Where others ask for the same.
    pub references: &'static [Reference],
    /// How it judges.
    pub judge: Judge,
    /// What it says of what.
    pub examples: &'static [Example],
}

impl Check {
    /// Why nothing is looked at yet; none if something is.
    pub fn lacking(&self) -> Option<&'static str> {
        match self.judge {
            Judge::NotImplemented(why) => Some(why),
            Judge::Whole(_) | Judge::Objects(..) | Judge::Workloads(_) | Judge::Components(..) => {
                None
            }
        }
    }
}

/// How a problem is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fix {
    /// A program can, every time; the text says what it does.
    Automatic(&'static str),
    /// A program can in the cases that the text names.
    Sometimes(&'static str),
    /// A person can, by these steps: what is right depends on what only they know.
    Steps(&'static str),
}

impl Fix {
    /// The text.
    pub fn text(self) -> &'static str {
        match self {
            Self::Automatic(text) | Self::Sometimes(text) | Self::Steps(text) => text,
        }
    }
}

/// A span of minor versions, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub from: u8,
    /// The last.
    pub to: u8,
}

impl Span {
    /// Every version.
    pub const ALL: Self = Self { from: 0, to: u8::MAX };

    /// From a version on.
    pub const fn from(minor: u8) -> Self {
        Self { from: minor, to: u8::MAX }
    }

    /// Up to and with a version.
    pub const fn until(minor: u8) -> Self {
        Self { from: 0, to: minor }
    }

    /// Whether a version lies in it.
    pub fn holds(self, minor: Minor) -> bool {
        (self.from..=self.to).contains(&minor.number())
    }

    /// `all versions`, `from 1.33`, `up to 1.24`, `1.20 to 1.23`.
    pub fn describe(self) -> String {
        match (self.from, self.to) {
            (0, u8::MAX) => "all versions".to_owned(),
            (from, u8::MAX) => format!("from 1.{from}"),
            (0, to) => format!("up to 1.{to}"),
            (from, to) => format!("1.{from} to 1.{to}"),
        }
    }
}
