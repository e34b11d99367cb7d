//! Practice 14: a second factor for people.

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[];
