//! Practice 8: from where the API can be reached.

mod api;
mod commands;
mod consoles;
mod ex_001;
mod ex_008;
mod ex_015;
mod ex_016;
mod ex_017;
mod ex_018;
mod route;
mod services;
mod unseen;

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[
    &[ex_001::EX_001, consoles::EX_005, ex_008::EX_008],
    &[ex_015::EX_015, ex_016::EX_016, ex_017::EX_017, ex_018::EX_018],
    api::CHECKS,
    services::CHECKS,
    commands::CHECKS,
    unseen::CHECKS,
];
