//! Verifying a token with an issuer's keys, which may have changed since they were last looked at.

use std::sync::Arc;

use super::{Algorithm, Compact, KeySet, Keys, Payload, TokenFailure};

/// Verifies `token` with the keys known, and if they do not fit, with newer ones if there are any.
/// The future may be dropped at any time.
pub(crate) async fn verify(
    token: Compact<'_>,
    keys: &dyn Keys,
    allowed: &[Algorithm],
) -> Result<Payload, TokenFailure> {
    let known = keys.current();
    let (token, failure) = match with(token, known.as_deref(), allowed) {
        Ok(payload) => return Ok(payload),
        Err(refused) => refused,
    };
    if !is_cured_by_newer_keys(&failure) {
        return Err(failure);
    }
    keys.refresh().await;
    let newer = keys.current();
    if is_same(known.as_ref(), newer.as_ref()) {
        return Err(failure);
    }
    with(token, newer.as_deref(), allowed).map_err(|(_token, failure)| failure)
}

fn with<'t>(
    token: Compact<'t>,
    keys: Option<&KeySet>,
    allowed: &[Algorithm],
) -> Result<Payload, (Compact<'t>, TokenFailure)> {
    match keys {
        Some(keys) => token.verify(keys, allowed),
        None => Err((token, TokenFailure::NoKeys)),
    }
}

/// Whether the issuer may have a key that makes the token a good one. A bad signature is among
/// these: some issuers give every key the same `kid`, or none.
fn is_cured_by_newer_keys(failure: &TokenFailure) -> bool {
    matches!(failure, TokenFailure::NoKeys | TokenFailure::UnknownKey | TokenFailure::Signature)
}

fn is_same(known: Option<&Arc<KeySet>>, newer: Option<&Arc<KeySet>>) -> bool {
    match (known, newer) {
        (Some(known), Some(newer)) => Arc::ptr_eq(known, newer),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}
