//! Practice 12: known vulnerabilities, and who would notice.

mod ad_001;
mod ad_004;
mod ad_005;
mod ad_006;
mod ad_007;
mod ad_011;
mod ad_012;
mod ad_013;
mod fleet;
mod found;
mod policies;
mod removed;
mod sensors;

pub(crate) use fleet::Fleet;

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[
    &[ad_001::AD_001],
    found::CHECKS,
    &[ad_004::AD_004, ad_005::AD_005, ad_006::AD_006, ad_007::AD_007],
    sensors::CHECKS,
    &[ad_011::AD_011, ad_012::AD_012, ad_013::AD_013],
];
