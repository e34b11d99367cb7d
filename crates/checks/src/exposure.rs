//! Practice 8: from where the API can be reached.

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[];
