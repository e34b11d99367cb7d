//! All checks there are, by practice and number.

use crate::{
    Check, admission, audit, authentication, control_plane, exposure, input, mfa, network, nodes,
    patching, pod_security, rate_limits, rbac, rotation, secrets, tls,
};

/// The families of each practice.
const AREAS: [&[&[Check]]; 16] = [
    input::CHECKS,
    rbac::CHECKS,
    tls::CHECKS,
    authentication::CHECKS,
    network::CHECKS,
    control_plane::CHECKS,
    audit::CHECKS,
    rate_limits::CHECKS,
    exposure::CHECKS,
    rotation::CHECKS,
    pod_security::CHECKS,
    nodes::CHECKS,
    patching::CHECKS,
    secrets::CHECKS,
    mfa::CHECKS,
    admission::CHECKS,
];

/// All checks, by id within each practice.
pub fn all() -> impl Iterator<Item = &'static Check> {
    let mut checks: Vec<&'static Check> = AREAS.into_iter().flatten().copied().flatten().collect();
    checks.sort_by_key(|check| (check.practice, check.id));
    checks.into_iter()
}

/// The check of an id, in either case, or of a name.
pub fn find(id: &str) -> Option<&'static Check> {
    all().find(|check| check.id.eq_ignore_ascii_case(id) || check.name == id)
}
