//! AN-013: an issuer that can name any user.

use super::BASE;
use super::an_012::unclear;
use super::cel::Expr;
use super::effective::Effective;
use super::issuer::{Issuer, Mapping};
use super::names::{Met, is_prefixed};
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::set_flag;
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};

pub(crate) const AN_013: Check = Check {
    id: "AN-013",
    name: "oidc-username-prefix",
    title: "An identity provider can name any user",
    severities: &[Severity::High],
    why: "Whoever can choose a name there takes that of another person, of a node or of system:kube-controller-manager, and has their rights.",
    fails: "The user's name comes from a claim other than email without a text before it: --oidc-username-prefix is a dash, prefix is empty, or an expression hands the claim through. Not given, --oidc-username-prefix is the issuer and #: that passes.",
    fix: Fix::Sometimes(
        "Sets --oidc-username-prefix=oidc:, or prefix in the file. Bindings must then name users with the prefix: change them in the same step (kubectl get clusterrolebindings,rolebindings -A -o wide).",
    ),
    references: &[Reference::Mitre("T1078"), Reference::Owasp("K09")],
    judge: Judge::Whole(|seen| {
        Effective::judge_each(seen, |seen, one| one.judge_issuers(|issuer| judge(seen, issuer)))
    }),
    examples: &[
        Example::of(
            "a dash",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(apiserver!(
                "--oidc-issuer-url=https://id.example.com",
                "--oidc-client-id=cluster-1",
                "--oidc-username-prefix=-"
            ))],
        ),
        Example::of(
            "an empty prefix in the file",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(structured!(
                "claimMappings: {username: {claim: preferred_username, prefix: ''}}"
            ))],
        ),
        Example::of(
            "an expression that hands the claim through",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(structured!(
                "claimMappings: {username: {expression: claims.sub}}"
            ))],
        ),
        Example::of(
            "not given: the issuer is written before it",
            Expected::Pass,
            &[ExampleFile::manifest(apiserver!(
                "--oidc-issuer-url=https://id.example.com",
                "--oidc-client-id=cluster-1"
            ))],
        ),
        Example::of(
            "an address, which is no name of the system",
            Expected::Pass,
            &[ExampleFile::manifest(apiserver!(
                "--oidc-issuer-url=https://id.example.com",
                "--oidc-client-id=cluster-1",
                "--oidc-username-claim=email"
            ))],
        ),
        Example::of(
            "an expression that writes a prefix",
            Expected::Pass,
            &[ExampleFile::manifest(structured!(
                "claimMappings: {username: {expression: \"'oidc:' + claims.sub\"}}"
            ))],
        ),
        Example::of(
            "an expression that is not understood",
            Expected::Unknown,
            &[ExampleFile::manifest(structured!(
                "claimMappings: {username: {expression: \"string(claims.number)\"}}"
            ))],
        ),
        Example::of("no API server was seen", Expected::Unknown, &[]),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>, issuer: &Issuer<'_>) -> Judged {
    let (met, what) = match &issuer.username {
        Mapping::Absent => return Ok(Verdict::Pass),
        Mapping::Claim { claim, prefix } => {
            let is_free = prefix.is_empty() && claim != "email";
            (if is_free { Met::No } else { Met::Yes }, format!("claim {claim}, no prefix"))
        }
        Mapping::Expression(rule) => {
            let is_email = |expr: &Expr| expr.is_field("claims", "email");
            let met = match &rule.expr {
                Some(expr) if is_email(expr) => Met::Yes,
                Some(expr) => is_prefixed(expr),
                None => Met::Unclear,
            };
            (met, format!("expression {}", rule.text))
        }
    };
    match met {
        Met::Yes => Ok(Verdict::Pass),
        Met::Unclear => Err(unclear(issuer, "it can name any user")),
        Met::No => {
            let message = format!(
                "{} can name any user of the cluster: nothing is written before the name.",
                issuer.url
            );
            let problem = Problem::new(Severity::High, message)
                .detail("username")
                .evidence(what)
                .mended_by(remedy(seen, issuer));
            let keys = ["claimMappings", "username"];
            Ok(Verdict::fail(issuer.place(seen, problem, &keys, "oidc-username-prefix")))
        }
    }
}

fn remedy(seen: &Seen<'_>, issuer: &Issuer<'_>) -> Remedy {
    if let Some(component) = issuer.component() {
        return set_flag(seen.inventory(), component, "oidc-username-prefix", "oidc:");
    }
    match (&issuer.username, issuer.path(&["claimMappings", "username"])) {
        (Mapping::Claim { .. }, Some(path)) => Remedy::set(path.then("prefix"), "oidc:"),
        (Mapping::Expression(rule), Some(path)) => {
            Remedy::set(path.then("expression"), format!("'oidc:' + ({})", rule.text))
        }
        (Mapping::Absent | Mapping::Claim { .. } | Mapping::Expression(_), _) => Remedy::Explained,
    }
}
