//! Practice 10: what pods may do to their node and to each other.

mod ps_028;

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[&[ps_028::PS_028]];
