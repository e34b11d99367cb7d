//! Practice 12: known vulnerabilities, and who would notice.

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[];
