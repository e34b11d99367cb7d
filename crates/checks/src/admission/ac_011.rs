//! AC-011: webhooks whose service is not there, or leads nowhere.

use inventory::{Kind, Object, Unknown};

use super::webhook::{KINDS, ServiceName, Webhook, each};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Severity, Span, service,
};

pub(crate) const AC_011: Check = Check {
    id: "AC-011",
    name: "webhook-without-backend",
    title: "A webhook asks a service that is not there",
    practice: Practice::Admission,
    severities: &[Severity::High],
    versions: Span::ALL,
    why: "With failurePolicy Fail whatever it covers can no longer be created; with Ignore it is silently off. And whoever can create the missing service answers in its name.",
    fails: "The service that a webhook names does not exist, has no such port, or has no endpoint that is ready. In files, a service whose selector finds a workload passes.",
    fix: Fix::Steps(
        "Bring the service back: helm upgrade or kubectl apply what it belongs to. If that was removed on purpose, remove its webhook too: kubectl delete the configuration that is named.",
    ),
    references: &[Reference::Owasp("K04"), Reference::Owasp("K07")],
    judge: Judge::Objects(KINDS, &judge),
    examples: &[
        Example::of("no such service", Expected::Fail(Severity::High), &[HOOK]),
        Example::of("a service and its pods", Expected::Pass, &[HOOK, SERVICE, PODS]),
        Example::of("a service without pods", Expected::Fail(Severity::High), &[HOOK, SERVICE]),
        Example::of("another port", Expected::Fail(Severity::High), &[HOOK, OTHER_PORT, PODS]),
        Example::of("services were not listed", Expected::Unknown, &[HOOK]).partial(),
        Example::of("asked by its address", Expected::Pass, &[BY_URL]),
    ],
};

fn judge(seen: &Seen<'_>, object: &Object) -> Judged {
    each(object, |webhook| {
        let Some(named) = webhook.service().filter(|_| webhook.has_rules()) else {
            return Ok(None);
        };
        let Some(lack) = lack(seen, named)? else { return Ok(None) };
        Ok(Some(problem(webhook, named, lack)))
    })
}

/// What a webhook's service lacks.
fn lack(seen: &Seen<'_>, named: ServiceName<'_>) -> Result<Option<&'static str>, Unknown> {
    let Some(found) = seen.get(Kind::SERVICE, named.namespace, named.name)? else {
        return Ok(Some("does not exist"));
    };
    if !service::targets(found).any(|(port, _)| port.get("port").int() == Some(named.port)) {
        return Ok(Some("has no such port"));
    }
    Ok(service::is_deserted(seen, found)?.then_some("has no endpoint that is ready"))
}

fn problem(webhook: &Webhook<'_>, named: ServiceName<'_>, lack: &str) -> Problem {
    let ServiceName { namespace, name, port } = named;
    let then =
        if webhook.fails_closed() { "what it covers cannot be created" } else { "nobody is asked" };
    Problem::new(
        Severity::High,
        format!("The service {namespace}/{name} of {} {lack}: {then}.", webhook.name()),
    )
    .evidence(format!("{namespace}/{name}:{port} {lack}"))
    .at(webhook.path.join(&["clientConfig", "service"]))
    .mended_by(Remedy::Explained)
}

const HOOK: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: policy}\nwebhooks:\n- name: validate.policy.example.com\n  failurePolicy: Fail\n  clientConfig: {service: {namespace: policy, name: policy, path: /validate}}\n  rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]\n",
);
const SERVICE: ExampleFile = ExampleFile::at(
    "service.yaml",
    "apiVersion: v1\nkind: Service\nmetadata: {name: policy, namespace: policy}\nspec:\n  selector: {app: policy}\n  ports: [{port: 443, targetPort: 8443}]\n",
);
const OTHER_PORT: ExampleFile = ExampleFile::at(
    "service.yaml",
    "apiVersion: v1\nkind: Service\nmetadata: {name: policy, namespace: policy}\nspec:\n  selector: {app: policy}\n  ports: [{port: 8443}]\n",
);
const PODS: ExampleFile = ExampleFile::at(
    "pods.yaml",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: policy, namespace: policy}\nspec:\n  template:\n    metadata: {labels: {app: policy}}\n    spec: {containers: [{name: policy, image: example.com/policy:1}]}\n",
);
const BY_URL: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: identity}\nwebhooks:\n- name: identity.example.com\n  clientConfig: {url: 'https://127.0.0.1:23443/mutate'}\n  rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]\n",
);
