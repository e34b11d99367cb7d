//! AN-032: whether a stranger gets an answer from the API.

use super::BASE;
use crate::{Check, Fix, Judge, Reference, Severity};

pub(crate) const AN_032: Check = Check {
    id: "AN-032",
    name: "open-api",
    title: "The API answers a stranger",
    severities: &[Severity::Critical],
    why: "Whoever reaches the port reads, and perhaps changes, what is in the cluster.",
    fails: "GET /api/v1/namespaces or /apis without a credential is answered with 200. With 401 or 403 it passes.",
    fix: Fix::Steps(
        "Limit anonymous access (AN-001) and delete bindings of system:anonymous and system:unauthenticated (RB-046). To look: curl -k https://SERVER:6443/api/v1/namespaces",
    ),
    references: &[Reference::Mitre("T1190"), Reference::Owasp("K06")],
    judge: Judge::NotImplemented("it takes a request to the running server"),
    ..BASE
};
