//! Which versions may run together, by <https://kubernetes.io/releases/version-skew-policy/>.

use crate::version::Minor;
use crate::{Component, Version};

/// A component whose version may not run with a control plane's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{component} {found} does not go with kube-apiserver {control_plane}: {oldest} to {newest} do"
)]
pub struct Skew {
    /// The component.
    pub component: Component,
    /// Its line.
    pub found: Minor,
    /// The line of kube-apiserver.
    pub control_plane: Minor,
    /// The oldest line that goes with it.
    pub oldest: Minor,
    /// The newest line that goes with it.
    pub newest: Minor,
    /// Which of the two is passed.
    pub kind: SkewKind,
}

/// In which direction a version is out of step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkewKind {
    /// It is newer than what goes with the control plane.
    TooNew,
    /// It is older than what goes with the control plane.
    TooOld,
}

/// Whether a component may run with a kube-apiserver. With several API servers that differ, the
/// oldest sets what is too new and the newest what is too old: ask once for each. Components that
/// the policy does not name go with any.
pub fn skew(control_plane: &Version, component: Component, version: &Version) -> Result<(), Skew> {
    let server = control_plane.minor();
    let Some((older, newer)) = leeway(component, server) else { return Ok(()) };
    let line = |minor: u64| Minor { major: server.major, minor };
    let oldest = line(server.minor.saturating_sub(older));
    let newest = line(server.minor.saturating_add(newer));
    let found = version.minor();
    let kind = if found > newest {
        SkewKind::TooNew
    } else if found < oldest {
        SkewKind::TooOld
    } else {
        return Ok(());
    };
    Err(Skew { component, found, control_plane: server, oldest, newest, kind })
}

/// How many lines a component may be older and newer than kube-apiserver.
fn leeway(component: Component, server: Minor) -> Option<(u64, u64)> {
    match component {
        // Three since kubelet 1.25, whose oldest server at that distance is 1.28.
        Component::Kubelet | Component::KubeProxy => {
            Some((if server.minor >= 28 { 3 } else { 2 }, 0))
        }
        Component::KubeControllerManager | Component::KubeScheduler => Some((1, 0)),
        // API servers of one cluster may be one line apart, either way.
        Component::Kubectl | Component::KubeApiserver => Some((1, 1)),
        Component::Kubernetes
        | Component::ClientGo
        | Component::CloudProviderAzure
        | Component::IngressNginx
        | Component::SecretsStoreCsiDriver
        | Component::SecretsStoreSyncController
        | Component::ImageBuilder
        | Component::Minikube
        | Component::KubeStateMetrics
        | Component::AwsIamAuthenticator
        | Component::Kops
        | Component::CsiProxy
        | Component::AzurefileCsiDriver
        | Component::CsiDriverNfs
        | Component::CsiDriverSmb
        | Component::KubernetesClientCsharp
        | Component::ArgoCd
        | Component::Calico
        | Component::CertManager
        | Component::Cilium
        | Component::Containerd
        | Component::CoreDns
        | Component::CriO
        | Component::Dex
        | Component::Etcd
        | Component::ExternalSecrets
        | Component::Helm
        | Component::Istio
        | Component::Kyverno
        | Component::Runc
        | Component::Traefik => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_go_together_as_the_policy_says() {
        let check =
            |server: &str, component: Component, found: &str, expected: Option<SkewKind>| {
                let [server, found] = [server, found].map(|text| Version::reported(text).unwrap());
                let kind = skew(&server, component, &found).err().map(|skew| skew.kind);
                assert_eq!(kind, expected, "{server} {component} {found}");
            };
        let (new, old) = (Some(SkewKind::TooNew), Some(SkewKind::TooOld));
        for node in [Component::Kubelet, Component::KubeProxy] {
            check("v1.31.3", node, "v1.31.9", None);
            check("v1.31.3", node, "v1.28.0-eks-abc", None);
            check("v1.31.3", node, "v1.27.16", old);
            check("v1.31.3", node, "v1.32.0", new);
            check("v1.28.0", node, "v1.25.0", None);
            check("v1.28.0", node, "v1.24.17", old);
            check("v1.27.0", node, "v1.25.0", None);
            check("v1.27.0", node, "v1.24.0", old);
        }
        for control in [Component::KubeControllerManager, Component::KubeScheduler] {
            check("v1.31.3", control, "v1.31.0", None);
            check("v1.31.3", control, "v1.30.0", None);
            check("v1.31.3", control, "v1.29.0", old);
            check("v1.31.3", control, "v1.32.0", new);
        }
        for either in [Component::Kubectl, Component::KubeApiserver] {
            check("v1.31.3", either, "v1.32.0", None);
            check("v1.31.3", either, "v1.30.0", None);
            check("v1.31.3", either, "v1.29.0", old);
            check("v1.31.3", either, "v1.33.0", new);
        }
        check("v1.31.3", Component::Etcd, "3.5.9", None);
        check("v1.2.0", Component::Kubelet, "v1.0.0", None);
        check("v1.31.3", Component::Kubelet, "v2.0.0", new);
    }

    #[test]
    fn a_skew_says_what_would_be_right() {
        let [server, kubelet] = ["1.31.3", "1.27.16"].map(|text| Version::parse(text).unwrap());
        let skew = skew(&server, Component::Kubelet, &kubelet).unwrap_err();
        assert_eq!(
            skew.to_string(),
            "kubelet 1.27 does not go with kube-apiserver 1.31: 1.28 to 1.31 do"
        );
    }
}
