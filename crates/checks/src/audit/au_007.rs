//! AU-007: requests that must be in a log and are in none.

use audit::Level;
use serde_json::{Value, json};
use tree::Path;

use super::insert::insert;
use super::policy::{self, Rules, summary};
use super::request::{self, Topic};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Severity, Verdict};

pub(super) const AU_007: Check = Check {
    id: "AU-007",
    name: "audit-blind-spots",
    title: "The audit policy leaves out requests that an investigation needs",
    severities: &[Severity::High],
    why: "Whoever reads secrets, opens a shell in a pod or gives himself rights leaves no trace.",
    fails: "Of a fixed table of requests, tried on the policy as kube-apiserver applies it, some are not recorded: on secrets, configmaps, token reviews, tokens of service accounts, exec, attach, portforward, proxies, RBAC, admission webhooks and policies, certificate signing requests, nodes, by administrators and strangers, and deletions. The first rule that matches decides, and no rule that matches means nothing is recorded; any level above None passes, whichever rule gives it.",
    fix: Fix::Automatic(
        "Inserts a rule before the one that leaves the requests out, or at the end if none does.",
    ),
    references: &[
        Reference::Cis("3.2.2"),
        Reference::Nsa("Audit logging"),
        Reference::Owasp("K10"),
        Reference::Kubernetes("tasks/debug/debug-cluster/audit/"),
    ],
    judge: Judge::Whole(|seen| policy::judge_each(seen, judge)),
    examples: &[
        Example::of(
            "reads are left out before the rule for secrets is asked",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", SHADOWED)],
        ),
        Example::of(
            "no rule matches most requests",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", SOME)],
        ),
        Example::of(
            "one rule for everything, and none that names a resource",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", CATCH_ALL)],
        ),
        Example::of(
            "only what watches on behalf of nodes is left out",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", NOISE)],
        ),
        Example::of(
            "a flag names a policy that was not seen",
            Expected::Unknown,
            &[ExampleFile::manifest(super::APISERVER_WITH_POLICY)],
        ),
        Example::of("nothing was seen", Expected::Unknown, &[]),
        Example::of(
            "there is no policy, as AU-001 says",
            Expected::NotApplicable,
            &[ExampleFile::manifest(super::APISERVER)],
        ),
    ],
    ..super::AUDIT
};

fn judge(rules: &Rules) -> Judged {
    let problems = Topic::ALL.into_iter().filter_map(|topic| judge_topic(rules, topic));
    Ok(Verdict::of(problems.collect()))
}

fn judge_topic(rules: &Rules, topic: Topic) -> Option<Problem> {
    let mut lost: Vec<String> = Vec::new();
    let mut deciders: Vec<usize> = Vec::new();
    let mut is_lost = false;
    for request in request::all().filter(|request| request.topic == topic) {
        let decision = rules.decide(&request);
        if decision.level > Level::None {
            continue;
        }
        is_lost = true;
        deciders.extend(decision.rule);
        let described = request.describe();
        if !lost.contains(&described) {
            lost.push(described);
        }
    }
    let first = deciders.into_iter().min();
    let at = Path::of(&["rules"]);
    let why = first.map_or_else(
        || "no rule matches".to_owned(),
        |index| format!("decided by {}", summary(rules.rule(index))),
    );
    is_lost.then(|| {
        Problem::new(Severity::High, format!("No record is made of {}.", lost.join(", ")))
            .detail(topic.name())
            .evidence(why)
            .at(first.map_or_else(|| at.clone(), |index| at.then(index)))
            .mended_by(insert(rules, first, recording(topic)))
    })
}

/// A rule that records what a topic is about, as much of it as is safe.
fn recording(topic: Topic) -> Value {
    let metadata = |group: &str, resources: &[&str]| json!({"level": "Metadata", "resources": [{"group": group, "resources": resources}]});
    match topic {
        Topic::Secrets | Topic::ConfigMaps | Topic::ServiceAccountTokens | Topic::Nodes => {
            metadata("", &[topic.name()])
        }
        Topic::Exec | Topic::Attach | Topic::PortForward => metadata("", &[topic.name()]),
        Topic::Proxy => metadata("", &["pods/proxy", "services/proxy", "nodes/proxy"]),
        Topic::TokenReviews => metadata("authentication.k8s.io", &["tokenreviews"]),
        Topic::Rbac => in_full("rbac.authorization.k8s.io"),
        Topic::Guards => in_full("admissionregistration.k8s.io"),
        Topic::SigningRequests => in_full("certificates.k8s.io"),
        Topic::Administrators => json!({"level": "Metadata",
            "userGroups": ["kubeadm:cluster-admins"],
            "resources": [{"group": ""}, {"group": "apps"}]}),
        Topic::Anonymous => json!({"level": "Metadata",
            "userGroups": ["system:unauthenticated"],
            "resources": [{"group": ""}, {"group": "rbac.authorization.k8s.io"}]}),
        Topic::Deletions => json!({"level": "Metadata", "verbs": ["delete", "deletecollection"]}),
    }
}

fn in_full(group: &str) -> Value {
    json!({"level": "RequestResponse",
        "verbs": ["create", "update", "patch", "delete", "deletecollection"],
        "resources": [{"group": group}]})
}

const SHADOWED: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
# Reads are many.
- level: None
  verbs: [get, list, watch]
- level: Metadata
  resources:
  - group: \"\"
    resources: [secrets]
- level: Metadata
";

const SOME: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
  resources:
  - group: \"\"
    resources: [secrets, configmaps]
";

const CATCH_ALL: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
";

const NOISE: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  userGroups: [\"system:nodes\"]
  verbs: [get, watch]
  resources:
  - group: \"\"
    resources: [nodes, nodes/status]
- level: None
  nonResourceURLs: [\"/healthz*\", \"/version\"]
- level: Metadata
";
