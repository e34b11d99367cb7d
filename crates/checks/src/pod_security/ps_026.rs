//! PS-026: persistent volumes that are the node itself.

use inventory::{Kind, Object};
use tree::Tree;

use super::host_files::{clean, is_sensitive};
use crate::Expected::{Fail, Pass, Unknown};
use crate::Severity::High;
use crate::{
    Check, Example, ExampleFile, Fix, Judge, Judged, Practice, Problem, Reference, Seen, Span,
    Verdict,
};

pub(super) const PS_026: Check = Check {
    id: "PS-026",
    name: "host-path-claim",
    title: "A persistent volume is a part of the node that is no storage",
    practice: Practice::PodSecurity,
    severities: &[High],
    versions: Span::ALL,
    why: "A pod that claims it gets the node's keys, programs or sockets, and Pod Security sees an ordinary claim: even the restricted level admits it.",
    fails: "hostPath or local of a PersistentVolume is a folder such as /, /etc, /run, /proc, /var/lib/kubelet, or lies in one. Folders made for data pass, those of local-path-provisioner and k3s too.",
    fix: Fix::Steps(
        "Move the data to a folder or disk of its own, served by a CSI driver or as a local volume below /mnt; make a new PersistentVolume and claim; then delete this one (persistentVolumeReclaimPolicy: Retain keeps the files).",
    ),
    references: &[
        Reference::Cis("5.2.11"),
        Reference::Mitre("T1611"),
        Reference::Nsa("Pod security"),
        Reference::Owasp("K01"),
    ],
    judge: Judge::Objects(&[Kind::PERSISTENT_VOLUME], &judge),
    examples: &[
        Example::of(
            "claimed",
            Fail(High),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: keys}\nspec:\n  claimRef: {namespace: apps, name: data}\n  hostPath: {path: /etc/kubernetes}\n",
            )],
        ),
        Example::of(
            "a local volume, for whoever claims it",
            Fail(High),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: all}\nspec:\n  local: {path: /var/run/}\n",
            )],
        ),
        Example::of(
            "storage of k3s",
            Pass,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: pvc-1}\nspec:\n  hostPath: {path: /var/lib/rancher/k3s/storage/pvc-1_apps_data}\n",
            )],
        ),
        Example::of(
            "storage elsewhere",
            Pass,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: pvc-2}\nspec:\n  csi: {driver: ebs.csi.aws.com, volumeHandle: /etc}\n",
            )],
        ),
        Example::of("no volume was seen", Unknown, &[]).partial(),
    ],
};

fn judge(seen: &Seen<'_>, volume: &Object) -> Judged {
    let spec = volume.tree().get("spec");
    let source = ["hostPath", "local"].into_iter().find(|source| spec.get(source).is_map());
    let Some(source) = source else { return Ok(Verdict::Pass) };
    let path = spec.at(&[source, "path"]).str();
    if !is_sensitive(&clean(path)) {
        return Ok(Verdict::Pass);
    }
    let who = claim(seen, volume, spec)
        .map_or_else(|| "whoever claims it".to_owned(), |claim| format!("claim {claim}"));
    let message = format!("PersistentVolume {} gives {path} of the node to {who}.", volume.name());
    Ok(Verdict::fail(
        Problem::new(High, message)
            .detail(source)
            .evidence(format!("{source}.path: {path}"))
            .at(tree::Path::of(&["spec", source, "path"])),
    ))
}

/// `apps/data` of the claim that is bound to a volume, or asks for it.
fn claim(seen: &Seen<'_>, volume: &Object, spec: &Tree) -> Option<String> {
    let named = |namespace: &str, name: &str| format!("{namespace}/{name}");
    let reference = spec.get("claimRef");
    if let Some(name) = reference.get("name").text() {
        return Some(named(reference.get("namespace").str(), name));
    }
    let mut claims = seen.of(Kind::PERSISTENT_VOLUME_CLAIM).iter();
    let asks = |claim: &&Object| claim.tree().at(&["spec", "volumeName"]).str() == volume.name();
    claims.find(asks).map(|claim| named(claim.namespace(), claim.name()))
}
