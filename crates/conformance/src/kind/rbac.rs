//! Decisions of RBAC alone, with the reason where something allows a request.

use authz::{Decision, Snapshot};
use serde::Deserialize;

use crate::policy::Objects;
use crate::report::Place;
use crate::request::Request;

#[derive(Deserialize)]
pub(super) struct Vector {
    policy: Objects,
    queries: Vec<Query>,
}

#[derive(Deserialize)]
struct Query {
    request: Request,
    decision: String,
    #[serde(default)]
    reason: String,
}

pub(super) fn run(vector: &Vector, place: &mut Place<'_>) -> anyhow::Result<()> {
    let snapshot = Snapshot::build(vector.policy.read()?);
    for (number, query) in vector.queries.iter().enumerate() {
        let user = query.request.user();
        let call = query.request.call();
        let decision = snapshot.decide_by_rules(&model::Attributes::of(&call, &user));
        let decided = match &decision {
            Decision::Allow(grant) => ("allow", grant.to_string()),
            Decision::NoOpinion { .. } => ("no-opinion", String::new()),
            Decision::Narrowed { .. } => ("narrowed", String::new()),
        };
        let question = || format!("query {number}: {:?}", query.request);
        place.compare(question, &(query.decision.as_str(), query.reason.clone()), &decided);
    }
    Ok(())
}
