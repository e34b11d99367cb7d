//! AU-023: gaps in the audit log.

use crate::{Check, Fix, Judge, Reference};

pub(super) const AU_023: Check = Check {
    id: "AU-023",
    name: "audit-log-gaps",
    title: "The audit log has gaps in time, or its clock jumps",
    why: "Where events are missing somebody may have taken them out, or switched the log off for a while.",
    fails: "Between two events of a log that is otherwise busy lies a time far longer than usual, or time runs backwards.",
    fix: Fix::Steps(
        "Compare with the log of another kube-apiserver and with what the shipper kept, and find out who was on the node at that time.",
    ),
    references: &[Reference::Mitre("T1562.008"), Reference::Nsa("Audit logging")],
    judge: Judge::NotImplemented("audit logs are no part of what is scanned"),
    ..super::AUDIT
};
