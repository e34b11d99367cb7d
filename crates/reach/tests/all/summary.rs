//! Filled.
