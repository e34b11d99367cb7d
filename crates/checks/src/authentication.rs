//! Practice 3: who may say who they are, and how.

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[];
