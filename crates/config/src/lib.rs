//! Files and flags to valid configuration.
