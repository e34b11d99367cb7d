//! Practice 15: what may be stored.

mod ac_007;
mod configuration;
mod flags;

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[flags::CHECKS, &[ac_007::AC_007], configuration::CHECKS];
