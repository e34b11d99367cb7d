//! Certificates, and what holds them, for the examples of checks.

pub(crate) mod certificates;
pub(crate) mod objects;
