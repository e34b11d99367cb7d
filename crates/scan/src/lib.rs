//! The report of a scan: findings, the score, waivers and baselines, and how each format writes
//! them. Pure: texts, the time and whether a terminal takes colour are arguments, and the same
//! report gives the same bytes.

pub mod baseline;
pub mod engine;
pub mod exit;
pub mod formats;
pub mod report;
pub mod rules;
pub mod score;
pub mod selection;
mod visible;
pub mod waivers;

#[cfg(test)]
mod testkit;
