//! Practice 12: known vulnerabilities, and who would notice.

mod ad_001;
mod ad_004;
mod fleet;
mod found;

pub(crate) use fleet::Fleet;

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[&[ad_001::AD_001], found::CHECKS, &[ad_004::AD_004]];
