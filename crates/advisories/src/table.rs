//! All advisories that are known, by id; what is newer takes the place of what is older.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::advisory::Standing;
use crate::read::{Refused, rank, read};
use crate::{Advisory, Component, Match, Version, embedded};

/// A table of advisories.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    advisories: BTreeMap<String, Advisory>,
    /// Which advisory an id or an alias means.
    ids: BTreeMap<String, String>,
    date: Option<Date>,
}

/// What an update changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Merged {
    /// Advisories that were not there before.
    pub added: usize,
    /// Advisories whose newer record took the place of the older.
    pub replaced: usize,
    /// Records that were not newer than what is there.
    pub kept: usize,
}

static EMBEDDED: LazyLock<Table> = LazyLock::new(|| {
    let rows = |text| Table::from_text(text).unwrap_or_default();
    let mut table = rows(embedded::KUBERNETES);
    table.merge(rows(embedded::ECOSYSTEM));
    table.advisories.values_mut().for_each(|advisory| {
        advisory.modified.get_or_insert_with(embedded::instant);
    });
    table.date = Some(embedded::DAY);
    table
});

impl Table {
    /// The table that the binary carries.
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// Reads a table from OSV records or rows of our own tables: an object, a list, one object a
    /// line, or the answer of an OSV server. Records about nothing we know are left out; one that
    /// cannot be read refuses the whole, since half an update looks like a clean cluster.
    pub fn from_text(text: &str) -> Result<Self, Refused> {
        let mut table = Self::default();
        for advisory in read(text)? {
            table.insert(advisory);
        }
        Ok(table)
    }

    /// Takes an update in. Records that name the same id or alias are about the same advisory, and
    /// the one with the newer `modified` wins; without one, a record never replaces another. What
    /// an update does not say (the score, the parts concerned, the nodes it needs) is kept. An
    /// advisory that somebody checked by hand is not withdrawn by a feed.
    pub fn merge(&mut self, update: Self) -> Merged {
        let mut merged = Merged::default();
        for advisory in update.advisories.into_values() {
            let count = match self.insert(advisory) {
                Inserted::Added => &mut merged.added,
                Inserted::Replaced => &mut merged.replaced,
                Inserted::Kept => &mut merged.kept,
            };
            *count = count.saturating_add(1);
        }
        self.date = self.date.max(update.date);
        merged
    }

    /// The day of the newest change that it knows of.
    pub fn date(&self) -> Option<Date> {
        self.date
    }

    /// How many advisories there are.
    pub fn len(&self) -> usize {
        self.advisories.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.advisories.is_empty()
    }

    /// All advisories, by id.
    pub fn advisories(&self) -> impl Iterator<Item = &Advisory> {
        self.advisories.values()
    }

    /// The advisory that an id or an alias means.
    pub fn find(&self, id: &str) -> Option<&Advisory> {
        self.advisories.get(self.ids.get(id)?)
    }

    /// The advisories that concern a component at a version, by id.
    pub fn matches(&self, component: Component, version: &Version) -> Vec<Match<'_>> {
        let all = self.advisories.values();
        all.filter_map(|advisory| advisory.concerns(component, version)).collect()
    }

    /// The advisories about a component that name commits instead of releases, so that nobody can
    /// tell from a version whether they concern it: their records are to be read.
    pub fn undecided(&self, component: Component, version: &Version) -> Vec<&Advisory> {
        let all = self.advisories.values();
        all.filter(|advisory| advisory.is_undecided(component, version)).collect()
    }

    fn insert(&mut self, mut advisory: Advisory) -> Inserted {
        advisory.also_known_as(std::iter::empty());
        let changed = advisory.modified.map(day).max(advisory.published);
        self.date = self.date.max(changed);
        let mut inserted = Inserted::Added;
        for known in self.take(&advisory) {
            if advisory.replaces(&known) {
                advisory.inherit(&known);
                inserted = Inserted::Replaced;
            } else {
                let passed_over = std::mem::replace(&mut advisory, known);
                advisory.also_known_as(passed_over.ids());
                inserted = Inserted::Kept;
            }
        }
        for id in advisory.ids() {
            self.ids.insert(id.clone(), advisory.id.clone());
        }
        self.advisories.insert(advisory.id.clone(), advisory);
        inserted
    }

    /// Takes out what is about the same weakness, by any of its ids.
    fn take(&mut self, advisory: &Advisory) -> Vec<Advisory> {
        let ids: BTreeSet<String> =
            advisory.ids().filter_map(|id| self.ids.get(id)).cloned().collect();
        ids.iter().filter_map(|id| self.advisories.remove(id)).collect()
    }
}

enum Inserted {
    Added,
    Replaced,
    Kept,
}

fn day(instant: Timestamp) -> Date {
    instant.to_zoned(TimeZone::UTC).date()
}

impl Advisory {
    /// Whether it takes the place of what is known. A database may withdraw its record of an
    /// advisory that stands, as that of Go did with CVE-2020-8562: what was checked by hand stays.
    fn replaces(&self, known: &Self) -> bool {
        let is_newer = self.modified.is_some() && self.modified > known.modified;
        is_newer && !(self.standing == Standing::Withdrawn && known.is_verified)
    }

    /// Takes from the record it replaces what it does not say itself.
    fn inherit(&mut self, known: &Self) {
        let is_whole = |component: &Component| *component == Component::Kubernetes;
        let parts = known.affected.iter().flat_map(|affected| &affected.components);
        let mut parts: Vec<Component> = parts.copied().filter(|part| part.is_core()).collect();
        parts.sort_unstable();
        parts.dedup();
        for affected in &mut self.affected {
            if affected.components.iter().any(is_whole) && !parts.is_empty() {
                affected.components.clone_from(&parts);
            }
        }
        self.severity = self.severity.or(known.severity);
        self.published = self.published.or(known.published);
        self.only = self.only.or(known.only);
        if self.standing == Standing::Stands && known.standing == Standing::Unfixed {
            self.standing = Standing::Unfixed;
        }
        if self.summary.is_empty() {
            self.summary.clone_from(&known.summary);
            self.is_title_only = known.is_title_only;
        }
        let own = std::mem::replace(&mut self.id, known.id.clone());
        self.also_known_as(known.ids().chain([&own]));
    }

    fn also_known_as<'a>(&mut self, ids: impl Iterator<Item = &'a String>) {
        let mut all: Vec<String> = self.ids().cloned().chain(ids.cloned()).collect();
        all.sort();
        all.dedup();
        // What is kept keeps its id, unless a better known one turns up.
        let best = all.iter().min_by_key(|&id| (rank(id), *id != self.id)).cloned();
        self.id = best.unwrap_or_default();
        all.retain(|id| *id != self.id);
        self.aliases = all;
    }
}

#[cfg(test)]
mod tests;
