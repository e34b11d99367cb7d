//! AU-003 to AU-005: how long the audit log is kept. The defaults are good from 1.36 on.

use inventory::{Component, ComponentKind, Minor};

use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{FlagRule, Mend};
use crate::{Check, Fix, Judge, JudgeComponent, Judged, Reference, Seen, Severity, Verdict};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "AU-003",
        name: "audit-log-maxage",
        title: "The audit log is kept for less than 30 days",
        fails: "--audit-log-maxage counts as less than 30. Not given it is 366 from 1.36 on, and 0 before. Without a log file the question does not arise.",
        references: &[Reference::Cis("1.2.17"), Reference::Nsa("Audit logging")],
        fix: Fix::Sometimes("Sets --audit-log-maxage=30 where kube-apiserver is a container."),
        judge: Judge::Components(ComponentKind::ApiServer, &Rotation(MAXAGE)),
        examples: &[
            Example::of("a week", Expected::Fail(Severity::Low), &[ExampleFile::manifest(SHORT)]),
            Example::of("not given on 1.36", Expected::Pass, &[ExampleFile::manifest(UNSET)])
                .on(36),
            Example::of(
                "not given on 1.35",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(UNSET)],
            )
            .on(35),
            Example::of(
                "not given, and no version",
                Expected::Unknown,
                &[ExampleFile::manifest(UNSET)],
            ),
            Example::of(
                "no log at all",
                Expected::NotApplicable,
                &[ExampleFile::manifest(super::APISERVER)],
            ),
        ],
        ..ROTATION
    },
    Check {
        id: "AU-004",
        name: "audit-log-maxbackup",
        title: "Fewer than 10 old audit logs are kept",
        fails: "--audit-log-maxbackup counts as less than 10. Not given it is 100 from 1.36 on, and 0 before. Without a log file the question does not arise.",
        references: &[Reference::Cis("1.2.18"), Reference::Nsa("Audit logging")],
        fix: Fix::Sometimes("Sets --audit-log-maxbackup=10 where kube-apiserver is a container."),
        judge: Judge::Components(ComponentKind::ApiServer, &Rotation(MAXBACKUP)),
        examples: &[
            Example::of("two", Expected::Fail(Severity::Low), &[ExampleFile::manifest(SHORT)]),
            Example::of("not given on 1.36", Expected::Pass, &[ExampleFile::manifest(UNSET)])
                .on(36),
            Example::of("no control plane was seen", Expected::Unknown, &[]),
        ],
        ..ROTATION
    },
    Check {
        id: "AU-005",
        name: "audit-log-maxsize",
        title: "The audit log is rotated too early, or never",
        fails: "--audit-log-maxsize counts as less than 100 megabytes. Not given it is 100 from 1.36 on, and 0 before; given as 0, nothing is rotated from 1.36 on. Without a log file the question does not arise.",
        references: &[Reference::Cis("1.2.19"), Reference::Nsa("Audit logging")],
        fix: Fix::Sometimes("Sets --audit-log-maxsize=100 where kube-apiserver is a container."),
        judge: Judge::Components(ComponentKind::ApiServer, &Rotation(MAXSIZE)),
        examples: &[
            Example::of("ten", Expected::Fail(Severity::Low), &[ExampleFile::manifest(SHORT)]),
            Example::of("not given on 1.36", Expected::Pass, &[ExampleFile::manifest(UNSET)])
                .on(36),
            Example::of("no control plane was seen", Expected::Unknown, &[]),
        ],
        ..ROTATION
    },
];

/// What they have in common.
const ROTATION: Check = Check {
    severities: &[Severity::Low],
    why: "What an attacker did before that is gone by the time somebody asks; a month is soon over.",
    ..super::AUDIT
};

/// A rule that concerns those alone who write a file.
struct Rotation(FlagRule);

impl JudgeComponent for Rotation {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        match log_file(component) {
            Some(_) => self.0.judge(seen, component),
            None => Ok(Verdict::NotApplicable("no audit log file is written".to_owned())),
        }
    }
}

/// The file that a log is written to.
pub(super) fn log_file(component: &Component) -> Option<&str> {
    component.flags.value("audit-log-path").filter(|path| !["", "-"].contains(path))
}

/// The value that counts of a flag about rotation.
pub(super) fn value(component: &Component, flag: &str, minor: Minor) -> Option<u64> {
    let default = if minor.number() < 36 { "0" } else { default(flag) };
    component.flags.value(flag).unwrap_or(default).parse().ok()
}

fn default(flag: &str) -> &'static str {
    if flag == "audit-log-maxage" { "366" } else { "100" }
}

fn at_least(value: &str, least: u64) -> bool {
    value.parse::<u64>().is_ok_and(|value| value >= least)
}

const MAXAGE: FlagRule = FlagRule {
    flag: "audit-log-maxage",
    is_right: |value| at_least(value, 30),
    default: |minor| Some(if minor.number() < 36 { "0" } else { "366" }),
    severity: Severity::Low,
    message: "No age of at least 30 days is promised to the audit log.",
    mend: Mend::Set("30"),
};

const MAXBACKUP: FlagRule = FlagRule {
    flag: "audit-log-maxbackup",
    is_right: |value| at_least(value, 10),
    default: |minor| Some(if minor.number() < 36 { "0" } else { "100" }),
    severity: Severity::Low,
    message: "Not even 10 old audit logs are sure to be kept.",
    mend: Mend::Set("10"),
};

const MAXSIZE: FlagRule = FlagRule {
    flag: "audit-log-maxsize",
    is_right: |value| at_least(value, 100),
    default: |minor| Some(if minor.number() < 36 { "0" } else { "100" }),
    severity: Severity::Low,
    message: "The audit log is not rotated at 100 megabytes.",
    mend: Mend::Set("100"),
};

const SHORT: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command:
    - kube-apiserver
    - --audit-log-path=/var/log/audit.log
    - --audit-log-maxage=7 # a week
    - --audit-log-maxbackup
    - \"2\"
    - --audit-log-maxsize=10
";

const UNSET: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [kube-apiserver, --audit-log-path=/var/log/audit.log]
";
