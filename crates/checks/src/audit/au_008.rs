//! AU-008: secrets in the audit log.

use audit::Level;
use serde_json::json;
use tree::Path;

use super::insert::insert;
use super::policy::{self, Rules, summary, texts};
use super::request::{self, Request, Topic};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Severity, Verdict};

pub(super) const AU_008: Check = Check {
    id: "AU-008",
    name: "secrets-in-audit-log",
    title: "The audit policy writes secrets into the audit log",
    severities: &[Severity::High],
    why: "Whoever may read the log, or the system it is sent to, has every secret that was written or read.",
    fails: "Bodies of secrets, configmaps, token reviews or tokens of service accounts are recorded, for any caller that the policy tells apart: writes at Request or more, reads and deletions at RequestResponse. A read at Request passes: it has no body.",
    fix: Fix::Automatic("Inserts a rule at Metadata before the one that records the bodies."),
    references: &[
        Reference::Cis("3.2.2"),
        Reference::Nsa("Audit logging"),
        Reference::Owasp("K03"),
        Reference::Mitre("T1552"),
    ],
    judge: Judge::Whole(|seen| policy::judge_each(seen, judge)),
    examples: &[
        Example::of(
            "everything in full",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", EVERYTHING)],
        ),
        Example::of(
            "in full for one group",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", ONE_GROUP)],
        ),
        Example::of(
            "the recommended policy",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", super::RECOMMENDED)],
        ),
        Example::of(
            "reads at Request, which have no body",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", READS)],
        ),
        Example::of("nothing was seen", Expected::Unknown, &[]),
    ],
    ..super::AUDIT
};

fn judge(rules: &Rules) -> Judged {
    let topics = Topic::ALL.into_iter().filter(|topic| topic.holds_secrets());
    Ok(Verdict::of(topics.filter_map(|topic| judge_topic(rules, topic)).collect()))
}

fn judge_topic(rules: &Rules, topic: Topic) -> Option<Problem> {
    let mut told: Vec<String> = Vec::new();
    let mut first: Option<usize> = None;
    for request in request::all().filter(|request| request.topic == topic) {
        let call = request.call();
        for user in callers(rules, &request) {
            let decision = rules.decide_call(Some(&user), &call);
            let Some(rule) = decision.rule.filter(|_| decision.level >= least(&request)) else {
                continue;
            };
            first = Some(first.map_or(rule, |known| known.min(rule)));
            let described = request.describe();
            if !told.contains(&described) {
                told.push(described);
            }
        }
    }
    let index = first?;
    let at = Path::of(&["rules"]);
    let group = if topic == Topic::TokenReviews { "authentication.k8s.io" } else { "" };
    let rule = json!({"level": "Metadata",
        "resources": [{"group": group, "resources": [topic.name()]}]});
    Some(
        Problem::new(Severity::High, format!("The bodies of {} are recorded.", told.join(", ")))
            .detail(topic.name())
            .evidence(summary(rules.rule(index)))
            .at(at.then(index))
            .mended_by(insert(rules, Some(index), rule)),
    )
}

/// The level from which on a body with a secret is recorded.
fn least(request: &Request) -> Level {
    let sends = ["create", "update", "patch"].contains(&request.verb);
    if sends { Level::Request } else { Level::RequestResponse }
}

/// The caller of the table, and everybody whom the policy tells apart.
fn callers(rules: &Rules, request: &Request) -> Vec<model::UserInfo> {
    let mut callers = vec![request.user()];
    for rule in rules.rules() {
        callers.extend(texts(rule, "users").iter().map(|name| request::user(name, &[])));
        callers.extend(texts(rule, "userGroups").iter().map(|group| request::user("x", &[group])));
    }
    callers
}

const EVERYTHING: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
  resources:
  - group: \"\"
    resources: [secrets]
# Everything else in full.
- level: RequestResponse
";

const ONE_GROUP: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Request
  userGroups: [contractors]
- level: Metadata
";

const READS: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Request
  verbs: [get, list, watch]
- level: Metadata
";
