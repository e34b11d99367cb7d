//! How what a role holds is renewed, step by step.

use super::Role;
use crate::Rotation;

/// How a credential is renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewal {
    /// Who does it, usually.
    pub rotation: Rotation,
    /// The command that renews it, where one does.
    pub command: Option<&'static str>,
    /// The static pod that must be restarted to use the new one.
    pub restart: Option<&'static str>,
    /// Everything else there is to do or to know, step by step.
    pub steps: &'static [&'static str],
}

impl Renewal {
    /// All of it in one text.
    pub fn text(&self) -> String {
        let command = self.command.map(|command| format!("Run `{command}`."));
        let restart = self.restart.map(|pod| {
            format!(
                "Restart the static pod {pod}: move its manifest out of the manifest directory, \
                 wait until the container is gone, and move it back."
            )
        });
        let parts = command.into_iter().chain(restart);
        let parts = parts.chain(self.steps.iter().map(|step| (*step).to_owned()));
        parts.collect::<Vec<String>>().join(" ")
    }
}

impl Role {
    /// How this role's credential is renewed.
    pub fn renewal(self) -> Renewal {
        match self {
            Self::ClusterCa | Self::FrontProxyCa | Self::EtcdCa => plan(AUTHORITY),
            Self::ServiceAccountKey => plan(SIGNING_KEY),
            Self::KubeletServing => {
                Renewal { rotation: Rotation::ByItself, ..plan(KUBELET_SERVING) }
            }
            Self::KubeletClient | Self::KubeletKubeconfig => {
                Renewal { rotation: Rotation::ByItself, ..plan(KUBELET_CLIENT) }
            }
            Self::BootstrapKubeconfig => plan(BOOTSTRAP),
            Self::ApiServerServing => kubeadm("kubeadm certs renew apiserver", Some(API_SERVER)),
            Self::ApiServerKubeletClient => {
                kubeadm("kubeadm certs renew apiserver-kubelet-client", Some(API_SERVER))
            }
            Self::ApiServerEtcdClient => {
                kubeadm("kubeadm certs renew apiserver-etcd-client", Some(API_SERVER))
            }
            Self::FrontProxyClient => {
                kubeadm("kubeadm certs renew front-proxy-client", Some(API_SERVER))
            }
            Self::EtcdServer => kubeadm("kubeadm certs renew etcd-server", Some("etcd")),
            Self::EtcdPeer => kubeadm("kubeadm certs renew etcd-peer", Some("etcd")),
            Self::EtcdHealthcheckClient => {
                kubeadm("kubeadm certs renew etcd-healthcheck-client", None)
            }
            Self::AdminKubeconfig => {
                Renewal { steps: COPIES, ..kubeadm("kubeadm certs renew admin.conf", None) }
            }
            Self::SuperAdminKubeconfig => {
                Renewal { steps: COPIES, ..kubeadm("kubeadm certs renew super-admin.conf", None) }
            }
            Self::ControllerManagerKubeconfig => kubeadm(
                "kubeadm certs renew controller-manager.conf",
                Some("kube-controller-manager"),
            ),
            Self::SchedulerKubeconfig => {
                kubeadm("kubeadm certs renew scheduler.conf", Some("kube-scheduler"))
            }
        }
    }
}

/// `kubeadm certs renew` works on one control-plane node at a time.
fn kubeadm(command: &'static str, restart: Option<&'static str>) -> Renewal {
    let rotation = Rotation::ByKubeadmUpgrade;
    Renewal { rotation, command: Some(command), restart, steps: EACH_NODE }
}

fn plan(steps: &'static [&'static str]) -> Renewal {
    Renewal { rotation: Rotation::ByHand, command: None, restart: None, steps }
}

const API_SERVER: &str = "kube-apiserver";

const EACH_NODE: &[&str] = &["Do so on each control-plane node, one after the other."];

const COPIES: &[&str] = &[
    "Do so on each control-plane node, one after the other.",
    "Replace the copies that people hold, such as ~/.kube/config.",
];

