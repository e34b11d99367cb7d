//! AN-012: an issuer that can name groups of the system.

use inventory::Unknown;

use super::BASE;
use super::effective::Effective;
use super::issuer::{Issuer, Mapping};
use super::names::{Met, forbids_system, is_prefixed, is_safe_prefix};
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::set_flag;
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};

pub(crate) const AN_012: Check = Check {
    id: "AN-012",
    name: "oidc-groups-prefix",
    title: "An identity provider can put people into groups of the system",
    severities: &[Severity::Critical],
    why: "Whoever manages groups there, or can name a group there, names one system:masters and is past all authorization.",
    fails: "Groups come from a claim without a text before it, or from an expression that writes none, and no rule forbids groups that begin with system:. Not given, --oidc-groups-prefix is empty. A prefix that is a single dash passes: for groups it is a text like any other. A rule that forbids system:masters alone does not help.",
    fix: Fix::Sometimes(
        "Sets --oidc-groups-prefix=oidc:, or prefix and a rule in the file. Bindings must then name the groups with the prefix: change them in the same step (kubectl get clusterrolebindings,rolebindings -A -o wide).",
    ),
    references: &[Reference::Mitre("T1078"), Reference::Owasp("K09")],
    judge: Judge::Whole(|seen| {
        Effective::judge_each(seen, |seen, one| one.judge_issuers(|issuer| judge(seen, issuer)))
    }),
    examples: &[
        Example::of(
            "flags without a prefix",
            Expected::Fail(Severity::Critical),
            &[ExampleFile::manifest(apiserver!(
                "--oidc-issuer-url=https://id.example.com",
                "--oidc-client-id=cluster-1",
                "--oidc-groups-claim=groups"
            ))],
        ),
        Example::of(
            "a file with an empty prefix",
            Expected::Fail(Severity::Critical),
            &[ExampleFile::manifest(structured!(
                "claimMappings:",
                "  username: {claim: sub, prefix: 'oidc:'}",
                "  groups: {claim: roles, prefix: ''}"
            ))],
        ),
        Example::of(
            "one name is forbidden, the others are not",
            Expected::Fail(Severity::Critical),
            &[ExampleFile::manifest(structured!(
                "claimMappings:",
                "  username: {claim: sub, prefix: 'oidc:'}",
                "  groups: {claim: roles, prefix: ''}",
                "userValidationRules: [{expression: \"!('system:masters' in user.groups)\"}]"
            ))],
        ),
        Example::of(
            "an expression that hands the claim through",
            Expected::Fail(Severity::Critical),
            &[ExampleFile::manifest(structured!(
                "claimMappings:",
                "  username: {expression: \"'oidc:' + claims.sub\"}",
                "  groups: {expression: \"claims.roles.split(',')\"}"
            ))],
        ),
        Example::of(
            "flags with a prefix",
            Expected::Pass,
            &[ExampleFile::manifest(apiserver!(
                "--oidc-issuer-url=https://id.example.com",
                "--oidc-client-id=cluster-1",
                "--oidc-groups-claim=groups",
                "'--oidc-groups-prefix=oidc:'"
            ))],
        ),
        Example::of(
            "a dash is a prefix for groups",
            Expected::Pass,
            &[ExampleFile::manifest(apiserver!(
                "--oidc-issuer-url=https://id.example.com",
                "--oidc-client-id=cluster-1",
                "--oidc-groups-claim=groups",
                "--oidc-groups-prefix=-"
            ))],
        ),
        Example::of(
            "no prefix, but a rule",
            Expected::Pass,
            &[ExampleFile::manifest(structured!(
                "claimMappings:",
                "  username: {claim: sub, prefix: 'oidc:'}",
                "  groups: {claim: roles, prefix: ''}",
                "userValidationRules:",
                "- expression: \"user.groups.all(g, !g.startsWith('system:'))\"",
                "  message: groups of the system are reserved"
            ))],
        ),
        Example::of(
            "a rule about groups that is not understood",
            Expected::Unknown,
            &[ExampleFile::manifest(structured!(
                "claimMappings:",
                "  username: {claim: sub, prefix: 'oidc:'}",
                "  groups: {claim: roles, prefix: ''}",
                "userValidationRules: [{expression: \"user.groups.all(g, g.matches('^team-'))\"}]"
            ))],
        ),
        Example::of(
            "groups are not taken over",
            Expected::Pass,
            &[ExampleFile::manifest(structured!(
                "claimMappings: {username: {claim: sub, prefix: 'oidc:'}}"
            ))],
        ),
        Example::of(
            "no issuer",
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

fn judge(seen: &Seen<'_>, issuer: &Issuer<'_>) -> Judged {
    let (mapped, what, claim) = match &issuer.groups {
        Mapping::Absent => return Ok(Verdict::Pass),
        Mapping::Claim { claim, prefix } => {
            let met = if is_safe_prefix(prefix) { Met::Yes } else { Met::No };
            (met, format!("claim {claim}, prefix {prefix:?}"), claim.as_str())
        }
        Mapping::Expression(rule) => {
            let met = rule.expr.as_ref().map_or(Met::Unclear, is_prefixed);
            (met, format!("expression {}", rule.text), "")
        }
    };
    match best(mapped, forbidden(issuer, "groups", claim)) {
        Met::Yes => Ok(Verdict::Pass),
        Met::Unclear => Err(unclear(issuer, "groups that begin with system: are possible")),
        Met::No => {
            let problem = Problem::new(
                Severity::Critical,
                format!("{} can put people into system:masters: nothing is written before groups, and no rule forbids it.", issuer.url),
            )
            .detail("groups")
            .evidence(what)
            .mended_by(remedy(seen, issuer));
            let keys = ["claimMappings", "groups"];
            Ok(Verdict::fail(issuer.place(seen, problem, &keys, "oidc-groups-prefix")))
        }
    }
}

fn remedy(seen: &Seen<'_>, issuer: &Issuer<'_>) -> Remedy {
    if let Some(component) = issuer.component() {
        return set_flag(seen.inventory(), component, "oidc-groups-prefix", "oidc:");
    }
    match (&issuer.groups, issuer.path(&["claimMappings", "groups", "prefix"])) {
        (Mapping::Claim { .. }, Some(path)) => Remedy::set(path, "oidc:"),
        (Mapping::Expression(rule), _) => Remedy::Steps(format!(
            "Write a text before each group: expression: \"({}).map(group, 'oidc:' + group)\"\nAdd to userValidationRules: - expression: \"user.groups.all(group, !group.startsWith('system:'))\"\nName the groups with the prefix in all bindings.",
            rule.text
        )),
        (Mapping::Absent | Mapping::Claim { .. }, _) => Remedy::Explained,
    }
}

/// Whether a rule of an issuer forbids a fact of the user, or the claim it is made of, to begin
/// with `system:`.
pub(super) fn forbidden(issuer: &Issuer<'_>, fact: &str, claim: &str) -> Met {
    let about_user = issuer.user_rules.iter().map(|rule| {
        let expr = rule.expr.as_ref();
        expr.map_or(Met::Unclear, |expr| forbids_system(expr, "user", fact))
    });
    let about_claims = issuer.claim_rules.iter().filter(|_| !claim.is_empty()).map(|rule| {
        rule.expr.as_ref().map_or(Met::Unclear, |expr| forbids_system(expr, "claims", claim))
    });
    about_user.chain(about_claims).fold(Met::No, best)
}

/// One that is met is enough.
pub(super) fn best(one: Met, other: Met) -> Met {
    match (one, other) {
        (Met::Yes, _) | (_, Met::Yes) => Met::Yes,
        (Met::Unclear, _) | (_, Met::Unclear) => Met::Unclear,
        (Met::No, Met::No) => Met::No,
    }
}

/// That rules are there whose meaning is not recognised.
pub(crate) fn unclear(issuer: &Issuer<'_>, whether: &str) -> Unknown {
    Unknown::new(
        format!(
            "{} has rules that are not understood, so whether {whether} is not known",
            issuer.url
        ),
        "read its rules and mappings in the AuthenticationConfiguration by hand",
    )
}
