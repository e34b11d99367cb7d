//! Components of the cluster that cannot do their work within the standards. They are known by
//! their namespace, their name and the images they run, all three; a label alone proves nothing.

use inventory::{ComponentKind, Kind, Origin, Workload};

use crate::image::Image;
use crate::{Problem, Verdict};

/// Why a workload may do what others may not, if it may.
pub(super) fn accepted(workload: &Workload<'_>) -> Option<&'static str> {
    if workload.namespace() != "kube-system" {
        return None;
    }
    if is_control_plane(workload) {
        return Some(
            "a static pod of the control plane, which works in the network and the files of its node",
        );
    }
    add_on(workload).map(|known| known.why)
}

/// The verdict on a workload with these problems.
pub(super) fn verdict(workload: &Workload<'_>, problems: Vec<Problem>) -> Verdict {
    if problems.is_empty() {
        return Verdict::Pass;
    }
    match accepted(workload) {
        Some(why) => Verdict::Exempt(why.to_owned()),
        None => Verdict::Fail(problems),
    }
}

/// A static pod whose every container runs the program it is named for, without privileges and
/// without other namespaces of the node than its network.
fn is_control_plane(workload: &Workload<'_>) -> bool {
    let Some(program) = program(workload.object().name()) else { return false };
    let spec = workload.spec();
    is_static(workload)
        && !spec.get("hostPID").is_true()
        && !spec.get("hostIPC").is_true()
        && workload.containers().count() > 0
        && workload.containers().all(|container| {
            // Without an image nothing runs at all.
            (container.image().is_empty() || Image::of(container.image()).is(program))
                && !container.security().get("privileged").is_true()
                && container.words().first().is_some_and(|(word, _)| {
                    ComponentKind::of_program(word).is_some_and(|kind| kind.program() == program)
                })
        })
}

/// `kube-apiserver` of `kube-apiserver` and of `kube-apiserver-node-1`.
fn program(name: &str) -> Option<&'static str> {
    PROGRAMS.into_iter().find(|program| {
        let rest = name.strip_prefix(program);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    })
}

/// A manifest that a kubelet reads from its folder, or what it shows of one in the API.
fn is_static(workload: &Workload<'_>) -> bool {
    let object = workload.object();
    if object.kind() != Kind::POD {
        return false;
    }
    match object.origin() {
        Origin::Document { .. } if !workload.is_mirror_pod() => true,
        Origin::Document { .. } | Origin::Live | Origin::Within { .. } => {
            workload.is_mirror_pod() && owner(workload, "Node").is_some()
        }
    }
}

fn add_on(workload: &Workload<'_>) -> Option<&'static AddOn> {
    let object = workload.object();
    let name = if object.kind() == Kind::DAEMON_SET {
        object.name()
    } else {
        owner(workload, "DaemonSet")?
    };
    let known = ADD_ONS.iter().find(|known| known.name == name)?;
    let is_known = |image: &str| {
        let image = Image::of(image);
        known.images.iter().chain(SIDECARS).any(|repository| image.is(repository))
    };
    workload.containers().all(|container| is_known(container.image())).then_some(known)
}

/// The name of what controls the object, if that is of a kind.
fn owner<'a>(workload: &Workload<'a>, kind: &str) -> Option<&'a str> {
    let owners = workload.object().tree().at(&["metadata", "ownerReferences"]).items();
    let owner = owners.iter().find(|owner| owner.get("controller").is_true())?;
    (owner.get("kind").str() == kind).then(|| owner.get("name").str())
}

/// An agent on every node that its node must let in.
struct AddOn {
    /// Its `DaemonSet`.
    name: &'static str,
    /// The last parts of the repositories of its images.
    images: &'static [&'static str],
    why: &'static str,
}

