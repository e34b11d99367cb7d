//! AU-016: audit policies that kube-apiserver does not start with.

use inventory::Object;
use tree::Path;

use super::policy::{OLD, POLICY, refusals, upgraded};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};

pub(super) const AU_016: Check = Check {
    id: "AU-016",
    name: "refused-audit-policy",
    title: "kube-apiserver refuses the audit policy and does not start",
    why: "An upgrade or a restart leaves the cluster without an API.",
    fails: "Its apiVersion is one of those that are gone from 1.24 on, or a field has a value that kube-apiserver refuses; the group `*` is one before 1.36. Old versions pass below 1.24.",
    fix: Fix::Sometimes("Sets apiVersion: audit.k8s.io/v1, whose fields are the same."),
    references: &[Reference::Kubernetes("reference/using-api/deprecation-guide/")],
    judge: Judge::Whole(|seen| POLICY.judge(seen, &|object| judge(seen, object))),
    examples: &[
        Example::of(
            "v1beta1 today",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", OLD_VERSION)],
        )
        .on(36),
        Example::of(
            "v1beta1 as long as it was served",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", OLD_VERSION)],
        )
        .on(23),
        Example::of(
            "a level that is none",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", BAD_LEVEL)],
        ),
        Example::of(
            "any group, before that was known",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", ANY_GROUP)],
        )
        .on(35),
        Example::of(
            "any group",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", ANY_GROUP)],
        )
        .on(36),
        Example::of(
            "any group, and no version",
            Expected::Unknown,
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", ANY_GROUP)],
        ),
    ],
    ..super::AUDIT
};

fn judge(seen: &Seen<'_>, object: &Object) -> Judged {
    let mut problems = Vec::new();
    if OLD.contains(&object.version()) && seen.minor().number() >= 24 {
        let path = Path::of(&["apiVersion"]);
        problems.push(
            Problem::new(
                Severity::Medium,
                format!("{} is gone: kube-apiserver does not start with it.", object.api_version()),
            )
            .detail("apiVersion")
            .evidence(object.api_version())
            .at(path.clone())
            .mended_by(Remedy::set(path, "audit.k8s.io/v1")),
        );
    }
    problems.extend(refusals(seen, &upgraded(object)).into_iter().map(|problem| {
        Problem::new(Severity::Medium, format!("kube-apiserver refuses the policy: {problem}."))
            .detail(problem.split(':').next().unwrap_or_default())
            .evidence(problem.clone())
            .mended_by(Remedy::Steps(format!("correct the policy: {problem}")))
    }));
    Ok(Verdict::of(problems))
}

const OLD_VERSION: &str = "\
apiVersion: audit.k8s.io/v1beta1
kind: Policy
rules:
- level: Metadata
";

const BAD_LEVEL: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: metadata
";

const ANY_GROUP: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Request
  verbs: [create, update, patch]
  resources: [{group: \"*\", resources: [\"*/scale\"]}]
- level: Metadata
";
