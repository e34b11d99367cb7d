//! AU-025: audit logs in a form that says less.

use inventory::ComponentKind;

use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{FlagRule, Mend};
use crate::{Check, Fix, Judge, Reference, Severity};

pub(super) const AU_025: Check = Check {
    id: "AU-025",
    name: "legacy-audit-format",
    title: "The audit log is written in the legacy format",
    severities: &[Severity::Low],
    why: "It is one line of text without bodies, whatever the policy asks for, and nothing reads it today.",
    fails: "--audit-log-format is not json. Not given it is.",
    fix: Fix::Sometimes("Sets --audit-log-format=json where kube-apiserver is a container."),
    references: &[Reference::Nsa("Audit logging")],
    judge: Judge::Components(ComponentKind::ApiServer, &RULE),
    examples: &[
        Example::of("legacy", Expected::Fail(Severity::Low), &[ExampleFile::manifest(LEGACY)]),
        Example::of("the default", Expected::Pass, &[ExampleFile::manifest(super::APISERVER)]),
        Example::of("no control plane was seen", Expected::Unknown, &[]),
    ],
    ..super::AUDIT
};

const RULE: FlagRule = FlagRule {
    flag: "audit-log-format",
    is_right: |value| value == "json",
    default: |_minor| Some("json"),
    severity: Severity::Low,
    message: "The audit log is written in the legacy format.",
    mend: Mend::Set("json"),
};

const LEGACY: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command:
    - kube-apiserver
    - --audit-log-path=/var/log/audit.log
    - --audit-log-format=legacy
";
