//! Practice 1: RBAC with least privilege. Most checks are rows over what is held: see [`row`].

mod absence;
mod accounts;
mod admins;
mod admission;
mod broad;
mod certificates;
mod cluster;
mod containers;
mod defaults;
mod holdings;
mod impersonation;
mod likeness;
mod lint;
mod misplaced;
mod need;
mod nobody;
mod nodes;
mod odd_rules;
mod placed;
mod places;
mod proxies;
mod reach;
mod roles;
mod row;
mod samples;
mod secrets;
mod subject;
mod tamper;
mod words;
mod workloads;
mod writers;

use crate::{Check, Fix, Judge, Practice, Severity, Span};
pub(crate) use holdings::Holdings;

pub(crate) const CHECKS: &[&[Check]] = &[
    admins::CHECKS,
    roles::CHECKS,
    odd_rules::CHECKS,
    secrets::CHECKS,
    workloads::CHECKS,
    containers::CHECKS,
    proxies::CHECKS,
    writers::CHECKS,
    impersonation::CHECKS,
    certificates::CHECKS,
    admission::CHECKS,
    nodes::CHECKS,
    cluster::CHECKS,
    tamper::CHECKS,
    broad::CHECKS,
    misplaced::CHECKS,
    defaults::CHECKS,
    nobody::CHECKS,
    accounts::CHECKS,
    reach::CHECKS,
    placed::CHECKS,
];

/// What checks of rights have in common.
const RIGHT: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::Rbac,
    severities: &[Severity::High],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(
        "Take the verbs out of the role, or bind a narrower role: each finding names the rule, the role and the binding, and the commands. Built-in roles stay as they are: bind a role of your own in their place.",
    ),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};
