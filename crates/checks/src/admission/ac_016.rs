//! AC-016: webhooks that ask a host outside of the cluster.

use inventory::Object;

use super::webhook::{KINDS, each};
use crate::address::{Host, url_host};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Confidence, Fix, Judge, Judged, Practice, Problem, Reference, Seen, Severity, Span,
};

pub(crate) const AC_016: Check = Check {
    id: "AC-016",
    name: "webhook-asks-outside",
    title: "A webhook asks a host outside of the cluster",
    practice: Practice::Admission,
    severities: &[Severity::High],
    versions: Span::ALL,
    why: "Whoever owns that host, or its name, reads every object that it is asked about, Secrets too, and decides what is admitted.",
    fails: "clientConfig.url names a public address, or a name of the public DNS. Loopback and private addresses, and names of cluster services, pass: managed clusters run webhooks on their control plane so.",
    fix: Fix::Steps(
        "Run it in the cluster and name it by clientConfig.service: {namespace: NAMESPACE, name: SERVICE, path: PATH}, with the caBundle of its own authority.",
    ),
    references: &[Reference::Mitre("T1557"), Reference::Owasp("K06")],
    judge: Judge::Objects(KINDS, &judge),
    examples: &[
        Example::of("a public name", Expected::Fail(Severity::High), &[OUTSIDE]),
        Example::of("a public address", Expected::Fail(Severity::High), &[ADDRESS]),
        Example::of("on the control plane itself", Expected::Pass, &[LOOPBACK]),
        Example::of("the name of a service", Expected::Pass, &[SERVICE]),
    ],
};

fn judge(_seen: &Seen<'_>, object: &Object) -> Judged {
    each(object, |webhook| {
        let url = webhook.tree.at(&["clientConfig", "url"]);
        let Some(host) = url.text().and_then(url_host) else { return Ok(None) };
        let (name, confidence) = match host {
            Host::PublicAddress(address) => (address.to_string(), Confidence::High),
            Host::PublicName(name) => (name, Confidence::Medium),
            Host::PrivateAddress(_) | Host::PrivateName(_) => return Ok(None),
        };
        Ok(Some(
            Problem::new(Severity::High, format!("{} asks {name}.", webhook.name()))
                .evidence(format!("host of clientConfig.url: {name}"))
                .confidence(confidence)
                .at(webhook.path.join(&["clientConfig", "url"])),
        ))
    })
}

const OUTSIDE: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: policy}\nwebhooks:\n- name: validate.policy.example.com\n  clientConfig: {url: 'https://policy.example.com/validate?key=1'}\n",
);
const ADDRESS: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: policy}\nwebhooks:\n- name: mutate.policy.example.com\n  clientConfig: {url: 'https://[2620:4f:8000::1]:8443/mutate'}\n",
);
const LOOPBACK: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: identity}\nwebhooks:\n- name: identity.example.com\n  clientConfig: {url: 'https://127.0.0.1:23443/mutate'}\n",
);
const SERVICE: ExampleFile = ExampleFile::manifest(
    "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: policy}\nwebhooks:\n- name: mutate.policy.example.com\n  clientConfig: {url: 'https://policy.policy.svc:443/mutate'}\n",
);
