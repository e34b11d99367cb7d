//! An advisory that concerns what runs: what a check needs to say so.

use crate::interval::Interval;
use crate::{Advisory, Confidence, Mitigation, Only, Severity, Version};

/// An advisory that concerns a component at a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match<'t> {
    /// Its id.
    pub id: &'t str,
    /// How bad it is; medium if nobody has scored it.
    pub severity: Severity,
    /// How sure it is that it concerns this version, as bad as it says.
    pub confidence: Confidence,
    /// What it is about, in a sentence.
    pub summary: &'t str,
    /// Whether the summary rests on a title only, so that the record is to be read first.
    pub is_title_only: bool,
    /// What fixes it.
    pub fix: Fix<'t>,
    /// What has to be there for it to matter.
    pub only: Option<Only>,
    /// What defuses it.
    pub mitigation: Option<Mitigation>,
    /// Where it is published.
    pub url: &'t str,
}

/// What fixes an advisory for a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fix<'t> {
    /// These versions and later ones of their lines, nearest first; never empty.
    In(Vec<&'t Version>),
    /// Any version after this one, the last that is affected.
    After(&'t Version),
    /// None: its project says that it will stay as it is.
    Never,
    /// No fix is known for the line of the version.
    Unknown,
}

impl<'t> Fix<'t> {
    /// The fixed versions, nearest first.
    pub fn versions(&self) -> &[&'t Version] {
        match self {
            Self::In(versions) => versions,
            Self::After(_) | Self::Never | Self::Unknown => &[],
        }
    }

    /// The nearest fixed version.
    pub fn nearest(&self) -> Option<&'t Version> {
        self.versions().first().copied()
    }
}

impl<'t> Match<'t> {
    pub(super) fn new(
        advisory: &'t Advisory,
        hit: &Interval,
        fix: Fix<'t>,
        version: &Version,
    ) -> Self {
        Self {
            id: &advisory.id,
            severity: advisory.severity.unwrap_or(Severity::Medium),
            confidence: confidence(advisory, hit, &fix, version),
            summary: &advisory.summary,
            is_title_only: advisory.is_title_only,
            fix,
            only: advisory.only,
            mitigation: advisory.mitigation(),
            url: &advisory.url,
        }
    }

    /// Whether the fix is unknown for this line: "may be affected", not "is".
    pub fn is_open_ended(&self) -> bool {
        match self.fix {
            Fix::Unknown => true,
            Fix::In(_) | Fix::After(_) | Fix::Never => false,
        }
    }
}

fn confidence(advisory: &Advisory, hit: &Interval, fix: &Fix<'_>, version: &Version) -> Confidence {
    let is_guess = advisory.severity.is_none()
        || *fix == Fix::Unknown
        || hit.has_pseudo_bound()
        || version.is_pseudo()
        || version.sorts_oddly();
    if is_guess {
        Confidence::Low
    } else if version.is_vendor_build() && *fix != Fix::Never {
        Confidence::Medium
    } else {
        Confidence::High
    }
}
