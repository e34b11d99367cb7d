//! MF-002: an issuer named by flags, which can ask for one value of a claim at most.

use inventory::{Component, ComponentKind};

use super::BASE;
use super::factors::proves_two;
use super::mf_001::is_for_programs;
use crate::authentication::apiserver;
use crate::authentication::issuer::Issuer;
use crate::authentication::names::Met;
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(crate) const MF_002: Check = Check {
    id: "MF-002",
    name: "no-required-acr",
    title: "Flags ask for no level of authentication",
    severities: &[Severity::Medium],
    why: "A password that was guessed or phished is enough to work in the cluster as that person, if the identity provider lets one in with it.",
    fails: "--oidc-issuer-url is given without --oidc-required-claim=acr=LEVEL. A flag compares one text: it cannot ask for amr, which is a list, nor for one of several levels.",
    fix: Fix::Steps(
        "Move the issuer into a file for --authentication-config, which can ask for both (MF-001), and remove the --oidc flags in the same step. Where the identity provider has one level for two factors, --oidc-required-claim=acr=LEVEL does.",
    ),
    references: &[Reference::Nsa("Authentication and authorization"), Reference::Owasp("K09")],
    judge: Judge::Components(ComponentKind::ApiServer, &judge),
    examples: &[
        Example::of(
            "nothing is asked",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(apiserver!(
                "--oidc-issuer-url=https://id.example.com",
                "--oidc-client-id=cluster-1"
            ))],
        ),
        Example::of(
            "something else is asked",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(apiserver!(
                "--oidc-issuer-url=https://id.example.com",
                "--oidc-client-id=cluster-1",
                "--oidc-required-claim=hd=example.com"
            ))],
        ),
        Example::of(
            "a level is asked",
            Expected::Pass,
            &[ExampleFile::manifest(apiserver!(
                "--oidc-issuer-url=https://id.example.com",
                "--oidc-client-id=cluster-1",
                "--oidc-required-claim=hd=example.com,acr=2"
            ))],
        ),
        Example::of(
            "a level that is one factor",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(apiserver!(
                "--oidc-issuer-url=https://id.example.com",
                "--oidc-client-id=cluster-1",
                "'--oidc-required-claim=acr=urn:okta:loa:1fa:any'"
            ))],
        ),
        Example::of(
            "no issuer",
            Expected::NotApplicable,
            &[ExampleFile::manifest(apiserver!("--secure-port=6443"))],
        ),
        Example::of("no API server was seen", Expected::Unknown, &[]),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>, component: &Component) -> Judged {
    let Some(issuer) = Issuer::of_flags(component).filter(|one| !is_for_programs(one.url)) else {
        return Ok(Verdict::NotApplicable("no flag names an issuer for people".to_owned()));
    };
    // What a level is called is the identity provider's; one that names a single factor is not.
    if proves_two(&issuer) != Met::No {
        return Ok(Verdict::Pass);
    }
    let message = format!("Nothing is asked of how people logged in at {}.", issuer.url);
    let problem = Problem::new(Severity::Medium, message)
        .detail("acr")
        .evidence("no --oidc-required-claim=acr=… that two factors are needed for");
    Ok(Verdict::fail(issuer.place(seen, problem, &[], "oidc-required-claim")))
}
