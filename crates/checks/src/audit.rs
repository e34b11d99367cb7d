//! Practice 6: what is recorded of requests.

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[];
