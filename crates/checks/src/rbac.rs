//! Practice 1: RBAC with least privilege.

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[];
