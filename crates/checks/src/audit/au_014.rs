//! AU-014: paths outside resources that an audit policy drops, all or those of discovery.

use audit::Level;
use edit::Edit;
use model::Call;
use serde_json::json;
use tree::Path;

use super::policy::{self, Rules, summary, texts};
use super::request::Who;
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Severity, Verdict};

pub(super) const AU_014: Check = Check {
    id: "AU-014",
    name: "audit-drops-paths",
    title: "The audit policy drops requests on all paths or on those of discovery",
    severities: &[Severity::High],
    why: "Whoever looks around in the API, reads its logs or its profiles, leaves no trace.",
    fails: "A rule at None with nonResourceURLs drops /api, /apis, /logs, /metrics, /debug/pprof or any other path (`*`). Health and version paths pass, and so does a broad rule behind one that records.",
    fix: Fix::Automatic("Leaves the rule the health and version paths."),
    references: &[
        Reference::Nsa("Audit logging"),
        Reference::Owasp("K10"),
        Reference::Mitre("T1613"),
    ],
    judge: Judge::Whole(|seen| policy::judge_each(seen, judge)),
    examples: &[
        Example::of(
            "every path",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", STAR)],
        ),
        Example::of(
            "discovery, as in a widespread sample",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", DISCOVERY)],
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

const PATHS: [&str; 7] = [
    "/api",
    "/apis",
    "/apis/apps/v1",
    "/logs/audit",
    "/metrics",
    "/debug/pprof/",
    "/ravelin.other",
];

fn judge(rules: &Rules) -> Judged {
    let mut found: Vec<(usize, Vec<&str>)> = Vec::new();
    for path in PATHS {
        let call = Call { verb: "get".to_owned(), path: path.to_owned(), ..Call::default() };
        for who in [Who::Developer, Who::Workload, Who::Anonymous] {
            let decision = rules.decide_call(Some(&who.user()), &call);
            let about_paths =
                |rule: &usize| !texts(rules.rule(*rule), "nonResourceURLs").is_empty();
            let dropped =
                decision.rule.filter(about_paths).filter(|_| decision.level == Level::None);
            let Some(rule) = dropped else { continue };
            match found.iter_mut().find(|(index, _)| *index == rule) {
                Some((_, paths)) if paths.contains(&path) => {}
                Some((_, paths)) => paths.push(path),
                None => found.push((rule, vec![path])),
            }
        }
    }
    let problems = found.iter().map(|(rule, paths)| problem(rules, *rule, paths));
    Ok(Verdict::of(problems.collect()))
}

fn problem(rules: &Rules, index: usize, dropped: &[&str]) -> Problem {
    let rule = rules.rule(index);
    let path = Path::of(&["rules"]).then(index).then("nonResourceURLs");
    let named: Vec<&str> = dropped
        .iter()
        .map(|path| if *path == "/ravelin.other" { "any other path" } else { path })
        .collect();
    Problem::new(Severity::High, format!("Requests on {} are not recorded.", named.join(", ")))
        .detail(texts(rule, "nonResourceURLs").join(","))
        .evidence(summary(rule))
        .at(path.clone())
        .mended_by(Remedy::Edit(vec![Edit::set(path, json!(HARMLESS))]))
}

const HARMLESS: [&str; 4] = ["/healthz*", "/livez*", "/readyz*", "/version"];

const STAR: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
  nonResourceURLs: [\"*\"]
- level: Metadata
";

const DISCOVERY: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
  userGroups: [\"system:authenticated\"]
  nonResourceURLs:
  - \"/api*\" # Wildcard matching.
  - \"/version\"
- level: Metadata
";
