//! AN-016: tokens that were issued for something else.

use std::collections::BTreeMap;

use inventory::Kind;

use super::BASE;
use super::effective::Effective;
use super::issuer::Issuer;
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(crate) const AN_016: Check = Check {
    id: "AN-016",
    name: "oidc-audiences",
    title: "Tokens that were issued for another application are taken",
    severities: &[Severity::Medium],
    why: "Whoever runs or breaks into the other application has its users' tokens, and the cluster takes them.",
    fails: "An issuer's tokens may be for more than one audience; or the audience is the client id that a workload here logs its own users in with (--client-id, OAUTH2_PROXY_CLIENT_ID), or that of a command-line program that everybody uses.",
    fix: Fix::Steps(
        "Register a client of its own for this cluster at the identity provider, and name its id alone: --oidc-client-id, or issuer.audiences in the file. Change it in the kubeconfigs of people too.",
    ),
    references: &[Reference::Owasp("K09")],
    judge: Judge::Whole(|seen| {
        Effective::judge_each(seen, |seen, one| {
            let clients = clients(seen, one);
            one.judge_issuers(|issuer| judge(seen, issuer, &clients))
        })
    }),
    examples: &[
        Example::of(
            "two audiences",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(
                "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt:\n- issuer: {url: https://id.example.com, audiences: [cluster-1, grafana], audienceMatchPolicy: MatchAny}\n  claimMappings: {username: {claim: sub, prefix: 'oidc:'}}\n",
            )],
        ),
        Example::of(
            "that of a proxy in the cluster",
            Expected::Fail(Severity::Medium),
            &[
                ExampleFile::at(
                    "apiserver.yaml",
                    apiserver!(
                        "--oidc-issuer-url=https://id.example.com",
                        "--oidc-client-id=dashboards"
                    ),
                ),
                ExampleFile::at(
                    "proxy.yaml",
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: proxy, namespace: monitoring}\nspec:\n  template:\n    spec:\n      containers:\n      - name: proxy\n        image: quay.io/oauth2-proxy/oauth2-proxy:v7.6.0\n        args: [--client-id=dashboards]\n",
                ),
            ],
        ),
        Example::of(
            "one of its own",
            Expected::Pass,
            &[ExampleFile::manifest(apiserver!(
                "--oidc-issuer-url=https://id.example.com",
                "--oidc-client-id=cluster-1"
            ))],
        ),
        Example::of("no API server was seen", Expected::Unknown, &[]),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>, issuer: &Issuer<'_>, clients: &BTreeMap<String, String>) -> Judged {
    let shared = issuer.audiences.iter().find_map(|audience| {
        let of_here = clients.get(*audience).cloned();
        let of_all =
            EVERYBODYS.iter().find(|(id, _)| id == audience).map(|(_, name)| (*name).to_owned());
        Some((*audience, of_here.or(of_all)?))
    });
    let message = match (issuer.audiences.len(), shared) {
        (_, Some((audience, whose))) => {
            format!("Tokens of {} for {audience} are taken, and {whose} gets the same.", issuer.url)
        }
        (0 | 1, None) => return Ok(Verdict::Pass),
        (count, None) => format!("Tokens of {} for {count} audiences are taken.", issuer.url),
    };
    let problem = Problem::new(Severity::Medium, message)
        .detail("audiences")
        .evidence(issuer.audiences.join(", "));
    Ok(Verdict::fail(issuer.place(seen, problem, &["issuer", "audiences"], "oidc-client-id")))
}

/// Clients of programs that everybody uses.
const EVERYBODYS: [(&str, &str); 2] = [
    ("04b07795-8ddb-461a-bbee-02f9e1bf7b46", "the Azure command line"),
    ("32555940559.apps.googleusercontent.com", "the Google Cloud command line"),
];

/// Client ids that workloads log users in with, and which workload does. Not looked for where no
/// issuer is trusted: it would be for nothing.
fn clients(seen: &Seen<'_>, effective: &Effective<'_>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    if effective.issuers().map_or(true, |issuers| issuers.is_empty()) {
        return found;
    }
    for workload in seen.workloads().filter(|one| one.object().kind() != Kind::POD_TEMPLATE) {
        for container in workload.containers() {
            let of_args = container
                .tree
                .get("args")
                .texts()
                .filter_map(|word| word.trim_start_matches('-').strip_prefix("client-id="));
            let id = container.env("OAUTH2_PROXY_CLIENT_ID").or_else(|| of_args.last());
            if let Some(id) = id {
                found.entry(id.to_owned()).or_insert_with(|| workload.object().describe());
            }
        }
    }
    found
}
