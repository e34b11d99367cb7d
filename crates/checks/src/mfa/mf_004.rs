//! MF-004: for how long one login counts.

use std::time::Duration;

use inventory::{Kind, Object, Unknown};

use super::BASE;
use crate::authentication::cel::{Expr, Op};
use crate::authentication::effective::Effective;
use crate::authentication::issuer::Issuer;
use crate::authentication::kubeconfigs::{about, service_account, tokens, users};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Problem, Reference, Seen, Severity, Tally};

pub(crate) const MF_004: Check = Check {
    id: "MF-004",
    name: "lasting-id-token",
    title: "A token of the identity provider counts for more than an hour",
    severities: &[Severity::Medium],
    why: "A token that was stolen after the second factor was proved works without it until the token ends; Kubernetes asks nobody in between.",
    fails: "A token of an issuer in a kubeconfig lasts more than an hour from iat to exp, and no rule of that issuer limits exp - iat (or nbf) to an hour or looks at auth_time. Tokens of service accounts are AN-025.",
    fix: Fix::Steps(
        "Let the identity provider issue ID tokens for an hour at most. To hold every token to that, add to the issuer in the authentication file:\n  claimValidationRules:\n  - expression: claims.exp - claims.iat <= 3600\n    message: tokens may last an hour",
    ),
    references: &[Reference::Owasp("K09"), Reference::Mitre("T1550.001")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "eight hours",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("jane/.kube/config", EIGHT_HOURS)],
        ),
        Example::of(
            "half an hour",
            Expected::Pass,
            &[ExampleFile::at("jane/.kube/config", HALF_AN_HOUR)],
        ),
        Example::of(
            "the server takes none that lasts so long",
            Expected::Pass,
            &[
                ExampleFile::at("jane/.kube/config", EIGHT_HOURS),
                ExampleFile::at(
                    "authentication.yaml",
                    "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt:\n- issuer: {url: https://id.example.com, audiences: [cluster-1]}\n  claimMappings: {username: {claim: sub, prefix: 'oidc:'}}\n  claimValidationRules: [{expression: 'claims.exp - claims.iat <= 3600'}]\n",
                ),
            ],
        ),
        Example::of("no token was seen", Expected::Unknown, &[]),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let effective = Effective::all(seen).unwrap_or_default();
    let issuers: Vec<Issuer<'_>> =
        effective.iter().filter_map(|one| one.issuers().ok()).flatten().collect();
    let mut tally = Tally::new();
    for object in seen.of(Kind::KUBECONFIG) {
        of_kubeconfig(seen, object, &issuers, &mut tally);
    }
    if tally.is_empty() {
        return Err(Unknown::new(
            "no token of an identity provider was seen",
            "give a kubeconfig with an ID token in it, or look up how long the identity provider's last",
        ));
    }
    Ok(tally)
}

fn of_kubeconfig(seen: &Seen<'_>, object: &Object, issuers: &[Issuer<'_>], tally: &mut Tally) {
    for user in users(object) {
        for (claims, path) in tokens(&user) {
            let (Some(issued), Some(ends), None) =
                (claims.issued, claims.ends, service_account(&claims))
            else {
                continue;
            };
            let lasts = ends.duration_since(issued).unwrap_or_default();
            let url = claims.issuer.as_deref().unwrap_or_default();
            let is_limited = || issuers.iter().filter(|one| one.url == url).any(limits);
            let problem = (lasts > LONGEST && !is_limited()).then(|| {
                let minutes = lasts.as_secs() / 60;
                Problem::new(
                    Severity::Medium,
                    format!("The token of {} from {url} lasts {minutes} minutes.", user.name),
                )
                .detail(user.name)
                .evidence(format!("exp - iat = {}", lasts.as_secs()))
                .at(path)
            });
            tally.add(about(seen, object), Ok(problem.into()));
        }
    }
}

const LONGEST: Duration = Duration::from_hours(1);

/// Whether a rule limits how long tokens last, or looks at when their user logged in.
fn limits(issuer: &Issuer<'_>) -> bool {
    let exprs = issuer.claim_rules.iter().filter_map(|rule| rule.expr.as_ref());
    exprs.flat_map(Expr::conjuncts).any(|one| {
        let is_short = if let Expr::Binary(Op::Less, life, most) = one {
            is_life(life) && matches!(**most, Expr::Number(seconds) if seconds <= 3600.0)
        } else {
            false
        };
        is_short || one.mentions("claims", "auth_time")
    })
}

/// `claims.exp - claims.iat`, or from `nbf`.
fn is_life(expr: &Expr) -> bool {
    let is = |expr: &Expr, claim: &str| expr.is_field("claims", claim);
    matches!(expr, Expr::Binary(Op::Minus, end, start)
        if is(end, "exp") && (is(start, "iat") || is(start, "nbf")))
}

const EIGHT_HOURS: &str = "\
apiVersion: v1
kind: Config
clusters: []
users:
- name: jane
  user:
    auth-provider:
      name: oidc
      config:
        id-token: eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwic3ViIjoiamFuZSIsImlhdCI6MTc4MDI3MjAwMCwiZXhwIjoxNzgwMzAwODAwfQ.c2ln
";

const HALF_AN_HOUR: &str = "\
apiVersion: v1
kind: Config
clusters: []
users:
- name: jane
  user:
    token: eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwic3ViIjoiamFuZSIsImlhdCI6MTc4MDI3MjAwMCwiZXhwIjoxNzgwMjczODAwfQ.c2ln
";
