//! Practice 13: secrets at rest and in plain sight.

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[];
