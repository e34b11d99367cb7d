//! AC-014: webhooks that lock the cluster, or themselves, out while they do not answer.

use inventory::Object;

use super::webhook::{KINDS, Webhook, each};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Fix, Judge, Judged, Practice, Problem, Reference, Seen, Severity, Span, selector,
};

pub(crate) const AC_014: Check = Check {
    id: "AC-014",
    name: "webhook-locks-out",
    title: "While a webhook does not answer, nothing can be started that would bring it back",
    practice: Practice::Admission,
    severities: &[Severity::Medium],
    versions: Span::ALL,
    why: "When its last pod goes, the pods that replace it are refused because it does not answer; so are those of the network and of DNS.",
    fails: "failurePolicy is Fail (the default of v1), the rules hold the creation of pods, and namespaceSelector leaves in kube-system or the namespace of the webhook's own service. With an objectSelector or matchConditions it passes: these may leave the pods out.",
    fix: Fix::Steps(
        "Leave both namespaces out by name, in the webhook: namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system, NAMESPACE OF THE WEBHOOK]}]}. Guard these namespaces by RBAC and by the Pod Security Standards.",
    ),
    references: &[
        Reference::Owasp("K04"),
        Reference::Kubernetes("concepts/cluster-administration/admission-webhooks-good-practices/"),
    ],
    judge: Judge::Objects(KINDS, &judge),
    examples: &[
        Example::of("everything, everywhere", Expected::Fail(Severity::Medium), &[EVERYTHING]),
        Example::of("its own namespace only", Expected::Fail(Severity::Medium), &[ITSELF]),
        Example::of("both are left out", Expected::Pass, &[LEFT_OUT]),
        Example::of("not about pods", Expected::Pass, &[OTHER]),
        Example::of("lets through what it cannot judge", Expected::Pass, &[IGNORES]),
    ],
};

fn judge(seen: &Seen<'_>, object: &Object) -> Judged {
    each(object, |webhook| {
        let is_narrow = selector::is_narrow(webhook.tree.get("objectSelector"))
            || !webhook.tree.get("matchConditions").items().is_empty();
        if is_narrow || !webhook.fails_closed() || !webhook.covers("CREATE", "", "pods") {
            return Ok(None);
        }
        Ok(locked(seen, webhook))
    })
}

fn locked(seen: &Seen<'_>, webhook: &Webhook<'_>) -> Option<Problem> {
    let own = webhook.service().map(|service| service.namespace);
    let mut namespaces: Vec<&str> = own.into_iter().chain(["kube-system"]).collect();
    namespaces.dedup();
    namespaces.retain(|namespace| webhook.takes_namespace(seen, namespace));
    if namespaces.is_empty() {
        return None;
    }
    let names = namespaces.join(" and ");
    let message =
        format!("While {} does not answer, no pod can be created in {names}.", webhook.name());
    Some(
        Problem::new(Severity::Medium, message)
            .evidence(format!("namespaceSelector: {}", webhook.tree.get("namespaceSelector")))
            .at(webhook.path.then("namespaceSelector")),
    )
}

const EVERYTHING: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: policy}\nwebhooks:\n- name: validate.policy.example.com\n  clientConfig: {service: {namespace: policy, name: policy}}\n  rules: [{operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*']}]\n",
);
const ITSELF: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: policy}\nwebhooks:\n- name: validate.policy.example.com\n  failurePolicy: Fail\n  namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system]}]}\n  clientConfig: {service: {namespace: policy, name: policy}}\n  rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]\n",
);
const LEFT_OUT: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: policy}\nwebhooks:\n- name: validate.policy.example.com\n  failurePolicy: Fail\n  namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system, policy]}]}\n  clientConfig: {service: {namespace: policy, name: policy}}\n  rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]\n",
);
const OTHER: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: cert-manager-webhook}\nwebhooks:\n- name: webhook.cert-manager.io\n  clientConfig: {service: {namespace: cert-manager, name: cert-manager-webhook}}\n  rules: [{operations: [CREATE], apiGroups: [cert-manager.io], apiVersions: [v1], resources: ['*/*']}]\n",
);
const IGNORES: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: labels}\nwebhooks:\n- name: labels.example.com\n  failurePolicy: Ignore\n  clientConfig: {service: {namespace: labels, name: labels}}\n  rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]\n",
);
