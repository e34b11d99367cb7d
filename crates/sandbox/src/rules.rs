//! The RBAC objects of the store, made ready to decide by.

use std::sync::{Mutex, PoisonError};

use authz::{Narrowed, Policy, Snapshot, policy};
use serde_json::Value;

use crate::kind::{KINDS, RBAC};
use crate::store::Store;

/// The rules in force, built anew when an RBAC object changed.
#[derive(Debug, Default)]
pub(crate) struct Rules(Mutex<Option<(u64, Narrowed)>>);

impl Rules {
    pub(crate) fn current(&self, store: &Store) -> Narrowed {
        // Read before the objects: what changes in between is built by the next caller.
        let revision = store.rules_revision();
        let mut built = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*built {
            Some((of, rules)) if *of == revision => rules.clone(),
            Some(_) | None => {
                let rules = Narrowed::from(Snapshot::build(policy_of(store)));
                *built = Some((revision, rules.clone()));
                rules
            }
        }
    }
}

/// The policy that the objects in `store` make. Only readable ones are stored; if one is not, no
/// rule counts.
pub(crate) fn policy_of(store: &Store) -> Policy {
    let kinds = KINDS.iter().filter(|kind| kind.group == RBAC);
    let objects = kinds.flat_map(|kind| store.list(kind, "").1);
    let objects: Vec<Value> = objects.map(|object| Value::clone(&object)).collect();
    policy::from_objects(&objects).unwrap_or_else(|problems| {
        tracing::error!(?problems, "The sandbox's rules cannot be read; nothing is allowed.");
        Policy::default()
    })
}
