//! What a file is for: by its place in kubeadm's layout, else by the flag that names it.

use std::collections::BTreeMap;

use inventory::{ComponentKind, Kind};
use pki::Role;
use pki::role::Part;

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

/// What files are for.
#[derive(Debug)]
pub(super) struct Roles(BTreeMap<String, Role>);

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
        Self(named)
    }

    /// What the file of a path is for.
    pub(super) fn role(&self, path: &str) -> Option<Role> {
        let placed = pki::role::of_path(path).filter(|placed| match placed.part {
            Part::Certificate | Part::PrivateKey | Part::PublicKey | Part::CertificateAndKey => {
                true
            }
            Part::Kubeconfig => false,
        });
        placed.map(|placed| placed.role).or_else(|| self.0.get(path).copied())
    }
}
