//! Practice 7: who can starve whom.

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[];
