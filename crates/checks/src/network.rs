//! Practice 4: who can reach what.

mod deny;
mod listening;
mod map;
mod peers;
mod plugin;
mod reachable;
mod unseen;

use crate::Check;

pub(crate) use map::{api_addresses, world};

pub(crate) const CHECKS: &[&[Check]] = &[
    deny::CHECKS,
    plugin::CHECKS,
    reachable::CHECKS,
    peers::CHECKS,
    listening::CHECKS,
    unseen::CHECKS,
];
