//! AU-013: records that do not say how a request ended.

use serde_json::json;
use tree::Path;

use super::policy::{self, Rules, omits_the_end, summary, texts};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Severity, Verdict};

pub(super) const AU_013: Check = Check {
    id: "AU-013",
    name: "audit-omits-response-complete",
    title: "The audit policy leaves out the stage that says how a request ended",
    severities: &[Severity::High],
    why: "Without ResponseComplete nobody can tell whether what was tried was done, and who was refused.",
    fails: "omitStages of the policy, or of a rule above None, names ResponseComplete. Leaving out RequestReceived passes.",
    fix: Fix::Automatic("Takes ResponseComplete out of omitStages."),
    references: &[Reference::Nsa("Audit logging"), Reference::Owasp("K10")],
    judge: Judge::Whole(|seen| policy::judge_each(seen, judge)),
    examples: &[
        Example::of(
            "for all rules",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", GLOBAL)],
        ),
        Example::of(
            "for one rule",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", RULE)],
        ),
        Example::of(
            "the recommended policy",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", super::RECOMMENDED)],
        ),
        Example::of(
            "for a rule that records nothing anyway",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", NOTHING)],
        ),
        Example::of("nothing was seen", Expected::Unknown, &[]),
    ],
    ..super::AUDIT
};

fn judge(rules: &Rules) -> Judged {
    let mut problems = Vec::new();
    if omits_the_end(rules.value()) {
        let kept = texts(rules.value(), "omitStages");
        problems.push(problem(
            "policy",
            &Path::root(),
            &kept,
            "No record says how its request ended.",
        ));
    }
    for (index, rule) in rules.rules().iter().enumerate() {
        if rules.level(index) != "None" && omits_the_end(rule) {
            let message =
                format!("Records by the rule {:?} do not say how a request ended.", summary(rule));
            let path = Path::of(&["rules"]).then(index);
            problems.push(problem(&summary(rule), &path, &texts(rule, "omitStages"), &message));
        }
    }
    Ok(Verdict::of(problems))
}

fn problem(detail: &str, path: &Path, stages: &[&str], message: &str) -> Problem {
    let at = path.then("omitStages");
    let kept: Vec<&str> =
        stages.iter().copied().filter(|stage| *stage != "ResponseComplete").collect();
    Problem::new(Severity::High, message)
        .detail(detail)
        .evidence(format!("omitStages {}", stages.join(", ")))
        .at(at.clone())
        .mended_by(Remedy::set(at, json!(kept)))
}

const GLOBAL: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseComplete]
rules:
- level: Metadata
";

const RULE: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
  omitStages:
  - ResponseComplete
  resources: [{group: \"\", resources: [secrets]}]
- level: Metadata
";

const NOTHING: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
  omitStages: [ResponseComplete]
  nonResourceURLs: [\"/healthz*\"]
- level: Metadata
";
