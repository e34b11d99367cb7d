//! Practice 15: what may be stored.

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[];
