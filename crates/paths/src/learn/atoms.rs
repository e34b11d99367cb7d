//! What was used, taken apart: each verb on each resource, and the names it was used on.

use std::collections::{BTreeMap, BTreeSet};

use authz::PolicyRule;

use crate::audit::Event;

/// The verbs on resources that were used in one place.
#[derive(Debug, Default)]
pub(super) struct Atoms(pub(super) BTreeMap<Atom, Names>);

/// A verb on a resource or subresource of an API group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Atom {
    pub(super) group: String,
    pub(super) resource: String,
    pub(super) verb: String,
}

/// The names it was used on; none for any object.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Names(pub(super) Option<BTreeSet<String>>);

/// The verbs on URL paths that were used.
#[derive(Debug, Default)]
pub(super) struct Paths(BTreeMap<String, BTreeSet<String>>);

impl Atoms {
    /// Keeps at most `most` names of each.
    pub(super) fn of<'e>(events: impl Iterator<Item = &'e Event>, most: usize) -> Self {
        let mut used: BTreeMap<Atom, BTreeSet<String>> = BTreeMap::new();
        for event in events.filter(|event| !event.resource.is_empty()) {
            let name = event.authorized_name().to_owned();
            used.entry(Atom::of(event)).or_default().insert(name);
        }
        let kept = used.into_iter().map(|(atom, names)| {
            // A call without a name is allowed by no rule with names.
            let is_named = names.len() <= most && !names.contains("");
            (atom, Names(is_named.then_some(names)))
        });
        Self(kept.collect())
    }

    /// Whether what was done is among these.
    pub(super) fn allow(&self, event: &Event) -> bool {
        self.0.get(&Atom::of(event)).is_some_and(|names| match &names.0 {
            None => true,
            Some(names) => names.contains(event.authorized_name()),
        })
    }
}

impl Atom {
    fn of(event: &Event) -> Self {
        Self {
            group: event.group.clone(),
            resource: event.joined_resource(),
            verb: event.verb.clone(),
        }
    }
}

impl Paths {
    pub(super) fn of<'e>(events: impl Iterator<Item = &'e Event>) -> Self {
        let mut paths = Self::default();
        for event in events.filter(|event| event.resource.is_empty()) {
            paths.0.entry(event.path.clone()).or_default().insert(event.verb.clone());
        }
        paths
    }

    /// One rule for all paths with the same verbs.
    pub(super) fn rules(self) -> Vec<PolicyRule> {
        let mut by_verbs: BTreeMap<BTreeSet<String>, Vec<String>> = BTreeMap::new();
        for (path, verbs) in self.0 {
            by_verbs.entry(verbs).or_default().push(path);
        }
        let rules = by_verbs.into_iter().map(|(verbs, non_resource_urls)| PolicyRule {
            verbs: verbs.into_iter().collect(),
            non_resource_urls,
            ..PolicyRule::default()
        });
        rules.collect()
    }
}
