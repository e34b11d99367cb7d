//! One advisory, and whether it concerns a component at a version.

mod matched;

use jiff::Timestamp;
use jiff::civil::Date;

pub use matched::{Fix, Match};

use crate::component::Line;
use crate::interval::{End, Interval};
use crate::{Component, Mitigation, Only, Severity, Version};

/// A published advisory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advisory {
    pub(crate) id: String,
    /// Other ids of the same weakness.
    pub(crate) aliases: Vec<String>,
    pub(crate) summary: String,
    pub(crate) is_title_only: bool,
    pub(crate) severity: Option<Severity>,
    pub(crate) published: Option<Date>,
    pub(crate) modified: Option<Timestamp>,
    pub(crate) url: String,
    pub(crate) only: Option<Only>,
    pub(crate) standing: Standing,
    /// Somebody held its ranges against the text of the advisory.
    pub(crate) is_verified: bool,
    pub(crate) affected: Vec<Affected>,
}

/// What its record says of an advisory as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It stands; what fixes it, the ranges say.
    Stands,
    /// It stands, and will not be fixed: more than ranges that name no fix.
    Unfixed,
    /// It does not stand any more.
    Withdrawn,
}

/// Versions of components that an advisory concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Affected {
    pub(crate) components: Vec<Component>,
    pub(crate) line: Line,
    pub(crate) intervals: Vec<Interval>,
}

impl Advisory {
    /// Its id: the CVE's if it has one.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Other ids of the same weakness.
    pub fn aliases(&self) -> impl Iterator<Item = &str> {
        self.aliases.iter().map(String::as_str)
    }

    /// What it is about, in a sentence.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// Where it is published.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// When it was published, where its record has a plausible day.
    pub fn published(&self) -> Option<Date> {
        self.published
    }

    /// How bad it is, if somebody has scored it.
    pub fn severity(&self) -> Option<Severity> {
        self.severity
    }

    /// What has to be there for it to matter.
    pub fn only(&self) -> Option<Only> {
        self.only
    }

    /// What defuses it.
    pub fn mitigation(&self) -> Option<Mitigation> {
        Mitigation::of(&self.id)
    }

    /// All its ids.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.id).chain(&self.aliases)
    }

    /// Whether it concerns a component at a version, and how.
    pub(crate) fn concerns(&self, component: Component, version: &Version) -> Option<Match<'_>> {
        if self.standing == Standing::Withdrawn {
            return None;
        }
        let chosen = self.chosen(component, version);
        let hit = chosen.iter().find(|interval| interval.contains(version))?;
        Some(Match::new(self, hit, self.fix(&chosen, hit, version), version))
    }

    /// Whether it is about a component, but names commits where releases would be needed to say
    /// which versions it concerns.
    pub(crate) fn is_undecided(&self, component: Component, version: &Version) -> bool {
        let chosen = self.chosen(component, version);
        self.standing != Standing::Withdrawn
            && !chosen.iter().any(|interval| interval.contains(version))
            && chosen.iter().any(|interval| names_commits(interval, version))
    }

    /// The intervals that speak of the version's line. A module path stands for one major version
    /// of its product: an old path is left open when its line is given up, so that all paths taken
    /// together would concern versions newer than every fix. Where no path has a major version,
    /// the product never moved, and its path stands for all of them.
    fn chosen(&self, component: Component, version: &Version) -> Vec<&Interval> {
        let about = |affected: &&Affected| {
            affected.components.iter().any(|affected| affected.covers(component))
        };
        let all: Vec<&Affected> = self.affected.iter().filter(about).collect();
        let has_majors = all.iter().any(|affected| matches!(affected.line, Line::Major(_)));
        let speaks = |affected: &&&Affected| match affected.line {
            Line::Every => true,
            Line::Base => !has_majors || version.major() < 2,
            Line::Major(major) => major == version.major(),
        };
        all.iter().filter(speaks).flat_map(|affected| &affected.intervals).collect()
    }

    fn fix<'a>(&self, chosen: &[&'a Interval], hit: &'a Interval, version: &Version) -> Fix<'a> {
        let helps = |fixed: &&Version| {
            *fixed > version
                && !fixed.is_pseudo()
                && !chosen.iter().any(|interval| interval.contains(fixed))
        };
        let fixes = chosen.iter().filter_map(|interval| interval.fixed());
        let mut fixes: Vec<&Version> = fixes.filter(helps).collect();
        fixes.sort();
        fixes.dedup();
        match &hit.end {
            _ if !fixes.is_empty() => Fix::In(fixes),
            End::Last(last) => Fix::After(last),
            End::Open if self.standing == Standing::Unfixed => Fix::Never,
            End::Open | End::Fixed(_) => Fix::Unknown,
        }
    }
}

/// Whether an interval ends at a commit that no release of the version's line can be compared
/// with: numbered below it because the module was never tagged, or with both ends in one release.
fn names_commits(interval: &Interval, version: &Version) -> bool {
    let Some(fixed) = interval.fixed().filter(|fixed| fixed.is_pseudo()) else { return false };
    let begins_beside = interval
        .introduced
        .as_ref()
        .is_some_and(|introduced| introduced.is_pseudo() && introduced.shares_release(fixed));
    begins_beside || (fixed.major() == 0 && version.major() > 0)
}
