//! Whether an object means what a default of one version means.

use std::collections::BTreeSet;

use authz::{ClusterRole, LabelSelector, PolicyRule, Subject, covers};

use super::Object;
use super::table::{Content, Entry};

/// Whether `object` is the default of `minor` among the entries of its name.
pub(super) fn holds(object: Object<'_>, entries: &[&Entry], minor: u16) -> bool {
    let mut here = entries.iter().filter(|entry| entry.is_in(minor));
    if here.clone().any(|entry| equals(object, &entry.content)) {
        return true;
    }
    // Features are switched on one by one, so what is between the two is a default as well.
    let gated = here.clone().filter(|entry| entry.gates);
    let plain = || entries.iter().filter(|entry| entry.is_in(minor) && !entry.gates);
    let mut pairs = gated.flat_map(|most| plain().map(move |least| (least, most)));
    pairs.any(|(least, most)| is_between(object, &least.content, &most.content))
        || here.any(|entry| entry.gates && plain().next().is_none() && is_within(object, entry))
}

fn equals(object: Object<'_>, default: &Content) -> bool {
    match (object, default) {
        (Object::ClusterRole(own), Content::ClusterRole(default)) => {
            let is_aggregated = default.aggregation.is_some();
            has_frame_of(own, default) && (is_aggregated || same(&own.rules, &default.rules))
        }
        (Object::Role(own), Content::Role(default)) => same(&own.rules, &default.rules),
        (Object::ClusterRoleBinding(own), Content::ClusterRoleBinding(default)) => {
            own.role == default.role && who(&own.subjects) == who(&default.subjects)
        }
        (Object::RoleBinding(own), Content::RoleBinding(default)) => {
            own.role == default.role && who(&own.subjects) == who(&default.subjects)
        }
        (
            Object::ClusterRole(_)
            | Object::Role(_)
            | Object::ClusterRoleBinding(_)
            | Object::RoleBinding(_),
            Content::ClusterRole(_)
            | Content::Role(_)
            | Content::ClusterRoleBinding(_)
            | Content::RoleBinding(_),
        ) => false,
    }
}

fn is_between(object: Object<'_>, least: &Content, most: &Content) -> bool {
    match (object, least, most) {
        (Object::ClusterRole(own), Content::ClusterRole(least), Content::ClusterRole(most)) => {
            least.aggregation.is_none()
                && has_frame_of(own, least)
                && covers(&own.rules, &least.rules)
                && covers(&most.rules, &own.rules)
        }
        _ => false,
    }
}

/// A role that only features bring may hold less than all of them together give it.
fn is_within(object: Object<'_>, most: &Entry) -> bool {
    match (object, &most.content) {
        (Object::ClusterRole(own), Content::ClusterRole(most)) => {
            has_frame_of(own, most) && covers(&most.rules, &own.rules)
        }
        _ => false,
    }
}

/// Whether what makes a role aggregated, or part of one that is, is as in the default.
fn has_frame_of(own: &ClusterRole, default: &ClusterRole) -> bool {
    let into = |role: &ClusterRole| -> BTreeSet<(String, String)> {
        let labels = role.labels.iter().filter(|(key, _)| key.starts_with(AGGREGATE_TO));
        labels.map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    into(own) == into(default)
        && own.aggregation.is_some() == default.aggregation.is_some()
        && picks(own.aggregation.as_deref(), default.aggregation.as_deref())
}

fn picks(own: Option<&[LabelSelector]>, default: Option<&[LabelSelector]>) -> bool {
    let (own, default) = (own.unwrap_or_default(), default.unwrap_or_default());
    own.iter().all(|one| default.contains(one)) && default.iter().all(|one| own.contains(one))
}

fn same(own: &[PolicyRule], default: &[PolicyRule]) -> bool {
    covers(own, default) && covers(default, own)
}

fn who(subjects: &[Subject]) -> BTreeSet<[&str; 3]> {
    let parts = |one| {
        let Subject { kind, name, namespace }: &Subject = one;
        // The namespace of a user or group means nothing.
        let namespace = if kind == "ServiceAccount" { namespace.as_str() } else { "" };
        [kind.as_str(), namespace, name.as_str()]
    };
    subjects.iter().map(parts).collect()
}

const AGGREGATE_TO: &str = "rbac.authorization.k8s.io/aggregate-to-";
