//! Practice 9: what ends when, and what never does.

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[];
