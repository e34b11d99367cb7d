//! AN-033: a signature that every stranger may check, made with a token that never ends.

use inventory::{Kind, Unknown};

use super::BASE;
use super::bootstrap::BootstrapToken;
use crate::example::{Example, ExampleFile, Expected};
use crate::{About, Check, Fix, Judge, Problem, Reference, Seen, Severity, Tally, Verdict};

pub(crate) const AN_033: Check = Check {
    id: "AN-033",
    name: "cluster-info-signature",
    title: "cluster-info is signed with a token that never ends",
    severities: &[Severity::Low],
    why: "The signature is public: whoever guesses the token against it, at leisure, may sign another cluster-info and hand new nodes a false API server.",
    fails: "The ConfigMap kube-public/cluster-info has jws-kubeconfig-ID, and the bootstrap token ID has no expiration.",
    fix: Fix::Steps(
        "kubectl -n kube-system delete secret bootstrap-token-ID\nThe signature goes with it; kubeadm token create makes another for 24 hours when a node joins.",
    ),
    references: &[Reference::Kubernetes("reference/access-authn-authz/bootstrap-tokens/")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "no end",
            Expected::Fail(Severity::Low),
            &[ExampleFile::manifest("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cluster-info, namespace: kube-public}\ndata: {jws-kubeconfig-07401b: eyJhbGciOiJIUzI1NiJ9..c2ln}\n---\napiVersion: v1\nkind: Secret\ntype: bootstrap.kubernetes.io/token\nmetadata: {name: bootstrap-token-07401b, namespace: kube-system}\nstringData: {token-id: 07401b, token-secret: q9z2kd81mv7x04bw, usage-bootstrap-signing: 'true'}\n")],
        ),
        Example::of(
            "it ends",
            Expected::Pass,
            &[ExampleFile::manifest("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cluster-info, namespace: kube-public}\ndata: {jws-kubeconfig-07401b: eyJhbGciOiJIUzI1NiJ9..c2ln}\n---\napiVersion: v1\nkind: Secret\ntype: bootstrap.kubernetes.io/token\nmetadata: {name: bootstrap-token-07401b, namespace: kube-system}\nstringData: {token-id: 07401b, token-secret: q9z2kd81mv7x04bw, expiration: '2026-06-01T12:00:00Z'}\n")],
        ),
        Example::of(
            "the token was not seen",
            Expected::Unknown,
            &[ExampleFile::manifest("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cluster-info, namespace: kube-public}\ndata: {jws-kubeconfig-07401b: eyJhbGciOiJIUzI1NiJ9..c2ln}\n")],
        )
        .partial(),
        Example::of("no cluster-info", Expected::NotApplicable, &[]),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let Some(map) = seen.get(Kind::CONFIG_MAP, "kube-public", "cluster-info")? else {
        let why = "there is no ConfigMap kube-public/cluster-info".to_owned();
        return Ok(Verdict::NotApplicable(why).into());
    };
    let mut tally = Tally::new();
    tally.passes = 1;
    for (key, _) in map.tree().get("data").entries() {
        let Some(id) = key.strip_prefix("jws-kubeconfig-") else { continue };
        let name = format!("bootstrap-token-{id}");
        let Some(secret) = seen.get(Kind::SECRET, "kube-system", &name)? else { continue };
        let token = BootstrapToken { object: secret };
        if token.is_legible() && token.value("expiration").is_none() {
            let problem = Problem::new(
                Severity::Low,
                format!("cluster-info is signed with {name}, which never ends."),
            )
            .detail(id)
            .at(tree::Path::of(&["data", key]));
            tally.add(About::object(map), Ok(Verdict::fail(problem)));
        }
    }
    Ok(tally)
}
