//! PS-024: pod security policies that hold nobody.

use inventory::{Kind, Object};
use tree::Tree;

use crate::Expected::{Fail, Pass, Unknown as NotKnown};
use crate::Severity::High;
use crate::{
    Check, Example, ExampleFile, Fix, Judge, Judged, Practice, Problem, Reference, Seen, Span,
    Verdict,
};

pub(super) const PS_024: Check = Check {
    id: "PS-024",
    name: "dead-pod-security-policy",
    title: "A PodSecurityPolicy holds nobody",
    practice: Practice::PodSecurity,
    severities: &[High],
    versions: Span::ALL,
    why: "Whoever reads it thinks that pods are held to it, and they are not.",
    fails: "The cluster is at 1.25 or later, which have no such API; or it is older, and no role that is bound to anybody names the policy with the verb use. Roles that may do everything with everything do not count.",
    fix: Fix::Steps(
        "For each namespace that it was meant for, find the strictest level that its pods meet: kubectl label --dry-run=server --overwrite namespace --all pod-security.kubernetes.io/enforce=restricted (then baseline) names those that do not. Label each namespace with enforce, then delete the policy, its roles and its bindings.",
    ),
    references: &[
        Reference::Cis("5.2.1"),
        Reference::Owasp("K04"),
        Reference::Kubernetes("tasks/configure-pod-container/migrate-from-psp/"),
    ],
    judge: Judge::Objects(&[Kind::POD_SECURITY_POLICY], &judge),
    examples: &[
        Example::of("the API is gone", Fail(High), &[ExampleFile::manifest(POLICY)]).on(30),
        Example::of(
            "bound, but the API is gone",
            Fail(High),
            &[
                ExampleFile::manifest(POLICY),
                ExampleFile::at("role.yaml", ROLE),
                ExampleFile::at("binding.yaml", BINDING),
            ],
        )
        .on(25),
        Example::of("nothing names it", Fail(High), &[ExampleFile::manifest(POLICY)]).on(24),
        Example::of(
            "a role names it, but nobody has the role",
            Fail(High),
            &[ExampleFile::manifest(POLICY), ExampleFile::at("role.yaml", ROLE)],
        )
        .on(24),
        Example::of(
            "bound",
            Pass,
            &[
                ExampleFile::manifest(POLICY),
                ExampleFile::at("role.yaml", ROLE),
                ExampleFile::at("binding.yaml", BINDING),
            ],
        )
        .on(24),
        Example::of("nothing tells the version", NotKnown, &[ExampleFile::manifest(POLICY)]),
        Example::of("other roles may exist", NotKnown, &[ExampleFile::manifest(POLICY)])
            .on(24)
            .partial(),
        Example::of("none was seen", NotKnown, &[]).partial(),
    ],
};

fn judge(seen: &Seen<'_>, policy: &Object) -> Judged {
    let name = policy.name();
    if seen.minor().number() >= 25 {
        let message =
            format!("PodSecurityPolicy {name} holds nobody: Kubernetes 1.25 has no such API.");
        return Ok(Verdict::fail(problem(message, policy)));
    }
    if is_bound(seen, name) {
        return Ok(Verdict::Pass);
    }
    let rights = [Kind::ROLE, Kind::CLUSTER_ROLE, Kind::ROLE_BINDING, Kind::CLUSTER_ROLE_BINDING];
    rights.into_iter().try_for_each(|kind| seen.all(kind).map(|_all| ()))?;
    let message = format!("PodSecurityPolicy {name} holds nobody: no bound role names it.");
    Ok(Verdict::fail(problem(message, policy)))
}

fn problem(message: String, policy: &Object) -> Problem {
    Problem::new(High, message).evidence(format!("apiVersion: {}", policy.api_version()))
}

/// Whether somebody has a role that lets pods use the policy.
fn is_bound(seen: &Seen<'_>, policy: &str) -> bool {
    [Kind::ROLE_BINDING, Kind::CLUSTER_ROLE_BINDING].into_iter().any(|kind| {
        seen.of(kind).iter().any(|binding| {
            let role = binding.tree().get("roleRef");
            let (kind, namespace) = match role.get("kind").str() {
                "Role" => (Kind::ROLE, binding.namespace()),
                _ => (Kind::CLUSTER_ROLE, ""),
            };
            !binding.tree().get("subjects").items().is_empty()
                && seen.find(kind, namespace, role.get("name").str()).is_some_and(|role| {
                    role.tree().get("rules").items().iter().any(|rule| names(rule, policy))
                })
        })
    })
}

/// Whether a rule names the kind and lets a policy be used.
fn names(rule: &Tree, policy: &str) -> bool {
    let has = |list: &str, wanted: &[&str]| {
        rule.get(list).texts().any(|text| text == "*" || wanted.contains(&text))
    };
    let resources = rule.get("resourceNames").items();
    has("apiGroups", &["policy", "extensions"])
        && rule.get("resources").texts().any(|text| text == "podsecuritypolicies")
        && has("verbs", &["use"])
        && (resources.is_empty() || resources.iter().any(|name| name.str() == policy))
}

const POLICY: &str = "\
apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: {name: strict}
spec: {privileged: false, runAsUser: {rule: MustRunAsNonRoot}}
";

const ROLE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: strict-pods}
rules: [{apiGroups: [policy], resources: [podsecuritypolicies], verbs: [use], resourceNames: [strict]}]
";

const BINDING: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: strict-pods}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: strict-pods}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: 'system:authenticated'}]
";
