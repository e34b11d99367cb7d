//! No volume is a folder or file of the node.

use super::{Check, Objection, Revision};
use crate::Pod;
use crate::offences::Offences;
use crate::words::{plural, quoted};

pub(super) static CHECK: Check = Check::baseline("hostPathVolumes", &[Revision::since(0, rule)]);

fn rule(pod: &Pod<'_>) -> Option<Objection> {
    let mut bad = Offences::default();
    let mut names = Vec::new();
    for (index, volume) in pod.spec().get("volumes").items().iter().enumerate() {
        if !volume.get("hostPath").is_null() {
            names.push(volume.get("name").str());
            bad.add_place(pod.whole().path(&["volumes"]).then(index).then("hostPath"));
        }
    }
    bad.object("hostPath volumes", |_| {
        format!("{} {}", plural(names.len(), "volume", "volumes"), quoted(names))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use crate::CheckId;

    #[test]
    fn a_host_path_counts_even_if_empty() {
        let baseline = |pod: &str, expected| check(CheckId::HostPathVolumes, 0, pod, expected);
        baseline("spec: {volumes: [{name: v, hostPath: ~}, {name: w, nfs: {}}]}", "");
        baseline(
            "spec: {volumes: [{name: v, hostPath: {}}, {name: w}, {hostPath: {path: /}}]}",
            "hostPath volumes (volumes \"v\", \"\") @ spec.volumes[0].hostPath \
             spec.volumes[2].hostPath",
        );
    }
}
