//! What fails, told apart as findings are: a change is judged by what is gone and what is new.

use std::collections::BTreeMap;
use std::time::SystemTime;

use checks::{About, Check, Problem, Seen};
use inventory::Inventory;

use crate::Mended;

/// What tells failures apart: neither line nor text nor severity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    check: &'static str,
    group: String,
    kind: String,
    namespace: String,
    name: String,
    node: String,
    file: String,
    detail: String,
}

/// One failure.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) check: &'static Check,
    pub(crate) about: About,
    pub(crate) problem: Problem,
}

impl Failure {
    fn key(&self) -> Key {
        let about = &self.about;
        let group = about.api_version.split_once('/').map_or("", |(group, _)| group);
        Key {
            check: self.check.id,
            group: group.to_owned(),
            kind: about.kind.clone(),
            namespace: about.namespace.clone(),
            name: about.name.clone(),
            node: about.node.clone(),
            file: about.file.clone(),
            detail: self.problem.detail.clone(),
        }
    }

    /// As the plan tells it.
    pub(crate) fn told(&self) -> Mended {
        Mended {
            check: self.check,
            severity: self.problem.severity,
            about: self.about.clone(),
            message: self.problem.message.clone(),
        }
    }
}

/// Everything that fails in an inventory, whatever was chosen to be mended.
pub(crate) fn failing(inventory: &Inventory, now: SystemTime) -> BTreeMap<Key, Failure> {
    let seen = Seen::new(inventory, now);
    let mut failing = BTreeMap::new();
    for check in checks::all() {
        for (about, problem) in checks::run(check, &seen).tally.problems {
            let failure = Failure { check, about, problem };
            failing.entry(failure.key()).or_insert(failure);
        }
    }
    failing
}
