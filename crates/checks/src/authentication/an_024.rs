//! AN-024: bootstrap tokens that give more than joining.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use inventory::{Kind, Object, Unknown};

use super::BASE;
use super::bootstrap::{BootstrapToken, is_one};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};

pub(crate) const AN_024: Check = Check {
    id: "AN-024",
    name: "bootstrap-token-groups",
    title: "A bootstrap token is in more groups than joining needs",
    severities: &[Severity::Medium],
    why: "Whatever is bound to that group is given to whoever holds the token, besides joining a node.",
    fails: "auth-extra-groups of a bootstrap token names a group that does not begin with system:bootstrappers:kubeadm:.",
    fix: Fix::Automatic("Leaves the groups of kubeadm in auth-extra-groups."),
    references: &[Reference::Cis("3.1.3")],
    judge: Judge::Objects(&[Kind::SECRET], &judge),
    examples: &[
        Example::of(
            "a group of operators",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Secret\ntype: bootstrap.kubernetes.io/token\nmetadata: {name: bootstrap-token-07401b, namespace: kube-system}\nstringData:\n  token-id: 07401b\n  auth-extra-groups: system:bootstrappers:kubeadm:default-node-token,system:bootstrappers:operators\n",
            )],
        ),
        Example::of(
            "encoded",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Secret\ntype: bootstrap.kubernetes.io/token\nmetadata: {name: bootstrap-token-07401b, namespace: kube-system}\ndata:\n  token-id: MDc0MDFi\n  auth-extra-groups: c3lzdGVtOmJvb3RzdHJhcHBlcnM6b3BlcmF0b3Jz\n",
            )],
        ),
        Example::of(
            "as kubeadm makes it",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Secret\ntype: bootstrap.kubernetes.io/token\nmetadata: {name: bootstrap-token-07401b, namespace: kube-system}\nstringData: {token-id: 07401b, auth-extra-groups: 'system:bootstrappers:kubeadm:default-node-token'}\n",
            )],
        ),
        Example::of("Secrets were not listed", Expected::Unknown, &[]).partial(),
    ],
    ..BASE
};

fn judge(_seen: &Seen<'_>, secret: &Object) -> Judged {
    if !is_one(secret) {
        return Ok(Verdict::Pass);
    }
    let token = BootstrapToken { object: secret };
    if !token.is_legible() {
        return Err(Unknown::new(
            "what bootstrap tokens hold was not seen",
            "use --with-secrets, or give the Secrets with their values",
        ));
    }
    let Some((groups, path)) = token.value("auth-extra-groups") else { return Ok(Verdict::Pass) };
    let groups = groups.split(',').map(str::trim).filter(|group| !group.is_empty());
    let (kept, more): (Vec<&str>, Vec<&str>) =
        groups.partition(|group| group.starts_with("system:bootstrappers:kubeadm:"));
    if more.is_empty() {
        return Ok(Verdict::Pass);
    }
    let is_encoded = path.steps().first() == Some(&"data".into());
    let kept = kept.join(",");
    let value = if is_encoded { STANDARD.encode(&kept) } else { kept };
    let message =
        format!("Whoever holds the token in {} is in {}.", secret.name(), more.join(", "));
    Ok(Verdict::fail(
        Problem::new(Severity::Medium, message)
            .detail("auth-extra-groups")
            .evidence(more.join(", "))
            .at(path.clone())
            .mended_by(Remedy::set(path, value)),
    ))
}
