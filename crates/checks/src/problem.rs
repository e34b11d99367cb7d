//! One thing that is wrong.

use tree::Path;

use crate::{About, Confidence, Remedy, Severity};

/// One thing that is wrong, and what mends it.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// What tells it from others of the same check and object: container, rule, subject, flag.
    /// Part of the finding's identity: no line, no text, no secret.
    pub detail: String,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What was seen: the very value, unless it is a secret.
    pub evidence: String,
    /// Where in the object it stands.
    pub path: Option<Path>,
    /// Who holds what is too much, as `ServiceAccount apps/web`.
    pub subjects: Vec<String>,
    /// What it is about, if not what was being judged.
    pub about: Option<About>,
    /// What mends it.
    pub remedy: Remedy,
}

impl Problem {
    /// A problem that needs no more words than this.
    pub fn new(severity: Severity, message: impl Into<String>) -> Self {
        Self {
            severity,
            confidence: Confidence::High,
            detail: String::new(),
            message: message.into(),
            evidence: String::new(),
            path: None,
            subjects: Vec::new(),
            about: None,
            remedy: Remedy::Explained,
        }
    }

    /// With what tells it from others of the same check and object.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    /// With what was seen.
    #[must_use]
    pub fn evidence(self, evidence: impl Into<String>) -> Self {
        Self { evidence: evidence.into(), ..self }
    }

    /// With its place in the object.
    #[must_use]
    pub fn at(self, path: Path) -> Self {
        Self { path: Some(path), ..self }
    }

    /// With how sure it is.
    #[must_use]
    pub fn confidence(self, confidence: Confidence) -> Self {
        Self { confidence, ..self }
    }

    /// With those who hold what is too much.
    #[must_use]
    pub fn subjects(self, subjects: Vec<String>) -> Self {
        Self { subjects, ..self }
    }

    /// With what it is about.
    #[must_use]
    pub fn about(self, about: About) -> Self {
        Self { about: Some(about), ..self }
    }

    /// With what mends it.
    #[must_use]
    pub fn mended_by(self, remedy: Remedy) -> Self {
        Self { remedy, ..self }
    }
}
