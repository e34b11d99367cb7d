//! SC-002: encryption that leaves Secrets out.

use edit::Edit;
use encryption::{Provider, Reading};
use tree::Path;

use super::configuration::{REWRITE, judge_each, of_secrets};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Severity, Verdict};

pub(super) const SC_002: Check = Check {
    id: "SC-002",
    name: "secrets-not-in-encryption",
    title: "The EncryptionConfiguration has no entry for Secrets",
    severities: &[Severity::High],
    why: "There is a configuration and a key, and Secrets are in plain text all the same.",
    fails: "No entry names `secrets`, `*.` or `*.*`; `secrets.apps` and `*.apps` name other things. Without --encryption-provider-config the question does not arise.",
    fix: Fix::Sometimes(
        "Adds `secrets` to the first entry that encrypts; then restart each kube-apiserver and rewrite what is stored: kubectl get secrets --all-namespaces --output json | kubectl replace --filename -",
    ),
    references: &[Reference::Cis("1.2.28"), Reference::Owasp("K03")],
    judge: Judge::Whole(|seen| judge_each(seen, judge)),
    examples: &[
        Example::of(
            "configmaps only",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", OTHERS)],
        ),
        Example::of(
            "by a wildcard, in one line",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", WILDCARD)],
        ),
        Example::of(
            "a flag names a file that was not seen",
            Expected::Unknown,
            &[ExampleFile::manifest(super::APISERVER)],
        ),
        Example::of("nothing was seen", Expected::Unknown, &[]),
    ],
    ..super::SECRETS
};

fn judge(reading: &Reading) -> Judged {
    if of_secrets(reading).is_some() {
        return Ok(Verdict::Pass);
    }
    let entries = reading.configuration.entries.iter();
    let encrypting = entries
        .map(|entry| entry.providers.first())
        .position(|first| first.is_some_and(Provider::encrypts));
    let path = Path::of(&["resources"]);
    let remedy = match encrypting {
        Some(index) => Remedy::Edit(vec![Edit::Append {
            path: path.then(index).then("resources"),
            value: "secrets".into(),
        }]),
        None => Remedy::Steps(format!(
            "add an entry with resources: [secrets] and secretbox as its first provider, as SC-001 shows; then {REWRITE}"
        )),
    };
    Ok(Verdict::fail(
        Problem::new(
            Severity::High,
            "No entry says how Secrets are stored: they are in plain text.",
        )
        .detail("secrets")
        .at(path)
        .mended_by(remedy),
    ))
}

const OTHERS: &str = concat!(
    "\
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources:
  - configmaps # settings
  providers:
  - secretbox: {keys: [{name: k1, secret: ",
    super::key!(),
    "}]}
  - identity: {}
"
);

const WILDCARD: &str = concat!(
    "\
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources: [{resources: ['*.'], providers: [{secretbox: {keys: [{name: k1, secret: ",
    super::key!(),
    "}]}}, {identity: {}}]}]
"
);
