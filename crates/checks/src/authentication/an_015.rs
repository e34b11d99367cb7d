//! AN-015: names that people can change.

use super::BASE;
use super::an_012::unclear;
use super::cel::Expr;
use super::effective::Effective;
use super::issuer::{Issuer, Mapping};
use super::names::Met;
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(crate) const AN_015: Check = Check {
    id: "AN-015",
    name: "mutable-username",
    title: "People are known by a name that they can change",
    severities: &[Severity::Medium],
    why: "Who sets their address or display name at the identity provider to that of another person, or gets an address that was somebody's before, has that person's rights.",
    fails: "The name comes from preferred_username, upn, name, nickname or unique_name; or from email while no rule asks that email_verified is true. Without a rule kube-apiserver takes an address whose token says nothing of email_verified.",
    fix: Fix::Steps(
        "Use a claim that never changes: --oidc-username-claim=sub (Entra: oid), or claimMappings.username.claim in the file, and name users so in bindings.\nTo stay with addresses, add to the file: claimValidationRules: - {expression: 'claims.?email_verified.orValue(false) == true', message: the address must be verified}. Flags cannot ask that: the claim is no text.",
    ),
    references: &[
        Reference::Owasp("K09"),
        Reference::Kubernetes("reference/access-authn-authz/authentication/"),
    ],
    judge: Judge::Whole(|seen| {
        Effective::judge_each(seen, |seen, one| one.judge_issuers(|issuer| judge(seen, issuer)))
    }),
    examples: &[
        Example::of(
            "an address, by flags",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(apiserver!(
                "--oidc-issuer-url=https://id.example.com",
                "--oidc-client-id=cluster-1",
                "--oidc-username-claim=email"
            ))],
        ),
        Example::of(
            "a name to show",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(structured!(
                "claimMappings: {username: {expression: \"'oidc:' + claims.preferred_username\"}}"
            ))],
        ),
        Example::of(
            "a rule that takes an address that is said nothing of",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(structured!(
                "claimMappings: {username: {expression: claims.email}}",
                "claimValidationRules: [{expression: 'claims.?email_verified.orValue(true) == true'}]"
            ))],
        ),
        Example::of(
            "an address that must be verified",
            Expected::Pass,
            &[ExampleFile::manifest(structured!(
                "claimMappings: {username: {claim: email, prefix: ''}}",
                "claimValidationRules: [{expression: 'has(claims.email_verified) && claims.email_verified'}]"
            ))],
        ),
        Example::of(
            "a claim that never changes",
            Expected::Pass,
            &[ExampleFile::manifest(structured!(
                "claimMappings: {username: {claim: oid, prefix: 'entra:'}}"
            ))],
        ),
        Example::of(
            "a rule that is not understood",
            Expected::Unknown,
            &[ExampleFile::manifest(structured!(
                "claimMappings: {username: {claim: email, prefix: ''}}",
                "claimValidationRules: [{expression: \"claims.email_verified || claims.hd == 'example.com'\"}]"
            ))],
        ),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>, issuer: &Issuer<'_>) -> Judged {
    let Some(claim) = mutable(issuer) else { return Ok(Verdict::Pass) };
    if claim == "email" {
        let rules = issuer
            .claim_rules
            .iter()
            .map(|rule| rule.expr.as_ref().map_or(Met::Unclear, asks_verified));
        let met: Vec<Met> = rules.collect();
        if met.contains(&Met::Yes) {
            return Ok(Verdict::Pass);
        }
        if met.contains(&Met::Unclear) {
            return Err(unclear(issuer, "the address must be verified"));
        }
    }
    let message = if claim == "email" {
        format!(
            "Users of {} are known by an address, and no rule asks that it is verified.",
            issuer.url
        )
    } else {
        format!("Users of {} are known by {claim}, which they can change.", issuer.url)
    };
    let problem = Problem::new(Severity::Medium, message)
        .detail("username claim")
        .evidence(format!("claim {claim}"));
    let keys = ["claimMappings", "username"];
    Ok(Verdict::fail(issuer.place(seen, problem, &keys, "oidc-username-claim")))
}

/// The claim that names the user, if people can change it.
fn mutable(issuer: &Issuer<'_>) -> Option<&'static str> {
    MUTABLE.into_iter().find(|wanted| match &issuer.username {
        Mapping::Absent => false,
        Mapping::Claim { claim, .. } => claim == wanted,
        Mapping::Expression(rule) => {
            rule.expr.as_ref().is_some_and(|expr| expr.mentions("claims", wanted))
        }
    })
}

const MUTABLE: [&str; 6] =
    ["email", "preferred_username", "upn", "name", "nickname", "unique_name"];

/// Whether a rule asks that the address is verified.
fn asks_verified(rule: &Expr) -> Met {
    let all = rule.conjuncts();
    if all.iter().any(|one| is_verified(one)) {
        return Met::Yes;
    }
    let is_unclear = |one: &&Expr| {
        !one.is_has() && !takes_silence(one) && one.mentions("claims", "email_verified")
    };
    if all.iter().any(is_unclear) { Met::Unclear } else { Met::No }
}

/// `claims.email_verified`, `claims.email_verified == true`.
fn is_verified(expr: &Expr) -> bool {
    is_claim(expr)
        || expr.equal().is_some_and(|(left, right)| {
            (is_claim(left) && *right == Expr::Bool(true))
                || (is_claim(right) && *left == Expr::Bool(true))
        })
}

/// `claims.?email_verified.orValue(true)`: what says nothing counts as verified.
fn takes_silence(expr: &Expr) -> bool {
    expr.any(&|part| {
        matches!(part, Expr::Call(Some(on), name, args)
            if name == "orValue" && is_claim(on) && args.contains(&Expr::Bool(true)))
    })
}

fn is_claim(expr: &Expr) -> bool {
    expr.is_field("claims", "email_verified")
}
