//! Whether the rules somebody holds cover the rules they grant, and by how many they fall short.

use authz::escalation::uncovered;
use serde::Deserialize;
use serde_json::Value;

use crate::policy::rules;
use crate::report::Place;

#[derive(Deserialize)]
pub(super) struct Vector {
    owner: Value,
    grant: Value,
    covered: bool,
    missing: usize,
}

pub(super) fn run(vector: &Vector, place: &mut Place<'_>) -> anyhow::Result<()> {
    let (owner, grant) = (rules(&vector.owner)?, rules(&vector.grant)?);
    let found = (authz::covers(&owner, &grant), uncovered(&owner, &grant).count());
    let question = || format!("owner {} grant {}", vector.owner, vector.grant);
    place.compare(question, &(vector.covered, vector.missing), &found);
    Ok(())
}
