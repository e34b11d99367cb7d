//! Practice 2: TLS everywhere, etcd included.

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[];
