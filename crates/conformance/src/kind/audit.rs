//! What an audit policy says of requests, or that it is not valid.

use audit::{Policy, Stage};
use serde::Deserialize;
use serde_json::Value;

use crate::report::Place;
use crate::request::Request;

#[derive(Deserialize)]
pub(super) struct Vector {
    policy: Value,
    #[serde(default)]
    queries: Vec<Query>,
    invalid: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    request: Request,
    level: String,
    omit_stages: Vec<String>,
    omit_managed_fields: bool,
}

pub(super) fn run(vector: &Vector, place: &mut Place<'_>) {
    let whole = || format!("policy {}", vector.policy);
    match (Policy::read(&vector.policy), &vector.invalid) {
        (Ok(policy), None) => judge(&policy, &vector.queries, place),
        (Ok(_), Some(reason)) => place.differ(whole, reason, &"a valid policy"),
        (Err(_), Some(_)) => place.pass(),
        // Every query of a policy that is not read goes wrong.
        (Err(problems), None) => {
            for _ in &vector.queries {
                place.differ(whole, &"a valid policy", &problems);
            }
        }
    }
}

fn judge(policy: &Policy, queries: &[Query], place: &mut Place<'_>) {
    for (number, query) in queries.iter().enumerate() {
        let user = query.request.user.as_ref().map(crate::request::User::info);
        let verdict = policy.judge(user.as_ref(), &query.request.call());
        let mut omitted: Vec<&str> = verdict.omit_stages.iter().map(Stage::as_str).collect();
        omitted.sort_unstable();
        let question = || format!("query {number}: {:?}", query.request);
        let expected: Vec<&str> = query.omit_stages.iter().map(String::as_str).collect();
        place.compare(
            question,
            &(query.level.as_str(), expected, query.omit_managed_fields),
            &(verdict.level.as_str(), omitted, verdict.omit_managed_fields),
        );
    }
}
