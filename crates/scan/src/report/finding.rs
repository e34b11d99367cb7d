//! One finding: what is wrong, with what, how that is known, and what mends it.

use std::cmp::Reverse;
use std::fmt;

use checks::{Confidence, Practice, Severity};
use serde::{Deserialize, Serialize};

use super::{Identity, finding_id, words};

/// What one check says about one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Stays the same while check, object, node and detail do: what baselines and waivers name.
    /// Written by [`super::Report::new`].
    pub id: String,
    /// The check, such as RB-009. IN-… is about the input itself.
    pub check: String,
    /// The practice, 1 to 15; 0 is the input itself.
    #[serde(with = "words::practice")]
    #[cfg_attr(test, schemars(schema_with = "words::practice::schema"))]
    pub practice: Practice,
    /// How bad it is here; for what is unknown, how bad it could be.
    #[serde(with = "words::severity")]
    #[cfg_attr(test, schemars(schema_with = "words::severity::schema"))]
    pub severity: Severity,
    /// How sure it is.
    #[serde(with = "words::confidence")]
    #[cfg_attr(test, schemars(schema_with = "words::confidence::schema"))]
    pub confidence: Confidence,
    /// What the check came to.
    pub status: Status,
    /// The check in a few words, the same for all findings of it.
    pub title: String,
    /// What is wrong here, in a sentence.
    pub message: String,
    /// The object it is about; null for flags and files.
    pub object: Option<ObjectRef>,
    /// Where in the object or configuration, such as `spec.containers[0].image`.
    pub path: Option<String>,
    /// The node it was seen on.
    pub node: Option<String>,
    /// What tells it from other findings of the check on the object: a container, a rule, a
    /// subject, a flag. Never a secret.
    pub detail: String,
    /// Who gets something they should not have, such as `ServiceAccount apps/sa`.
    pub subjects: Vec<String>,
    /// The file, line and column; null for what came from an API.
    pub source: Option<SourceRef>,
    /// What was seen, a line each. Never a secret.
    pub evidence: Vec<String>,
    /// What mends it; for what is unknown, what would show it.
    pub fix: Option<String>,
    /// Why it is unknown, not applicable or exempt.
    pub reason: Option<String>,
    /// Who accepted it, why, and until when.
    pub waiver: Option<Acceptance>,
    /// Whether an older report knows it; null if there is none to compare with.
    pub novelty: Option<Novelty>,
}

impl Finding {
    /// A failed check of no object in particular: the fields that every finding has. The rest is
    /// empty.
    pub fn new(check: &str, practice: Practice, severity: Severity) -> Self {
        Self {
            id: String::new(),
            check: check.to_owned(),
            practice,
            severity,
            confidence: Confidence::High,
            status: Status::Fail,
            title: String::new(),
            message: String::new(),
            object: None,
            path: None,
            node: None,
            detail: String::new(),
            subjects: Vec::new(),
            source: None,
            evidence: Vec::new(),
            fix: None,
            reason: None,
            waiver: None,
            novelty: None,
        }
    }

    /// The finding with the id that its fields give.
    #[must_use]
    pub(super) fn identified(mut self) -> Self {
        let object = self.object.as_ref();
        self.id = finding_id(&Identity {
            check: &self.check,
            group: object.map_or("", ObjectRef::group),
            kind: object.map_or("", |object| &object.kind),
            namespace: object.and_then(|object| object.namespace.as_deref()).unwrap_or_default(),
            name: object.map_or("", |object| &object.name),
            node: self.node.as_deref().unwrap_or_default(),
            detail: &self.detail,
        });
        self
    }

    /// What findings are ordered by: the worst first, and total.
    pub(super) fn rank(&self) -> impl Ord + '_ {
        let what = (Reverse(self.severity), self.status, &self.check);
        let about = (&self.object, &self.node, &self.detail);
        let rest = (&self.source, &self.path, &self.message, &self.title, Reverse(self.confidence));
        (what, about, rest, (&self.subjects, &self.evidence, &self.fix, &self.reason, &self.waiver))
    }

    /// What it is about, in a line: an object, a node, or both.
    pub fn about(&self) -> String {
        let object = self.object.as_ref().map(ObjectRef::to_string);
        let node = self.node.as_ref().map(|node| format!("node {node}"));
        let parts: Vec<String> = object.into_iter().chain(node).collect();
        parts.join(" on ")
    }
}

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It falls short.
    Fail,
    /// What would decide it could not be seen.
    Unknown,
    /// The version, distribution or component has nothing like it.
    NotApplicable,
    /// A documented default that Kubernetes itself needs.
    Exempt,
    /// It falls short, and somebody accepted that for a while.
    Waived,
}

impl Status {
    /// The name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not-applicable",
            Self::Exempt => "exempt",
            Self::Waived => "waived",
        }
    }
}

/// An object of the cluster or of a manifest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ObjectRef {
    /// Group and version, such as rbac.authorization.k8s.io/v1.
    pub api_version: String,
    /// The kind, such as `ClusterRole`.
    pub kind: String,
    /// The namespace; null for what has none.
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
}

impl ObjectRef {
    /// The API group; empty for the core one.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }
}

/// As people say it: `Deployment apps/web`.
impl fmt::Display for ObjectRef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(out, "{} {namespace}/{}", self.kind, self.name),
            None => write!(out, "{} {}", self.kind, self.name),
        }
    }
}

/// A place in a file that was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SourceRef {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The column in characters, from 1.
    pub column: u64,
}

impl fmt::Display for SourceRef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// That somebody accepts a finding for a while.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Acceptance {
    /// Why.
    pub reason: String,
    /// Who.
    pub owner: String,
    /// The last day, YYYY-MM-DD, in UTC.
    pub expires: String,
}

impl fmt::Display for Acceptance {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({}, until {})", self.reason, self.owner, self.expires)
    }
}

/// Whether an older report knows a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Novelty {
    /// It was not open there, or was less severe.
    New,
    /// It was open there, and as severe.
    Known,
}

impl Novelty {
    /// The name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Known => "known",
        }
    }
}
