//! AN-028: projected tokens that last, or that open more than they should.

use inventory::Workload;
use tree::Tree;

use super::BASE;
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Confidence, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict,
};

pub(crate) const AN_028: Check = Check {
    id: "AN-028",
    name: "projected-token",
    title: "A projected token lasts for long, or is for nobody in particular",
    severities: &[Severity::Low],
    why: "A token that leaks works for as long as it lasts; and one without an audience, handed to another service, lets that service act in this cluster.",
    fails: "expirationSeconds of a projected service account token is more than 86400; or a token whose volume is named for another service (vault, aws, azure, gcp, spire, istio) names no audience. Not given, a token lasts an hour.",
    fix: Fix::Sometimes(
        "Sets expirationSeconds: 86400; the kubelet fetches a new token in time. The audience is the one the other service expects: audience: vault.",
    ),
    references: &[Reference::Mitre("T1552.007"), Reference::Owasp("K09")],
    judge: Judge::Workloads(&judge),
    examples: &[
        Example::of(
            "for a year",
            Expected::Fail(Severity::Low),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: apps}\nspec:\n  containers: [{name: web, image: web:1}]\n  volumes:\n  - name: token\n    projected:\n      sources:\n      - serviceAccountToken: {path: token, expirationSeconds: 31536000}\n",
            )],
        ),
        Example::of(
            "for Vault, but for the API too",
            Expected::Fail(Severity::Low),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: apps}\nspec:\n  containers: [{name: web, image: web:1}]\n  volumes: [{name: vault-token, projected: {sources: [{serviceAccountToken: {path: token}}]}}]\n",
            )],
        ),
        Example::of(
            "for Vault",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: apps}\nspec:\n  containers: [{name: web, image: web:1}]\n  volumes: [{name: vault-token, projected: {sources: [{serviceAccountToken: {path: token, audience: vault, expirationSeconds: 7200}}]}}]\n",
            )],
        ),
        Example::of(
            "what the cluster adds itself",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: apps}\nspec:\n  containers: [{name: web, image: web:1}]\n  volumes: [{name: kube-api-access-x7k2p, projected: {sources: [{serviceAccountToken: {path: token, expirationSeconds: 3607}}]}}]\n",
            )],
        ),
        Example::of("no workload was seen", Expected::Unknown, &[]).partial(),
    ],
    ..BASE
};

fn judge(_seen: &Seen<'_>, workload: &Workload<'_>) -> Judged {
    let mut problems = Vec::new();
    for (index, volume) in workload.spec().get("volumes").items().iter().enumerate() {
        for (number, source) in volume.at(&["projected", "sources"]).items().iter().enumerate() {
            let token = source.get("serviceAccountToken");
            if !token.is_map() {
                continue;
            }
            let path = workload.spec_path().then("volumes").then(index);
            let path =
                path.join(&["projected", "sources"]).then(number).then("serviceAccountToken");
            problems.extend(lasting(volume, token).map(|problem| {
                let field = path.then("expirationSeconds");
                problem.at(field.clone()).mended_by(Remedy::set(field, LONGEST))
            }));
            problems.extend(for_nobody(volume, token).map(|problem| problem.at(path)));
        }
    }
    Ok(Verdict::of(problems))
}

fn lasting(volume: &Tree, token: &Tree) -> Option<Problem> {
    let seconds = token.get("expirationSeconds").int().filter(|seconds| *seconds > LONGEST)?;
    let name = volume.get("name").str();
    let message = format!("The token in volume {name} lasts {} hours.", seconds / 3600);
    let detail = format!("{name} {} expirationSeconds", token.get("path").str());
    Some(
        Problem::new(Severity::Low, message)
            .detail(detail)
            .evidence(format!("expirationSeconds: {seconds}")),
    )
}

const LONGEST: i64 = 86_400;

fn for_nobody(volume: &Tree, token: &Tree) -> Option<Problem> {
    let name = volume.get("name").str();
    let other = OTHERS.iter().find(|other| name.contains(*other))?;
    token.get("audience").str().is_empty().then(|| {
        Problem::new(
            Severity::Low,
            format!(
                "The token in volume {name} seems to be for {other}, and opens this cluster's API."
            ),
        )
        .detail(format!("{name} {} audience", token.get("path").str()))
        .evidence("audience is not given")
        .confidence(Confidence::Low)
        .mended_by(Remedy::Steps(format!(
            "Set audience to the one that {other} expects, and let {other} ask for it."
        )))
    })
}

/// Services that take tokens of a cluster, as volumes are named for them.
const OTHERS: [&str; 6] = ["vault", "aws", "azure", "gcp", "spire", "istio"];
