//! Practice 11: nodes, their kubelets and their files.

mod manifests;

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[manifests::CHECKS];
