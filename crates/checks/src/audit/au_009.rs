//! AU-009: changes of rights and guards of which the log does not say what was changed.

use audit::Level;
use serde_json::json;
use tree::Path;

use super::insert::insert;
use super::policy::{self, Rules, summary};
use super::request::{self, Topic};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Severity, Verdict};

pub(super) const AU_009: Check = Check {
    id: "AU-009",
    name: "audit-changes-without-bodies",
    title: "The audit policy does not record what was changed in RBAC or admission",
    why: "The log says that somebody changed a role, and not which rights he put there: nobody can tell an attack from a deployment.",
    fails: "A create, update or patch of RBAC, or of admission webhooks and policies, is recorded below Request, by the rule that decides it. Deletions pass at any level: their body says nothing.",
    fix: Fix::Automatic("Inserts a rule at RequestResponse before the one that decides."),
    references: &[
        Reference::Nsa("Audit logging"),
        Reference::Owasp("K10"),
        Reference::Mitre("T1098"),
    ],
    judge: Judge::Whole(|seen| policy::judge_each(seen, judge)),
    examples: &[
        Example::of(
            "metadata only",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", METADATA)],
        ),
        Example::of(
            "cluster-wide kinds only",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", HALF)],
        ),
        Example::of(
            "the recommended policy",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", super::RECOMMENDED)],
        ),
        Example::of("nothing was seen", Expected::Unknown, &[]),
    ],
    ..super::AUDIT
};

fn judge(rules: &Rules) -> Judged {
    let topics = [
        (Topic::Rbac, "rbac.authorization.k8s.io"),
        (Topic::Guards, "admissionregistration.k8s.io"),
    ];
    let problems = topics.into_iter().filter_map(|(topic, group)| judge_topic(rules, topic, group));
    Ok(Verdict::of(problems.collect()))
}

fn judge_topic(rules: &Rules, topic: Topic, group: &str) -> Option<Problem> {
    let mut resources: Vec<&str> = Vec::new();
    let mut deciders: Vec<usize> = Vec::new();
    let writes = request::all().filter(|one| one.topic == topic && one.verb != "delete");
    for request in writes {
        let decision = rules.decide(&request);
        if decision.level >= Level::Request {
            continue;
        }
        deciders.extend(decision.rule);
        if !resources.contains(&request.resource) {
            resources.push(request.resource);
        }
    }
    let (path, first) = (Path::of(&["rules"]), deciders.into_iter().min());
    let value = json!({"level": "RequestResponse",
        "verbs": ["create", "update", "patch", "delete", "deletecollection"],
        "resources": [{"group": group}]});
    (!resources.is_empty()).then(|| {
        Problem::new(
            Severity::Medium,
            format!("The log does not say what is written to {}.", resources.join(", ")),
        )
        .detail(topic.name())
        .evidence(
            first.map_or_else(|| "no rule matches".to_owned(), |index| summary(rules.rule(index))),
        )
        .at(first.map_or_else(|| path.clone(), |index| path.then(index)))
        .mended_by(insert(rules, first, value))
    })
}

const METADATA: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata # of everything
";

const HALF: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: RequestResponse
  resources:
  - group: rbac.authorization.k8s.io
    resources: [clusterroles, clusterrolebindings]
  - group: admissionregistration.k8s.io
- level: Metadata
";
