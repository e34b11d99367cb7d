//! What a file is for: by its place in kubeadm's layout, else by the flag that names it.

use std::collections::BTreeMap;

use inventory::{ComponentKind, Kind};
use pki::Role;
use pki::role::Part;

use super::{Use, kubeconfigs};
use crate::Seen;
use crate::tls::setting::by_environment;

/// Flags that name a certificate or key, and what it then is for.
const FLAGS: [(ComponentKind, &str, Role); 24] = [
    (ComponentKind::ApiServer, "tls-cert-file", Role::ApiServerServing),
    (ComponentKind::ApiServer, "tls-private-key-file", Role::ApiServerServing),
    (ComponentKind::ApiServer, "client-ca-file", Role::ClusterCa),
    (ComponentKind::ApiServer, "etcd-cafile", Role::EtcdCa),
    (ComponentKind::ApiServer, "etcd-certfile", Role::ApiServerEtcdClient),
    (ComponentKind::ApiServer, "etcd-keyfile", Role::ApiServerEtcdClient),
    (ComponentKind::ApiServer, "kubelet-client-certificate", Role::ApiServerKubeletClient),
    (ComponentKind::ApiServer, "kubelet-client-key", Role::ApiServerKubeletClient),
    (ComponentKind::ApiServer, "requestheader-client-ca-file", Role::FrontProxyCa),
    (ComponentKind::ApiServer, "proxy-client-cert-file", Role::FrontProxyClient),
    (ComponentKind::ApiServer, "proxy-client-key-file", Role::FrontProxyClient),
    (ComponentKind::ApiServer, "service-account-key-file", Role::ServiceAccountKey),
    (ComponentKind::ApiServer, "service-account-signing-key-file", Role::ServiceAccountKey),
    (ComponentKind::ControllerManager, "service-account-private-key-file", Role::ServiceAccountKey),
    (ComponentKind::ControllerManager, "cluster-signing-cert-file", Role::ClusterCa),
    (ComponentKind::Etcd, "cert-file", Role::EtcdServer),
    (ComponentKind::Etcd, "key-file", Role::EtcdServer),
    (ComponentKind::Etcd, "trusted-ca-file", Role::EtcdCa),
    (ComponentKind::Etcd, "peer-cert-file", Role::EtcdPeer),
    (ComponentKind::Etcd, "peer-key-file", Role::EtcdPeer),
    (ComponentKind::Etcd, "peer-trusted-ca-file", Role::EtcdCa),
    (ComponentKind::Kubelet, "client-ca-file", Role::ClusterCa),
    (ComponentKind::Kubelet, "tls-cert-file", Role::KubeletServing),
    (ComponentKind::Kubelet, "tls-private-key-file", Role::KubeletServing),
];

/// Flags that name authorities without a role of their own.
const TRUSTED: [(ComponentKind, &str); 4] = [
    (ComponentKind::ApiServer, "oidc-ca-file"),
    (ComponentKind::ApiServer, "kubelet-certificate-authority"),
    (ComponentKind::ControllerManager, "root-ca-file"),
    (ComponentKind::ControllerManager, "client-ca-file"),
];

/// What files are for.
#[derive(Debug, Default)]
pub(super) struct Roles {
    roles: BTreeMap<String, Role>,
    uses: BTreeMap<String, Use>,
}

impl Roles {
    /// What flags and kubelet configurations tell.
    pub(super) fn of(seen: &Seen<'_>) -> Self {
        let mut named = BTreeMap::new();
        for (kind, flag, role) in FLAGS {
            for component in seen.components(kind) {
                let env = (kind == ComponentKind::Etcd)
                    .then(|| by_environment(seen, component, flag).1)
                    .flatten();
                for path in component.flags.values(flag).chain(env) {
                    named.entry(path.to_owned()).or_insert(role);
                }
            }
        }
        for object in seen.of(Kind::KUBELET_CONFIGURATION) {
            let tree = object.tree();
            for (field, role) in [
                (tree.get("tlsCertFile"), Role::KubeletServing),
                (tree.get("tlsPrivateKeyFile"), Role::KubeletServing),
                (tree.at(&["authentication", "x509", "clientCAFile"]), Role::ClusterCa),
            ] {
                if let Some(path) = field.text().filter(|path| !path.is_empty()) {
                    named.entry(path.to_owned()).or_insert(role);
                }
            }
        }
        let mut found = Self { roles: named, uses: BTreeMap::new() };
        found.add_trusted(seen);
        found.add_kubeconfigs(seen);
        found
    }

    fn add_trusted(&mut self, seen: &Seen<'_>) {
        for (kind, flag) in TRUSTED {
            for component in seen.components(kind) {
                let path = component.flags.value(flag).map(str::to_owned);
                self.uses.extend(path.map(|path| (path, Use::Trusted)));
            }
        }
    }

    /// Files that kubeconfigs name: a client's certificate and key, and the authority.
    fn add_kubeconfigs(&mut self, seen: &Seen<'_>) {
        for object in seen.of(Kind::KUBECONFIG) {
            let about = kubeconfigs::about(seen, object);
            let role = kubeconfigs::role(&about);
            for user in object.tree().get("users").items().iter().map(|one| one.get("user")) {
                for field in ["client-certificate", "client-key"] {
                    let Some(path) = user.get(field).text() else { continue };
                    let path = beside(&about.name, path);
                    self.uses.insert(path.clone(), Use::Shown);
                    if let Some(role) = role {
                        self.roles.entry(path).or_insert(role);
                    }
                }
            }
            let clusters = object.tree().get("clusters").items().iter();
            let named =
                clusters.filter_map(|one| one.at(&["cluster", "certificate-authority"]).text());
            self.uses.extend(named.map(|path| (beside(&about.name, path), Use::Trusted)));
        }
    }

    /// What the certificates of the file of a path are there for.
    pub(super) fn used(&self, path: &str) -> Use {
        match self.role(path) {
            Some(Role::ClusterCa | Role::FrontProxyCa | Role::EtcdCa) => Use::Trusted,
            Some(_) => Use::Shown,
            None => self.uses.get(path).copied().unwrap_or(Use::Untold),
        }
    }

    /// What the file of a path is for.
    pub(super) fn role(&self, path: &str) -> Option<Role> {
        let placed = pki::role::of_path(path).filter(|placed| match placed.part {
            Part::Certificate | Part::PrivateKey | Part::PublicKey | Part::CertificateAndKey => {
                true
            }
            Part::Kubeconfig => false,
        });
        placed.map(|placed| placed.role).or_else(|| self.roles.get(path).copied())
    }
}

/// A path as a kubeconfig names it: beside the kubeconfig unless it begins at the root.
fn beside(kubeconfig: &str, path: &str) -> String {
    match kubeconfig.rsplit_once('/').filter(|_| !path.starts_with('/')) {
        Some((folder, _)) => format!("{folder}/{}", path.trim_start_matches("./")),
        None => path.to_owned(),
    }
}
