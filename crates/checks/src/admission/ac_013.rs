//! AC-013: security webhooks that are asked about new pods but not about all that changes them.

use inventory::Object;

use super::webhook::{KINDS, Webhook, each};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Fix, Judge, Judged, Practice, Problem, Reference, Seen, Severity, Span, Verdict,
};

pub(crate) const AC_013: Check = Check {
    id: "AC-013",
    name: "webhook-with-gaps",
    title: "A security webhook is not asked about all that makes or changes pods",
    practice: Practice::Admission,
    severities: &[Severity::Medium],
    versions: Span::ALL,
    why: "A pod that was admitted gets another image by an update, or a privileged container by kubectl debug, and no policy sees it.",
    fails: "The webhooks of a configuration that enforces security policies are asked when pods are created, but none of them on UPDATE of pods or of pods/ephemeralcontainers; or matchPolicy is Exact, so that the same object by another version of its API is not seen. A rule for * holds no subresource; one for pods/* does.",
    fix: Fix::Steps(
        "Let the rule say operations: [CREATE, UPDATE], resources: [pods, pods/ephemeralcontainers], and leave matchPolicy out: Equivalent is the default.",
    ),
    references: &[Reference::Owasp("K04"), Reference::Mitre("T1610")],
    judge: Judge::Objects(KINDS, &judge),
    examples: &[
        Example::of("created pods only", Expected::Fail(Severity::Medium), &[CREATE]),
        Example::of("everything but subresources", Expected::Fail(Severity::Medium), &[STAR]),
        Example::of("exact versions", Expected::Fail(Severity::Medium), &[EXACT]),
        Example::of("all of it, by two webhooks", Expected::Pass, &[TWO]),
        Example::of("not about pods", Expected::Pass, &[OTHER]),
    ],
};

fn judge(_seen: &Seen<'_>, object: &Object) -> Judged {
    let all: Vec<Webhook<'_>> = Webhook::of(object).filter(Webhook::guards_security).collect();
    let covered = |operation, resource| all.iter().any(|one| one.covers(operation, "", resource));
    if !covered("CREATE", "pods") {
        return Ok(Verdict::Pass);
    }
    let mut problems: Vec<Problem> = GAPS
        .into_iter()
        .filter(|(operation, resource, _)| !covered(operation, resource))
        .map(|(operation, resource, how)| {
            Problem::new(
                Severity::Medium,
                format!("No webhook is asked on {operation} of {resource}: {how}."),
            )
            .detail(format!("{operation} {resource}"))
            .evidence(format!("no rule for {operation} of {resource}"))
        })
        .collect();
    let exact = each(object, |webhook| {
        let is_exact = webhook.tree.get("matchPolicy").str() == "Exact";
        Ok((is_exact && webhook.guards_security() && webhook.has_rules()).then(|| {
            let name = webhook.name();
            Problem::new(
                Severity::Medium,
                format!("{name} does not see objects by other versions of their API."),
            )
            .detail(format!("{name} matchPolicy"))
            .evidence("matchPolicy: Exact")
            .at(webhook.path.then("matchPolicy"))
        }))
    })?;
    if let Verdict::Fail(exact) = exact {
        problems.extend(exact);
    }
    Ok(Verdict::of(problems))
}

/// What must be seen beside the creation of pods, and how it is used where it is not.
const GAPS: [(&str, &str, &str); 2] = [
    ("UPDATE", "pods", "a running pod gets another image"),
    ("UPDATE", "pods/ephemeralcontainers", "kubectl debug adds any container to a running pod"),
];

const CREATE: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: opa-validating-webhook}\nwebhooks:\n- name: validating-webhook.opa.example.com\n  clientConfig: {service: {namespace: opa, name: opa}}\n  rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]\n",
);
const STAR: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: gatekeeper-validating-webhook-configuration}\nwebhooks:\n- name: validation.gatekeeper.sh\n  clientConfig: {service: {namespace: gatekeeper-system, name: gatekeeper-webhook-service}}\n  rules: [{operations: [CREATE, UPDATE], apiGroups: ['*'], apiVersions: ['*'], resources: ['*']}]\n",
);
const EXACT: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: opa-validating-webhook}\nwebhooks:\n- name: validating-webhook.opa.example.com\n  matchPolicy: Exact\n  clientConfig: {service: {namespace: opa, name: opa}}\n  rules: [{operations: ['*'], apiGroups: [''], apiVersions: [v1], resources: ['pods/*']}]\n",
);
const TWO: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: kyverno-resource-validating-webhook-cfg}\nwebhooks:\n- name: validate.kyverno.svc-fail\n  clientConfig: {service: {namespace: kyverno, name: kyverno-svc}}\n  rules: [{operations: [CREATE, UPDATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]\n- name: ephemeral.kyverno.svc-fail\n  clientConfig: {service: {namespace: kyverno, name: kyverno-svc}}\n  rules: [{operations: [UPDATE], apiGroups: [''], apiVersions: [v1], resources: ['*/ephemeralcontainers']}]\n",
);
const OTHER: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: kyverno-policy-validating-webhook-cfg}\nwebhooks:\n- name: validate-policy.kyverno.svc\n  clientConfig: {service: {namespace: kyverno, name: kyverno-svc}}\n  rules: [{operations: [CREATE], apiGroups: [kyverno.io], apiVersions: [v1], resources: [clusterpolicies]}]\n",
);
