//! AN-017: mistakes in an authentication file that shut people out, or ask the wrong one.

use super::BASE;
use super::cel::Expr;
use super::effective::Effective;
use super::issuer::{Issuer, Mapping, Rule};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(crate) const AN_017: Check = Check {
    id: "AN-017",
    name: "authentication-file-mistakes",
    title: "The authentication file has an issuer that cannot work as meant",
    severities: &[Severity::Medium],
    why: "A second issuer of one URL or an http address stops the server or its reload; a claim that a token lacks makes an expression an error, and that person is shut out.",
    fails: "Two issuers have one url or one discoveryURL; a discoveryURL is not https; or groups or extra take a claim, in an expression, that need not be there, without has() or .?claim. iss, sub, aud, exp and iat are always there.",
    fix: Fix::Steps(
        "Leave one issuer of each url; use https for discoveryURL; write claims.?groups.orValue([]) instead of claims.groups.",
    ),
    references: &[Reference::Kubernetes("reference/access-authn-authz/authentication/")],
    judge: Judge::Whole(|seen| Effective::judge_each(seen, judge)),
    examples: &[
        Example::of(
            "one issuer twice",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(
                "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt:\n- issuer: {url: https://id.example.com, audiences: [a]}\n  claimMappings: {username: {claim: sub, prefix: 'a:'}}\n- issuer: {url: https://id.example.com, audiences: [b]}\n  claimMappings: {username: {claim: sub, prefix: 'b:'}}\n",
            )],
        ),
        Example::of(
            "keys fetched over http",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(
                "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt:\n- issuer: {url: https://id.example.com, discoveryURL: 'http://id.internal/keys', audiences: [cluster-1]}\n  claimMappings: {username: {claim: sub, prefix: 'oidc:'}}\n",
            )],
        ),
        Example::of(
            "groups that need not be there",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(structured!(
                "claimMappings:",
                "  username: {claim: sub, prefix: 'oidc:'}",
                "  groups: {expression: \"claims.groups.map(g, 'oidc:' + g)\"}"
            ))],
        ),
        Example::of(
            "groups with something in their stead",
            Expected::Pass,
            &[ExampleFile::manifest(structured!(
                "claimMappings:",
                "  username: {claim: sub, prefix: 'oidc:'}",
                "  groups: {expression: \"has(claims.groups) ? claims.groups.map(g, 'oidc:' + g) : []\"}",
                "  extra: [{key: example.com/team, valueExpression: \"claims.?team.orValue('')\"}]"
            ))],
        ),
        Example::of(
            "no file",
            Expected::NotApplicable,
            &[ExampleFile::manifest(apiserver!("--secure-port=6443"))],
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

fn judge(seen: &Seen<'_>, effective: &Effective<'_>) -> Judged {
    if effective.config()?.is_none() {
        return Ok(Verdict::NotApplicable("no AuthenticationConfiguration is used".to_owned()));
    }
    let issuers = effective.issuers()?;
    let mut problems = Vec::new();
    for (index, issuer) in issuers.iter().enumerate().filter(|(_, one)| one.is_structured()) {
        let before = issuers.iter().take(index);
        let mut say = |what: &str, message: String, keys: &[&str]| {
            let problem = Problem::new(Severity::Medium, message).detail(what);
            problems.push(issuer.place(seen, problem, keys, ""));
        };
        if before.clone().any(|other| other.url == issuer.url) {
            say("url", format!("{} is there twice.", issuer.url), &["issuer", "url"]);
        }
        if let Some(discovery) = issuer.discovery {
            if before.clone().any(|other| other.discovery == Some(discovery)) {
                say(
                    "discoveryURL",
                    format!("{discovery} is there twice."),
                    &["issuer", "discoveryURL"],
                );
            }
            if !discovery.starts_with("https://") {
                say(
                    "discoveryURL scheme",
                    format!("Keys of {} are looked up without TLS, at {discovery}.", issuer.url),
                    &["issuer", "discoveryURL"],
                );
            }
        }
        for claim in bare(issuer) {
            say(
                &format!("claim {claim}"),
                format!(
                    "Who has no claim {claim} is shut out: an expression takes it without providing for that."
                ),
                &["claimMappings"],
            );
        }
    }
    Ok(Verdict::of(problems))
}

/// Claims that expressions for groups and extra facts take without providing for their absence.
fn bare(issuer: &Issuer<'_>) -> Vec<String> {
    let groups = match &issuer.groups {
        Mapping::Expression(rule) => Some(rule),
        Mapping::Absent | Mapping::Claim { .. } => None,
    };
    let rules = groups.into_iter().chain(&issuer.extra);
    let mut found: Vec<String> = rules.flat_map(of_rule).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn of_rule(rule: &Rule) -> Vec<String> {
    let Some(expr) = &rule.expr else { return Vec::new() };
    let mut found = Vec::new();
    claims(expr, &mut found);
    let is_provided_for = |claim: &String| {
        ALWAYS.contains(&claim.as_str())
            || expr.any(&|part| {
                matches!(part, Expr::Call(None, name, args)
                    if name == "has" && args.iter().any(|one| one.is_field("claims", claim)))
            })
    };
    found.retain(|claim| !is_provided_for(claim));
    found
}

fn claims(expr: &Expr, found: &mut Vec<String>) {
    if let Expr::Member(of, name, false) = expr
        && **of == Expr::Name("claims".to_owned())
    {
        found.push(name.clone());
    }
    for part in expr.parts() {
        claims(part, found);
    }
}

const ALWAYS: [&str; 5] = ["iss", "sub", "aud", "exp", "iat"];
