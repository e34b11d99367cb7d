//! TL-030, TL-031: extension servers and webhooks that the API server does not verify.

use inventory::{Kind, Object, Unknown};

use super::TLS;
use crate::credentials::bundles::{Caller, KINDS, callers, is_injected};
use crate::credentials::decoded;
use crate::credentials::samples::objects::WEBHOOK;
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Confidence, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict,
};
use inventory::Origin;
use tree::Path;

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "TL-030",
        name: "unverified-extension-server",
        title: "The API server does not verify an extension server",
        why: "Whoever poses as that server gets the requests of everybody with their names, and answers them.",
        fails: "insecureSkipTLSVerify of an APIService is true.",
        fix: Fix::Sometimes("Takes the field away if an injector fills in caBundle."),
        references: &[
            Reference::Mitre("T1557"),
            Reference::Owasp("K07"),
            Reference::Kubernetes("tasks/extend-kubernetes/configure-aggregation-layer/"),
        ],
        judge: Judge::Objects(&[Kind::API_SERVICE], &extension),
        examples: &[
            Example::of(
                "as metrics-server comes",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(
                    "apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: v1beta1.metrics.k8s.io}\nspec:\n  group: metrics.k8s.io\n  version: v1beta1\n  insecureSkipTLSVerify: true\n  service: {name: metrics-server, namespace: kube-system}\n",
                )],
            ),
            Example::of(
                "beside an injector",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(
                    "apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata:\n  name: v1beta1.metrics.k8s.io\n  annotations: {cert-manager.io/inject-ca-from: kube-system/metrics-server}\nspec:\n  group: metrics.k8s.io\n  insecureSkipTLSVerify: true # to be removed\n  service: {name: metrics-server, namespace: kube-system}\n",
                )],
            ),
            Example::of(
                "served by the API server itself",
                Expected::Pass,
                &[ExampleFile::manifest(
                    "apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: v1.apps}\nspec: {group: apps, version: v1}\n",
                )],
            ),
            Example::of("none was seen", Expected::Unknown, &[]).partial(),
        ],
        ..TLS
    },
    Check {
        id: "TL-031",
        name: "webhook-without-authority",
        title: "A webhook in the cluster has no authority",
        severities: &[Severity::Medium],
        why: "The API server finds no certificate of it trustworthy: the webhook fails, or with failurePolicy Ignore nobody notices that it never runs.",
        fails: "clientConfig names a service and caBundle holds no certificate, and no injector is named by an annotation. In a file that says nothing of caBundle, a job or a controller may fill it in: whether it did, the cluster shows. A url may have a certificate that everybody trusts.",
        fix: Fix::Steps(
            "Let cert-manager fill it in: annotate the object with cert-manager.io/inject-ca-from: NAMESPACE/CERTIFICATE; or put base64 -w0 ca.crt of the webhook's authority into caBundle.",
        ),
        references: &[
            Reference::Owasp("K04"),
            Reference::Kubernetes("reference/access-authn-authz/extensible-admission-controllers/"),
        ],
        judge: Judge::Objects(&KINDS, &webhook),
        examples: &[
            Example::of(
                "a service and nothing else",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::manifest(
                    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: policy}\nwebhooks:\n- name: pods.policy.example.com\n  clientConfig:\n    caBundle: Cg==\n    service: {name: policy, namespace: policy}\n",
                )],
            ),
            Example::of("a certificate", Expected::Pass, &[ExampleFile::manifest(WEBHOOK)]),
            Example::of(
                "left open in a file, as where a job fills it in",
                Expected::Unknown,
                &[ExampleFile::manifest(
                    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: ingress}\nwebhooks:\n- name: validate.ingress.example.com\n  clientConfig: {service: {name: ingress, namespace: ingress}}\n",
                )],
            ),
            Example::of(
                "filled in by cert-manager",
                Expected::Pass,
                &[ExampleFile::manifest(
                    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: policy, annotations: {cert-manager.io/inject-ca-from: policy/policy}}\nwebhooks:\n- name: pods.policy.example.com\n  clientConfig: {service: {name: policy, namespace: policy}}\n",
                )],
            ),
            Example::of(
                "a url",
                Expected::Pass,
                &[ExampleFile::manifest(
                    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: policy}\nwebhooks:\n- name: pods.policy.example.com\n  clientConfig: {url: \"https://policy.example.com/pods\"}\n",
                )],
            ),
        ],
        ..TLS
    },
];

fn extension(_seen: &Seen<'_>, object: &Object) -> Judged {
    let spec = object.tree().get("spec");
    if !spec.get("insecureSkipTLSVerify").is_true() {
        return Ok(Verdict::Pass);
    }
    let path = Path::of(&["spec", "insecureSkipTLSVerify"]);
    let service = spec.get("service");
    let (name, namespace) = (service.get("name").str(), service.get("namespace").str());
    let remedy = if is_injected(object) {
        Remedy::Edit(vec![edit::Edit::Remove { path: path.clone() }])
    } else {
        Remedy::Steps(format!(
            "Give {name}.{namespace}.svc a certificate from cert-manager: kubectl -n {namespace} apply a Certificate with dnsNames [{name}.{namespace}.svc], and mount its Secret into {name}\nkubectl annotate apiservice {} cert-manager.io/inject-ca-from={namespace}/{name}\nThen take insecureSkipTLSVerify away.",
            object.name()
        ))
    };
    let message = format!("Whoever answers in place of {namespace}/{name} is believed.");
    let problem = Problem::new(Severity::High, message)
        .detail("insecureSkipTLSVerify")
        .evidence("insecureSkipTLSVerify: true")
        .at(path)
        .mended_by(remedy);
    Ok(Verdict::fail(problem))
}

fn webhook(_seen: &Seen<'_>, object: &Object) -> Judged {
    if is_injected(object) {
        return Ok(Verdict::Pass);
    }
    let is_live = *object.origin() == Origin::Live;
    let lacking: Vec<_> = callers(object).into_iter().filter(is_lacking).collect();
    let is_open = |one: &Caller<'_>| one.client.get("caBundle").text().is_none_or(str::is_empty);
    if !is_live && !lacking.is_empty() && lacking.iter().all(is_open) {
        return Err(left_open(object));
    }
    let problems = lacking.into_iter().map(|caller| {
        let service = caller.client.get("service");
        let (name, namespace) = (service.get("name").str(), service.get("namespace").str());
        // What stands in a file may be there to be replaced.
        let confidence = if is_live { Confidence::High } else { Confidence::Medium };
        Problem::new(
            Severity::Medium,
            format!("No certificate of {namespace}/{name} is trusted: caBundle is empty."),
        )
        .detail(caller.name)
        .evidence("caBundle holds no certificate")
        .confidence(confidence)
        .at(caller.path)
    });
    Ok(Verdict::of(problems.collect()))
}

/// Jobs and controllers write the authority that they make themselves into what was applied.
fn left_open(object: &Object) -> Unknown {
    Unknown::new(
        format!(
            "{} leaves caBundle open, and a job or a controller may fill it in",
            object.describe()
        ),
        "scan the cluster it is applied to",
    )
}

fn is_lacking(caller: &Caller<'_>) -> bool {
    let bundle = caller.client.get("caBundle").text();
    let is_empty = || !bundle.and_then(decoded).is_some_and(|text| text.contains("-----BEGIN "));
    !caller.client.get("service").is_null()
        && !caller.client.get("insecureSkipTLSVerify").is_true()
        && is_empty()
}
