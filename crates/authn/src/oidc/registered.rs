//! The claims that every token has: who issued it, for whom, and when. Types are checked as
//! go-oidc's are, since a token with a claim of the wrong type is refused there even where the
//! claim is not used.

use super::Issuer;
use crate::jwt::claims::{Claims, Value};
use crate::jwt::{Moment, TokenFailure};

/// Whether a token with these claims is one of `issuer`, for here, and for `now`.
pub(super) fn check(claims: &Claims, expected: &Issuer, now: Moment) -> Result<(), TokenFailure> {
    for name in ["sub", "nonce", "at_hash"] {
        field(claims, name, "is not a string", Value::text)?;
    }
    let named = field(claims, "iss", "is not a string", Value::text)?.unwrap_or_default();
    if issuer(&named) != expected.url() {
        return Err(TokenFailure::Issuer);
    }
    check_audience(claims, expected)?;
    check_times(claims, now)?;
    check_sources(claims)
}

/// Google's tokens name it in two ways.
pub(super) fn issuer(named: &str) -> &str {
    if named == "accounts.google.com" { "https://accounts.google.com" } else { named }
}

fn check_audience(claims: &Claims, expected: &Issuer) -> Result<(), TokenFailure> {
    let one_or_more =
        |value: Value<'_>| value.text().map(|one| vec![one]).or_else(|| value.texts());
    let audiences = field(claims, "aud", "is neither a string nor a list of strings", one_or_more)?;
    let is_for_us = audiences
        .unwrap_or_default()
        .iter()
        .any(|audience| expected.audiences().contains(audience));
    if is_for_us { Ok(()) } else { Err(TokenFailure::Audience) }
}

fn check_times(claims: &Claims, now: Moment) -> Result<(), TokenFailure> {
    const PROBLEM: &str = "is not a time";
    field(claims, "iat", PROBLEM, Value::seconds)?;
    let end = field(claims, "exp", PROBLEM, Value::seconds)?.ok_or(TokenFailure::Expired)?;
    if now.is_after(end, 0) {
        return Err(TokenFailure::Expired);
    }
    let or_none =
        |value: Value<'_>| if value.is_null() { Some(None) } else { value.seconds().map(Some) };
    match field(claims, "nbf", PROBLEM, or_none)?.flatten() {
        Some(start) if now.is_before(start, LEEWAY) => Err(TokenFailure::NotYetValid),
        Some(_) | None => Ok(()),
    }
}

/// Every claim that is said to be elsewhere must have a place where it is.
fn check_sources(claims: &Claims) -> Result<(), TokenFailure> {
    const NAMES: &str = "_claim_names";
    const SOURCES: &str = "_claim_sources";
    let object =
        |value: Value<'_>| if value.is_null() { Some(None) } else { value.object().map(Some) };
    let names = field(claims, NAMES, "is not an object", object)?.flatten();
    let sources = field(claims, SOURCES, "is not an object", object)?.flatten();
    let Some(names) = names else { return Ok(()) };
    for source in names.values() {
        let source = source.text().ok_or_else(|| broken(NAMES, "holds more than strings"))?;
        let is_known = sources.as_ref().is_some_and(|sources| sources.exact(&source).is_some());
        if !is_known {
            return Err(broken(NAMES, "names a source that is not among _claim_sources"));
        }
    }
    Ok(())
}

fn field<'a, T>(
    claims: &'a Claims,
    name: &'a str,
    problem: &'static str,
    decode: impl Fn(Value<'a>) -> Option<T>,
) -> Result<Option<T>, TokenFailure> {
    claims.field(name, decode).map_err(|_wrong_type| broken(name, problem))
}

fn broken(claim: &str, problem: &'static str) -> TokenFailure {
    TokenFailure::Claim { claim: claim.to_owned(), problem }
}

/// How many seconds a token may be used before its time.
const LEEWAY: i64 = 60;
