//! MF-008: administrators who come in as lightly as readers.

use inventory::Object;

use super::BASE;
use super::factors::{mentions_factors, proves_two};
use crate::authentication::effective::Effective;
use crate::authentication::issuer::{Issuer, Mapping};
use crate::authentication::names::Met;
use crate::authentication::people::{all_bindings_seen, bindings, of_binding};
use crate::authentication::{structured, unclear};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Confidence, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(crate) const MF_008: Check = Check {
    id: "MF-008",
    name: "no-step-up",
    title: "A group of administrators needs no stronger login than readers",
    severities: &[Severity::Medium],
    why: "A session that was good enough to look at pods, stolen or left open, is good enough to change everything.",
    fails: "A group of an issuer is bound to cluster-admin, that issuer's rules do not ask everybody for two factors, and none of them ties a stronger amr or acr to membership in a group.",
    fix: Fix::Steps(
        "Ask for a stronger login where it matters: a gateway that asks for it by verb and resource (exec, secrets, RBAC), or a rule in the authentication file:\n  - expression: \"!claims.?groups.orValue([]).exists(g, g == 'ADMINS') || claims.?acr.orValue('') == 'THE STRONGER LEVEL'\"\nKubernetes looks once at each token: how fresh the login is, and step-up for single requests, take a gateway.",
    ),
    references: &[Reference::Nsa("Authentication and authorization"), Reference::Owasp("K09")],
    judge: Judge::Whole(|seen| {
        Effective::judge_each(seen, |seen, one| one.judge_issuers(|issuer| judge(seen, issuer)))
    }),
    examples: &[
        Example::of(
            "whoever is in the group",
            Expected::Fail(Severity::Medium),
            &[
                ExampleFile::at(
                    "authentication.yaml",
                    structured!(
                        "claimMappings:",
                        "  username: {claim: sub, prefix: 'oidc:'}",
                        "  groups: {claim: groups, prefix: 'oidc:'}"
                    ),
                ),
                ExampleFile::at("binding.yaml", BINDING),
            ],
        ),
        Example::of(
            "the group takes a stronger level",
            Expected::Pass,
            &[
                ExampleFile::at(
                    "authentication.yaml",
                    structured!(
                        "claimMappings:",
                        "  username: {claim: sub, prefix: 'oidc:'}",
                        "  groups: {claim: groups, prefix: 'oidc:'}",
                        "claimValidationRules:",
                        "- expression: \"!('admins' in claims.groups) || claims.?acr.orValue('') == 'aal3'\""
                    ),
                ),
                ExampleFile::at("binding.yaml", BINDING),
            ],
        ),
        Example::of(
            "everybody proves two factors",
            Expected::Pass,
            &[
                ExampleFile::at(
                    "authentication.yaml",
                    structured!(
                        "claimMappings:",
                        "  username: {claim: sub, prefix: 'oidc:'}",
                        "  groups: {claim: groups, prefix: 'oidc:'}",
                        "claimValidationRules: [{expression: \"'mfa' in claims.amr\"}]"
                    ),
                ),
                ExampleFile::at("binding.yaml", BINDING),
            ],
        ),
        Example::of(
            "bindings were not listed",
            Expected::Unknown,
            &[ExampleFile::manifest(structured!(
                "claimMappings:",
                "  username: {claim: sub, prefix: 'oidc:'}",
                "  groups: {claim: groups, prefix: 'oidc:'}"
            ))],
        )
        .partial(),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>, issuer: &Issuer<'_>) -> Judged {
    if issuer.groups == Mapping::Absent || proves_two(issuer) == Met::Yes {
        return Ok(Verdict::Pass);
    }
    let Mapping::Claim { claim, prefix } = &issuer.groups else {
        return Err(unclear(issuer, "administrators need a stronger login"));
    };
    if steps_up(issuer, claim) {
        return Ok(Verdict::Pass);
    }
    let group = bindings(seen).filter(|one| is_of_administrators(one)).find_map(|binding| {
        of_binding(binding)
            .find(|person| person.kind == "Group" && person.name.starts_with(prefix.as_str()))
            .map(|person| person.name)
    });
    let Some(group) = group else { return all_bindings_seen(seen).map(|()| Verdict::Pass) };
    let problem = Problem::new(
        Severity::Medium,
        format!("Group {group} is cluster-admin by any login of {}.", issuer.url),
    )
    .detail(group)
    .evidence(format!("Group {group} is bound to cluster-admin"))
    .confidence(Confidence::Medium)
    .subjects(vec![format!("Group {group}")]);
    Ok(Verdict::fail(issuer.place(seen, problem, &["claimValidationRules"], "oidc-groups-claim")))
}

fn is_of_administrators(binding: &Object) -> bool {
    binding.namespace().is_empty()
        && binding.tree().at(&["roleRef", "name"]).str() == "cluster-admin"
}

/// Whether a rule ties the strength of a login to groups.
fn steps_up(issuer: &Issuer<'_>, groups: &str) -> bool {
    let exprs = issuer.claim_rules.iter().filter_map(|rule| rule.expr.as_ref());
    exprs
        .flat_map(crate::authentication::cel::Expr::conjuncts)
        .any(|one| mentions_factors(one) && one.mentions("claims", groups))
}

const BINDING: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: admins}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: 'oidc:admins'}]
";
