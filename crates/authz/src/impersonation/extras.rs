//! What constrained impersonation takes as extras: lower-case keys with a domain in front, and
//! values that are not empty.

use std::collections::BTreeMap;

use crate::names;
use model::quote::Quoted;

/// Refuses extras with upstream's words.
pub(super) fn check(extra: &BTreeMap<String, Vec<String>>) -> Result<(), String> {
    for (key, values) in extra {
        check_key(key)?;
        if values.is_empty() {
            return Err("impersonating empty values in extra is not allowed".to_owned());
        }
        if values.iter().any(String::is_empty) {
            return Err("impersonating the empty string value in extra is not allowed".to_owned());
        }
    }
    Ok(())
}

fn check_key(key: &str) -> Result<(), String> {
    if key.is_empty() {
        return Err("impersonating the empty string key in extra is not allowed".to_owned());
    }
    let problems = match problems_of(key).as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        several => Some(format!("[{}]", several.join(", "))),
    };
    if let Some(problems) = problems {
        return Err(format!("impersonating an invalid key in extra is not allowed: {problems}"));
    }
    if key.chars().any(char::is_uppercase) {
        let key = Quoted(key);
        return Err(format!("impersonating a non-lowercase key in extra is not allowed: {key}"));
    }
    Ok(())
}

/// What keeps a key from being a path with a domain in front.
fn problems_of(key: &str) -> Vec<String> {
    let (domain, path) = key.split_once('/').unwrap_or_default();
    if domain.is_empty() || path.is_empty() {
        return vec![invalid(key, NOT_A_PATH)];
    }
    let mut problems = Vec::new();
    if domain.len() > names::DNS_SUBDOMAIN_MAX {
        problems.push(invalid(domain, "must be no more than 253 characters"));
    }
    if !names::has_subdomain_shape(domain) {
        problems.push(invalid(domain, NOT_A_DOMAIN));
    }
    if !path.bytes().all(is_path_byte) {
        problems.push(invalid(path, NOT_IN_PATHS));
    }
    problems
}

fn invalid(value: &str, problem: &str) -> String {
    format!("extra.key: Invalid value: {}: {problem}", Quoted(value))
}

fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&byte)
}

const NOT_A_PATH: &str = "must be a domain-prefixed path (such as \"acme.io/foo\")";
const NOT_A_DOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case \
    alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character \
    (e.g. 'example.com', regex used for validation is \
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const NOT_IN_PATHS: &str =
    "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";
