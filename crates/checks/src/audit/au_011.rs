//! AU-011: an audit policy without a last rule for everything.

use audit::Level;
use edit::Edit;
use model::Call;
use serde_json::json;
use tree::Path;

use super::policy::{self, Rules, summary};
use super::request;
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Severity};

pub(super) const AU_011: Check = Check {
    id: "AU-011",
    name: "no-audit-catch-all",
    title: "The audit policy does not record what its rules do not name",
    severities: &[Severity::High],
    why: "Every new kind of object and every new API is invisible from the day it is there.",
    fails: "A write on a resource, or a request on a path, that no rule names is not recorded. A catch-all at Metadata or more passes wherever it stands, as long as it is what decides.",
    fix: Fix::Sometimes(
        "Adds a last rule `level: Metadata`; gives a last rule that drops everything this level.",
    ),
    references: &[
        Reference::Cis("3.2.1"),
        Reference::Nsa("Audit logging"),
        Reference::Owasp("K10"),
    ],
    judge: Judge::Whole(|seen| policy::judge_each(seen, judge)),
    examples: &[
        Example::of(
            "named resources only",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", NAMED)],
        ),
        Example::of(
            "a last rule that drops the rest",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", DROPS)],
        ),
        Example::of(
            "the recommended policy",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", super::RECOMMENDED)],
        ),
        Example::of(
            "the catch-all is made of two rules",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", HALVES)],
        )
        .on(36),
        Example::of("nothing was seen", Expected::Unknown, &[]),
    ],
    ..super::AUDIT
};

fn judge(rules: &Rules) -> Judged {
    let user = request::user("ravelin.other", &["system:authenticated"]);
    let lost = [resource(), path()].into_iter().find_map(|(what, call)| {
        let decision = rules.decide_call(Some(&user), &call);
        (decision.level == Level::None).then_some((what, decision.rule))
    });
    Ok(lost.map(|(what, rule)| problem(rules, what, rule)).into())
}

fn problem(rules: &Rules, what: &str, rule: Option<usize>) -> Problem {
    let at = Path::of(&["rules"]);
    let path = rule.map_or_else(|| at.clone(), |index| at.then(index));
    let metadata = || json!({"level": "Metadata"});
    let remedy = match rule {
        None => Remedy::Edit(vec![Edit::Append { path: at, value: metadata() }]),
        Some(index) if is_bare(rules, index) => Remedy::set(path.then("level"), "Metadata"),
        Some(_) => Remedy::Explained,
    };
    Problem::new(Severity::High, format!("{what} that no rule names is not recorded."))
        .detail("catch-all")
        .evidence(rule.map_or_else(
            || "no rule matches".to_owned(),
            |index| format!("decided by {}", summary(rules.rule(index))),
        ))
        .at(path)
        .mended_by(remedy)
}

fn is_bare(rules: &Rules, index: usize) -> bool {
    summary(rules.rule(index)) == "None for everything"
}

fn resource() -> (&'static str, Call) {
    let call = Call {
        is_resource: true,
        verb: "create".to_owned(),
        api_group: "ravelin.other".to_owned(),
        api_version: "v1".to_owned(),
        namespace: "ravelin.other".to_owned(),
        resource: "others".to_owned(),
        ..Call::default()
    };
    ("A write on a resource", call)
}

fn path() -> (&'static str, Call) {
    let call =
        Call { verb: "post".to_owned(), path: "/ravelin.other".to_owned(), ..Call::default() };
    ("A request on a path", call)
}

const NAMED: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
  resources: [{group: \"\"}, {group: apps}]
";

const DROPS: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
  resources: [{group: \"\"}, {group: apps}]
- level: None # the rest
";

const HALVES: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
  resources: [{group: \"*\"}]
- level: Metadata
  nonResourceURLs: [\"*\"]
";
