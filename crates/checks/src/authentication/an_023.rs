//! AN-023: bootstrap tokens that last, or that everybody knows.

use std::time::Duration;

use inventory::{Kind, Object, Unknown};

use super::BASE;
use super::bootstrap::{BootstrapToken, is_one};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};

pub(crate) const AN_023: Check = Check {
    id: "AN-023",
    name: "lasting-bootstrap-token",
    title: "A bootstrap token lasts for long, or is one that everybody knows",
    severities: &[Severity::Critical, Severity::High],
    why: "Who has the token joins a node of their own, and reads what that node is given: pods, their Secrets, their tokens.",
    fails: "A bootstrap token that one may authenticate with has no expiration or lasts more than 24 hours. Critical if its text is published in documentation or easily guessed. What has ended, or only signs cluster-info, passes.",
    fix: Fix::Automatic(
        "Deletes it. kubeadm token create makes another for 24 hours when a node joins.",
    ),
    references: &[Reference::Cis("3.1.3"), Reference::Mitre("T1078"), Reference::Owasp("K09")],
    judge: Judge::Objects(&[Kind::SECRET], &judge),
    examples: &[
        Example::of(
            "no end",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Secret\ntype: bootstrap.kubernetes.io/token\nmetadata: {name: bootstrap-token-07401b, namespace: kube-system}\nstringData: {token-id: 07401b, token-secret: q9z2kd81mv7x04bw, usage-bootstrap-authentication: 'true'}\n",
            )],
        ),
        Example::of(
            "from the documentation, though only for a day",
            Expected::Fail(Severity::Critical),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Secret\ntype: bootstrap.kubernetes.io/token\nmetadata: {name: bootstrap-token-abcdef, namespace: kube-system, creationTimestamp: '2026-05-31T12:00:00Z'}\ndata:\n  token-id: YWJjZGVm\n  token-secret: MDEyMzQ1Njc4OWFiY2RlZg==\n  expiration: MjAyNi0wNi0wMVQxMjowMDowMFo=\n  usage-bootstrap-authentication: dHJ1ZQ==\n",
            )],
        ),
        Example::of(
            "for a month",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Secret\ntype: bootstrap.kubernetes.io/token\nmetadata: {name: bootstrap-token-07401b, namespace: kube-system}\nstringData: {token-id: 07401b, token-secret: q9z2kd81mv7x04bw, usage-bootstrap-authentication: 'true', expiration: '2026-07-01T00:00:00Z'}\n",
            )],
        ),
        Example::of(
            "for a day",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Secret\ntype: bootstrap.kubernetes.io/token\nmetadata: {name: bootstrap-token-07401b, namespace: kube-system, creationTimestamp: '2026-05-31T12:00:00Z'}\nstringData: {token-id: 07401b, token-secret: q9z2kd81mv7x04bw, usage-bootstrap-authentication: 'true', expiration: '2026-06-01T12:00:00Z'}\n",
            )],
        ),
        Example::of(
            "it has ended",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Secret\ntype: bootstrap.kubernetes.io/token\nmetadata: {name: bootstrap-token-abcdef, namespace: kube-system}\nstringData: {token-id: abcdef, token-secret: 0123456789abcdef, usage-bootstrap-authentication: 'true', expiration: '2026-05-01T00:00:00Z'}\n",
            )],
        ),
        Example::of(
            "another Secret",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Secret\ntype: Opaque\nmetadata: {name: bootstrap-token-07401b, namespace: kube-system}\n",
            )],
        ),
        Example::of(
            "its values were left out",
            Expected::Unknown,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Secret\ntype: bootstrap.kubernetes.io/token\nmetadata: {name: bootstrap-token-07401b, namespace: kube-system}\n",
            )],
        ),
        Example::of("Secrets were not listed", Expected::Unknown, &[]).partial(),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>, secret: &Object) -> Judged {
    if !is_one(secret) {
        return Ok(Verdict::Pass);
    }
    let token = BootstrapToken { object: secret };
    if !token.is_legible() {
        return Err(Unknown::new(
            "what bootstrap tokens hold was not seen",
            "use --with-secrets, or give the Secrets with their values",
        ));
    }
    let ends = token.ends();
    if !token.authenticates() || ends.is_some_and(|end| end <= seen.now()) {
        return Ok(Verdict::Pass);
    }
    let name = secret.name();
    let start = token.made().unwrap_or_else(|| seen.now());
    let lasts = ends.map(|end| end.duration_since(start).unwrap_or_default());
    let (severity, message) = if is_known(&token) {
        (
            Severity::Critical,
            format!("The token in {name} is one that everybody knows or can guess."),
        )
    } else if let Some(lasts) = lasts {
        if lasts <= LONGEST {
            return Ok(Verdict::Pass);
        }
        (Severity::High, format!("The token in {name} lasts {} hours.", lasts.as_secs() / 3600))
    } else {
        (Severity::High, format!("The token in {name} never ends."))
    };
    let evidence = token
        .value("expiration")
        .map_or_else(|| "no expiration".to_owned(), |(value, _)| format!("expiration {value}"));
    Ok(Verdict::fail(Problem::new(severity, message).evidence(evidence).mended_by(Remedy::Delete)))
}

const LONGEST: Duration = Duration::from_hours(24);

/// Whether the token is published, or has so few different characters that it was typed.
fn is_known(token: &BootstrapToken<'_>) -> bool {
    let value = |key: &str| token.value(key).map(|(value, _)| value).unwrap_or_default();
    let (id, secret) = (value("token-id"), value("token-secret"));
    let mut letters: Vec<char> = secret.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    PUBLISHED.contains(&(id.as_str(), secret.as_str()))
        || SEQUENCES.contains(&secret.as_str())
        || letters.len() < FEWEST
}

/// Tokens that stand in documentation and examples.
const PUBLISHED: [(&str, &str); 4] = [
    ("abcdef", "0123456789abcdef"),
    ("07401b", "f395accd246ae52d"),
    ("9a08jv", "c0izixklcxtmnze7"),
    ("783bde", "3f89s0fje9f38fhf"),
];

const SEQUENCES: [&str; 4] =
    ["0123456789abcdef", "1234567890abcdef", "abcdefghijklmnop", "1234567890123456"];

/// Sixteen characters at random have fewer different ones about never.
const FEWEST: usize = 5;
