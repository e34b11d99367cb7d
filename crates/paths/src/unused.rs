//! Which rights nobody used.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::audit::Event;
use crate::grants::{Grant, Grants};
use crate::matching;
use crate::subject::Subject;

/// A grant of which something was never used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusedRight<'g> {
    /// The grant.
    pub grant: Grant<'g>,
    /// The verbs of the rule that were never used on anything of it. All of them if nothing was.
    pub verbs: Vec<&'g str>,
    /// Its resources that were never used by any of its verbs.
    pub resources: Vec<&'g str>,
    /// Its URL paths, likewise.
    pub paths: Vec<&'g str>,
    /// What a `*` among its verbs was used for: the verbs to write in its place.
    pub used_by_star: BTreeSet<String>,
}

impl UnusedRight<'_> {
    /// Whether nothing of the rule was used.
    pub fn is_whole(&self) -> bool {
        self.verbs.len() == self.grant.rule.verbs.len()
    }
}

/// The grants of which something was not used, in the order of `grants`. An event counts as a use
/// of every grant that allows it: which one an authorizer takes is chance, and a grant is called
/// unused only if no event needed it in any order.
pub fn unused<'g>(grants: &'g Grants, events: &[Event]) -> Vec<UnusedRight<'g>> {
    let log = Used::of(events);
    let mut by_subject: HashMap<&Subject, Vec<&Event>> = HashMap::new();
    let judged = grants.iter().filter_map(|grant| {
        let own = by_subject.entry(grant.subject).or_insert_with(|| log.by(grant.subject));
        let uses = own
            .iter()
            .copied()
            .filter(|event| event.is_allowed && grant.allows_target(&event.verb, &event.target()));
        judge(grant, &uses.collect::<Vec<_>>())
    });
    judged.collect()
}

fn judge<'g>(grant: Grant<'g>, uses: &[&Event]) -> Option<UnusedRight<'g>> {
    let rule = grant.rule;
    let verb = |held: &&String| !uses.iter().any(|event| *held == "*" || **held == event.verb);
    let resource = |held: &&String| {
        let mut on_resources = uses.iter().filter(|event| !event.resource.is_empty());
        !on_resources.any(|event| matching::is_resource(held, &event.joined_resource()))
    };
    let path = |held: &&String| {
        let mut on_paths = uses.iter().filter(|event| event.resource.is_empty());
        !on_paths.any(|event| matching::is_path(held, &event.path))
    };
    let is_star = |held: &&String| *held == "*" && !uses.is_empty();
    let by_star = rule.verbs.iter().filter(is_star);
    let found = UnusedRight {
        grant,
        verbs: kept(&rule.verbs, verb),
        resources: kept(&rule.resources, resource),
        paths: kept(&rule.non_resource_urls, path),
        used_by_star: by_star.flat_map(|_| uses.iter().map(|event| event.verb.clone())).collect(),
    };
    let is_used_whole = found.verbs.is_empty()
        && found.resources.is_empty()
        && found.paths.is_empty()
        && found.used_by_star.is_empty();
    (!is_used_whole).then_some(found)
}

fn kept(all: &[String], keep: impl Fn(&&String) -> bool) -> Vec<&str> {
    all.iter().filter(keep).map(String::as_str).collect()
}

/// Events by who made them, each different one once.
#[derive(Debug, Default)]
struct Used<'e> {
    by_user: BTreeMap<&'e str, BTreeSet<&'e Event>>,
    by_group: BTreeMap<&'e str, BTreeSet<&'e Event>>,
}

impl<'e> Used<'e> {
    fn of(events: &'e [Event]) -> Self {
        let mut used = Self::default();
        for event in events {
            used.by_user.entry(&event.user).or_default().insert(event);
            for group in &event.groups {
                used.by_group.entry(group).or_default().insert(event);
            }
        }
        used
    }

    fn by(&self, subject: &Subject) -> Vec<&'e Event> {
        let found = match subject {
            Subject::Group(name) => self.by_group.get(&**name),
            Subject::User(_) | Subject::ServiceAccount { .. } => {
                self.by_user.get(subject.user_name().unwrap_or_default().as_str())
            }
        };
        found.into_iter().flatten().copied().collect()
    }
}

#[cfg(test)]
mod tests;
