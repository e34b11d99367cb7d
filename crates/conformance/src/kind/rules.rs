//! What a rules review lists, rule by rule, in order.

use authz::{Rules, Snapshot};
use serde::Deserialize;

use crate::policy::{Objects, nullable};
use crate::report::Place;
use crate::request::User;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Vector {
    policy: Objects,
    user: User,
    #[serde(default)]
    namespace: String,
    #[serde(default, deserialize_with = "nullable")]
    resource_rules: Vec<Rule>,
    #[serde(default, deserialize_with = "nullable")]
    non_resource_rules: Vec<UrlRule>,
    incomplete: bool,
    #[serde(default)]
    error: String,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct Rule {
    #[serde(deserialize_with = "nullable")]
    verbs: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    api_groups: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    resources: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    resource_names: Vec<String>,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct UrlRule {
    #[serde(deserialize_with = "nullable")]
    verbs: Vec<String>,
    #[serde(rename = "nonResourceURLs", deserialize_with = "nullable")]
    urls: Vec<String>,
}

pub(super) fn run(vector: &Vector, place: &mut Place<'_>) -> anyhow::Result<()> {
    let snapshot = Snapshot::build(vector.policy.read()?);
    let listed = Rules::of(&snapshot, &vector.user.info(), &vector.namespace);
    let resource_rules = listed.resource_rules.into_iter().map(|rule| Rule {
        verbs: rule.verbs,
        api_groups: rule.api_groups,
        resources: rule.resources,
        resource_names: rule.resource_names,
    });
    let non_resource_rules = listed
        .non_resource_rules
        .into_iter()
        .map(|rule| UrlRule { verbs: rule.verbs, urls: rule.non_resource_urls });
    // The vectors' error comes from a lister of their generator's own and names no role: whether
    // there is one is all that can be compared.
    let has_error = !listed.evaluation_error.is_empty();
    place.compare(
        || format!("{:?} in {:?}", vector.user, vector.namespace),
        &(
            &vector.resource_rules,
            &vector.non_resource_rules,
            vector.incomplete,
            !vector.error.is_empty(),
        ),
        &(&resource_rules.collect(), &non_resource_rules.collect(), listed.incomplete, has_error),
    );
    Ok(())
}
