//! What is to be done: by the program, and by a person.

use checks::{About, Check, Severity};

use crate::LiveChange;

/// Everything that mends what was found, and what cannot be mended by a program.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Files that get another text.
    pub files: Vec<FileChange>,
    /// Files that get other rights.
    pub rights: Vec<RightsChange>,
    /// Objects to be created that belong in no file that was read.
    pub created: Vec<Created>,
    /// Objects of a running cluster to be changed.
    pub live: Vec<LiveChange>,
    /// What a person has to do.
    pub by_hand: Vec<ByHand>,
    /// What was tried and did not work out, or may not be done.
    pub refused: Vec<RefusedFix>,
}

impl Plan {
    /// How many findings the program mends.
    pub fn mended(&self) -> usize {
        let files: usize = self.files.iter().map(|file| file.mended.len()).sum();
        let others = [self.rights.len(), self.created.len(), self.live.len()];
        others.into_iter().fold(files, usize::saturating_add)
    }
}

/// A finding that a change mends.
#[derive(Debug, Clone)]
pub struct Mended {
    /// The check that failed.
    pub check: &'static Check,
    /// How bad it was.
    pub severity: Severity,
    /// What it was about.
    pub about: About,
    /// What was wrong.
    pub message: String,
}

/// A file that gets another text.
#[derive(Debug, Clone)]
pub struct FileChange {
    /// Its path.
    pub path: String,
    /// What it holds.
    pub old: String,
    /// What it is to hold.
    pub new: String,
    /// What that mends.
    pub mended: Vec<Mended>,
}

/// A file that gets other rights.
#[derive(Debug, Clone)]
pub struct RightsChange {
    /// Its path.
    pub path: String,
    /// Permission bits it is to have.
    pub mode: Option<u32>,
    /// Whom it is to belong to, as `root:root`.
    pub owner: Option<&'static str>,
    /// What that mends.
    pub mended: Mended,
}

/// An object that is to be created.
#[derive(Debug, Clone)]
pub struct Created {
    /// The object.
    pub object: serde_json::Value,
    /// What that mends.
    pub mended: Mended,
}

/// What a person has to do.
#[derive(Debug, Clone)]
pub struct ByHand {
    /// What was found.
    pub found: Mended,
    /// The steps.
    pub steps: String,
}

/// A change that is not made, and why.
#[derive(Debug, Clone)]
pub struct RefusedFix {
    /// What was found.
    pub found: Mended,
    /// Why it is not mended.
    pub why: String,
}
