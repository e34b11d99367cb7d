//! The exit code: what a pipeline learns without reading the report.

use checks::Severity;

use crate::report::{Novelty, Report};

/// 1 if a finding at `fail_on` or above is open; else 3 if the scan is incomplete; else 0. (2 is for
/// wrong usage, before there is a report.) What is seen is certain whatever was not seen, so 1 comes
/// before 3. After a comparison with a baseline only what is new counts; a finding that got worse
/// since is new.
pub fn exit_code(report: &Report, fail_on: Severity, incomplete: bool) -> u8 {
    let counts = |novelty: Option<Novelty>| novelty != Some(Novelty::Known);
    let fails = report.open().any(|finding| finding.severity >= fail_on && counts(finding.novelty));
    match (fails, incomplete) {
        (true, _) => FAILED,
        (false, true) => INCOMPLETE,
        (false, false) => 0,
    }
}

/// A finding at the threshold or above is open.
pub const FAILED: u8 = 1;
/// The arguments make no sense.
pub const USAGE: u8 = 2;
/// Nothing at the threshold was seen, but not everything could be.
pub const INCOMPLETE: u8 = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Status as St;
    use crate::report::{Coverage, Finding};
    use checks::Severity as Sv;

    #[test]
    fn tells_what_a_pipeline_needs() {
        let check = |findings: &[(Sv, St, Option<Novelty>)], incomplete, expected| {
            let findings = findings.iter().map(|(severity, status, novelty)| Finding {
                status: *status,
                novelty: *novelty,
                ..Finding::new("RB-001", checks::Practice::Rbac, *severity)
            });
            let report = Report::new(findings.collect(), Vec::new(), Coverage::default());
            assert_eq!(exit_code(&report, Severity::High, incomplete), expected, "{report:?}");
        };
        check(&[], false, 0);
        check(&[], true, 3);
        check(&[(Sv::Medium, St::Fail, None)], false, 0);
        check(&[(Sv::High, St::Fail, None)], false, 1);
        check(&[(Sv::Critical, St::Fail, None)], false, 1);
        check(&[(Sv::Critical, St::Fail, None)], true, 1);
        for status in [St::Unknown, St::NotApplicable, St::Exempt, St::Waived] {
            check(&[(Sv::Critical, status, None)], false, 0);
        }
        check(&[(Sv::High, St::Fail, Some(Novelty::Known))], false, 0);
        check(&[(Sv::High, St::Fail, Some(Novelty::Known))], true, 3);
        check(&[(Sv::High, St::Fail, Some(Novelty::New))], false, 1);
    }
}
