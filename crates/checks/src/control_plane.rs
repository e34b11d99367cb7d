//! Practice 5: flags of the API server and the rest of the control plane.

mod profiling;

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[profiling::CHECKS];
