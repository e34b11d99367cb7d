//! MF-001: tokens that prove one factor are enough.

use inventory::Unknown;

use super::BASE;
use super::factors::proves_two;
use crate::authentication::effective::Effective;
use crate::authentication::issuer::Issuer;
use crate::authentication::names::Met;
use crate::authentication::{apiserver, structured};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};

pub(crate) const MF_001: Check = Check {
    id: "MF-001",
    name: "no-second-factor",
    title: "No rule asks that people proved two factors",
    severities: &[Severity::High],
    why: "A password that was guessed or phished is enough to work in the cluster as that person, if the identity provider lets one in with it.",
    fails: "An issuer in the authentication file has no claimValidationRule that proves two factors: amr with mfa, two methods of different classes (otp alone is one factor), or an acr that names such a level. A rule that holds where amr is missing proves nothing. Issuers that give tokens to programs only are let off; issuers named by flags are MF-002.",
    fix: Fix::Steps(
        "Have the identity provider ask for two factors and say so in the token. Then add to the issuer in the authentication file:\n  claimValidationRules:\n  - expression: \"has(claims.amr) && claims.amr.exists(m, m == 'mfa')\"\n    message: a second factor is required\nWhere it says so by a level (Keycloak, Okta): claims.?acr.orValue('') == 'THE LEVEL'. Entra's v2.0 tokens carry no amr: ask for its acrs.",
    ),
    references: &[
        Reference::Nsa("Authentication and authorization"),
        Reference::Mitre("T1078"),
        Reference::Owasp("K09"),
    ],
    judge: Judge::Whole(|seen| {
        Effective::judge_each(seen, |seen, one| {
            if one.config()?.is_none() {
                return Ok(Verdict::NotApplicable(
                    "no AuthenticationConfiguration is used".to_owned(),
                ));
            }
            one.judge_issuers(|issuer| judge(seen, issuer))
        })
    }),
    examples: &[
        Example::of(
            "no rule",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(structured!(
                "claimMappings: {username: {claim: sub, prefix: 'oidc:'}}"
            ))],
        ),
        Example::of(
            "a code alone is one factor",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(structured!(
                "claimMappings: {username: {claim: sub, prefix: 'oidc:'}}",
                "claimValidationRules: [{expression: \"'otp' in claims.amr\"}]"
            ))],
        ),
        Example::of(
            "two factors",
            Expected::Pass,
            &[ExampleFile::manifest(structured!(
                "claimMappings: {username: {claim: sub, prefix: 'oidc:'}}",
                "claimValidationRules:",
                "- expression: \"has(claims.amr) && claims.amr.exists(m, m == 'mfa')\"",
                "  message: a second factor is required"
            ))],
        ),
        Example::of(
            "a password and a key",
            Expected::Pass,
            &[ExampleFile::manifest(structured!(
                "claimMappings: {username: {claim: sub, prefix: 'oidc:'}}",
                "claimValidationRules: [{expression: \"'pwd' in claims.amr && 'hwk' in claims.amr\"}]"
            ))],
        ),
        Example::of(
            "a level by its value",
            Expected::Pass,
            &[ExampleFile::manifest(structured!(
                "claimMappings: {username: {claim: sub, prefix: 'oidc:'}}",
                "claimValidationRules: [{claim: acr, requiredValue: 'urn:okta:loa:2fa:any'}]"
            ))],
        ),
        Example::of(
            "a level that only its makers know",
            Expected::Unknown,
            &[ExampleFile::manifest(structured!(
                "claimMappings: {username: {claim: sub, prefix: 'oidc:'}}",
                "claimValidationRules: [{expression: \"claims.acr == 'gold'\"}]"
            ))],
        ),
        Example::of(
            "tokens of workflows",
            Expected::Exempt,
            &[ExampleFile::manifest(
                "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt:\n- issuer: {url: https://token.actions.githubusercontent.com, audiences: [cluster-1]}\n  claimMappings: {username: {claim: sub, prefix: 'github:'}}\n",
            )],
        ),
        Example::of(
            "flags only",
            Expected::NotApplicable,
            &[ExampleFile::manifest(apiserver!(
                "--oidc-issuer-url=https://id.example.com",
                "--oidc-client-id=cluster-1"
            ))],
        ),
        Example::of(
            "the file was not seen",
            Expected::Unknown,
            &[ExampleFile::manifest(apiserver!(
                "--authentication-config=/etc/kubernetes/auth.yaml"
            ))],
        ),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>, issuer: &Issuer<'_>) -> Judged {
    if !issuer.is_structured() {
        return Ok(Verdict::Pass);
    }
    if is_for_programs(issuer.url) {
        return Ok(Verdict::Exempt(format!(
            "{} gives tokens to programs, which have no second factor",
            issuer.url
        )));
    }
    match proves_two(issuer) {
        Met::Yes => Ok(Verdict::Pass),
        Met::Unclear => Err(Unknown::new(
            format!("whether the rules of {} prove two factors is not known", issuer.url),
            "look up what its amr and acr values mean at the identity provider",
        )),
        Met::No => {
            let problem = Problem::new(
                Severity::High,
                format!("A token of {} for which one factor was enough is taken.", issuer.url),
            )
            .detail("factors")
            .evidence("no rule about amr or acr that proves two factors")
            .mended_by(Remedy::Steps(
                "Add to claimValidationRules of this issuer, once the identity provider says so in its tokens:\n- expression: \"has(claims.amr) && claims.amr.exists(m, m == 'mfa')\"\n  message: a second factor is required".to_owned(),
            ));
            Ok(Verdict::fail(issuer.place(seen, problem, &["claimValidationRules"], "")))
        }
    }
}

/// Whether an issuer's tokens are those of programs: workflows, service accounts of clusters.
pub(super) fn is_for_programs(url: &str) -> bool {
    let rest = url.strip_prefix("https://").unwrap_or(url);
    PROGRAMS.iter().any(|place| rest.starts_with(place))
        || (rest.starts_with("oidc.eks.") && rest.contains(".amazonaws.com/id/"))
}

const PROGRAMS: [&str; 6] = [
    "token.actions.githubusercontent.com",
    "agent.buildkite.com",
    "oidc.circleci.com/",
    "app.terraform.io",
    "container.googleapis.com/",
    "kubernetes.default.svc",
];
