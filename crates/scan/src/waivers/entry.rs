//! One waiver, and what it covers.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Glob;
use crate::report::{Acceptance, Finding, ObjectRef, SourceRef};

/// One waiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// What it covers.
    pub what: What,
    /// Why that is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day it holds, in UTC.
    pub expires: Date,
    /// Where it stands.
    pub source: SourceRef,
}

/// What a waiver covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The finding with an id.
    Finding(String),
    /// The findings of checks, about some objects or about anything.
    Check {
        /// Which checks.
        check: Glob,
        /// Which objects; without it, whatever the checks are about.
        object: Option<ObjectPattern>,
    },
}

/// Which objects a waiver covers. What is not given is any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectPattern {
    /// The kind.
    pub kind: Option<Glob>,
    /// The namespace. Objects without one match only if it is not given.
    pub namespace: Option<Glob>,
    /// The name.
    pub name: Option<Glob>,
}

impl Waiver {
    /// Whether its last day is over at `now`.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now.to_zoned(TimeZone::UTC).date() > self.expires
    }

    /// Whether it covers a finding, whatever the day and the finding's status.
    pub fn covers(&self, finding: &Finding) -> bool {
        match &self.what {
            What::Finding(id) => *id == finding.id,
            What::Check { check, object } => {
                check.matches(&finding.check)
                    && object.as_ref().is_none_or(|pattern| {
                        finding.object.as_ref().is_some_and(|object| pattern.matches(object))
                    })
            }
        }
    }

    /// What a finding that it covers carries.
    pub(super) fn acceptance(&self) -> Acceptance {
        Acceptance {
            reason: self.reason.clone(),
            owner: self.owner.clone(),
            expires: self.expires.to_string(),
        }
    }

    /// What it covers, in a line. Names the waiver, too: two that cover the same are one.
    pub(super) fn says(&self) -> String {
        match &self.what {
            What::Finding(id) => format!("finding {id}"),
            What::Check { check, object: None } => format!("check {check}"),
            What::Check { check, object: Some(object) } => {
                let any = |glob: &Option<Glob>| {
                    glob.as_ref().map_or_else(|| "*".to_owned(), Glob::to_string)
                };
                let namespace =
                    object.namespace.as_ref().map(|glob| format!("{glob}/")).unwrap_or_default();
                format!("check {check} of {} {namespace}{}", any(&object.kind), any(&object.name))
            }
        }
    }
}

impl ObjectPattern {
    fn matches(&self, object: &ObjectRef) -> bool {
        let is =
            |glob: &Option<Glob>, text: &str| glob.as_ref().is_none_or(|one| one.matches(text));
        let namespace = match (&self.namespace, &object.namespace) {
            (None, _) => true,
            (Some(glob), Some(namespace)) => glob.matches(namespace),
            (Some(_), None) => false,
        };
        namespace && is(&self.kind, &object.kind) && is(&self.name, &object.name)
    }
}
