//! Runs vector files against the pure crates.

fn main() {}
