//! Aggregated cluster roles: their rules are kept those of the roles they select, as a cluster's
//! own controller keeps them.

use authz::{PolicyRule, aggregate};
use serde_json::{Map, Value};

use crate::kind;
use crate::object::set;
use crate::refusal::Refusal;
use crate::rules::policy_of;
use crate::world::{Place, World};
use crate::write::{self, Effect};

/// Writes the rules of every aggregated role that are not as they should be.
pub(crate) fn fill(world: &World) -> Result<(), Refusal> {
    let Some(kind) = kind::of_plural("clusterroles") else { return Ok(()) };
    let before = policy_of(&world.store);
    // A selector that cannot be read selects nothing here; `valid` refuses to store one.
    let Ok(after) = aggregate(before.clone()) else { return Ok(()) };
    for (old, new) in before.cluster_roles.iter().zip(&after.cluster_roles) {
        if old.rules == new.rules {
            continue;
        }
        let place = Place {
            kind,
            namespace: String::new(),
            name: new.name.clone(),
            subresource: String::new(),
        };
        let rules: Vec<Value> = new.rules.iter().map(written).collect();
        write::change(world, &place, Effect::Real, |role| {
            let mut role = role.clone();
            set(&mut role, &["rules"], rules.clone());
            Ok(role)
        })?;
    }
    Ok(())
}

fn written(rule: &PolicyRule) -> Value {
    let parts = [
        ("apiGroups", &rule.api_groups),
        ("resources", &rule.resources),
        ("resourceNames", &rule.resource_names),
        ("nonResourceURLs", &rule.non_resource_urls),
        ("verbs", &rule.verbs),
    ];
    let given = parts.into_iter().filter(|(_, texts)| !texts.is_empty());
    Value::Object(
        given.map(|(part, texts)| (part.to_owned(), texts.clone().into())).collect::<Map<_, _>>(),
    )
}
