//! Practice 15: what may be stored.

mod ac_007;
mod ac_010;
mod ac_011;
mod ac_012;
mod ac_013;
mod ac_014;
mod ac_015;
mod ac_016;
mod ac_019;
mod ac_020;
mod configuration;
mod flags;
mod policies;
mod webhook;

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[
    flags::CHECKS,
    &[ac_007::AC_007],
    configuration::CHECKS,
    &[ac_010::AC_010, ac_011::AC_011, ac_012::AC_012, ac_013::AC_013],
    &[ac_014::AC_014, ac_015::AC_015, ac_016::AC_016],
    policies::CHECKS,
    &[ac_019::AC_019, ac_020::AC_020],
];
