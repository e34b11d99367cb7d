//! EX-016: paths of the API server that tell too much, for everybody.

use inventory::{Kind, Object};
use tree::Tree;

use super::api::EXPOSURE;
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(crate) const EX_016: Check = Check {
    id: "EX-016",
    name: "debug-paths-for-everybody",
    title: "Everybody may read the metrics, profiles or logs of the API server",
    severities: &[Severity::Medium],
    why: "They tell who asks for what and which versions run; taking a profile costs the server time, and the logs hold names.",
    fails: "A ClusterRoleBinding gives a group of all users or of all service accounts get on /metrics, /debug or /logs, or a pattern that holds one of these. The group system:monitoring, and the paths of system:discovery, pass.",
    fix: Fix::Steps(
        "Bind the role to the one service account that scrapes: kubectl create clusterrolebinding scrape-metrics --clusterrole=ROLE --serviceaccount=NAMESPACE:NAME, then take the group out of the binding that is named.",
    ),
    references: &[Reference::Owasp("K02"), Reference::Mitre("T1613")],
    judge: Judge::Objects(&[Kind::CLUSTER_ROLE_BINDING], &judge),
    examples: &[
        Example::of("metrics for everybody", Expected::Fail(Severity::Medium), &[METRICS]),
        Example::of("a pattern", Expected::Fail(Severity::Medium), &[PATTERN]),
        Example::of("the group for monitoring", Expected::Pass, &[MONITORING]),
        Example::of("discovery", Expected::Pass, &[DISCOVERY]),
        Example::of("a role of the same words, for resources", Expected::Pass, &[RESOURCES]),
        Example::of("the role was not seen", Expected::Unknown, &[UNSEEN]).partial(),
    ],
    ..EXPOSURE
};

fn judge(seen: &Seen<'_>, binding: &Object) -> Judged {
    let groups: Vec<&str> = broad(binding).collect();
    if groups.is_empty() || binding.tree().at(&["roleRef", "kind"]).str() != "ClusterRole" {
        return Ok(Verdict::Pass);
    }
    let name = binding.tree().at(&["roleRef", "name"]).str();
    let Some(role) = seen.get(Kind::CLUSTER_ROLE, "", name)? else { return Ok(Verdict::Pass) };
    let rules = role.tree().get("rules").items();
    let open: Vec<&str> =
        SENSITIVE.into_iter().filter(|path| rules.iter().any(|rule| allows(rule, path))).collect();
    if open.is_empty() {
        return Ok(Verdict::Pass);
    }
    let (paths, who) = (open.join(", "), groups.join(", "));
    Ok(Verdict::fail(
        Problem::new(Severity::Medium, format!("{who} may read {paths} of the API server."))
            .detail(paths)
            .evidence(format!("ClusterRole {name}"))
            .subjects(groups.iter().map(|group| format!("Group {group}")).collect()),
    ))
}

/// The groups of a binding that hold everybody, or every program.
fn broad(binding: &Object) -> impl Iterator<Item = &str> {
    let subjects = binding.tree().get("subjects").items().iter();
    let groups = subjects.filter(|subject| subject.get("kind").str() == "Group");
    groups.map(|subject| subject.get("name").str()).filter(|name| {
        matches!(*name, "system:authenticated" | "system:unauthenticated")
            || name.starts_with("system:serviceaccounts")
    })
}

const SENSITIVE: [&str; 3] = ["/metrics", "/debug", "/logs"];

/// Whether a rule allows get on a path or on something below it. Only a star at the end counts.
fn allows(rule: &Tree, path: &str) -> bool {
    let reads = rule.get("verbs").texts().any(|verb| verb == "get" || verb == "*");
    reads
        && rule.get("nonResourceURLs").texts().any(|url| match url.strip_suffix('*') {
            Some(start) => path.starts_with(start) || is_below(start, path),
            None => url == path || is_below(url, path),
        })
}

fn is_below(url: &str, path: &str) -> bool {
    url.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
}

const METRICS: ExampleFile = ExampleFile::manifest(
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: metrics}\nrules: [{nonResourceURLs: [/metrics], verbs: [get]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: metrics}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: metrics}\nsubjects: [{kind: Group, name: 'system:authenticated', apiGroup: rbac.authorization.k8s.io}]\n",
);
const PATTERN: ExampleFile = ExampleFile::manifest(
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: debug}\nrules: [{nonResourceURLs: ['/debug/pprof/*'], verbs: ['*']}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: debug}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: debug}\nsubjects: [{kind: Group, name: 'system:serviceaccounts:apps', apiGroup: rbac.authorization.k8s.io}]\n",
);
const MONITORING: ExampleFile = ExampleFile::manifest(
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: 'system:monitoring'}\nrules: [{nonResourceURLs: [/metrics, /metrics/slis, /livez, /readyz], verbs: [get]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: 'system:monitoring'}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: 'system:monitoring'}\nsubjects: [{kind: Group, name: 'system:monitoring', apiGroup: rbac.authorization.k8s.io}]\n",
);
const DISCOVERY: ExampleFile = ExampleFile::manifest(
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: 'system:discovery'}\nrules: [{nonResourceURLs: [/api, '/api/*', /apis, '/apis/*', /healthz, /livez, /openapi, '/openapi/*', /readyz, /version, /version/], verbs: [get]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: 'system:discovery'}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: 'system:discovery'}\nsubjects: [{kind: Group, name: 'system:authenticated', apiGroup: rbac.authorization.k8s.io}]\n",
);
const RESOURCES: ExampleFile = ExampleFile::manifest(
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: metrics}\nrules: [{apiGroups: [metrics.k8s.io], resources: [pods], verbs: [get]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: metrics}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: metrics}\nsubjects: [{kind: Group, name: 'system:authenticated', apiGroup: rbac.authorization.k8s.io}]\n",
);
const UNSEEN: ExampleFile = ExampleFile::manifest(
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: metrics}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: metrics}\nsubjects: [{kind: Group, name: 'system:authenticated', apiGroup: rbac.authorization.k8s.io}]\n",
);

#[cfg(test)]
mod tests {
    use tree::Keys;

    use super::*;

    #[test]
    fn paths_are_matched_as_rbac_does() {
        let check = |url: &str, path: &str, expected: bool| {
            let rule = format!("{{verbs: [get], nonResourceURLs: ['{url}']}}");
            let rule = tree::read(&rule, &mut Keys::default()).unwrap();
            assert_eq!(allows(&rule, path), expected, "{url} {path}");
        };
        check("*", "/metrics", true);
        check("/metrics", "/metrics", true);
        check("/metrics*", "/metrics", true);
        check("/metrics/slis", "/metrics", true);
        check("/met*", "/metrics", true);
        check("/metricsx", "/metrics", false);
        check("/*/metrics", "/metrics", false);
        check("/healthz", "/metrics", false);
    }
}
