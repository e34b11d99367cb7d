//! AN-018, AN-021, AN-022 and AN-031: for how long a token counts.

use std::time::Duration;

use inventory::{Component, ComponentKind};

use super::BASE;
use super::duration::duration;
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{FlagRule, Mend, unset};
use crate::{Check, Fix, Judge, JudgeComponent, Judged, Reference, Seen, Severity, Verdict};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "AN-018",
        name: "token-lookup",
        title: "Tokens of deleted service accounts and Secrets are taken",
        severities: &[Severity::High],
        why: "Deleting an account, a pod or a token Secret takes nothing back: a stolen token works on until it ends, a legacy one for ever.",
        fails: "--service-account-lookup is false. Not given it is true.",
        fix: Fix::Automatic("Removes the flag; the default is true."),
        references: &[Reference::Cis("1.2.21"), Reference::Owasp("K09")],
        judge: Judge::Components(ComponentKind::ApiServer, &LOOKUP),
        examples: &[
            Example::of(
                "off",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(apiserver!(
                    "--service-account-lookup=False",
                    "--secure-port=6443"
                ))],
            ),
            Example::of(
                "not given",
                Expected::Pass,
                &[ExampleFile::manifest(apiserver!("--secure-port=6443"))],
            ),
            Example::of(
                "on, in its short form",
                Expected::Pass,
                &[ExampleFile::manifest(apiserver!("--service-account-lookup"))],
            ),
            Example::of("no API server was seen", Expected::Unknown, &[]),
        ],
        ..BASE
    },
    Check {
        id: "AN-021",
        name: "extended-tokens",
        title: "Tokens of pods last a year instead of an hour",
        severities: &[Severity::Medium],
        why: "A token that leaks from a pod, its logs or a backup is good for up to a year while the pod lives.",
        fails: "--service-account-extend-token-expiration is not false. Not given it is true.",
        fix: Fix::Steps(
            "First see whether a client still uses old tokens: kubectl get --raw /metrics | grep serviceaccount_stale_tokens_total   # on each API server; must not grow\nFind who: audit events with the annotation authentication.k8s.io/stale-token. Update those clients: they must read the token file again.\nThen start kube-apiserver with --service-account-extend-token-expiration=false.",
        ),
        references: &[Reference::Cis("1.2.30")],
        judge: Judge::Components(ComponentKind::ApiServer, &EXTENDED),
        examples: &[
            Example::of(
                "the default",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::manifest(apiserver!("--secure-port=6443"))],
            ),
            Example::of(
                "off",
                Expected::Pass,
                &[ExampleFile::manifest(apiserver!(
                    "--service-account-extend-token-expiration=false"
                ))],
            ),
            Example::of("no API server was seen", Expected::Unknown, &[]),
        ],
        ..BASE
    },
    Check {
        id: "AN-022",
        name: "longest-token",
        title: "A service account token may be asked for any length of time",
        severities: &[Severity::Low],
        why: "kubectl create token --duration=87600h then makes a credential for ten years that nobody remembers.",
        fails: "--service-account-max-token-expiration is not given, 0, or more than 24 hours.",
        fix: Fix::Automatic(
            "Sets --service-account-max-token-expiration=24h. Who asks for more gets 24 hours; kubelets fetch new tokens of pods in time.",
        ),
        references: &[Reference::Owasp("K09")],
        judge: Judge::Components(ComponentKind::ApiServer, &LONGEST),
        examples: &[
            Example::of(
                "not given",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(apiserver!("--secure-port=6443"))],
            ),
            Example::of(
                "a month",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(apiserver!(
                    "--service-account-max-token-expiration=720h0m0s"
                ))],
            ),
            Example::of(
                "a day",
                Expected::Pass,
                &[ExampleFile::manifest(apiserver!(
                    "--service-account-max-token-expiration",
                    "24h0m0s"
                ))],
            ),
            Example::of("no API server was seen", Expected::Unknown, &[]),
        ],
        ..BASE
    },
    Check {
        id: "AN-031",
        name: "token-webhook-cache",
        title: "What the token webhook said is believed for long",
        severities: &[Severity::Medium],
        why: "Who is locked out at the identity provider keeps the cluster until the cached answer ends.",
        fails: "A token webhook is used and --authentication-token-webhook-cache-ttl is more than 5 minutes. Not given it is 2 minutes.",
        fix: Fix::Automatic("Sets --authentication-token-webhook-cache-ttl=2m."),
        references: &[Reference::Owasp("K09")],
        judge: Judge::Components(ComponentKind::ApiServer, &WEBHOOK),
        examples: &[
            Example::of(
                "an hour",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::manifest(apiserver!(
                    "--authentication-token-webhook-config-file=/etc/kubernetes/webhook.yaml",
                    "--authentication-token-webhook-cache-ttl=1h"
                ))],
            ),
            Example::of(
                "the default",
                Expected::Pass,
                &[ExampleFile::manifest(apiserver!(
                    "--authentication-token-webhook-config-file=/etc/kubernetes/webhook.yaml"
                ))],
            ),
            Example::of(
                "no webhook",
                Expected::NotApplicable,
                &[ExampleFile::manifest(apiserver!("--authentication-token-webhook-cache-ttl=1h"))],
            ),
        ],
        ..BASE
    },
];

const LOOKUP: FlagRule = FlagRule {
    flag: "service-account-lookup",
    is_right: |value| !is_false(value),
    default: |_minor| Some("true"),
    severity: Severity::High,
    message: "Tokens of accounts and Secrets that were deleted are taken.",
    mend: Mend::Remove,
};

const EXTENDED: FlagRule = FlagRule {
    flag: "service-account-extend-token-expiration",
    is_right: is_false,
    default: |_minor| Some("true"),
    severity: Severity::Medium,
    message: "Tokens of pods are made to last a year.",
    mend: Mend::Choose,
};

const LONGEST: FlagRule = FlagRule {
    flag: "service-account-max-token-expiration",
    is_right: |value| {
        duration(value).is_some_and(|one| !one.is_zero() && one <= Duration::from_hours(24))
    },
    default: unset,
    severity: Severity::Low,
    message: "Service account tokens may last as long as anybody asks for.",
    mend: Mend::Set("24h"),
};

const CACHE: FlagRule = FlagRule {
    flag: "authentication-token-webhook-cache-ttl",
    is_right: |value| duration(value).is_some_and(|one| one <= Duration::from_mins(5)),
    default: |_minor| Some("2m"),
    severity: Severity::Medium,
    message: "Answers of the token webhook are believed for more than 5 minutes.",
    mend: Mend::Set("2m"),
};

/// Counts only where a webhook is asked.
struct Webhook;

const WEBHOOK: Webhook = Webhook;

impl JudgeComponent for Webhook {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        let file = component.flags.value("authentication-token-webhook-config-file");
        if file.is_none_or(str::is_empty) {
            return Ok(Verdict::NotApplicable("no token webhook is used".to_owned()));
        }
        CACHE.judge(seen, component)
    }
}

/// As Go reads booleans.
fn is_false(value: &str) -> bool {
    matches!(value, "0" | "f" | "F" | "false" | "FALSE" | "False")
}
