//! AN-034: more ways in than anybody watches.

use super::BASE;
use super::effective::{Authenticator, Effective};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Confidence, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(crate) const AN_034: Check = Check {
    id: "AN-034",
    name: "many-authenticators",
    title: "There are more than three ways to authenticate",
    severities: &[Severity::Medium],
    why: "Each way has its own credentials to rotate, its own way to lock somebody out and its own weaknesses; the weakest decides.",
    fails: "More than three are on, among client certificates, bootstrap tokens, a token file, a password file, each OpenID Connect issuer and a token webhook. Service accounts and the front proxy are always there and do not count.",
    fix: Fix::Steps(
        "Keep client certificates for the control plane and one identity provider for people. Turn bootstrap tokens off between joins (--enable-bootstrap-token-auth=false), and remove token files (AN-004).",
    ),
    references: &[Reference::Nsa("Authentication and authorization")],
    judge: Judge::Whole(|seen| Effective::judge_each(seen, judge)),
    examples: &[
        Example::of(
            "four",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(apiserver!(
                "--client-ca-file=/etc/kubernetes/pki/ca.crt",
                "--enable-bootstrap-token-auth=true",
                "--oidc-issuer-url=https://id.example.com",
                "--oidc-client-id=cluster-1",
                "--authentication-token-webhook-config-file=/etc/kubernetes/webhook.yaml"
            ))],
        ),
        Example::of(
            "kubeadm's two, and one for people",
            Expected::Pass,
            &[ExampleFile::manifest(apiserver!(
                "--client-ca-file=/etc/kubernetes/pki/ca.crt",
                "--enable-bootstrap-token-auth=true",
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

fn judge(_seen: &Seen<'_>, effective: &Effective<'_>) -> Judged {
    let found = effective.authenticators()?;
    if found.len() <= MOST {
        return Ok(Verdict::Pass);
    }
    let names: Vec<String> = found.iter().map(describe).collect();
    Ok(Verdict::fail(
        Problem::new(Severity::Medium, format!("There are {} ways to authenticate.", found.len()))
            .detail("authenticators")
            .evidence(names.join(", "))
            .confidence(Confidence::Medium),
    ))
}

const MOST: usize = 3;

fn describe(one: &Authenticator) -> String {
    match one {
        Authenticator::ClientCertificates => "client certificates".to_owned(),
        Authenticator::BootstrapTokens => "bootstrap tokens".to_owned(),
        Authenticator::TokenFile => "a token file".to_owned(),
        Authenticator::PasswordFile => "a password file".to_owned(),
        Authenticator::Issuer(url) => url.clone(),
        Authenticator::Webhook => "a token webhook".to_owned(),
    }
}
