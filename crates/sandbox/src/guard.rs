//! Authorization: every request is decided by the RBAC objects in the store.

use authz::{Decision, Narrowed, Wanted};
use http::HeaderMap;
use model::{Attributes, Call, Status, UserInfo};

use crate::refusal::Refusal;
use crate::world::World;

/// Refuses what no rule allows.
pub(crate) fn check(rules: &Narrowed, attributes: &Attributes<'_>) -> Result<(), Refusal> {
    match rules.decide(attributes) {
        Decision::Allow(_) => Ok(()),
        Decision::NoOpinion { reason } | Decision::Narrowed { reason } => {
            Err(Status::forbidden(attributes, &reason.to_string()).into())
        }
    }
}

/// The user a request runs as: the caller, or whom the caller may impersonate for this call.
pub(crate) fn effective(
    world: &World,
    rules: &Narrowed,
    caller: UserInfo,
    headers: &HeaderMap,
    call: &Call,
) -> Result<UserInfo, Refusal> {
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    match Wanted::from_headers(pairs) {
        Ok(None) => Ok(caller),
        Ok(Some(wanted)) => {
            let allowed = world.impersonator.authorize(rules, &caller, &wanted, call);
            Ok(allowed.map_err(|refused| Refusal::from(refused.status()))?.user)
        }
        Err(bad) => Err(bad.status(world.impersonator.mode()).into()),
    }
}
