//! Waivers laid over a report.

use checks::{Practice, Severity};
use jiff::Timestamp;

use super::{EXPIRED, EXPIRED_TITLE, INERT, INERT_TITLE, Waiver, Waivers, What};
use crate::report::{Finding, Report, Status};

impl Waivers {
    /// The report with the findings that a waiver covers at `now` marked as waived, and a finding
    /// for each waiver that ran out or matches nothing. Only what fails can be waived; scores do
    /// not change. Marks of a comparison are lost: compare with a baseline afterwards.
    pub fn apply(&self, report: Report, now: Timestamp) -> Report {
        let Report { findings, checks, coverage, .. } = report;
        let mut own: Vec<Finding> =
            self.0.iter().filter_map(|waiver| says_of_itself(waiver, &findings, now)).collect();
        // Two waivers of one text are one finding.
        own.sort_by(|one, other| (&one.check, &one.detail).cmp(&(&other.check, &other.detail)));
        own.dedup_by(|one, other| one.check == other.check && one.detail == other.detail);
        let marked = findings.into_iter().map(|finding| self.marked(finding, now));
        Report::new(marked.chain(own).collect(), checks, coverage)
    }

    fn marked(&self, finding: Finding, now: Timestamp) -> Finding {
        let holds = |waiver: &&Waiver| !waiver.is_expired(now) && waiver.covers(&finding);
        match self.0.iter().find(holds) {
            Some(waiver) if finding.status == Status::Fail => {
                let waiver = Some(waiver.acceptance());
                Finding { status: Status::Waived, waiver, ..finding }
            }
            Some(_) | None => finding,
        }
    }
}

fn says_of_itself(waiver: &Waiver, findings: &[Finding], now: Timestamp) -> Option<Finding> {
    let covered = |status| {
        findings.iter().filter(move |finding| finding.status == status && waiver.covers(finding))
    };
    let open = covered(Status::Fail).count();
    if waiver.is_expired(now) {
        return Some(expired(waiver, open));
    }
    let is_inert = open == 0 && !findings.iter().any(|finding| may_cover(waiver, finding));
    is_inert.then(|| inert(waiver))
}

/// Whether something is unknown that the waiver may be about: nobody can call it useless then.
fn may_cover(waiver: &Waiver, finding: &Finding) -> bool {
    let is_of_check = match &waiver.what {
        What::Finding(id) => *id == finding.id,
        What::Check { check, .. } => check.matches(&finding.check),
    };
    finding.status == Status::Unknown && is_of_check
}

fn expired(waiver: &Waiver, open: usize) -> Finding {
    let covers = match open {
        0 => "it covers nothing any more".to_owned(),
        1 => "the finding it covered is open again".to_owned(),
        count => format!("the {count} findings it covered are open again"),
    };
    Finding {
        title: EXPIRED_TITLE.to_owned(),
        message: format!(
            "The waiver of {} ran out on {}: {covers}.",
            waiver.says(),
            waiver.expires
        ),
        fix: Some(format!(
            "Mend what it covers and delete it, or ask {} for a new date.",
            waiver.owner
        )),
        ..about(waiver, EXPIRED, Severity::Medium)
    }
}

fn inert(waiver: &Waiver) -> Finding {
    Finding {
        title: INERT_TITLE.to_owned(),
        message: format!("The waiver of {} matches no finding.", waiver.says()),
        fix: Some("Delete it, or correct the check, the object or the id.".to_owned()),
        ..about(waiver, INERT, Severity::Low)
    }
}

