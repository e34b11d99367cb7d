//! SC-005 and SC-006: ciphers that are weaker than they need to be.

use encryption::{Provider, Reading};

use super::configuration::{REWRITE, judge_each, of_secrets, providers};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Severity, Verdict};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "SC-005",
        name: "aescbc-writes-secrets",
        title: "Secrets are encrypted with aescbc",
        severities: &[Severity::Medium],
        why: "AES-CBC does not notice changes: whoever can write to etcd and watch for errors can read Secrets by trying (a padding oracle).",
        fails: "The first provider for Secrets is aescbc. The CIS Benchmark accepts it; Kubernetes does not recommend it. aescbc that only reads passes.",
        fix: Fix::Steps(STEPS),
        judge: Judge::Whole(|seen| judge_each(seen, cbc)),
        examples: &[
            Example::of(
                "aescbc first",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::at("/etc/kubernetes/encryption.yaml", CBC)],
            ),
            Example::of(
                "secretbox first, aescbc for what is old",
                Expected::Pass,
                &[ExampleFile::at("/etc/kubernetes/encryption.yaml", SECRETBOX)],
            ),
            Example::of("nothing was seen", Expected::Unknown, &[]),
        ],
        ..CIPHER
    },
    Check {
        id: "SC-006",
        name: "aesgcm-without-rotation",
        title: "Secrets are encrypted with aesgcm and a key that is never changed",
        severities: &[Severity::High],
        why: "AES-GCM draws a nonce for each write; with one key for ever two writes share one in the end, and both can be read and forged.",
        fails: "The first provider for Secrets is aesgcm with a single key. With two or more keys it passes: the key has been changed before.",
        fix: Fix::Steps(STEPS),
        judge: Judge::Whole(|seen| judge_each(seen, gcm)),
        examples: &[
            Example::of(
                "one key",
                Expected::Fail(Severity::High),
                &[ExampleFile::at("/etc/kubernetes/encryption.yaml", GCM)],
            ),
            Example::of(
                "a new key before the old one",
                Expected::Pass,
                &[ExampleFile::at("/etc/kubernetes/encryption.yaml", ROTATED)],
            ),
            Example::of("nothing was seen", Expected::Unknown, &[]),
        ],
        ..CIPHER
    },
];

/// What they have in common.
const CIPHER: Check = Check {
    references: &[
        Reference::Cis("1.2.28"),
        Reference::Owasp("K03"),
        Reference::Kubernetes("tasks/administer-cluster/encrypt-data/"),
    ],
    ..super::SECRETS
};

const STEPS: &str = "\
Use KMS v2, whose keys are kept elsewhere and changed for each write, or secretbox with a new key (head -c 32 /dev/urandom | base64). \
Add it behind the present provider on every kube-apiserver and restart them; put it first and restart them again; then \
kubectl get secrets --all-namespaces --output json | kubectl replace --filename - and take the old provider out.";

fn cbc(reading: &Reading) -> Judged {
    let is_cbc = |provider: &Provider| matches!(provider, Provider::AesCbc(_));
    Ok(judge(reading, is_cbc, Severity::Medium, "Secrets are written with aescbc."))
}

fn gcm(reading: &Reading) -> Judged {
    let is_static = |provider: &Provider| match provider {
        Provider::AesGcm(keys) => keys.len() < 2,
        Provider::AesCbc(_)
        | Provider::Secretbox(_)
        | Provider::Kms(_)
        | Provider::Identity
        | Provider::Unusable => false,
    };
    Ok(judge(
        reading,
        is_static,
        Severity::High,
        "Secrets are written with aesgcm and its only key.",
    ))
}

fn judge(
    reading: &Reading,
    is_weak: impl Fn(&Provider) -> bool,
    severity: Severity,
    message: &str,
) -> Verdict {
    let weak = of_secrets(reading).filter(|found| is_weak(found.write));
    Verdict::from(weak.map(|found| {
        let names: Vec<&str> = found.write.keys().iter().map(|key| key.name.as_str()).collect();
        Problem::new(severity, message)
            .detail(found.write.field())
            .evidence(format!("{} with {}", found.write.field(), names.join(", ")))
            .at(providers(found.entry).then(0))
            .mended_by(Remedy::Steps(format!("{STEPS}\n{REWRITE}")))
    }))
}

const CBC: &str = concat!(
    "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n",
    "- resources: [secrets]\n  providers:\n  - aescbc: {keys: [{name: k1, secret: ",
    super::key!(),
    "}]}\n  - identity: {}\n"
);

const SECRETBOX: &str = concat!(
    "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n",
    "- resources: [secrets]\n  providers:\n  - secretbox: {keys: [{name: k1, secret: ",
    super::key!(),
    "}]}\n  - aescbc: {keys: [{name: k0, secret: ",
    super::other_key!(),
    "}]}\n"
);

const GCM: &str = concat!(
    "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n",
    "- resources: [secrets]\n  providers:\n  - aesgcm: {keys: [{name: k1, secret: ",
    super::key!(),
    "}]}\n  - identity: {}\n"
);

const ROTATED: &str = concat!(
    "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n",
    "- resources: [secrets]\n  providers:\n  - aesgcm: {keys: [{name: k2, secret: ",
    super::key!(),
    "}, {name: k1, secret: ",
    super::other_key!(),
    "}]}\n"
);
