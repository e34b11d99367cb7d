//! Rules and a snapshot to a decision with its reason: RBAC. Pure.
