//! The rules of this repository that no compiler checks.