fn about(waiver: &Waiver, check: &str, severity: Severity) -> Finding {
    Finding {
        detail: waiver.says(),
        source: Some(waiver.source.clone()),
        evidence: vec![format!("reason: {}", waiver.reason), format!("owner: {}", waiver.owner)],
        ..Finding::new(check, Practice::Input, severity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Coverage, ObjectRef};
    use crate::testkit;

    const NOON: &str = "2027-01-01T12:00:00Z";

    fn finding(check: &str, status: Status, namespace: &str, name: &str) -> Finding {
        let object = ObjectRef {
            api_version: "v1".to_owned(),
            kind: "Pod".to_owned(),
            namespace: (!namespace.is_empty()).then(|| namespace.to_owned()),
            name: name.to_owned(),
        };
        let finding = Finding::new(check, Practice::PodSecurity, Severity::High);
        Finding { status, object: Some(object), ..finding }
    }

    /// Each finding as `check status`, after the waiver was laid over a failing PS-001 on
    /// Pod apps/web, an unknown PS-002, an exempt PS-003 and a failing ND-001 without an object.
    fn applied(fields: &str, now: &str) -> Vec<String> {
        let findings = vec![
            finding("PS-001", Status::Fail, "apps", "web"),
            finding("PS-002", Status::Unknown, "apps", "web"),
            finding("PS-003", Status::Exempt, "apps", "web"),
            Finding { object: None, ..finding("ND-001", Status::Fail, "", "") },
        ];
        let report = Report::new(findings, Vec::new(), Coverage::default());
        let text = format!("waivers:\n- {{{fields}, reason: r, owner: o, expires: 2027-01-01}}\n");
        let waivers = Waivers::read("w.yaml", &text).unwrap();
        let report = waivers.apply(report, now.parse().unwrap());
        let mut found: Vec<String> = report
            .findings
            .iter()
            .map(|finding| format!("{} {}", finding.check, finding.status.name()))
            .collect();
        found.sort();
        found
    }

    const UNTOUCHED: [&str; 4] = ["ND-001 fail", "PS-001 fail", "PS-002 unknown", "PS-003 exempt"];
    const WAIVED: [&str; 4] = ["ND-001 fail", "PS-001 waived", "PS-002 unknown", "PS-003 exempt"];

    #[test]
    fn covers_what_it_names() {
        let check = |fields: &str| assert_eq!(applied(fields, NOON), WAIVED, "{fields}");
        check("check: PS-001");
        check("check: PS-*");
        check("check: PS-001, object: {kind: Pod}");
        check("check: PS-001, object: {kind: Pod, namespace: app?, name: 'w*'}");
        check("check: PS-00?, object: {name: web}");
        let mut web = finding("PS-001", Status::Fail, "apps", "web");
        web = Report::new(vec![web], Vec::new(), Coverage::default()).findings.remove(0);
        check(&format!("finding: '{}'", web.id));
        let nodes = applied("check: ND-001", NOON);
        assert_eq!(nodes, ["ND-001 waived", "PS-001 fail", "PS-002 unknown", "PS-003 exempt"]);
    }

    #[test]
    fn one_that_matches_nothing_says_so() {
        let check = |fields: &str| {
            let expected: Vec<&str> = ["IN-902 fail"].into_iter().chain(UNTOUCHED).collect();
            assert_eq!(applied(fields, NOON), expected, "{fields}");
        };
        check("check: PS-009");
        check("check: PS-001, object: {kind: Deployment}");
        check("check: PS-001, object: {namespace: app}");
        check("check: ND-001, object: {name: '*'}");
        check("check: PS-003");
        check("finding: '00000000000000000000'");
        // What is unknown may be covered tomorrow.
        assert_eq!(applied("check: PS-002, object: {name: other}", NOON), UNTOUCHED);
    }

    #[test]
    fn one_that_ran_out_says_so_and_leaves_the_finding_open() {
        let check = |now: &str, expected: &[&str]| {
            assert_eq!(applied("check: PS-001", now), expected, "{now}");
        };
        let open: Vec<&str> = ["IN-901 fail"].into_iter().chain(UNTOUCHED).collect();
        check("2027-01-01T00:00:00Z", &WAIVED);
        check("2027-01-01T23:59:59.999Z", &WAIVED);
        check("2027-01-02T00:00:00Z", &open);
        check("2030-01-01T00:00:00Z", &open);
        assert_eq!(applied("check: PS-009", "2027-01-02T00:00:00Z"), open);
    }

    #[test]
    fn one_that_holds_beats_one_that_ran_out() {
        let text = "waivers:\n\
                    - {check: PS-001, reason: old, owner: o, expires: 2026-01-01}\n\
                    - {check: PS-*, reason: new, owner: o, expires: 2028-01-01}\n\
                    - {check: PS-001, reason: old, owner: o, expires: 2026-01-01}\n";
        let report = Report::new(
            vec![finding("PS-001", Status::Fail, "apps", "web")],
            vec![testkit::outcome("PS-001", Severity::High, [0, 1, 0, 0])],
            Coverage::default(),
        );
        let score = report.score;
        let report = Waivers::read("w.yaml", text).unwrap().apply(report, NOON.parse().unwrap());
        let waived = report.findings.iter().find(|finding| finding.check == "PS-001").unwrap();
        assert_eq!(waived.waiver.as_ref().unwrap().to_string(), "new (o, until 2028-01-01)");
        let own: Vec<&str> = report
            .findings
            .iter()
            .filter(|one| one.check == EXPIRED)
            .map(|one| &*one.message)
            .collect();
        assert_eq!(
            own,
            [
                "The waiver of check PS-001 ran out on 2026-01-01: the finding it covered is open again."
            ]
        );
        assert_eq!(report.score, score);
    }
}
