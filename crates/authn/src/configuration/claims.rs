//! What claims mean (`claimMappings`), and what they must be (`claimValidationRules`,
//! `userValidationRules`). Expressions are told of one by one, with all that is wrong beside them.

use std::collections::BTreeSet;

use super::reader::Reader;
use crate::oidc::{Prefixed, Required};

/// What claims mean.
pub(super) struct Mappings {
    pub(super) username: Prefixed,
    pub(super) groups: Option<Prefixed>,
    pub(super) uid: Option<String>,
}

pub(super) fn mappings(place: &Reader<'_>) -> Mappings {
    place.only(&["username", "groups", "uid", "extra"]);
    let username = place.field("username");
    let mapped = prefixed(&username);
    if !username.field("claim").is_given() && !username.field("expression").is_given() {
        username.report("claim or expression is required");
    }
    extra(&place.field("extra"));
    Mappings {
        username: mapped
            .unwrap_or_else(|| Prefixed { claim: String::new(), prefix: String::new() }),
        groups: prefixed(&place.field("groups")),
        uid: uid(&place.field("uid")),
    }
}

fn prefixed(place: &Reader<'_>) -> Option<Prefixed> {
    place.only(&["claim", "prefix", "expression"]);
    let (claim, prefix) = (place.field("claim"), place.field("prefix"));
    let is_expression = either(place);
    let (claim, value) = (claim.text(), prefix.text_if_present());
    if is_expression && claim.is_empty() && value.is_some() {
        prefix.report("must not be given when expression is given");
    }
    if claim.is_empty() {
        return None;
    }
    if !is_expression && !prefix.is_present() {
        prefix.report("is required when claim is given; an empty string means no prefix");
    }
    Some(Prefixed { claim, prefix: value.unwrap_or_default() })
}

fn uid(place: &Reader<'_>) -> Option<String> {
    place.only(&["claim", "expression"]);
    either(place);
    Some(place.field("claim").text()).filter(|claim| !claim.is_empty())
}

/// Tells of an expression, and of one beside a claim; returns whether there is an expression.
fn either(place: &Reader<'_>) -> bool {
    let expression = place.field("expression");
    if expression.text().is_empty() {
        return false;
    }
    if place.field("claim").is_given() {
        place.report("claim and expression must not both be given");
    }
    expression.report(NO_EXPRESSIONS);
    true
}

fn extra(list: &Reader<'_>) {
    let mut seen = BTreeSet::new();
    for item in list.items() {
        item.only(&["key", "valueExpression"]);
        let place = item.field("key");
        let key = place.text();
        for problem in key_problems(&key) {
            place.report(problem);
        }
        if !key.is_empty() && !seen.insert(key.clone()) {
            place.report_duplicate(&key);
        }
        let expression = item.field("valueExpression");
        expression.report(if expression.text().is_empty() {
            "is required"
        } else {
            NO_EXPRESSIONS
        });
    }
}

fn key_problems(key: &str) -> Vec<&'static str> {
    let (domain, path) = key.split_once('/').unwrap_or_default();
    let is_reserved = |domain: &str| {
        ["k8s.io", "kubernetes.io"].into_iter().any(|reserved| {
            domain.strip_suffix(reserved).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
        })
    };
    if key.is_empty() {
        return vec!["is required"];
    }
    let checks = [
        (
            is_subdomain(domain) && is_path(path),
            "must be a path after a domain, such as acme.io/foo",
        ),
        (key == key.to_lowercase(), "must be lower case"),
        (
            !is_reserved(domain),
            "k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes",
        ),
    ];
    checks.into_iter().filter_map(|(is_right, problem)| (!is_right).then_some(problem)).collect()
}

/// RFC 1123, as Kubernetes reads it.
fn is_subdomain(domain: &str) -> bool {
    let is_label = |label: &str| {
        let is_inner =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !label.is_empty()
            && label.bytes().all(is_inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    domain.len() <= 253 && domain.split('.').all(is_label)
}

fn is_path(path: &str) -> bool {
    let is_taken = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&byte);
    !path.is_empty() && path.bytes().all(is_taken)
}

/// `claimValidationRules`: claims that must have one value.
pub(super) fn rules(list: &Reader<'_>) -> Vec<Required> {
    let (mut claims, mut expressions) = (BTreeSet::new(), BTreeSet::new());
    let mut required = Vec::new();
    for item in list.items() {
        item.only(&["claim", "requiredValue", "expression", "message"]);
        let (value, message) = (item.field("requiredValue"), item.field("message"));
        let (claim, required_value) = (item.field("claim").text(), value.text());
        let has_message = !message.text().is_empty();
        match (claim.is_empty(), either(&item)) {
            (true, false) => item.report("claim or expression is required"),
            (false, true) => {}
            (true, true) => {
                if !required_value.is_empty() {
                    value.report("must not be given when expression is given");
                }
                let expression = item.field("expression");
                if !expressions.insert(expression.text()) {
                    expression.report_duplicate(&expression.text());
                }
            }
            (false, false) => {
                if has_message {
                    message.report("must not be given when claim is given");
                }
                if !claims.insert(claim.clone()) {
                    item.field("claim").report_duplicate(&claim);
                }
                required.push(Required { claim, value: required_value });
            }
        }
    }
    required
}

/// `userValidationRules`, all of which are expressions.
pub(super) fn user_rules(list: &Reader<'_>) {
    let mut seen = BTreeSet::new();
    for item in list.items() {
        item.only(&["expression", "message"]);
        let _text = item.field("message").text();
        let place = item.field("expression");
        let expression = place.text();
        if expression.is_empty() {
            place.report("is required");
        } else if seen.insert(expression.clone()) {
            place.report(NO_EXPRESSIONS);
        } else {
            place.report_duplicate(&expression);
        }
    }
}

const NO_EXPRESSIONS: &str = "CEL expressions are not supported yet, and a rule that is not applied \
                              must not look as if it were; use claim, claimValidationRules with \
                              claim and requiredValue, or let the issuer decide";
