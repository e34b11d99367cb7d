//! AN-014: an issuer that issues tokens to everybody.

use super::BASE;
use super::an_012::unclear;
use super::cel::{Expr, Op};
use super::effective::Effective;
use super::issuer::Issuer;
use super::names::Met;
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};

pub(crate) const AN_014: Check = Check {
    id: "AN-014",
    name: "multi-tenant-issuer",
    title: "An issuer that serves everybody is trusted without asking whose user it is",
    severities: &[Severity::High],
    why: "Anybody in the world gets an account there, and with it a token that this cluster takes: they are system:authenticated at once.",
    fails: "The issuer serves many organizations (Google accounts, Entra's common, organizations or consumers, GitHub, GitLab, Terraform, Buildkite) and no required claim or rule holds tokens to one of them. An issuer of one organization passes.",
    fix: Fix::Steps(
        "Ask for the organization: --oidc-required-claim=hd=example.com (Google), tid=TENANT (Entra; better the tenant's own issuer), repository_owner=ORG (GitHub Actions), or in the file:\n  claimValidationRules:\n  - {claim: hd, requiredValue: example.com}",
    ),
    references: &[Reference::Mitre("T1078.004"), Reference::Owasp("K09")],
    judge: Judge::Whole(|seen| {
        Effective::judge_each(seen, |seen, one| one.judge_issuers(|issuer| judge(seen, issuer)))
    }),
    examples: &[
        Example::of(
            "every account of Google",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(apiserver!(
                "--oidc-issuer-url=https://accounts.google.com",
                "--oidc-client-id=1.apps.googleusercontent.com",
                "--oidc-username-claim=email"
            ))],
        ),
        Example::of(
            "every workflow of GitHub, though a rule asks for a branch",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(
                "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt:\n- issuer: {url: https://token.actions.githubusercontent.com, audiences: [cluster-1]}\n  claimMappings: {username: {claim: sub, prefix: 'github:'}}\n  claimValidationRules: [{claim: ref, requiredValue: refs/heads/main}]\n",
            )],
        ),
        Example::of(
            "of one organization",
            Expected::Pass,
            &[ExampleFile::manifest(apiserver!(
                "--oidc-issuer-url=https://accounts.google.com",
                "--oidc-client-id=1.apps.googleusercontent.com",
                "--oidc-required-claim=hd=example.com"
            ))],
        ),
        Example::of(
            "workflows of one organization, by a rule",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt:\n- issuer: {url: https://token.actions.githubusercontent.com, audiences: [cluster-1]}\n  claimMappings: {username: {claim: sub, prefix: 'github:'}}\n  claimValidationRules:\n  - expression: claims.?repository_owner.orValue('') in [\"example\"] && claims.ref == 'refs/heads/main'\n",
            )],
        ),
        Example::of(
            "one tenant of Entra",
            Expected::Pass,
            &[ExampleFile::manifest(apiserver!(
                "--oidc-issuer-url=https://login.microsoftonline.com/6f1c7a1e-0d4f-4b43-8d0a-6f2c0f6b1d52/v2.0",
                "--oidc-client-id=cluster-1"
            ))],
        ),
        Example::of(
            "a rule that is not understood",
            Expected::Unknown,
            &[ExampleFile::manifest(
                "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt:\n- issuer: {url: https://accounts.google.com, audiences: [cluster-1]}\n  claimMappings: {username: {claim: email, prefix: ''}}\n  claimValidationRules: [{expression: \"claims.hd.matches('example')\"}]\n",
            )],
        ),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>, issuer: &Issuer<'_>) -> Judged {
    let Some(Shared { name, claims, .. }) = shared(issuer.url) else { return Ok(Verdict::Pass) };
    let rules = issuer
        .claim_rules
        .iter()
        .map(|rule| rule.expr.as_ref().map_or(Met::Unclear, |expr| restricts(expr, claims)));
    let met: Vec<Met> = rules.collect();
    let required = issuer.required.iter().any(|(claim, _)| claims.contains(&claim.as_str()));
    let of_domain = issuer.user_rules.iter().any(|rule| {
        rule.expr.as_ref().is_some_and(|expr| expr.conjuncts().into_iter().any(is_domain))
    });
    if required || of_domain || met.contains(&Met::Yes) {
        return Ok(Verdict::Pass);
    }
    if met.contains(&Met::Unclear) {
        return Err(unclear(issuer, "tokens of every organization are taken"));
    }
    let claim = claims.first().copied().unwrap_or_default();
    let how = match issuer.component() {
        Some(_) => format!(
            "Start kube-apiserver with --oidc-required-claim={claim}=ORGANIZATION (the value your tokens have)."
        ),
        None => format!(
            "Add to claimValidationRules: - {{claim: {claim}, requiredValue: ORGANIZATION}} (the value your tokens have)."
        ),
    };
    let problem = Problem::new(
        Severity::High,
        format!("{name} serves everybody, and no rule asks whose user it is (claim {claim})."),
    )
    .detail("organization")
    .evidence(issuer.url)
    .mended_by(Remedy::Steps(how));
    Ok(Verdict::fail(issuer.place(seen, problem, &["issuer", "url"], "oidc-issuer-url")))
}

