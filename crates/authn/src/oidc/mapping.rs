//! From verified claims to an identity, in upstream's order: user name, groups, UID, extra, and
//! only then the claims that are required.

use std::collections::BTreeMap;

use model::UserInfo;

use super::{Issuer, Prefixed, Required};
use crate::identity::CREDENTIAL_ID;
use crate::jwt::TokenFailure;
use crate::jwt::claims::{Claims, Value};

/// The identity that `claims` make up.
pub(super) fn user(claims: &Claims, issuer: &Issuer) -> Result<UserInfo, TokenFailure> {
    if let Some(groups) = &issuer.groups {
        check_not_elsewhere(claims, &groups.claim)?;
    }
    let name = name(claims, &issuer.username)?;
    let groups = match &issuer.groups {
        Some(mapping) => groups(claims, mapping)?,
        None => Vec::new(),
    };
    let uid = match &issuer.uid {
        Some(claim) => text(claims, claim)?,
        None => String::new(),
    };
    let user = UserInfo { name, uid, groups, extra: extra(claims) };
    issuer.required.iter().try_for_each(|required| check_required(claims, required))?;
    Ok(user)
}

fn name(claims: &Claims, mapping: &Prefixed) -> Result<String, TokenFailure> {
    let name = text(claims, &mapping.claim)?;
    // Whoever may write any address into a profile could be anybody.
    if mapping.claim == "email"
        && let Some(verified) = claims.exact(EMAIL_VERIFIED)
    {
        let verified =
            verified.truth().ok_or_else(|| broken(EMAIL_VERIFIED, "is neither true nor false"))?;
        if !verified {
            return Err(broken(EMAIL_VERIFIED, "is not true"));
        }
    }
    Ok(format!("{}{name}", mapping.prefix))
}

/// A list of groups, or one group alone; no groups where the claim is absent.
fn groups(claims: &Claims, mapping: &Prefixed) -> Result<Vec<String>, TokenFailure> {
    let Some(value) = claims.exact(&mapping.claim) else { return Ok(Vec::new()) };
    let groups = value
        .texts()
        .or_else(|| value.text().map(|one| vec![one]))
        .ok_or_else(|| broken(&mapping.claim, "is neither a string nor a list of strings"))?;
    Ok(groups.into_iter().map(|group| format!("{}{group}", mapping.prefix)).collect())
}

fn extra(claims: &Claims) -> BTreeMap<String, Vec<String>> {
    let id = claims.exact("jti").and_then(Value::text).filter(|id| !id.is_empty());
    id.map(|id| (CREDENTIAL_ID.to_owned(), vec![format!("JTI={id}")])).into_iter().collect()
}

fn check_required(claims: &Claims, required: &Required) -> Result<(), TokenFailure> {
    if text(claims, &required.claim)? == required.value {
        Ok(())
    } else {
        Err(broken(&required.claim, "does not have the required value"))
    }
}

/// Refuses a token whose groups must be fetched from elsewhere: leaving them out would make another
/// caller of it. A claim that the token holds in aggregated form is left out, as upstream does.
fn check_not_elsewhere(claims: &Claims, claim: &str) -> Result<(), TokenFailure> {
    const NAMES: &str = "_claim_names";
    const SOURCES: &str = "_claim_sources";
    if claims.exact(claim).is_some() {
        return Ok(());
    }
    let Some(names) = claims.exact(NAMES) else { return Ok(()) };
    let sources = claims.exact(SOURCES).ok_or_else(|| broken(SOURCES, "is not in the token"))?;
    let object =
        |value: Value<'_>, name| value.object().ok_or_else(|| broken(name, "is not an object"));
    let names = object(names, NAMES)?;
    let sources = object(sources, SOURCES)?;
    let Some(source) = names.exact(claim).and_then(Value::text) else { return Ok(()) };
    let source = sources
        .exact(&source)
        .and_then(Value::object)
        .ok_or_else(|| broken(SOURCES, "lacks the source that _claim_names names"))?;
    match source.field("endpoint", Value::text) {
        Ok(None) => Ok(()),
        Ok(Some(endpoint)) if endpoint.is_empty() => Ok(()),
        Ok(Some(_)) | Err(_) => Err(TokenFailure::Distributed { claim: claim.to_owned() }),
    }
}

fn text(claims: &Claims, claim: &str) -> Result<String, TokenFailure> {
    let value = claims.exact(claim).ok_or_else(|| broken(claim, "is not in the token"))?;
    value.text().ok_or_else(|| broken(claim, "is not a string"))
}

fn broken(claim: &str, problem: &'static str) -> TokenFailure {
    TokenFailure::Claim { claim: claim.to_owned(), problem }
}

const EMAIL_VERIFIED: &str = "email_verified";
