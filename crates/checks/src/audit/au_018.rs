//! AU-018: audit logs that others may read or write.

use inventory::{Component, ComponentKind, Unknown};

use super::rotation::log_file;
use crate::example::{Example, ExampleFile, Expected};
use crate::host_path::folder_of;
use crate::rights::{FileRule, Wanted};
use crate::{About, Check, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(super) const AU_018: Check = Check {
    id: "AU-018",
    name: "audit-log-mode",
    title: "Others may read or change the audit log",
    why: "The log says who may do what and where the secrets are; whoever writes to it takes out what he did.",
    fails: "The mode of the log, or of an old one beside it, gives anything to group or others (more than 600), or that of its folder does (more than 700).",
    fix: Fix::Sometimes(
        "Sets the mode of the logs to 600, and that of the folder to 700 where it was given too.",
    ),
    references: &[Reference::Nsa("Audit logging"), Reference::Mitre("T1070")],
    judge: Judge::Components(ComponentKind::ApiServer, &judge),
    examples: &[
        Example::of(
            "readable for everybody",
            Expected::Fail(Severity::Medium),
            &[
                ExampleFile::manifest(super::APISERVER_WITH_POLICY),
                ExampleFile::at("/var/log/kubernetes/audit/audit.log", "").rights(0o644, 0, 0),
            ],
        ),
        Example::of(
            "an old one is",
            Expected::Fail(Severity::Medium),
            &[
                ExampleFile::manifest(super::APISERVER_WITH_POLICY),
                ExampleFile::at("/var/log/kubernetes/audit/audit.log", "").rights(0o600, 0, 0),
                ExampleFile::at("/var/log/kubernetes/audit/audit-2026-05-01T00-00-00.000.log", "")
                    .rights(0o640, 0, 0),
            ],
        ),
        Example::of(
            "for root alone",
            Expected::Pass,
            &[
                ExampleFile::manifest(super::APISERVER_WITH_POLICY),
                ExampleFile::at("/var/log/kubernetes/audit/audit.log", "").rights(0o600, 0, 0),
            ],
        ),
        Example::of(
            "the log was not given",
            Expected::Unknown,
            &[ExampleFile::manifest(super::APISERVER_WITH_POLICY)],
        ),
        Example::of(
            "there is none",
            Expected::NotApplicable,
            &[ExampleFile::manifest(super::APISERVER)],
        ),
    ],
    ..super::AUDIT
};

fn judge(seen: &Seen<'_>, component: &Component) -> Judged {
    let Some(path) = log_file(component) else {
        return Ok(Verdict::NotApplicable("no audit log file is written".to_owned()));
    };
    let folder = folder_of(path);
    let is_log = |one: &&inventory::File| {
        one.is_at(path) || (folder_of(one.path_on_node()) == folder && is_rotated(path, one.name()))
    };
    let mut problems = Vec::new();
    let mut is_seen = false;
    for file in seen.inventory().files().iter().filter(is_log) {
        is_seen = true;
        problems.extend(with_mode(file, 0o600)?);
    }
    if !is_seen {
        return Err(Unknown::new(
            format!("{path} was not seen"),
            format!("scan it on its node, as root: ravelin scan {folder}"),
        ));
    }
    if let Some(file) = seen.inventory().file(folder) {
        problems.extend(with_mode(file, 0o700)?);
    }
    Ok(Verdict::of(problems))
}

fn with_mode(file: &inventory::File, most: u32) -> Result<Vec<Problem>, Unknown> {
    let rule = FileRule {
        path: file.path_on_node(),
        wanted: Wanted::Mode(most),
        severity: Severity::Medium,
    };
    Ok(match rule.judge_file(file)? {
        Verdict::Fail(problems) => {
            problems.into_iter().map(|problem| problem.about(About::file(file))).collect()
        }
        Verdict::Pass | Verdict::Exempt(_) | Verdict::NotApplicable(_) => Vec::new(),
    })
}

/// `audit-2026-05-01T00-00-00.000.log` beside `audit.log`, compressed or not.
fn is_rotated(path: &str, name: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
    let name = name.strip_suffix(".gz").unwrap_or(name);
    let rest = name.strip_prefix(stem).and_then(|rest| rest.strip_prefix('-'));
    rest.is_some_and(|rest| rest.ends_with(extension))
}
