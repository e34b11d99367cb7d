//! SC-008: keys that can be guessed, or that are none.

use encryption::{Fault, Key, Reading, Weakness};
use tree::Path;

use super::configuration::{judge_each, providers};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Severity, Verdict};

pub(super) const SC_008: Check = Check {
    id: "SC-008",
    name: "weak-encryption-key",
    title: "A key of the EncryptionConfiguration can be guessed or is none",
    severities: &[Severity::Critical],
    why: "Whoever has a copy of etcd tries the keys of the documentation first; a key of the wrong length stops kube-apiserver.",
    fails: "A key has another length than its provider takes or is not base64, or it is all zero, repeats or counts, has few different bytes, is typed text, or stands in documentation. 32 drawn bytes pass. The keys themselves are never shown.",
    fix: Fix::Steps(
        "Draw a key: head -c 32 /dev/urandom | base64. Add it behind the present one on every kube-apiserver and restart them; put it first and restart them again; rewrite what is stored: kubectl get secrets --all-namespaces --output json | kubectl replace --filename - ; take the old key out.",
    ),
    references: &[Reference::Cis("1.2.28"), Reference::Owasp("K03"), Reference::Mitre("T1552.001")],
    judge: Judge::Whole(|seen| judge_each(seen, judge)),
    examples: &[
        Example::of(
            "the key of the documentation",
            Expected::Fail(Severity::Critical),
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", PUBLISHED)],
        ),
        Example::of(
            "eight bytes",
            Expected::Fail(Severity::Critical),
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", SHORT)],
        ),
        Example::of(
            "zeros, for what is old",
            Expected::Fail(Severity::Critical),
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", ZERO)],
        ),
        Example::of(
            "drawn",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", DRAWN)],
        ),
        Example::of("nothing was seen", Expected::Unknown, &[]),
    ],
    ..super::SECRETS
};

fn judge(reading: &Reading) -> Judged {
    let mut problems = Vec::new();
    for (number, entry) in reading.configuration.entries.iter().enumerate() {
        for (index, provider) in entry.providers.iter().enumerate() {
            let at = providers(number).then(index).then(provider.field()).then("keys");
            for (place, key) in provider.keys().iter().enumerate() {
                let path = at.then(place).then("secret");
                problems.extend(judge_key(reading, provider.field(), key, &path));
            }
        }
    }
    Ok(Verdict::of(problems))
}

fn judge_key(reading: &Reading, provider: &str, key: &Key, path: &Path) -> Option<Problem> {
    let refused = reading
        .problems
        .iter()
        .filter(|problem| problem.path == *path)
        .find(|problem| matches!(problem.fault, Fault::NotBase64 | Fault::KeyLength { .. }));
    let weak = key.weaknesses.iter().filter(|weakness| can_be_guessed(weakness)).max();
    let what = match (weak, refused) {
        (Some(weakness), _) => weakness.to_string(),
        (None, Some(problem)) => problem.fault.to_string(),
        (None, None) => return None,
    };
    Some(
        Problem::new(
            Severity::Critical,
            format!("The key {:?} of {provider} is no good: {what}.", key.name),
        )
        .detail(format!("{provider} {}", key.name))
        .evidence(what)
        .at(path.clone()),
    )
}

fn can_be_guessed(weakness: &Weakness) -> bool {
    match weakness {
        Weakness::AllZero
        | Weakness::Repeats { .. }
        | Weakness::Sequence
        | Weakness::FewValues { .. }
        | Weakness::Text
        | Weakness::Published => true,
        Weakness::SameAs(_) | Weakness::DuplicateName => false,
    }
}

const PUBLISHED: &str = "\
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - aesgcm:
      keys:
      - {name: key1, secret: c2VjcmV0IGlzIHNlY3VyZQ==}
  - identity: {}
";

const SHORT: &str = "\
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - secretbox: {keys: [{name: key1, secret: 4pX2mQ9rT0Y=}]}
";

const ZERO: &str = concat!(
    "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n",
    "- resources: [secrets]\n  providers:\n  - secretbox:\n      keys:\n      - {name: k2, secret: ",
    super::key!(),
    "}\n      - {name: k1, secret: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=}\n"
);

const DRAWN: &str = concat!(
    "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n",
    "- resources: [secrets]\n  providers:\n  - secretbox: {keys: [{name: k1, secret: ",
    super::key!(),
    "}]}\n  - identity: {}\n"
);
