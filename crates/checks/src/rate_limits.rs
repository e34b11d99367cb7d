//! Practice 7: who can starve whom.

mod connections;
mod in_flight;
mod priorities;
mod rl_005;

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[in_flight::CHECKS, &[rl_005::RL_005], connections::CHECKS];