/// The issuer of many organizations that a URL is.
fn shared(url: &str) -> Option<&'static Shared> {
    let rest = url.strip_prefix("https://").unwrap_or(url).trim_end_matches('/');
    SHARED.iter().find(|one| {
        rest.strip_prefix(one.place).is_some_and(|more| more.is_empty() || more.starts_with('/'))
    })
}

/// An issuer of many organizations.
struct Shared {
    /// Host and path, without `https://`.
    place: &'static str,
    /// What it is called.
    name: &'static str,
    /// Claims that tell its organizations apart.
    claims: &'static [&'static str],
}

const GITHUB: &[&str] =
    &["repository_owner", "repository_owner_id", "repository", "repository_id", "org", "sub"];
const ENTRA: &[&str] = &["tid"];

const SHARED: [Shared; 10] = [
    Shared { place: "accounts.google.com", name: "Google", claims: &["hd", "sub"] },
    Shared { place: "login.microsoftonline.com/common", name: "Entra's common", claims: ENTRA },
    Shared {
        place: "login.microsoftonline.com/organizations",
        name: "Entra's organizations",
        claims: ENTRA,
    },
    Shared {
        place: "login.microsoftonline.com/consumers",
        name: "Entra's consumers",
        claims: ENTRA,
    },
    Shared { place: "token.actions.githubusercontent.com", name: "GitHub Actions", claims: GITHUB },
    Shared { place: "github.com/login/oauth", name: "GitHub", claims: GITHUB },
    Shared {
        place: "gitlab.com",
        name: "GitLab",
        claims: &[
            "namespace_path",
            "namespace_id",
            "project_path",
            "project_id",
            "groups_direct",
            "sub",
        ],
    },
    Shared {
        place: "app.terraform.io",
        name: "HCP Terraform",
        claims: &["terraform_organization_id", "terraform_organization_name", "sub"],
    },
    Shared {
        place: "agent.buildkite.com",
        name: "Buildkite",
        claims: &["organization_slug", "organization_id", "sub"],
    },
    Shared { place: "oauth2.sigstore.dev/auth", name: "Sigstore", claims: &["email", "sub"] },
];

/// Whether a rule holds one of some claims to fixed values.
fn restricts(rule: &Expr, claims: &[&str]) -> Met {
    let is_claim = |expr: &Expr| claims.iter().any(|claim| expr.is_field("claims", claim));
    let all = rule.conjuncts();
    if all.iter().any(|one| is_held(one, &is_claim)) {
        return Met::Yes;
    }
    let is_unclear = |one: &&Expr| !one.is_has() && one.any(&is_claim);
    if all.iter().any(is_unclear) { Met::Unclear } else { Met::No }
}

/// `claims.hd == 'a'`, `claims.hd in ['a']`, `claims.sub.startsWith('org:a/')`.
fn is_held(expr: &Expr, is_claim: &dyn Fn(&Expr) -> bool) -> bool {
    let says = |expr: &Expr| expr.text().is_some_and(|text| !text.is_empty());
    if let Some((left, right)) = expr.equal() {
        return (is_claim(left) && says(right)) || (is_claim(right) && says(left));
    }
    if let Expr::Binary(Op::In, left, right) = expr {
        return is_claim(left) && right.texts().is_some();
    }
    if let Expr::Call(Some(on), name, args) = expr {
        return matches!(name.as_str(), "startsWith" | "endsWith")
            && is_claim(on)
            && args.iter().all(|one| one.text().is_some_and(|text| text.len() > 1));
    }
    false
}

/// `user.username.endsWith('@example.com')`.
fn is_domain(rule: &Expr) -> bool {
    matches!(rule, Expr::Call(Some(on), name, args)
        if name == "endsWith"
            && on.is_field("user", "username")
            && args.iter().all(|one| one.text().is_some_and(|text| text.starts_with('@'))))
}
