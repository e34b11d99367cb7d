//! SC-007: KMS plugins that speak the old protocol.

use encryption::{KmsVersion, Provider};
use inventory::{ComponentKind, Object};

use super::configuration::{CONFIGURATION, providers, read};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Confidence, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Span, Verdict,
};

pub(super) const SC_007: Check = Check {
    id: "SC-007",
    name: "kms-v1",
    title: "A KMS plugin is used by protocol v1",
    severities: &[Severity::Critical, Severity::Medium],
    versions: Span::from(27),
    why: "v1 asks the service for each object and is off from 1.29 on: kube-apiserver then does not start, and nothing in etcd can be read.",
    fails: "A kms provider has apiVersion v1 or none. Critical from 1.29 on unless kube-apiserver has --feature-gates=KMSv1=true.",
    fix: Fix::Steps(
        "Have a plugin that speaks v2. Add a kms provider with apiVersion: v2 and another name behind the present one on every kube-apiserver; put it first; rewrite what is stored: kubectl get secrets --all-namespaces --output json | kubectl replace --filename - ; then take v1 out.",
    ),
    references: &[
        Reference::Owasp("K03"),
        Reference::Kubernetes("tasks/administer-cluster/kms-provider/"),
    ],
    judge: Judge::Whole(|seen| CONFIGURATION.judge(seen, &|object| judge(seen, object))),
    examples: &[
        Example::of(
            "no version, and no gate",
            Expected::Fail(Severity::Critical),
            &[
                ExampleFile::at("/etc/kubernetes/encryption.yaml", V1),
                ExampleFile::manifest(super::APISERVER),
            ],
        )
        .on(36),
        Example::of(
            "while it was on",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", V1)],
        )
        .on(28),
        Example::of(
            "with the gate",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", V1), ExampleFile::manifest(GATE)],
        )
        .on(30),
        Example::of(
            "v2",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", V2)],
        )
        .on(36),
        Example::of("nothing was seen", Expected::Unknown, &[]).on(36),
    ],
    ..super::SECRETS
};

fn judge(seen: &Seen<'_>, object: &Object) -> Judged {
    let reading = read(object)?;
    let mut problems = Vec::new();
    for (number, entry) in reading.configuration.entries.iter().enumerate() {
        for (index, provider) in entry.providers.iter().enumerate() {
            let Provider::Kms(kms) = provider else { continue };
            if kms.version != KmsVersion::V1 {
                continue;
            }
            let (severity, confidence) = severity(seen);
            problems.push(
                Problem::new(
                    severity,
                    format!("The KMS plugin {:?} is used by protocol v1.", kms.name),
                )
                .detail(kms.name.clone())
                .evidence("apiVersion is v1 or not given")
                .confidence(confidence)
                .at(providers(number).then(index).then("kms")),
            );
        }
    }
    Ok(Verdict::of(problems))
}

fn severity(seen: &Seen<'_>) -> (Severity, Confidence) {
    let mut servers = seen.components(ComponentKind::ApiServer).peekable();
    let is_seen = servers.peek().is_some();
    let is_on = servers.any(|one| {
        let mut gates = one.flags.values("feature-gates");
        gates.any(|gate| gate == "KMSv1=true")
    });
    match (seen.minor().number() >= 29, is_on, is_seen) {
        (false, _, _) | (true, true, _) => (Severity::Medium, Confidence::High),
        (true, false, true) => (Severity::Critical, Confidence::High),
        (true, false, false) => (Severity::Critical, Confidence::Medium),
    }
}

const V1: &str = "\
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - kms: {name: vault, endpoint: \"unix:///run/kms.sock\", cachesize: 100, timeout: 3s}
  - identity: {}
";

const V2: &str = "\
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - kms: {apiVersion: v2, name: vault, endpoint: \"unix:///run/kms.sock\", timeout: 3s}
  - identity: {}
";

const GATE: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command:
    - kube-apiserver
    - --encryption-provider-config=/etc/kubernetes/encryption.yaml
    - --feature-gates=KMSv1=true
";
