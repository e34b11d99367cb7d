//! SC-003 and SC-004: an entry for Secrets that writes plain text.

use edit::Edit;
use encryption::{Provider, Reading};
use serde_json::json;
use tree::Path;

use super::configuration::{REWRITE, hidden, judge_each, of_secrets, providers};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Severity, Verdict};

pub(super) const SC_003: Check = Check {
    id: "SC-003",
    name: "identity-writes-secrets",
    title: "The first provider for Secrets is identity: they are written in plain text",
    fails: "The first provider of the first entry that names Secrets is identity. identity behind another provider passes: it only reads what is still plain.",
    fix: Fix::Sometimes(
        "Moves identity behind the provider that encrypts, if there is one; then restart each kube-apiserver and rewrite what is stored: kubectl get secrets --all-namespaces --output json | kubectl replace --filename -",
    ),
    judge: Judge::Whole(|seen| judge_each(seen, first)),
    examples: &[
        Example::of(
            "before the one that encrypts",
            Expected::Fail(Severity::Critical),
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", FIRST)],
        ),
        Example::of(
            "alone",
            Expected::Fail(Severity::Critical),
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", ALONE)],
        ),
        Example::of(
            "behind it, and first for something else",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", LAST)],
        ),
        Example::of("nothing was seen", Expected::Unknown, &[]),
    ],
    ..PLAIN_TEXT
};

pub(super) const SC_004: Check = Check {
    id: "SC-004",
    name: "identity-shadows-encryption",
    title: "An earlier entry with identity keeps the one that encrypts Secrets from being asked",
    fails: "The first entry that names Secrets writes with identity, and a later one would encrypt them. The first that matches decides.",
    fix: Fix::Sometimes(
        "Takes `secrets` out of the earlier entry, and lets the later one read plain text; then restart each kube-apiserver and rewrite what is stored: kubectl get secrets --all-namespaces --output json | kubectl replace --filename -",
    ),
    judge: Judge::Whole(|seen| judge_each(seen, shadows)),
    examples: &[
        Example::of(
            "the same name twice",
            Expected::Fail(Severity::Critical),
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", TWICE)],
        ),
        Example::of(
            "a wildcard before it",
            Expected::Fail(Severity::Critical),
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", MASKED)],
        ),
        Example::of(
            "the one that encrypts comes first",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", LAST)],
        ),
        Example::of("nothing was seen", Expected::Unknown, &[]),
    ],
    ..PLAIN_TEXT
};

/// What they have in common.
const PLAIN_TEXT: Check = Check {
    severities: &[Severity::Critical],
    why: "The configuration looks as if Secrets were encrypted, and every one in etcd and its backups is in plain text.",
    references: &[Reference::Cis("1.2.28"), Reference::Owasp("K03")],
    ..super::SECRETS
};

fn first(reading: &Reading) -> Judged {
    let Some(found) = of_secrets(reading).filter(|one| *one.write == Provider::Identity) else {
        return Ok(Verdict::Pass);
    };
    if hidden(reading, &found).is_some() {
        return Ok(Verdict::NotApplicable("a later entry would encrypt: SC-004".to_owned()));
    }
    let path = providers(found.entry);
    let entry = reading.configuration.entries.get(found.entry);
    let encrypts = entry.is_some_and(|entry| entry.providers.iter().any(Provider::encrypts));
    let remedy = if encrypts {
        Remedy::Edit(vec![
            Edit::Append { path: path.clone(), value: json!({"identity": {}}) },
            Edit::Remove { path: path.then(0) },
        ])
    } else {
        Remedy::Steps(format!(
            "draw a key: head -c 32 /dev/urandom | base64\n\
             add a provider secretbox with it behind identity, on every kube-apiserver, and restart them\n\
             put it before identity, and restart them again\n\
             {REWRITE}"
        ))
    };
    Ok(Verdict::fail(problem("identity is the first provider for Secrets.", path.then(0), remedy)))
}

fn shadows(reading: &Reading) -> Judged {
    let found = of_secrets(reading).filter(|one| *one.write == Provider::Identity);
    let both = found.and_then(|found| hidden(reading, &found).map(|later| (found, later)));
    let Some((found, later)) = both else { return Ok(Verdict::Pass) };
    let entries = &reading.configuration.entries;
    let message = format!(
        "Entry {:?} comes first and writes Secrets with identity; the one that encrypts them is never asked.",
        found.pattern
    );
    let is_own_name = found.pattern == "secrets";
    let remedy = match (is_own_name, entries.get(found.entry), entries.get(later)) {
        (true, Some(earlier), Some(encrypting)) => {
            let mut edits = Vec::new();
            if !encrypting.providers.contains(&Provider::Identity) {
                let value = json!({"identity": {}});
                edits.push(Edit::Append { path: providers(later), value });
            }
            edits.push(Edit::Remove { path: place_of(earlier, found.entry) });
            Remedy::Edit(edits)
        }
        _ => Remedy::Steps(format!(
            "put the entry that encrypts `secrets` before the one with {:?}: kube-apiserver refuses them in this order; then {REWRITE}",
            found.pattern
        )),
    };
    let path = Path::of(&["resources"]).then(found.entry);
    Ok(Verdict::fail(problem(&message, path, remedy)))
}

/// The name in an entry, or the entry itself if it has no other.
fn place_of(entry: &encryption::Entry, index: usize) -> Path {
    let path = Path::of(&["resources"]).then(index);
    match entry.resources.iter().position(|name| name == "secrets") {
        Some(at) if entry.resources.len() > 1 => path.then("resources").then(at),
        Some(_) | None => path,
    }
}

fn problem(message: &str, path: Path, remedy: Remedy) -> Problem {
    Problem::new(Severity::Critical, message)
        .detail("secrets")
        .evidence("identity: {}")
        .at(path)
        .mended_by(remedy)
}

const FIRST: &str = concat!(
    "\
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - identity: {}
  - secretbox: # the new one
      keys:
      - {name: k1, secret: ",
    super::key!(),
    "}
"
);

const ALONE: &str = "\
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources: [{resources: [secrets], providers: [{identity: {}}]}]
";

const LAST: &str = concat!(
    "\
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [events]
  providers: [{identity: {}}]
- resources: [secrets]
  providers:
  - secretbox: {keys: [{name: k1, secret: ",
    super::key!(),
    "}]}
  - identity: {}
- resources: [\"*.*\"]
  providers: [{identity: {}}]
"
);

const TWICE: &str = concat!(
    "\
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [configmaps, secrets]
  providers:
  - identity: {}
- resources:
  - secrets # encrypted
  providers:
  - secretbox: {keys: [{name: k1, secret: ",
    super::key!(),
    "}]}
"
);

const MASKED: &str = concat!(
    "\
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [\"*.\"]
  providers: [{identity: {}}]
- resources: [secrets]
  providers:
  - secretbox: {keys: [{name: k1, secret: ",
    super::key!(),
    "}]}
"
);