const fn network(name: &'static str, images: &'static [&'static str]) -> AddOn {
    AddOn { name, images, why: "the network of the cluster, which sets up that of each node" }
}

const fn storage(name: &'static str, images: &'static [&'static str]) -> AddOn {
    AddOn { name, images, why: "a storage driver, which mounts volumes on each node" }
}

const PROGRAMS: [&str; 4] = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"];

const ADD_ONS: [AddOn; 17] = [
    network("kube-proxy", &["kube-proxy"]),
    network("antrea-agent", &["antrea/antrea-ubuntu", "antrea/antrea-agent-ubuntu"]),
    network("aws-node", &["amazon-k8s-cni", "amazon-k8s-cni-init", "aws-network-policy-agent"]),
    network("calico-node", &["calico/node", "calico/cni", "calico/pod2daemon-flexvol"]),
    network("canal", &["calico/node", "calico/cni", "flannel/flannel", "coreos/flannel"]),
    network("cilium", &["cilium/cilium"]),
    network("cilium-envoy", &["cilium/cilium-envoy"]),
    network("kindnet", &["kindest/kindnetd"]),
    network("kube-flannel-ds", &["flannel/flannel", "flannel/flannel-cni-plugin"]),
    network("kube-router", &["cloudnativelabs/kube-router"]),
    network("weave-net", &["weaveworks/weave-kube", "weaveworks/weave-npc"]),
    storage("csi-azuredisk-node", &["azuredisk-csi"]),
    storage("csi-azurefile-node", &["azurefile-csi"]),
    storage("csi-cinder-nodeplugin", &["cinder-csi-plugin"]),
    storage("csi-nfs-node", &["nfsplugin"]),
    storage("ebs-csi-node", &["aws-ebs-csi-driver"]),
    storage("efs-csi-node", &["aws-efs-csi-driver"]),
];

/// What storage drivers run beside themselves.
const SIDECARS: &[&str] = &["csi-node-driver-registrar", "node-driver-registrar", "livenessprobe"];

#[cfg(test)]
mod tests {
    use inventory::{File, Inventory};

    use super::*;

    fn check(text: &str, expected: bool) {
        let mut builder = Inventory::builder();
        builder.add_file(File::new("manifest.yaml"), text);
        let inventory = builder.build();
        let workload = inventory.workloads().next().unwrap();
        assert_eq!(accepted(&workload).is_some(), expected, "{text}");
    }

    fn daemon_set(namespace: &str, name: &str, image: &str) -> String {
        format!(
            "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {{name: {name}, namespace: {namespace}, labels: {{k8s-app: kube-proxy, tier: node}}}}\nspec: {{template: {{spec: {{containers: [{{name: a, image: {image}}}]}}}}}}\n"
        )
    }

    #[test]
    fn an_add_on_is_known_by_namespace_name_and_image() {
        check(&daemon_set("kube-system", "kube-proxy", "registry.k8s.io/kube-proxy:v1.36.0"), true);
        check(&daemon_set("kube-system", "calico-node", "quay.io/calico/node:v3.30.0"), true);
        check(&daemon_set("apps", "kube-proxy", "registry.k8s.io/kube-proxy:v1.36.0"), false);
        check(&daemon_set("kube-system", "proxy", "registry.k8s.io/kube-proxy:v1.36.0"), false);
        check(&daemon_set("kube-system", "kube-proxy", "example.com/miner:1"), false);
    }

    fn static_pod(name: &str, rest: &str) -> String {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: kube-system, labels: {{tier: control-plane}}}}\nspec:\n  hostNetwork: true\n{rest}\n"
        )
    }

    #[test]
    fn a_control_plane_pod_runs_the_program_it_is_named_for() {
        let runs = |image: &str, program: &str| {
            format!("  containers: [{{name: a, image: {image}, command: [{program}]}}]")
        };
        let sound = runs("registry.k8s.io/etcd:3.6.1-0", "etcd");
        check(&static_pod("etcd", &sound), true);
        check(&static_pod("etcd-node-1", &sound), true);
        check(&static_pod("etcdctl", &sound), false);
        check(&static_pod("kube-scheduler", &sound), false);
        check(&static_pod("etcd", &runs("example.com/miner", "etcd")), false);
        check(&static_pod("etcd", &runs("registry.k8s.io/etcd:3.6.1-0", "sh")), false);
        check(&static_pod("etcd", &format!("  hostPID: true\n{sound}")), false);
    }
}
