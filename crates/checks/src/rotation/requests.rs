//! RT-005: requests for serving certificates that nobody approves.

use inventory::{Kind, Object, Unknown};
use tree::Path;

use super::ROTATION;
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict, when};

pub(crate) const CHECKS: &[Check] = &[Check {
    id: "RT-005",
    name: "pending-kubelet-requests",
    title: "Nobody approves the serving certificates of kubelets",
    why: "The kubelet's certificate ends without a new one: logs, exec and metrics of the node stop.",
    fails: "A request of the signer kubernetes.io/kubelet-serving is neither approved nor denied after an hour. kube-controller-manager deletes such requests after a day and the kubelet makes new ones, so none is ever much older.",
    fix: Fix::Steps(
        "Compare the names in the request with the node, then kubectl certificate approve NAME; run an approver for kubernetes.io/kubelet-serving that does that.",
    ),
    references: &[Reference::Kubernetes(
        "reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers",
    )],
    judge: Judge::Objects(&[Kind::CERTIFICATE_SIGNING_REQUEST], &judge),
    examples: &[
        Example::of(
            "since yesterday",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(
                "apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {name: csr-1, creationTimestamp: \"2026-05-31T02:00:00Z\"}\nspec: {signerName: kubernetes.io/kubelet-serving, username: \"system:node:worker-1\"}\n",
            )],
        ),
        Example::of(
            "approved",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {name: csr-1, creationTimestamp: \"2026-05-31T02:00:00Z\"}\nspec: {signerName: kubernetes.io/kubelet-serving, username: \"system:node:worker-1\"}\nstatus: {conditions: [{type: Approved, status: \"True\"}]}\n",
            )],
        ),
        Example::of(
            "a moment ago",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {name: csr-1, creationTimestamp: \"2026-05-31T23:50:00Z\"}\nspec: {signerName: kubernetes.io/kubelet-serving}\n",
            )],
        ),
        Example::of(
            "of another signer",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {name: csr-1, creationTimestamp: \"2026-05-01T00:00:00Z\"}\nspec: {signerName: example.com/own}\n",
            )],
        ),
        Example::of(
            "a manifest tells no age",
            Expected::Unknown,
            &[ExampleFile::manifest(
                "apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {name: csr-1}\nspec: {signerName: kubernetes.io/kubelet-serving}\n",
            )],
        ),
        Example::of("none was seen", Expected::Unknown, &[]).partial(),
    ],
    ..ROTATION
}];

fn judge(seen: &Seen<'_>, request: &Object) -> Judged {
    let tree = request.tree();
    let is_decided = !tree.at(&["status", "conditions"]).items().is_empty();
    if is_decided || tree.at(&["spec", "signerName"]).str() != "kubernetes.io/kubelet-serving" {
        return Ok(Verdict::Pass);
    }
    let created = tree.at(&["metadata", "creationTimestamp"]).text().and_then(when::parse);
    let created = created.ok_or_else(|| {
        Unknown::new("nothing tells when the request was made", "scan the cluster")
    })?;
    let age = seen.now().duration_since(created).unwrap_or_default();
    if age.as_secs() <= 3600 {
        return Ok(Verdict::Pass);
    }
    let name = request.name();
    let hours = age.as_secs() / 3600;
    let node = tree.at(&["spec", "username"]).str();
    let steps = format!(
        "kubectl get csr {name} -o jsonpath='{{.spec.request}}' | base64 -d | openssl req -noout -subject -text\nkubectl certificate approve {name}"
    );
    let problem = Problem::new(
        Severity::Medium,
        format!("The request {name} of {node} has waited for {hours} hours."),
    )
    .detail(node)
    .evidence("no condition")
    .at(Path::of(&["spec", "signerName"]))
    .mended_by(Remedy::Steps(steps));
    Ok(Verdict::fail(problem))
}