const AUTHORITY: &[&str] = &[
    "kubeadm does not renew authorities; a change needs a plan.",
    "Make the new authority and let every component trust both: append its certificate to the file of the old one and restart what reads it.",
    "Reissue every certificate below it, and every kubeconfig.",
    "Once nothing in use is signed by the old authority, remove it from the files and restart again.",
];

const SIGNING_KEY: &[&str] = &[
    "Give every kube-apiserver the new public key beside the old one: repeat --service-account-key-file.",
    "Publish both keys to whoever verifies tokens by the key set of the issuer.",
    "Switch --service-account-signing-key-file of kube-apiserver and --service-account-private-key-file of kube-controller-manager.",
    "Wait for the longest life of a token, and replace tokens without end.",
    "Remove the old key.",
];

const KUBELET_CLIENT: &[&str] = &[
    "The kubelet renews it while rotateCertificates is true and its requests are approved.",
    "If it has expired: remove the kubelet's client certificates, give it a kubeconfig it can join with, and restart it.",
];

const KUBELET_SERVING: &[&str] = &[
    "The kubelet renews it while serverTLSBootstrap is true, but Kubernetes approves none of these requests: an approver must.",
    "Look at what waits with `kubectl get csr`.",
    "Without serverTLSBootstrap the kubelet signs it itself: set that, or give it tlsCertFile and tlsPrivateKeyFile.",
];

const BOOTSTRAP: &[&str] = &[
    "It is needed to join only: remove it afterwards.",
    "`kubeadm token create` makes a new token when a node is to join.",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubeadm_renews_by_name_and_what_uses_it_restarts() {
        let check = |role: Role, name: &str, restart: Option<&str>| {
            let renewal = role.renewal();
            let command = format!("kubeadm certs renew {name}");
            assert_eq!(renewal.command, Some(command.as_str()), "{role:?}");
            assert_eq!(renewal.restart, restart, "{role:?}");
            assert_eq!(renewal.rotation, Rotation::ByKubeadmUpgrade, "{role:?}");
            assert!(renewal.text().starts_with(&format!("Run `{command}`.")), "{role:?}");
        };
        check(Role::ApiServerServing, "apiserver", Some("kube-apiserver"));
        check(Role::ApiServerKubeletClient, "apiserver-kubelet-client", Some("kube-apiserver"));
        check(Role::ApiServerEtcdClient, "apiserver-etcd-client", Some("kube-apiserver"));
        check(Role::FrontProxyClient, "front-proxy-client", Some("kube-apiserver"));
        check(Role::EtcdServer, "etcd-server", Some("etcd"));
        check(Role::EtcdPeer, "etcd-peer", Some("etcd"));
        check(Role::EtcdHealthcheckClient, "etcd-healthcheck-client", None);
        check(Role::AdminKubeconfig, "admin.conf", None);
        check(Role::SuperAdminKubeconfig, "super-admin.conf", None);
        let manager = "kube-controller-manager";
        check(Role::ControllerManagerKubeconfig, "controller-manager.conf", Some(manager));
        check(Role::SchedulerKubeconfig, "scheduler.conf", Some("kube-scheduler"));
    }

    #[test]
    fn what_kubeadm_does_not_renew_has_no_command_but_steps() {
        let check = |role: Role, rotation: Rotation| {
            let renewal = role.renewal();
            assert_eq!((renewal.command, renewal.rotation), (None, rotation), "{role:?}");
            assert!(renewal.steps.len() > 1, "{role:?}");
        };
        check(Role::ClusterCa, Rotation::ByHand);
        check(Role::EtcdCa, Rotation::ByHand);
        check(Role::FrontProxyCa, Rotation::ByHand);
        check(Role::ServiceAccountKey, Rotation::ByHand);
        check(Role::KubeletClient, Rotation::ByItself);
        check(Role::KubeletServing, Rotation::ByItself);
        check(Role::KubeletKubeconfig, Rotation::ByItself);
        check(Role::BootstrapKubeconfig, Rotation::ByHand);
    }
}
