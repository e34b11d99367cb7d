//! Findings by check, for formats that people read.

use std::collections::BTreeMap;

use checks::Severity;

use crate::report::{Finding, Report, Status};

/// The findings of one check that have one status.
pub(super) struct Group<'a> {
    pub(super) check: &'a str,
    pub(super) title: &'a str,
    /// Of its worst finding.
    pub(super) severity: Severity,
    /// Never empty; the worst first.
    pub(super) findings: Vec<&'a Finding>,
}

/// The findings of a status by check, the worst check first, then by id.
pub(super) fn groups(report: &Report, status: Status) -> Vec<Group<'_>> {
    let mut by_check: BTreeMap<&str, Group<'_>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.status == status) {
        by_check
            .entry(&finding.check)
            .or_insert_with(|| Group {
                check: &finding.check,
                title: &finding.title,
                severity: finding.severity,
                findings: Vec::new(),
            })
            .findings
            .push(finding);
    }
    let mut groups: Vec<Group<'_>> = by_check.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.severity));
    groups
}
