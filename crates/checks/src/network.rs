//! Practice 4: who can reach what.

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[];
