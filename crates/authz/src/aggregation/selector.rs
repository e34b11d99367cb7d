//! Label selectors: what they pick, and which of them mean nothing.

use std::collections::BTreeMap;
use std::fmt;

use crate::policy::{ClusterRole, LabelSelector, Operator, Requirement};
use model::quote::Quoted;

/// A selector that upstream does not take, so that it is not known what it would pick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadSelector {
    /// The aggregated role.
    pub role: String,
    /// Where in the role, such as `aggregationRule.clusterRoleSelectors[0].matchLabels`.
    pub path: String,
    /// What is wrong, and what would be right.
    pub problem: String,
}

impl fmt::Display for BadSelector {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "ClusterRole {}: {}: {}", Quoted(&self.role), self.path, self.problem)
    }
}

impl std::error::Error for BadSelector {}

/// Whether all requirements hold for `labels`; an empty selector picks everything.
pub(super) fn matches(selector: &LabelSelector, labels: &BTreeMap<String, String>) -> bool {
    let has_label = |(key, value): (&String, &String)| labels.get(key) == Some(value);
    let holds = |required: &Requirement| {
        let value = labels.get(&required.key);
        let listed = value.is_some_and(|value| required.values.contains(value));
        match required.operator {
            Operator::In => listed,
            Operator::NotIn => !listed,
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
        }
    };
    selector.labels.iter().all(has_label) && selector.expressions.iter().all(holds)
}

/// Everything wrong with the selectors of `roles`.
pub(super) fn check_all(roles: &[ClusterRole]) -> Vec<BadSelector> {
    let mut bad = Vec::new();
    for role in roles {
        for (number, selector) in role.aggregation.iter().flatten().enumerate() {
            let mut report = |place: String, problem: String| {
                let path = format!("aggregationRule.clusterRoleSelectors[{number}].{place}");
                bad.push(BadSelector { role: role.name.clone(), path, problem });
            };
            check(selector, &mut report);
        }
    }
    bad
}

fn check(selector: &LabelSelector, report: &mut impl FnMut(String, String)) {
    for (key, value) in &selector.labels {
        let place = || "matchLabels".to_owned();
        check_key(key, |problem| report(place(), problem));
        check_value(value, |problem| report(place(), problem));
    }
    for (number, required) in selector.expressions.iter().enumerate() {
        let place = |field: &str| format!("matchExpressions[{number}].{field}");
        check_key(&required.key, |problem| report(place("key"), problem));
        for value in &required.values {
            check_value(value, |problem| report(place("values"), problem));
        }
        let problem = match (required.operator, required.values.as_slice()) {
            (Operator::In | Operator::NotIn, []) => "must not be empty for In and NotIn",
            (Operator::Exists | Operator::DoesNotExist, [_, ..]) => {
                "must be empty for Exists and DoesNotExist"
            }
            (Operator::In | Operator::NotIn, [_, ..])
            | (Operator::Exists | Operator::DoesNotExist, []) => continue,
        };
        report(place("values"), problem.to_owned());
    }
}

fn check_key(key: &str, report: impl FnOnce(String)) {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    let is_key = prefix.is_none_or(crate::names::is_dns_subdomain) && is_label_name(name);
    if !is_key {
        let key = Quoted(key);
        report(format!("{key} is not a label key, such as app or example.com/app"));
    }
}

fn check_value(value: &str, report: impl FnOnce(String)) {
    if !(value.is_empty() || is_label_name(value)) {
        let value = Quoted(value);
        report(format!("{value} is not a label value: {LABEL_VALUE}"));
    }
}

/// Letters and digits; `-`, `_` and `.` between them.
fn is_label_name(name: &str) -> bool {
    let is_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let is_inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let bytes = name.as_bytes();
    bytes.len() <= 63
        && is_end(bytes.first())
        && is_end(bytes.last())
        && bytes.iter().all(is_inside)
}

const LABEL_VALUE: &str = "at most 63 letters and digits, with - _ . between them";
