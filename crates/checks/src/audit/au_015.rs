//! AU-015: bodies recorded with who set which field.

use audit::Level;
use tree::Path;

use super::policy::{self, Rules};
use super::request;
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Severity, Span, Verdict};

pub(super) const AU_015: Check = Check {
    id: "AU-015",
    name: "audit-managed-fields",
    title: "The audit log repeats who set which field in every body",
    severities: &[Severity::Low],
    versions: Span::from(23),
    why: "managedFields are often half of an object: the log fills up twice as fast and says no more.",
    fails: "Bodies are recorded and omitManagedFields is not true for them. A policy that records no bodies passes.",
    fix: Fix::Automatic("Sets omitManagedFields: true."),
    references: &[Reference::Kubernetes("reference/config-api/apiserver-audit.v1/")],
    judge: Judge::Whole(|seen| policy::judge_each(seen, judge)),
    examples: &[
        Example::of(
            "bodies of everything",
            Expected::Fail(Severity::Low),
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", BODIES)],
        )
        .on(36),
        Example::of(
            "the recommended policy",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", super::RECOMMENDED)],
        )
        .on(36),
        Example::of(
            "no bodies at all",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/audit/policy.yaml", METADATA)],
        )
        .on(36),
        Example::of("nothing was seen", Expected::Unknown, &[]).on(36),
    ],
    ..super::AUDIT
};

fn judge(rules: &Rules) -> Judged {
    let repeats = request::all().any(|request| {
        let decision = rules.decide(&request);
        decision.level >= Level::Request && !decision.omits_managed_fields
    });
    let path = Path::of(&["omitManagedFields"]);
    let mut edits = vec![edit::Edit::set(path, true)];
    let denies = |index: &usize| {
        rules.rule(*index).get("omitManagedFields") == Some(&serde_json::Value::Bool(false))
    };
    edits.extend((0..rules.rules().len()).filter(denies).map(|index| edit::Edit::Remove {
        path: Path::of(&["rules"]).then(index).then("omitManagedFields"),
    }));
    Ok(Verdict::from(repeats.then(|| {
        Problem::new(Severity::Low, "Recorded bodies are kept with their managedFields.")
            .detail("omitManagedFields")
            .evidence("omitManagedFields is not true")
            .mended_by(Remedy::Edit(edits))
    })))
}

const BODIES: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
  resources: [{group: \"\", resources: [secrets, configmaps]}]
- level: Request # and the rest with what was sent
";

const METADATA: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
";
