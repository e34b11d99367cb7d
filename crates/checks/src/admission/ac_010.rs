//! AC-010: security webhooks that let everything through while they do not answer.

use inventory::Object;

use super::webhook::{KINDS, each};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Confidence, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Severity,
    Span,
};

pub(crate) const AC_010: Check = Check {
    id: "AC-010",
    name: "security-webhook-fails-open",
    title: "A security webhook lets everything through while it does not answer",
    practice: Practice::Admission,
    severities: &[Severity::High],
    versions: Span::ALL,
    why: "Whoever can make it slow or kill its pods has no policy to fear; nobody sees that it was not asked.",
    fails: "failurePolicy is Ignore (or not given in v1beta1) in a webhook of a program that enforces security policies, by its names. A webhook without rules passes: it is never asked.",
    fix: Fix::Steps(
        "1. Run at least two replicas of it on different nodes, with a PodDisruptionBudget.\n2. Leave its own namespace and kube-system out: namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system, NAMESPACE OF THE WEBHOOK]}]}.\n3. Set failurePolicy: Fail where the configuration comes from: validatingWebhookFailurePolicy: Fail in the chart of Gatekeeper, spec.failurePolicy: Fail in a policy of Kyverno, else in the webhook itself.",
    ),
    references: &[
        Reference::Owasp("K04"),
        Reference::Kubernetes("concepts/cluster-administration/admission-webhooks-good-practices/"),
    ],
    judge: Judge::Objects(KINDS, &judge),
    examples: &[
        Example::of("Gatekeeper as it comes", Expected::Fail(Severity::High), &[OPEN]),
        Example::of("Fail", Expected::Pass, &[CLOSED]),
        Example::of("an injector of sidecars", Expected::Pass, &[INJECTOR]),
        Example::of("never asked: it has no rules", Expected::Pass, &[IDLE]),
        Example::of("webhooks were not listed", Expected::Unknown, &[]).partial(),
    ],
};

fn judge(_seen: &Seen<'_>, object: &Object) -> Judged {
    each(object, |webhook| {
        if webhook.fails_closed() || !webhook.has_rules() || !webhook.guards_security() {
            return Ok(None);
        }
        let name = webhook.name();
        let message = format!("While {name} does not answer, everything is let through.");
        let path = webhook.path.then("failurePolicy");
        Ok(Some(
            Problem::new(Severity::High, message)
                .evidence("failurePolicy: Ignore")
                .confidence(Confidence::Medium)
                .at(path)
                .mended_by(Remedy::Explained),
        ))
    })
}

const OPEN: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: gatekeeper-validating-webhook-configuration}\nwebhooks:\n- name: validation.gatekeeper.sh\n  failurePolicy: Ignore\n  clientConfig: {service: {namespace: gatekeeper-system, name: gatekeeper-webhook-service, path: /v1/admit}}\n  rules: [{operations: [CREATE, UPDATE], apiGroups: ['*'], apiVersions: ['*'], resources: ['*']}]\n  sideEffects: None\n",
);
const CLOSED: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: kyverno-resource-validating-webhook-cfg}\nwebhooks:\n- name: validate.kyverno.svc-fail\n  failurePolicy: Fail\n  clientConfig: {service: {namespace: kyverno, name: kyverno-svc, path: /validate/fail}}\n  rules: [{operations: [CREATE, UPDATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]\n",
);
const INJECTOR: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: istio-sidecar-injector}\nwebhooks:\n- name: namespace.sidecar-injector.istio.io\n  failurePolicy: Ignore\n  clientConfig: {service: {namespace: istio-system, name: istiod, path: /inject}}\n  rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]\n",
);
const IDLE: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: kyverno-resource-validating-webhook-cfg}\nwebhooks:\n- name: validate.kyverno.svc-ignore\n  failurePolicy: Ignore\n  clientConfig: {service: {namespace: kyverno, name: kyverno-svc, path: /validate/ignore}}\n",
);
