//! Practice 7: who can starve whom.

mod connections;
mod etcd;
mod event_rate_limit;
mod in_flight;
mod priorities;
mod quotas;
mod rl_005;
mod rl_006;
mod rl_007;
mod rl_008;
mod rl_016;
mod shares;

use crate::Check;

pub(crate) const CHECKS: &[&[Check]] = &[
    in_flight::CHECKS,
    &[rl_005::RL_005, rl_006::RL_006, rl_007::RL_007, rl_008::RL_008, rl_016::RL_016],
    event_rate_limit::CHECKS,
    quotas::CHECKS,
    connections::CHECKS,
    etcd::CHECKS,
];
