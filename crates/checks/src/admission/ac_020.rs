//! AC-020: webhooks that judge while they mutate, and are not asked again about what later ones
//! change.

use inventory::{Kind, Unknown};

use super::flags::PLUGINS;
use super::webhook::Webhook;
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Confidence, Fix, Judge, Problem, Reference, Remedy, Seen, Severity, Tally,
    Verdict,
};

pub(crate) const AC_020: Check = Check {
    id: "AC-020",
    name: "changed-after-it-was-judged",
    title: "A later webhook may change a pod that an earlier one has judged",
    severities: &[Severity::Medium],
    why: "Webhooks that verify images or set safe defaults while they mutate see the pod before later ones add containers to it; what these add was judged by nobody.",
    fails: "A mutating webhook of a program that enforces security policies is asked about pods with reinvocationPolicy Never, the default, and a later one, by the order of names, is asked about pods too. Validating webhooks and policies always come after all mutation: they pass.",
    fix: Fix::Automatic("Sets reinvocationPolicy: IfNeeded."),
    references: &[
        Reference::Owasp("K04"),
        Reference::Kubernetes("concepts/cluster-administration/admission-webhooks-good-practices/"),
    ],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of("an injector comes later", Expected::Fail(Severity::Medium), &[FIRST, LATER]),
        Example::of("it is asked again", Expected::Pass, &[AGAIN, LATER]),
        Example::of("it comes last", Expected::Pass, &[FIRST, EARLIER]),
        Example::of("it is alone", Expected::Pass, &[FIRST]),
        Example::of("webhooks were not listed", Expected::Unknown, &[FIRST]).partial(),
    ],
    ..PLUGINS
};

/// Mutating webhooks are asked in the order of the names of their configurations, which is the
/// order of the inventory, and within one as they are written.
fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    let all: Vec<Webhook<'_>> = seen
        .of(Kind::MUTATING_WEBHOOK)
        .iter()
        .flat_map(Webhook::of)
        .filter(|webhook| webhook.covers("CREATE", "", "pods"))
        .collect();
    for (place, webhook) in all.iter().enumerate().filter(|(_, one)| one.guards_security()) {
        let is_asked_again = webhook.tree.get("reinvocationPolicy").str() == "IfNeeded";
        let own = (webhook.object.name(), webhook.service());
        let is_other = |later: &&Webhook<'_>| (later.object.name(), later.service()) != own;
        let later = all.iter().skip(place.saturating_add(1)).find(is_other);
        let verdict = match later.filter(|_| !is_asked_again) {
            Some(later) => Ok(Verdict::fail(problem(webhook, later))),
            None if is_asked_again => Ok(Verdict::Pass),
            None => seen.all(Kind::MUTATING_WEBHOOK).map(|_| Verdict::Pass),
        };
        tally.add(About::object(webhook.object), verdict);
    }
    if tally.is_empty() {
        seen.all(Kind::MUTATING_WEBHOOK)?;
    }
    Ok(tally)
}

fn problem(webhook: &Webhook<'_>, later: &Webhook<'_>) -> Problem {
    let (name, after) = (webhook.name(), later.name());
    let path = webhook.path.then("reinvocationPolicy");
    Problem::new(
        Severity::Medium,
        format!("What {after} changes, {name} is not asked about again."),
    )
    .detail(name)
    .evidence(format!("reinvocationPolicy: Never, before {after}"))
    .confidence(Confidence::Medium)
    .at(path.clone())
    .mended_by(Remedy::set(path, "IfNeeded"))
}

const FIRST: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: connaisseur-webhook}\nwebhooks:\n- name: connaisseur.example.com # verifies\n  clientConfig: {service: {namespace: connaisseur, name: connaisseur-svc}}\n  rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]\n",
);
const AGAIN: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: connaisseur-webhook}\nwebhooks:\n- name: connaisseur.example.com\n  reinvocationPolicy: IfNeeded\n  clientConfig: {service: {namespace: connaisseur, name: connaisseur-svc}}\n  rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]\n",
);
const LATER: ExampleFile = ExampleFile::at(
    "later.yaml",
    "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: istio-sidecar-injector}\nwebhooks:\n- name: namespace.sidecar-injector.istio.io\n  clientConfig: {service: {namespace: istio-system, name: istiod}}\n  rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]\n",
);
const EARLIER: ExampleFile = ExampleFile::at(
    "earlier.yaml",
    "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: agent-injector}\nwebhooks:\n- name: agent.example.com\n  clientConfig: {service: {namespace: agents, name: injector}}\n  rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]\n",
);
