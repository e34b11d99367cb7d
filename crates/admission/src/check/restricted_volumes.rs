//! Volumes come from the cluster, not from the node or from storage that the pod points at itself.

use tree::Tree;

use super::{Check, CheckId, Objection, Revision};
use crate::Pod;
use crate::offences::Offences;
use crate::words::{plural, quoted};

pub(super) static CHECK: Check =
    Check::restricted("restrictedVolumes", &[Revision::since(0, rule)])
        .instead_of(CheckId::HostPathVolumes);

fn rule(pod: &Pod<'_>) -> Option<Objection> {
    let mut bad = Offences::default();
    let mut names = Vec::new();
    for (index, volume) in pod.spec().get("volumes").items().iter().enumerate() {
        let place = || pod.whole().path(&["volumes"]).then(index);
        match source(volume) {
            Source::Allowed => {}
            Source::None if pod.gives_volumes_a_source() => {}
            Source::None => {
                bad.value("unknown");
                bad.add_place(place());
                names.push(volume.get("name").str());
            }
            Source::Forbidden(kind) => {
                bad.value(kind);
                bad.add_place(place().then(kind));
                names.push(volume.get("name").str());
            }
        }
    }
    bad.object("restricted volume types", |bad| detail(&names, bad))
}

enum Source {
    Allowed,
    Forbidden(&'static str),
    None,
}

fn source(volume: &Tree) -> Source {
    let is_set = |kind: &&&str| !volume.get(kind).is_null();
    if ALLOWED.iter().any(|kind| is_set(&kind)) {
        return Source::Allowed;
    }
    FORBIDDEN.iter().find(is_set).map_or(Source::None, |kind| Source::Forbidden(kind))
}

fn detail(names: &[&str], bad: &Offences<'_>) -> String {
    let kinds = bad.values();
    format!(
        "{} {} {} {} {}",
        plural(names.len(), "volume", "volumes"),
        quoted(names),
        plural(names.len(), "uses", "use"),
        plural(kinds.len(), "restricted volume type", "restricted volume types"),
        quoted(kinds),
    )
}

const ALLOWED: [&str; 9] = [
    "configMap",
    "secret",
    "emptyDir",
    "projected",
    "persistentVolumeClaim",
    "csi",
    "downwardAPI",
    "ephemeral",
    "image",
];

/// In upstream's order: of a volume with two sources, the first is named.
const FORBIDDEN: [&str; 21] = [
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "gitRepo",
    "nfs",
    "iscsi",
    "glusterfs",
    "rbd",
    "flexVolume",
    "cinder",
    "cephfs",
    "flocker",
    "fc",
    "azureFile",
    "vsphereVolume",
    "quobyte",
    "azureDisk",
    "photonPersistentDisk",
    "portworxVolume",
    "scaleIO",
    "storageos",
];

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use crate::CheckId;

    #[test]
    fn one_allowed_source_is_enough() {
        let restricted = |pod: &str, expected| check(CheckId::RestrictedVolumes, 0, pod, expected);
        restricted("spec: {volumes: [{name: v, nfs: {}, csi: {}}, {name: w, image: {}}]}", "");
        restricted(
            "spec: {volumes: [{name: v, nfs: {}, hostPath: {}}]}",
            "restricted volume types (volume \"v\" uses restricted volume type \"hostPath\") @ \
             spec.volumes[0].hostPath",
        );
        restricted(
            "spec: {volumes: [{name: v, nfs: {}}, {name: w, nfs: {}}, {name: x}, {name: z, new: {}}]}",
            "restricted volume types (volumes \"v\", \"w\", \"x\", \"z\" use restricted volume types \
             \"nfs\", \"unknown\") @ spec.volumes[0].nfs spec.volumes[1].nfs spec.volumes[2] \
             spec.volumes[3]",
        );
    }
}
