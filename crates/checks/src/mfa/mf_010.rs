//! MF-010: whether the identity provider can prove a second factor at all.

use inventory::Unknown;

use super::BASE;
use super::factors::proves_two;
use super::mf_001::is_for_programs;
use crate::authentication::apiserver;
use crate::authentication::effective::Effective;
use crate::authentication::issuer::Issuer;
use crate::authentication::names::Met;
use crate::authentication::structured;
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Confidence, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(crate) const MF_010: Check = Check {
    id: "MF-010",
    name: "unseen-provider",
    title: "The identity provider cannot say in its tokens that two factors were proved",
    severities: &[Severity::Info],
    why: "What is asked at the login is decided there, and this cluster can only see what the token says of it.",
    fails: "The issuer is one whose tokens carry neither amr nor acr (Google). It passes only where rules prove two factors; of any other provider nothing is known here, and that is said.",
    fix: Fix::Steps(
        "Put a gateway with a second factor of its own before the API, or a provider between that carries amr or acr (Keycloak, Okta, Entra with acrs). Else show that the provider asks everybody for two factors, and keep the proof.",
    ),
    references: &[Reference::Nsa("Authentication and authorization")],
    judge: Judge::Whole(|seen| Effective::judge_each(seen, judge)),
    examples: &[
        Example::of(
            "Google",
            Expected::Fail(Severity::Info),
            &[ExampleFile::manifest(apiserver!(
                "--oidc-issuer-url=https://accounts.google.com",
                "--oidc-client-id=1.apps.googleusercontent.com"
            ))],
        ),
        Example::of(
            "rules prove it",
            Expected::Pass,
            &[ExampleFile::manifest(structured!(
                "claimMappings: {username: {claim: sub, prefix: 'oidc:'}}",
                "claimValidationRules: [{expression: \"'mfa' in claims.amr\"}]"
            ))],
        ),
        Example::of(
            "a provider of which nothing else was seen",
            Expected::Unknown,
            &[ExampleFile::manifest(apiserver!(
                "--oidc-issuer-url=https://id.example.com",
                "--oidc-client-id=cluster-1"
            ))],
        ),
        Example::of(
            "no provider was seen",
            Expected::Unknown,
            &[ExampleFile::manifest(apiserver!("--secure-port=6443"))],
        ),
        Example::of("nothing was seen", Expected::Unknown, &[]),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>, effective: &Effective<'_>) -> Judged {
    let issuers = effective.issuers()?;
    let mut people = issuers.iter().filter(|one| !is_for_programs(one.url)).peekable();
    if people.peek().is_none() {
        return Err(Unknown::new(
            "no identity provider was seen, so whether people prove a second factor is not known",
            "give the file that --authentication-config names, or look at the gateway or provider that people log in with",
        ));
    }
    let mut problems = Vec::new();
    let mut unseen = None;
    for issuer in people {
        if is_mute(issuer) {
            let message = format!("Tokens of {} say nothing of factors.", issuer.url);
            let problem = Problem::new(Severity::Info, message)
                .detail("provider")
                .evidence(issuer.url)
                .confidence(Confidence::Medium);
            problems.push(issuer.place(seen, problem, &["issuer", "url"], "oidc-issuer-url"));
        } else if proves_two(issuer) != Met::Yes {
            unseen = Some(issuer.url);
        }
    }
    match unseen {
        Some(url) if problems.is_empty() => Err(Unknown::new(
            format!("what {url} asks people for was not seen"),
            "show its login policy, and which amr and acr its tokens carry",
        )),
        Some(_) | None => Ok(Verdict::of(problems)),
    }
}

/// Whether an issuer's tokens carry neither `amr` nor `acr`.
fn is_mute(issuer: &Issuer<'_>) -> bool {
    matches!(
        issuer.url.strip_prefix("https://").unwrap_or(issuer.url).trim_end_matches('/'),
        "accounts.google.com"
    )
}
