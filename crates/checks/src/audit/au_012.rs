//! AU-012: whole groups of callers that an audit policy never records.

use audit::Level;
use edit::Edit;
use model::{Call, UserInfo};
use serde_json::json;
use tree::Path;

use super::policy::{self, Rules, summary};
use super::request;
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Severity, Verdict};

pub(super) const AU_012: Check = Check {
    id: "AU-012",
    name: "privileged-callers-unaudited",
    title: "The audit policy never records what privileged callers do",
    severities: &[Severity::High],
    why: "These are the callers that an attacker wants to be: with their credential he works unseen.",
    fails: "A rule at None decides reads and writes alike of system:masters, of nodes, of the service accounts of kube-system, or of everything in kube-system. A rule that drops only reads of theirs, or only some resources, passes.",
    fix: Fix::Automatic(
        "Limits the rule to get, list and watch; for system:masters sets its level to Metadata, since what they read matters too.",
    ),
    references: &[
        Reference::Nsa("Audit logging"),
        Reference::Owasp("K10"),
        Reference::Mitre("T1562"),
    ],
    judge: Judge::Whole(|seen| policy::judge_each(seen, judge)),
    examples: &[
        Example::of(
            "nodes and administrators",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", GROUPS)],
        ),
        Example::of(
            "all of kube-system",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", NAMESPACE)],
        ),
        Example::of(
            "reads only, and one component's leases",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", READS)],
        ),
        Example::of(
            "a rule before it records them",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", BEFORE)],
        ),
        Example::of("nothing was seen", Expected::Unknown, &[]),
    ],
    ..super::AUDIT
};

/// Callers, and what is said of them.
const CALLERS: [(&str, &str, &[&str], &str); 4] = [
    (MASTERS, "admin", &[MASTERS, "system:authenticated"], "apps"),
    ("system:nodes", "system:node:node-1", &["system:nodes", "system:authenticated"], "apps"),
    (
        "system:serviceaccounts:kube-system",
        "system:serviceaccount:kube-system:operator",
        &["system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"],
        "apps",
    ),
    ("namespace kube-system", "jane", &["system:authenticated"], "kube-system"),
];

const MASTERS: &str = "system:masters";

fn judge(rules: &Rules) -> Judged {
    let mut found: Vec<(usize, Vec<&str>)> = Vec::new();
    for (what, name, groups, namespace) in CALLERS {
        let user = request::user(name, groups);
        let Some(rule) = unlimited(rules, &user, namespace) else { continue };
        // What drops everybody is no rule about privileged callers.
        if unlimited(rules, &request::user("jane", &["system:authenticated"]), "apps").is_some() {
            continue;
        }
        match found.iter_mut().find(|(index, _)| *index == rule) {
            Some((_, callers)) => callers.push(what),
            None => found.push((rule, vec![what])),
        }
    }
    let problems = found.iter().map(|(rule, callers)| problem(rules, *rule, callers));
    Ok(Verdict::of(problems.collect()))
}

/// The rule that drops reads and writes alike on a resource that no rule names.
fn unlimited(rules: &Rules, user: &UserInfo, namespace: &str) -> Option<usize> {
    let decide = |verb: &str| {
        let call = Call {
            is_resource: true,
            verb: verb.to_owned(),
            api_group: "ravelin.other".to_owned(),
            namespace: namespace.to_owned(),
            resource: "others".to_owned(),
            ..Call::default()
        };
        let decision = rules.decide_call(Some(user), &call);
        decision.rule.filter(|_| decision.level == Level::None)
    };
    let rule = decide("create")?;
    ["get", "update", "patch", "delete"].iter().all(|verb| decide(verb).is_some()).then_some(rule)
}

fn problem(rules: &Rules, rule: usize, callers: &[&str]) -> Problem {
    let path = Path::of(&["rules"]).then(rule);
    let edit = if callers.contains(&MASTERS) {
        Edit::set(path.then("level"), "Metadata")
    } else {
        Edit::set(path.then("verbs"), json!(["get", "list", "watch"]))
    };
    let callers = callers.join(", ");
    Problem::new(Severity::High, format!("Nothing that is done by or in {callers} is recorded."))
        .detail(callers)
        .evidence(summary(rules.rule(rule)))
        .at(path)
        .mended_by(Remedy::Edit(vec![edit]))
}

const GROUPS: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
  userGroups: [\"system:nodes\"]
- level: None
  userGroups: [\"system:masters\"] # our own
- level: Metadata
";

const NAMESPACE: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
  namespaces: [kube-system]
- level: Metadata
";

const READS: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
  userGroups: [\"system:nodes\"]
  verbs: [get, list, watch]
- level: None
  namespaces: [kube-system]
  resources: [{group: coordination.k8s.io, resources: [leases]}]
- level: Metadata
";

const BEFORE: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
  verbs: [create, update, patch, delete, deletecollection]
- level: None
  userGroups: [\"system:nodes\"]
- level: Metadata
";
