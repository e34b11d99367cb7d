//! AN-020: who issues service account tokens, and for whom they count.

use inventory::{Component, ComponentKind};

use super::BASE;
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(crate) const AN_020: Check = Check {
    id: "AN-020",
    name: "service-account-issuer",
    title: "Service account tokens have no proper issuer, or count for too many",
    severities: &[Severity::Medium],
    why: "Without an issuer of its own a cluster's tokens cannot be told from those of another; and a token that was made for a third party opens the API if the API takes that audience too.",
    fails: "--service-account-issuer is not given, or one is no https URL; or --api-audiences takes an audience that is another service's (sts.amazonaws.com, vault, istio-ca, api://AzureADTokenExchange, *). The issuer that kubeadm writes passes.",
    fix: Fix::Steps(
        "Name an issuer that is this cluster's alone, the old one behind it so that tokens in use stay good:\n--service-account-issuer=https://oidc.example.com/CLUSTER --service-account-issuer=https://kubernetes.default.svc.cluster.local\nTake other services' audiences out of --api-audiences; not given it is the issuers.",
    ),
    references: &[
        Reference::Owasp("K08"),
        Reference::Kubernetes("tasks/configure-pod-container/configure-service-account/"),
    ],
    judge: Judge::Components(ComponentKind::ApiServer, &judge),
    examples: &[
        Example::of(
            "none",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(apiserver!("--secure-port=6443"))],
        ),
        Example::of(
            "no https",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(apiserver!(
                "--service-account-issuer=kubernetes/serviceaccount"
            ))],
        ),
        Example::of(
            "tokens for Vault open the API",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(apiserver!(
                "--service-account-issuer=https://oidc.example.com/a",
                "--api-audiences=https://oidc.example.com/a,vault"
            ))],
        ),
        Example::of(
            "as kubeadm writes it",
            Expected::Pass,
            &[ExampleFile::manifest(apiserver!(
                "--service-account-issuer=https://kubernetes.default.svc.cluster.local"
            ))],
        ),
        Example::of("no API server was seen", Expected::Unknown, &[]),
    ],
    ..BASE
};

fn judge(_seen: &Seen<'_>, component: &Component) -> Judged {
    let issuers: Vec<&str> = component.flags.values("service-account-issuer").collect();
    let foreign: Vec<&str> =
        component.flags.values("api-audiences").filter(|one| FOREIGN.contains(one)).collect();
    let mut problems = Vec::new();
    let mut say = |flag: &str, message: String, evidence: String| {
        let problem = Problem::new(Severity::Medium, message).detail(flag).evidence(evidence);
        problems.push(match component.flags.get(flag).and_then(|flag| flag.path.clone()) {
            Some(path) => problem.at(path),
            None => problem,
        });
    };
    let plain: Vec<&str> =
        issuers.iter().copied().filter(|one| !one.starts_with("https://")).collect();
    if issuers.is_empty() {
        let evidence = "--service-account-issuer is not given".to_owned();
        say(
            "service-account-issuer",
            "No issuer of service account tokens is named.".to_owned(),
            evidence,
        );
    } else if !plain.is_empty() {
        let message =
            format!("The issuer of service account tokens is no https URL: {}.", plain.join(", "));
        say(
            "service-account-issuer",
            message,
            format!("--service-account-issuer={}", plain.join(",")),
        );
    }
    if !foreign.is_empty() {
        let message = format!("Tokens that were made for {} open the API.", foreign.join(", "));
        say("api-audiences", message, format!("--api-audiences={}", foreign.join(",")));
    }
    Ok(Verdict::of(problems))
}

/// Audiences that tokens for other services have.
const FOREIGN: [&str; 6] =
    ["sts.amazonaws.com", "vault", "istio-ca", "api://AzureADTokenExchange", "sigstore", "*"];
