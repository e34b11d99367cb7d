//! AU-010: rules of an audit policy that decide nothing.

use tree::Path;

use super::policy::{self, Rules, summary};
use super::reach;
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Severity, Verdict};

pub(super) const AU_010: Check = Check {
    id: "AU-010",
    name: "unreachable-audit-rule",
    title: "A rule of the audit policy decides no request",
    why: "Whoever wrote the rule believes in a record that is never made, or in one that is made in spite of it.",
    fails: "Every request that the rule matches is decided by a rule before it, whoever asks for whatever. A rule that an earlier one narrows passes as long as one request is left to it.",
    fix: Fix::Steps(
        "Move the rule before the one that decides in its place if it is meant to count; else take it out. The first rule that matches decides.",
    ),
    references: &[Reference::Kubernetes("tasks/debug/debug-cluster/audit/")],
    judge: Judge::Whole(|seen| policy::judge_each(seen, judge)),
    examples: &[
        Example::of(
            "a rule behind one that covers it",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", SHADOWED)],
        ),
        Example::of(
            "exec behind pods/*, which covers subresources here",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", SUBRESOURCE)],
        ),
        Example::of(
            "exec behind pods, which does not",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", NARROWED)],
        ),
        Example::of("nothing was seen", Expected::Unknown, &[]),
    ],
    ..super::AUDIT
};

fn judge(rules: &Rules) -> Judged {
    let problems = reach::unreached(rules).into_iter().map(|index| {
        let rule = summary(rules.rule(index));
        let path = Path::of(&["rules"]).then(index);
        Problem::new(
            Severity::Medium,
            format!(
                "The rule {rule:?} is never reached: rules before it match all that it matches."
            ),
        )
        .detail(rule)
        .at(path)
        .mended_by(Remedy::Explained)
    });
    Ok(Verdict::of(problems.collect()))
}

const SHADOWED: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
- level: RequestResponse
  resources: [{group: rbac.authorization.k8s.io}]
";

const SUBRESOURCE: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
  resources: [{group: \"\", resources: [\"pods/*\"]}]
- level: Metadata
  resources: [{group: \"\", resources: [pods/exec]}]
- level: Metadata
";

const NARROWED: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
  resources: [{group: \"\", resources: [pods]}]
- level: Metadata
  resources: [{group: \"\", resources: [pods/exec]}]
- level: Metadata
";
