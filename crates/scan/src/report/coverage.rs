//! How far a scan could see. No clock and no duration: the same input gives the same bytes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What was read, and what could not be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// Where the scan looked.
    pub sources: Vec<SourceRead>,
    /// The kinds of objects that were asked for.
    pub kinds: Vec<KindCoverage>,
    /// The files that were opened.
    pub files: Files,
    /// Versions, by what has them: ravelin, kube-apiserver, a node.
    pub versions: BTreeMap<String, String>,
    /// How many checks ran.
    pub checks_run: u64,
    /// Why the scan is not complete, a sentence each; empty if it is.
    pub incomplete: Vec<String>,
}

impl Coverage {
    /// The same, by name: lists come back in any order.
    pub(super) fn ordered(mut self) -> Self {
        self.kinds.sort();
        self.files.unreadable.sort();
        self
    }
}

/// A place that a scan looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SourceRead {
    /// What it is: cluster, manifests, node, snapshot.
    pub kind: String,
    /// Which one.
    pub name: String,
}

/// What came of asking for the objects of a kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct KindCoverage {
    /// Group and version.
    pub api_version: String,
    /// The kind.
    pub kind: String,
    /// How it ended.
    pub reach: Reach,
    /// How many objects were read.
    pub objects: u64,
    /// Why not all; null if all were.
    pub reason: Option<String>,
}

/// How asking for a kind ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// All objects were read.
    Listed,
    /// Those in the given files were read; there may be others.
    Given,
    /// The cluster does not let this caller list them.
    Denied,
    /// The cluster does not serve the kind.
    Absent,
    /// The list broke off or could not be read.
    Failed,
}

impl Reach {
    /// The name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Given => "given",
            Self::Denied => "denied",
            Self::Absent => "absent",
            Self::Failed => "failed",
        }
    }
}

/// What came of opening files.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Files {
    /// How many were read.
    pub read: u64,
    /// Those that could not be.
    pub unreadable: Vec<Unreadable>,
}

/// A file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Unreadable {
    /// The file, as it was named.
    pub file: String,
    /// Why.
    pub reason: String,
}
