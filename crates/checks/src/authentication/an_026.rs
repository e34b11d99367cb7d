//! AN-026: tokens in Secrets, which never end.

use std::time::{Duration, SystemTime};

use inventory::{Kind, Minor, Object};

use super::BASE;
use super::bootstrap::instant;
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};

pub(crate) const AN_026: Check = Check {
    id: "AN-026",
    name: "token-secret",
    title: "A Secret holds a service account token that never ends",
    severities: &[Severity::High],
    why: "Whoever reads the Secret, or a backup of it, is that account until the Secret is deleted.",
    fails: "A Secret is of the type kubernetes.io/service-account-token. Until 1.23 the cluster makes one for each account: those are let off there, and so is one that the cluster marked invalid because nobody used it.",
    fix: Fix::Sometimes(
        "Deletes one that was not used for a year, as its label tells. For another: let its users ask for tokens that end (kubectl create token, or a projected volume), see the label kubernetes.io/legacy-token-last-used stand still, then delete it.",
    ),
    references: &[Reference::Mitre("T1552.007"), Reference::Owasp("K03")],
    judge: Judge::Objects(&[Kind::SECRET], &judge),
    examples: &[
        Example::of(
            "in use",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest("apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\nmetadata:\n  name: deployer-token\n  namespace: ci\n  labels: {kubernetes.io/legacy-token-last-used: '2026-05-20'}\n  annotations: {kubernetes.io/service-account.name: deployer}\n")],
        )
        .on(36),
        Example::of(
            "not used for two years",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest("apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\nmetadata:\n  name: deployer-token\n  namespace: ci\n  labels: {kubernetes.io/legacy-token-last-used: '2024-05-20'}\n  annotations: {kubernetes.io/service-account.name: deployer}\n")],
        )
        .on(36),
        Example::of(
            "made by the cluster, before 1.24",
            Expected::Exempt,
            &[ExampleFile::manifest("apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\nmetadata:\n  name: deployer-token-x7k2p\n  namespace: ci\n  annotations: {kubernetes.io/service-account.name: deployer}\n")],
        )
        .on(23),
        Example::of(
            "another Secret",
            Expected::Pass,
            &[ExampleFile::manifest("apiVersion: v1\nkind: Secret\ntype: Opaque\nmetadata: {name: deployer-token, namespace: ci}\n")],
        )
        .on(36),
        Example::of("Secrets were not listed", Expected::Unknown, &[]).on(36).partial(),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>, secret: &Object) -> Judged {
    if secret.tree().get("type").str() != "kubernetes.io/service-account-token" {
        return Ok(Verdict::Pass);
    }
    let account = secret.annotation("kubernetes.io/service-account.name").unwrap_or("?");
    let (namespace, name) = (secret.namespace(), secret.name());
    let is_generated = name
        .strip_prefix(account)
        .and_then(|rest| rest.strip_prefix("-token-"))
        .is_some_and(|rest| rest.len() == 5);
    if is_generated && seen.minor() < Minor::of(24) {
        return Ok(Verdict::Exempt("until 1.23 the cluster makes one for each account".to_owned()));
    }
    if secret.label("kubernetes.io/legacy-token-invalid-since").is_some() {
        return Ok(Verdict::Exempt(
            "the cluster marked it invalid because nobody used it, and will delete it".to_owned(),
        ));
    }
    let used = secret.label("kubernetes.io/legacy-token-last-used");
    let is_idle = used.and_then(day).is_some_and(|day| {
        seen.now().duration_since(day).is_ok_and(|past| past > Duration::from_hours(24 * 365))
    });
    let remedy = if is_idle {
        Remedy::Delete
    } else {
        Remedy::Steps(format!(
            "Let its users ask for tokens that end: kubectl -n {namespace} create token {account} --duration=1h, or a projected volume in their pods.\nSee that nobody uses it: kubectl -n {namespace} get secret {name} -o jsonpath='{{.metadata.labels.kubernetes\\.io/legacy-token-last-used}}'\nThen: kubectl -n {namespace} delete secret {name}"
        ))
    };
    let since = used.map_or_else(String::new, |day| format!(", last used on {day}"));
    Ok(Verdict::fail(
        Problem::new(
            Severity::High,
            format!(
                "{name} holds a token of the service account {account} that never ends{since}."
            ),
        )
        .evidence(format!("type kubernetes.io/service-account-token{since}"))
        .at(tree::Path::of(&["type"]))
        .mended_by(remedy),
    ))
}

fn day(text: &str) -> Option<SystemTime> {
    instant(&format!("{text}T00:00:00Z"))
}
