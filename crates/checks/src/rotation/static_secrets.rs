//! RT-010: credentials in Secrets that nobody has changed for long.

use std::time::SystemTime;

use inventory::{Kind, Object, Unknown};
use tree::Path;

use super::ROTATION;
use crate::example::{Example, ExampleFile, Expected};
use crate::when::{self, away, date};
use crate::{Check, Confidence, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(crate) const CHECKS: &[Check] = &[Check {
    id: "RT-010",
    name: "static-secret",
    title: "A credential in a Secret has not been changed for half a year",
    why: "Whoever has seen it, in a backup, a log or a former colleague's notes, can still use it.",
    fails: "A Secret whose type or keys say that it holds a password, token or key was last written more than 180 days ago, by the times of its managedFields or else its creation. Secrets that another object owns, certificates, and tokens of service accounts pass: others look at them.",
    fix: Fix::Steps(
        "Let External Secrets or the secret's own system rotate it: kubectl explain externalsecret.spec.refreshInterval; until then make a new credential where it is used, put it into the Secret, restart what reads it, and revoke the old one.",
    ),
    references: &[Reference::Owasp("K03"), Reference::Mitre("T1552.007")],
    judge: Judge::Objects(&[Kind::SECRET], &judge),
    examples: &[
        Example::of(
            "a password from last year",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Secret\ntype: Opaque\nmetadata:\n  name: db\n  namespace: apps\n  creationTimestamp: \"2024-02-01T00:00:00Z\"\n  managedFields: [{manager: kubectl, time: \"2025-03-01T00:00:00Z\"}]\ndata: {db-password: eA==}\n",
            )],
        ),
        Example::of(
            "changed this spring",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Secret\ntype: Opaque\nmetadata:\n  name: db\n  namespace: apps\n  creationTimestamp: \"2024-02-01T00:00:00Z\"\n  managedFields: [{manager: kubectl, time: \"2026-04-01T00:00:00Z\"}]\ndata: {password: eA==}\n",
            )],
        ),
        Example::of(
            "kept by External Secrets",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Secret\ntype: Opaque\nmetadata:\n  name: db\n  namespace: apps\n  creationTimestamp: \"2024-02-01T00:00:00Z\"\n  ownerReferences: [{apiVersion: external-secrets.io/v1, kind: ExternalSecret, name: db, controller: true}]\ndata: {password: eA==}\n",
            )],
        ),
        Example::of(
            "settings",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Secret\ntype: Opaque\nmetadata: {name: s, namespace: apps, creationTimestamp: \"2024-02-01T00:00:00Z\"}\ndata: {log-level: eA==}\n",
            )],
        ),
        Example::of(
            "a manifest tells no age",
            Expected::Unknown,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Secret\ntype: Opaque\nmetadata: {name: db, namespace: apps}\nstringData: {password: x}\n",
            )],
        ),
        Example::of("Secrets were not seen", Expected::Unknown, &[]).partial(),
    ],
    ..ROTATION
}];

fn judge(seen: &Seen<'_>, secret: &Object) -> Judged {
    let tree = secret.tree();
    let is_owned = !tree.at(&["metadata", "ownerReferences"]).items().is_empty();
    let Some(key) = credential(secret).filter(|_| !is_owned) else { return Ok(Verdict::Pass) };
    let written = written(secret).ok_or_else(|| {
        Unknown::new("nothing tells when Secrets were last written", "scan the cluster")
    })?;
    let age = seen.now().duration_since(written).unwrap_or_default();
    if age <= when::days(180) {
        return Ok(Verdict::Pass);
    }
    let message = format!(
        "{key} of Secret {} was last written on {}, {}.",
        secret.name(),
        date(written),
        away(written, seen.now())
    );
    let problem = Problem::new(Severity::Medium, message)
        .detail(key)
        .evidence(date(written))
        .confidence(Confidence::Medium)
        .at(Path::of(&["data"]).then(key));
    Ok(Verdict::fail(problem))
}

/// The first key that holds a credential, if any does.
fn credential(secret: &Object) -> Option<&str> {
    let tree = secret.tree();
    let keys = ["data", "stringData"].into_iter().flat_map(|field| tree.get(field).entries());
    let mut keys = keys.map(|(key, _)| &**key);
    match tree.get("type").str() {
        "kubernetes.io/dockerconfigjson"
        | "kubernetes.io/dockercfg"
        | "kubernetes.io/basic-auth"
        | "kubernetes.io/ssh-auth" => keys.next(),
        "" | "Opaque" => keys.find(|key| is_credential(key)),
        _ => None,
    }
}

/// Whether a key says that it holds a credential: by whole words, so that `keyboard` does not.
fn is_credential(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    let mut words = lower.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.any(|word| WORDS.contains(&word) || word.ends_with("password") || word.ends_with("token"))
}

const WORDS: [&str; 11] = [
    "password",
    "passwd",
    "pass",
    "token",
    "secret",
    "apikey",
    "key",
    "credentials",
    "credential",
    "kubeconfig",
    "accesskey",
];

fn written(secret: &Object) -> Option<SystemTime> {
    let metadata = secret.tree().get("metadata");
    let fields = metadata.get("managedFields").items().iter();
    let last = fields.filter_map(|one| one.get("time").text().and_then(when::parse)).max();
    last.or_else(|| metadata.get("creationTimestamp").text().and_then(when::parse))
}
