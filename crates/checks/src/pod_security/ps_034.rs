//! PS-034: whether the cluster refuses what it should, tried out.

use crate::Severity::High;
use crate::{Check, Fix, Judge, Practice, Reference, Span};

pub(super) const PS_034: Check = Check {
    id: "PS-034",
    name: "known-bad-pods-admitted",
    title: "A namespace admits pods that are known to be bad",
    practice: Practice::PodSecurity,
    severities: &[High],
    versions: Span::ALL,
    why: "Labels, plugins and webhooks may all look right, and still let something through together.",
    fails: "A server-side dry run of one of twelve pods, each against another rule of the baseline, is admitted.",
    fix: Fix::Steps(
        "Label the namespace with a level, or enforce the rule by an admission policy.",
    ),
    references: &[Reference::Cis("5.2.1"), Reference::Owasp("K04")],
    judge: Judge::NotImplemented("it takes asking a running cluster to admit pods"),
    examples: &[],
};
