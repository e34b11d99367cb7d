//! AN-002: paths besides health checks that are open without a credential.

use inventory::Minor;

use super::BASE;
use super::effective::{Anonymous, Effective, conditions};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict,
};

pub(crate) const AN_002: Check = Check {
    id: "AN-002",
    name: "anonymous-paths",
    title: "A path besides health checks is open without a credential",
    severities: &[Severity::Medium],
    why: "Whoever reaches the port gets an answer at that path as system:anonymous, and a binding for strangers then counts there.",
    fails: "anonymous.conditions of the AuthenticationConfiguration names a path that is not /livez, /readyz, /healthz or below one of these. The one path that kubeadm join reads is let off. Anonymous access at all paths is AN-001.",
    fix: Fix::Automatic(
        "Leaves the health paths among the conditions; if there are none, writes the three. The list is never left empty: that would open every path.",
    ),
    references: &[Reference::Cis("1.2.1"), Reference::Owasp("K09")],
    judge: Judge::Whole(|seen| Effective::judge_each(seen, judge)),
    examples: &[
        Example::of(
            "metrics for everybody",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(
                "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\nanonymous:\n  enabled: true\n  conditions:\n  - path: /livez\n  - path: /metrics # for prometheus\n",
            )],
        ),
        Example::of(
            "no health path is left",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(
                "apiVersion: apiserver.config.k8s.io/v1beta1\nkind: AuthenticationConfiguration\nanonymous:\n  enabled: true\n  conditions: [{path: /healthzzz}]\n",
            )],
        ),
        Example::of(
            "health checks only",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\nanonymous:\n  enabled: true\n  conditions: [{path: /livez}, {path: /livez/ping}, {path: /readyz}]\n",
            )],
        ),
        Example::of(
            "what kubeadm join reads",
            Expected::Exempt,
            &[ExampleFile::manifest(
                "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\nanonymous:\n  enabled: true\n  conditions: [{path: /livez}, {path: /api/v1/namespaces/kube-public/configmaps/cluster-info}]\n",
            )],
        ),
        Example::of(
            "the file was not seen",
            Expected::Unknown,
            &[ExampleFile::manifest(apiserver!(
                "--authentication-config=/etc/kubernetes/authentication.yaml"
            ))],
        ),
    ],
    ..BASE
};

fn judge(_seen: &Seen<'_>, effective: &Effective<'_>) -> Judged {
    let Some(config) = effective.config()? else {
        return Ok(Verdict::NotApplicable("no AuthenticationConfiguration is used".to_owned()));
    };
    let paths = match effective.anonymous() {
        Ok(Anonymous::Paths(paths)) => paths,
        Ok(Anonymous::Off | Anonymous::Everywhere) | Err(_) => return Ok(Verdict::Pass),
    };
    let kept: Vec<&str> =
        paths.iter().copied().filter(|path| is_health(path) || *path == CLUSTER_INFO).collect();
    if kept.len() == paths.len() {
        let joins = kept.contains(&CLUSTER_INFO);
        let why = format!(
            "nodes that join by kubeadm tokens read {CLUSTER_INFO} before they have a credential"
        );
        return Ok(if joins { Verdict::Exempt(why) } else { Verdict::Pass });
    }
    let others: Vec<&str> = paths.iter().copied().filter(|path| !kept.contains(path)).collect();
    let kept = if kept.is_empty() { HEALTH.to_vec() } else { kept };
    let kept: Vec<_> = kept.iter().map(|path| serde_json::json!({ "path": path })).collect();
    Ok(Verdict::fail(
        Problem::new(
            Severity::Medium,
            format!("Requests without a credential are let in at {}.", others.join(", ")),
        )
        .detail("conditions")
        .evidence(others.join(", "))
        .about(About::object(config))
        .at(conditions())
        .mended_by(Remedy::set(conditions(), kept)),
    ))
}

fn is_health(path: &str) -> bool {
    HEALTH.iter().any(|health| {
        path.strip_prefix(health).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// What probes and load balancers ask.
pub(super) const HEALTH: [&str; 3] = ["/livez", "/readyz", "/healthz"];

const CLUSTER_INFO: &str = "/api/v1/namespaces/kube-public/configmaps/cluster-info";

/// The newest `apiVersion` of an `AuthenticationConfiguration` that a version reads.
pub(super) fn api_version(minor: Minor) -> &'static str {
    if minor >= Minor::of(34) {
        "apiserver.config.k8s.io/v1"
    } else {
        "apiserver.config.k8s.io/v1beta1"
    }
}
