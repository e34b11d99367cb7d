//! AC-015: webhooks that may keep requests waiting, or of which nobody knows what they do beside.

use inventory::Object;

use super::webhook::{KINDS, Webhook, each};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Severity, Span,
};

pub(crate) const AC_015: Check = Check {
    id: "AC-015",
    name: "slow-or-unclear-webhook",
    title: "A webhook may hold requests up for long, or says not what it does beside",
    practice: Practice::Admission,
    severities: &[Severity::Low],
    versions: Span::ALL,
    why: "Requests that wait for it fill the seats of the API server; a webhook of unknown side effects makes every dry run fail.",
    fails: "timeoutSeconds is more than 10, or sideEffects is Unknown or Some.",
    fix: Fix::Sometimes("Sets timeoutSeconds: 10. What the side effects are, its program tells."),
    references: &[Reference::Kubernetes(
        "concepts/cluster-administration/admission-webhooks-good-practices/",
    )],
    judge: Judge::Objects(KINDS, &judge),
    examples: &[
        Example::of("half a minute", Expected::Fail(Severity::Low), &[SLOW]),
        Example::of("unknown side effects", Expected::Fail(Severity::Low), &[UNCLEAR]),
        Example::of("the default time", Expected::Pass, &[GOOD]),
    ],
};

fn judge(_seen: &Seen<'_>, object: &Object) -> Judged {
    each(object, |webhook| Ok(slow(webhook).or_else(|| unclear(webhook))))
}

fn slow(webhook: &Webhook<'_>) -> Option<Problem> {
    let seconds = webhook.tree.get("timeoutSeconds").int().filter(|seconds| *seconds > 10)?;
    let path = webhook.path.then("timeoutSeconds");
    let name = webhook.name();
    Some(
        Problem::new(Severity::Low, format!("{name} may hold a request up for {seconds} s."))
            .detail(format!("{name} timeoutSeconds"))
            .evidence(format!("timeoutSeconds: {seconds}"))
            .at(path.clone())
            .mended_by(Remedy::set(path, 10)),
    )
}

fn unclear(webhook: &Webhook<'_>) -> Option<Problem> {
    let given = webhook.tree.get("sideEffects");
    let is_unclear = match given.text() {
        Some(text) => matches!(text, "Unknown" | "Some"),
        None => webhook.object.version() == "v1beta1",
    };
    let name = webhook.name();
    is_unclear.then(|| {
        Problem::new(Severity::Low, format!("What {name} does beside is not known."))
            .detail(format!("{name} sideEffects"))
            .evidence(format!("sideEffects: {}", given.text().unwrap_or("Unknown")))
            .at(webhook.path.then("sideEffects"))
    })
}

const SLOW: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: policy}\nwebhooks:\n- name: validate.policy.example.com\n  timeoutSeconds: 30 # as in the guide\n  sideEffects: None\n  clientConfig: {service: {namespace: policy, name: policy}}\n",
);
const UNCLEAR: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1beta1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: policy}\nwebhooks:\n- name: validate.policy.example.com\n  sideEffects: Unknown\n  clientConfig: {service: {namespace: policy, name: policy}}\n",
);
const GOOD: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: policy}\nwebhooks:\n- name: validate.policy.example.com\n  sideEffects: NoneOnDryRun\n  clientConfig: {service: {namespace: policy, name: policy}}\n",
);
