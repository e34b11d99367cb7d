//! AC-019: a cluster in which nothing says what a pod may be.

use inventory::{Kind, Object, Unknown};

use super::configuration::configuration;
use super::flags::PLUGINS;
use super::webhook::{KINDS, Webhook};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Confidence, Fix, Judge, Problem, Reference, Seen, Severity, Tally, Verdict};

pub(crate) const AC_019: Check = Check {
    id: "AC-019",
    name: "no-admission-policy",
    title: "Nothing says what a pod may be",
    severities: &[Severity::Medium],
    why: "Whoever may create pods gets any: privileged, on the node's network and files, and so the node.",
    fails: "There is no webhook of a policy engine, no ValidatingAdmissionPolicy, no namespace with a label pod-security.kubernetes.io/enforce of baseline or restricted, and no default of PodSecurity in the configuration of kube-apiserver. Where the flags of kube-apiserver were not seen, as in managed clusters, the finding is of medium confidence.",
    fix: Fix::Steps(
        "1. See what would be denied: kubectl label --dry-run=server --overwrite namespace --all pod-security.kubernetes.io/enforce=baseline\n2. Label namespaces with warn and audit, mend their workloads, then enforce: kubectl label namespace NAME pod-security.kubernetes.io/enforce=baseline\n3. For what the standards do not say, write ValidatingAdmissionPolicies.",
    ),
    references: &[
        Reference::Cis("5.2.1"),
        Reference::Nsa("Pod security"),
        Reference::Owasp("K04"),
        Reference::Mitre("T1610"),
    ],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of("nothing", Expected::Fail(Severity::Medium), &[PLAIN]),
        Example::of(
            "a label that allows everything",
            Expected::Fail(Severity::Medium),
            &[PRIVILEGED],
        ),
        Example::of("a namespace with a standard", Expected::Pass, &[LABELLED]),
        Example::of("a policy engine", Expected::Pass, &[PLAIN, KYVERNO]),
        Example::of("a default of the API server", Expected::Pass, &[PLAIN, API, DEFAULTS]),
        Example::of("its configuration was not seen", Expected::Unknown, &[PLAIN, API]),
        Example::of("not everything was listed", Expected::Unknown, &[PLAIN]).partial(),
        Example::of("no namespace at all", Expected::NotApplicable, &[]),
    ],
    ..PLUGINS
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    if has_engine(seen) || !seen.of(Kind::VALIDATING_POLICY).is_empty() || has_standard(seen) {
        return Ok(Verdict::Pass.into());
    }
    seen.all(Kind::VALIDATING_WEBHOOK)?;
    seen.all(Kind::MUTATING_WEBHOOK)?;
    seen.all(Kind::VALIDATING_POLICY)?;
    let namespaces = seen.all(Kind::NAMESPACE)?.len();
    if namespaces == 0 {
        return Ok(Verdict::NotApplicable("there is no namespace to guard".into()).into());
    }
    let mut confidence = Confidence::Medium;
    for server in seen.components(inventory::ComponentKind::ApiServer) {
        confidence = Confidence::High;
        if configuration(seen, server)?.is_some_and(|object| has_default(seen, object)) {
            return Ok(Verdict::Pass.into());
        }
    }
    Ok(Verdict::fail(
        Problem::new(Severity::Medium, "Nothing says what a pod may be.")
            .detail("admission")
            .evidence(format!("{namespaces} namespaces, no policy engine, policy or standard"))
            .confidence(confidence),
    )
    .into())
}

fn has_engine(seen: &Seen<'_>) -> bool {
    let configurations = KINDS.iter().flat_map(|kind| seen.of(*kind));
    configurations
        .flat_map(Webhook::of)
        .any(|webhook| webhook.guards_security() && webhook.has_rules())
}

fn has_standard(seen: &Seen<'_>) -> bool {
    let enforced = |namespace: &Object| {
        let level = namespace.label("pod-security.kubernetes.io/enforce");
        // A level that Kubernetes does not know is taken for restricted.
        level.is_some_and(|level| level != "privileged")
    };
    seen.of(Kind::NAMESPACE).iter().any(enforced)
}

/// Whether a configuration of admission sets a default standard, itself or in a file it names.
fn has_default(seen: &Seen<'_>, object: &Object) -> bool {
    let mut entries = object.tree().get("plugins").items().iter();
    let Some(entry) = entries.find(|entry| entry.get("name").str() == "PodSecurity") else {
        return false;
    };
    let inside = entry.get("configuration");
    let named = || seen.of(Kind::POD_SECURITY_CONFIGURATION).first().map(Object::tree);
    let settings = if inside.is_null() { named() } else { Some(inside) };
    let level = settings.map(|settings| settings.at(&["defaults", "enforce"]).str());
    level.is_some_and(|level| matches!(level, "baseline" | "restricted"))
}

const PLAIN: ExampleFile =
    ExampleFile::manifest("apiVersion: v1\nkind: Namespace\nmetadata: {name: apps}\n");
const PRIVILEGED: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: apps\n  labels: {pod-security.kubernetes.io/enforce: privileged, pod-security.kubernetes.io/warn: restricted}\n",
);
const LABELLED: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps, labels: {pod-security.kubernetes.io/enforce: baseline}}\n",
);
const KYVERNO: ExampleFile = ExampleFile::at(
    "webhook.yaml",
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: kyverno-resource-validating-webhook-cfg}\nwebhooks:\n- name: validate.kyverno.svc-fail\n  clientConfig: {service: {namespace: kyverno, name: kyverno-svc}}\n  rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]\n",
);
const API: ExampleFile = ExampleFile::at(
    "kube-apiserver.yaml",
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --admission-control-config-file=/etc/kubernetes/admission/config.yaml\n",
);
const DEFAULTS: ExampleFile = ExampleFile::at(
    "/etc/kubernetes/admission/config.yaml",
    "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: PodSecurity\n  configuration:\n    apiVersion: pod-security.admission.config.k8s.io/v1\n    kind: PodSecurityConfiguration\n    defaults: {enforce: baseline, enforce-version: latest}\n",
);
