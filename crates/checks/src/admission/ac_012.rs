//! AC-012: security webhooks that a label of the object or of its namespace keeps away.

use inventory::Object;

use super::webhook::{KINDS, Webhook, each};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Confidence, Fix, Judge, Judged, Practice, Problem, Reference, Seen, Severity, Span,
    selector,
};

pub(crate) const AC_012: Check = Check {
    id: "AC-012",
    name: "webhook-evaded-by-label",
    title: "A label keeps a security webhook away",
    practice: Practice::Admission,
    severities: &[Severity::Medium],
    versions: Span::ALL,
    why: "Whoever may create the object, or label its namespace, puts the label there (or leaves it out) and is judged by no policy.",
    fails: "A webhook of a program that enforces security policies has an objectSelector, or a namespaceSelector by another label than kubernetes.io/metadata.name, which nobody can choose. Gatekeeper's own label passes where its webhook that guards the label is there.",
    fix: Fix::Steps(
        "Take the objectSelector out. Leave namespaces out by name: namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system]}]}. What else must be left out goes into matchConditions, by who asks: {name: not-nodes, expression: '!(\"system:nodes\" in request.userInfo.groups)'}.",
    ),
    references: &[Reference::Owasp("K04")],
    judge: Judge::Objects(KINDS, &judge),
    examples: &[
        Example::of("a label of the object", Expected::Fail(Severity::Medium), &[BY_OBJECT]),
        Example::of("a label of the namespace", Expected::Fail(Severity::Medium), &[BY_NAMESPACE]),
        Example::of("the name of the namespace", Expected::Pass, &[BY_NAME]),
        Example::of("a label that a webhook guards", Expected::Pass, &[GUARDED]),
        Example::of("an injector that one may decline", Expected::Pass, &[INJECTOR]),
    ],
};

fn judge(_seen: &Seen<'_>, object: &Object) -> Judged {
    let is_guarded =
        Webhook::of(object).any(|webhook| webhook.name() == "check-ignore-label.gatekeeper.sh");
    each(object, |webhook| {
        if !webhook.guards_security() || !webhook.has_rules() {
            return Ok(None);
        }
        let object = webhook.tree.get("objectSelector");
        if selector::is_narrow(object) {
            return Ok(Some(problem(webhook, "objectSelector", "whoever creates the object")));
        }
        let mut keys = selector::keys(webhook.tree.get("namespaceSelector"));
        let is_chosen = |key: &str| {
            let is_kept = is_guarded && key == "admission.gatekeeper.sh/ignore";
            key != "kubernetes.io/metadata.name" && !is_kept
        };
        let label = keys.any(is_chosen);
        Ok(label.then(|| {
            problem(webhook, "namespaceSelector", "whoever may label namespaces")
                .confidence(Confidence::Medium)
        }))
    })
}

fn problem(webhook: &Webhook<'_>, field: &str, who: &str) -> Problem {
    let name = webhook.name();
    Problem::new(Severity::Medium, format!("With a label {who} keeps {name} away."))
        .detail(format!("{name} {field}"))
        .evidence(format!("{field}: {}", webhook.tree.get(field)))
        .at(webhook.path.then(field))
}

const BY_OBJECT: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: opa-validating-webhook}\nwebhooks:\n- name: validating-webhook.opa.example.com\n  objectSelector: {matchExpressions: [{key: policy, operator: NotIn, values: [skip]}]}\n  clientConfig: {service: {namespace: opa, name: opa}}\n  rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]\n",
);
const BY_NAMESPACE: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: gatekeeper-validating-webhook-configuration}\nwebhooks:\n- name: validation.gatekeeper.sh\n  namespaceSelector: {matchExpressions: [{key: admission.gatekeeper.sh/ignore, operator: DoesNotExist}]}\n  clientConfig: {service: {namespace: gatekeeper-system, name: gatekeeper-webhook-service}}\n  rules: [{operations: [CREATE], apiGroups: ['*'], apiVersions: ['*'], resources: ['*']}]\n",
);
const BY_NAME: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: kyverno-resource-validating-webhook-cfg}\nwebhooks:\n- name: validate.kyverno.svc-fail\n  objectSelector: {}\n  namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [kyverno]}]}\n  clientConfig: {service: {namespace: kyverno, name: kyverno-svc}}\n  rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]\n",
);
const GUARDED: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: gatekeeper-validating-webhook-configuration}\nwebhooks:\n- name: validation.gatekeeper.sh\n  namespaceSelector: {matchExpressions: [{key: admission.gatekeeper.sh/ignore, operator: DoesNotExist}]}\n  clientConfig: {service: {namespace: gatekeeper-system, name: gatekeeper-webhook-service}}\n  rules: [{operations: [CREATE], apiGroups: ['*'], apiVersions: ['*'], resources: ['*']}]\n- name: check-ignore-label.gatekeeper.sh\n  failurePolicy: Fail\n  namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [gatekeeper-system]}]}\n  clientConfig: {service: {namespace: gatekeeper-system, name: gatekeeper-webhook-service}}\n  rules: [{operations: [CREATE, UPDATE], apiGroups: [''], apiVersions: ['*'], resources: [namespaces]}]\n",
);
const INJECTOR: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: istio-sidecar-injector}\nwebhooks:\n- name: object.sidecar-injector.istio.io\n  objectSelector: {matchExpressions: [{key: sidecar.istio.io/inject, operator: NotIn, values: ['false']}]}\n  clientConfig: {service: {namespace: istio-system, name: istiod}}\n  rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]\n",
);
