//! Audit policy, events and the hash chain over them. Pure.
