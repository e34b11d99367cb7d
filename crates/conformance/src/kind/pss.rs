//! What the Pod Security Standards hold against a pod, at levels and versions.

use admission::{Level, LevelVersion, Pod, PolicyVersion, evaluate};
use serde::Deserialize;
use serde_json::Value;
use tree::Tree;

use crate::report::Place;

#[derive(Deserialize)]
pub(super) struct Vector {
    pod: Value,
    results: Vec<Answer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    level: String,
    version: String,
    allowed: bool,
    #[serde(default)]
    forbidden: String,
}

/// The release whose libraries answered the vectors, and which `latest` means to them.
const RELEASE: PolicyVersion = PolicyVersion::V1(36);

pub(super) fn run(vector: &Vector, place: &mut Place<'_>) -> anyhow::Result<()> {
    let tree = Tree::from_json(&vector.pod);
    let pod = Pod::exactly(&tree);
    for Answer { level, version, allowed, forbidden } in &vector.results {
        let policy = LevelVersion { level: level.parse::<Level>()?, version: version.parse()? };
        let evaluation = evaluate(&pod, policy.as_of(RELEASE));
        place.compare(
            || format!("{policy}: {}", vector.pod),
            &(*allowed, forbidden),
            &(evaluation.is_allowed(), &evaluation.to_string()),
        );
    }
    Ok(())
}
