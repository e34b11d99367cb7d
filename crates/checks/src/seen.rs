//! What a check looks at: the inventory, at a time, at a version of Kubernetes.

use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;
use std::ops::Deref;
use std::time::SystemTime;

use advisories::Table;
use inventory::{Component, Inventory, Kind, Minor, Object, Workload};
use reach::World;

use crate::credentials::Credentials;
use crate::grants::{self, Rbac};
use crate::network;
use crate::nodes::is_conf;
use crate::patching::Fleet;
use crate::rbac::Holdings;
use crate::secrets::Found;

/// The inventory as checks see it. Where nothing tells the version, a check that asks for it is
/// judged once for each version there is, and its verdict counts only if they all agree.
#[derive(Debug)]
pub struct Seen<'i> {
    inventory: &'i Inventory,
    now: SystemTime,
    assumed: Cell<Minor>,
    asked: Cell<bool>,
    advisories: &'i Table,
    shared: Shared<'i>,
}

/// What several checks look at and is costly to make: made when the first of them asks.
#[derive(Debug, Default)]
struct Shared<'i> {
    rbac: OnceCell<Rbac<'i>>,
    holdings: OnceCell<Holdings<'i>>,
    credentials: OnceCell<Credentials>,
    workloads: OnceCell<Vec<Workload<'i>>>,
    namespaces: OnceCell<BTreeMap<&'i str, Vec<Workload<'i>>>>,
    network: OnceCell<World>,
    secrets: OnceCell<Found>,
    fleet: OnceCell<Fleet>,
}

impl<'i> Seen<'i> {
    /// What was seen, looked at `now`.
    pub fn new(inventory: &'i Inventory, now: SystemTime) -> Self {
        let known = inventory.minor().map_or(Minor::NEWEST, Minor::known);
        Self {
            inventory,
            now,
            assumed: Cell::new(known),
            asked: Cell::new(false),
            advisories: Table::embedded(),
            shared: Shared::default(),
        }
    }

    /// With these advisories rather than the embedded ones.
    #[must_use]
    pub fn with_advisories(self, advisories: &'i Table) -> Self {
        Self { advisories, ..self }
    }

    /// The published advisories to match versions against.
    pub fn advisories(&self) -> &'i Table {
        self.advisories
    }

    /// The inventory, for as long as it lives.
    pub fn inventory(&self) -> &'i Inventory {
        self.inventory
    }

    /// The time.
    pub fn now(&self) -> SystemTime {
        self.now
    }

    /// What runs at which version, found once.
    pub(crate) fn fleet(&self) -> &Fleet {
        self.shared.fleet.get_or_init(|| Fleet::of(self.inventory))
    }

    /// The version of the cluster.
    pub fn minor(&self) -> Minor {
        if self.inventory.minor().is_none() {
            self.asked.set(true);
        }
        self.assumed.get()
    }

    /// The version of a component: its own where that is known, else the cluster's.
    pub fn minor_of(&self, component: &Component) -> Minor {
        component.minor.map_or_else(|| self.minor(), Minor::known)
    }

    /// Everything that makes pods, as [`Inventory::workloads`] has it; sorted out once.
    pub fn each_workload(&self) -> &[Workload<'i>] {
        self.shared.workloads.get_or_init(|| self.inventory.workloads().collect())
    }

    /// The workloads by their namespaces; those that leave theirs open are under the empty one.
    pub(crate) fn by_namespace(&self) -> &BTreeMap<&'i str, Vec<Workload<'i>>> {
        self.shared.namespaces.get_or_init(|| {
            let mut all: BTreeMap<&str, Vec<Workload<'_>>> = BTreeMap::new();
            for workload in self.each_workload() {
                all.entry(workload.namespace()).or_default().push(workload.clone());
            }
            all
        })
    }

    /// The workloads of a namespace that were seen.
    pub(crate) fn workloads_in(&self, namespace: &str) -> &[Workload<'i>] {
        self.by_namespace().get(namespace).map_or(&[], Vec::as_slice)
    }

    /// Who can talk to whom: the pods of [`Seen::by_namespace`], in that order, but for those
    /// whose namespace is open.
    pub(crate) fn network(&self) -> &World {
        self.shared.network.get_or_init(|| network::world(self))
    }

    /// Every credential that was seen, read once.
    pub(crate) fn credentials(&self) -> &Credentials {
        self.shared.credentials.get_or_init(|| Credentials::of(self))
    }

    /// Every secret in plain sight, looked for once.
    pub(crate) fn secrets_in_sight(&self) -> &Found {
        self.shared.secrets.get_or_init(|| Found::of(self.inventory))
    }

    /// Who holds what by RBAC. Default roles that are missing are those of the newest version where
    /// nothing tells it.
    pub fn rbac(&self) -> &Rbac<'i> {
        let minor = self.inventory.minor().unwrap_or(Minor::NEWEST);
        self.shared.rbac.get_or_init(|| grants::rbac(self.inventory, minor))
    }

    /// Who holds what, binding by binding.
    pub(crate) fn holdings(&self) -> &Holdings<'i> {
        self.shared.holdings.get_or_init(|| Holdings::of(self.inventory, self.rbac()))
    }

    /// Whether a kubelet made the pod of a file of its node, and so gives it no token of an account:
    /// the file itself, or what the API shows of it.
    pub(crate) fn is_static_pod(&self, workload: &Workload<'_>) -> bool {
        let object = workload.object();
        let file = object.origin().file().and_then(|file| self.inventory.file_at(file));
        let is_in_folder =
            |folder: &&str| file.is_some_and(|file| file.path_on_node().starts_with(*folder));
        let is_pod = object.kind() == Kind::POD;
        workload.is_mirror_pod() || is_pod && STATIC_PODS.iter().any(is_in_folder)
    }

    /// The configurations that kubelets read whole: no drop-ins, and not what kubeadm patches its
    /// configuration of the node with.
    pub(crate) fn kubelet_configurations(&self) -> impl Iterator<Item = &'i Object> {
        let inventory = self.inventory;
        let is_part = |object: &&Object| {
            let file = object.origin().file().and_then(|file| inventory.file_at(file));
            file.is_some_and(|file| {
                let path = file.path();
                file.is_at(KUBEADM_INSTANCE) || path.contains(".d/") && is_conf(path)
            })
        };
        inventory.of(Kind::KUBELET_CONFIGURATION).iter().filter(move |object| !is_part(object))
    }

    /// Whether nothing tells the version.
    pub(crate) fn minor_is_unknown(&self) -> bool {
        self.inventory.minor().is_none()
    }

    /// Assumes a version, and forgets whether it was asked for.
    pub(crate) fn assume(&self, minor: Minor) {
        self.assumed.set(minor);
        self.asked.set(false);
    }

    /// Whether the version made a difference that nobody can tell.
    pub(crate) fn was_asked(&self) -> bool {
        self.asked.get()
    }
}

/// What kubeadm keeps of a node beside the configuration that the kubelet reads.
const KUBEADM_INSTANCE: &str = "/var/lib/kubelet/instance-config.yaml";

/// Where kubelets of kubeadm, k3s and RKE2 look for static pods.
const STATIC_PODS: [&str; 3] = [
    "/etc/kubernetes/manifests/",
    "/var/lib/rancher/k3s/agent/pod-manifests/",
    "/var/lib/rancher/rke2/agent/pod-manifests/",
];

impl Deref for Seen<'_> {
    type Target = Inventory;

    fn deref(&self) -> &Inventory {
        self.inventory
    }
}
