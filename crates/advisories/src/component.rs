//! What an advisory can concern, and by which names feeds, images and nodes call it.

mod image;
mod package;

use std::fmt;

pub(crate) use package::{Line, Package};

use crate::{ImageReference, Version};

/// A component that runs in a cluster, below it, or beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names of the products say it; `name` spells them")]
pub enum Component {
    /// Kubernetes as a whole: its own advisories, whichever part of it they are about.
    Kubernetes,
    KubeApiserver,
    KubeControllerManager,
    KubeScheduler,
    Kubelet,
    KubeProxy,
    Kubectl,
    ClientGo,
    CloudProviderAzure,
    IngressNginx,
    SecretsStoreCsiDriver,
    SecretsStoreSyncController,
    ImageBuilder,
    Minikube,
    KubeStateMetrics,
    AwsIamAuthenticator,
    Kops,
    CsiProxy,
    AzurefileCsiDriver,
    CsiDriverNfs,
    CsiDriverSmb,
    KubernetesClientCsharp,
    ArgoCd,
    Calico,
    CertManager,
    Cilium,
    Containerd,
    CoreDns,
    CriO,
    Dex,
    Etcd,
    ExternalSecrets,
    Helm,
    Istio,
    Kyverno,
    Runc,
    Traefik,
}

impl Component {
    /// All there are.
    pub const ALL: [Self; 37] = [
        Self::Kubernetes,
        Self::KubeApiserver,
        Self::KubeControllerManager,
        Self::KubeScheduler,
        Self::Kubelet,
        Self::KubeProxy,
        Self::Kubectl,
        Self::ClientGo,
        Self::CloudProviderAzure,
        Self::IngressNginx,
        Self::SecretsStoreCsiDriver,
        Self::SecretsStoreSyncController,
        Self::ImageBuilder,
        Self::Minikube,
        Self::KubeStateMetrics,
        Self::AwsIamAuthenticator,
        Self::Kops,
        Self::CsiProxy,
        Self::AzurefileCsiDriver,
        Self::CsiDriverNfs,
        Self::CsiDriverSmb,
        Self::KubernetesClientCsharp,
        Self::ArgoCd,
        Self::Calico,
        Self::CertManager,
        Self::Cilium,
        Self::Containerd,
        Self::CoreDns,
        Self::CriO,
        Self::Dex,
        Self::Etcd,
        Self::ExternalSecrets,
        Self::Helm,
        Self::Istio,
        Self::Kyverno,
        Self::Runc,
        Self::Traefik,
    ];

    /// The component of a name, as [`Component::name`] spells it.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|component| component.name() == name)
    }

    /// The component whose program an image holds, and its version. None if the tag names no one
    /// release: `latest`, `v3.1`, or a digest alone.
    pub fn of_image(image: &ImageReference) -> Option<(Self, Version)> {
        let component = image::component(image.repository())?;
        Some((component, Version::reported(image.tag()?).ok()?))
    }

    /// The component whose program an image holds, whatever its version.
    pub fn in_image(image: &ImageReference) -> Option<Self> {
        image::component(image.repository())
    }

    /// The container runtime of a node, from its `status.nodeInfo.containerRuntimeVersion`.
    pub fn of_runtime(text: &str) -> Option<(Self, Version)> {
        let (name, version) = text.split_once("://")?;
        let component = match name {
            "containerd" => Self::Containerd,
            "cri-o" => Self::CriO,
            _ => return None,
        };
        Some((component, Version::reported(version).ok()?))
    }

    /// Whether it is Kubernetes, or released with it under the same version.
    pub fn is_core(self) -> bool {
        self <= Self::CloudProviderAzure
    }

    /// Whether an advisory on `self` concerns `other`: they are the same, or one of them is
    /// Kubernetes as a whole and the other a part of it.
    pub(crate) fn covers(self, other: Self) -> bool {
        let whole = self == Self::Kubernetes || other == Self::Kubernetes;
        self == other || (whole && self.is_core() && other.is_core())
    }

    /// Its name as its project writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kubernetes => "kubernetes",
            Self::KubeApiserver => "kube-apiserver",
            Self::KubeControllerManager => "kube-controller-manager",
            Self::KubeScheduler => "kube-scheduler",
            Self::Kubelet => "kubelet",
            Self::KubeProxy => "kube-proxy",
            Self::Kubectl => "kubectl",
            Self::ClientGo => "client-go",
            Self::CloudProviderAzure => "cloud-provider-azure",
            Self::IngressNginx => "ingress-nginx",
            Self::SecretsStoreCsiDriver => "secrets-store-csi-driver",
            Self::SecretsStoreSyncController => "secrets-store-sync-controller",
            Self::ImageBuilder => "image-builder",
            Self::Minikube => "minikube",
            Self::KubeStateMetrics => "kube-state-metrics",
            Self::AwsIamAuthenticator => "aws-iam-authenticator",
            Self::Kops => "kops",
            Self::CsiProxy => "csi-proxy",
            Self::AzurefileCsiDriver => "azurefile-csi-driver",
            Self::CsiDriverNfs => "csi-driver-nfs",
            Self::CsiDriverSmb => "csi-driver-smb",
            Self::KubernetesClientCsharp => "kubernetes-client/csharp",
            Self::ArgoCd => "argo-cd",
            Self::Calico => "calico",
            Self::CertManager => "cert-manager",
            Self::Cilium => "cilium",
            Self::Containerd => "containerd",
            Self::CoreDns => "coredns",
            Self::CriO => "cri-o",
            Self::Dex => "dex",
            Self::Etcd => "etcd",
            Self::ExternalSecrets => "external-secrets",
            Self::Helm => "helm",
            Self::Istio => "istio",
            Self::Kyverno => "kyverno",
            Self::Runc => "runc",
            Self::Traefik => "traefik",
        }
    }
}

impl fmt::Display for Component {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_component_is_listed_once_in_order() {
        assert!(Component::ALL.is_sorted_by(|one, two| one < two));
        assert_eq!(Component::ALL.last(), Some(&Component::Traefik));
        for component in Component::ALL {
            assert_eq!(Component::named(component.name()), Some(component));
        }
        assert_eq!(Component::named("nginx"), None);
    }

    #[test]
    fn kubernetes_covers_its_parts_and_nothing_else() {
        assert!(Component::Kubernetes.covers(Component::Kubelet));
        assert!(Component::Kubelet.covers(Component::Kubernetes));
        assert!(!Component::Kubelet.covers(Component::Kubectl));
        assert!(!Component::Kubernetes.covers(Component::Etcd));
        assert!(!Component::IngressNginx.covers(Component::Kubernetes));
    }

    #[test]
    fn knows_the_runtime_of_a_node() {
        let check = |text: &str, expected: Option<&str>| {
            let found = Component::of_runtime(text);
            let found = found.map(|(component, version)| format!("{component} {version}"));
            assert_eq!(found.as_deref(), expected, "{text}");
        };
        check("containerd://1.7.26", Some("containerd 1.7.26"));
        check("containerd://2.1.4-k3s1", Some("containerd 2.1.4"));
        check("containerd://1.7.12-0ubuntu2~22.04.1", Some("containerd 1.7.12"));
        check("containerd://1.6.8+unknown", Some("containerd 1.6.8"));
        check("cri-o://1.28.0", Some("cri-o 1.28.0"));
        check("cri-o://1.29.1-3.rhaos4.16.git1", Some("cri-o 1.29.1"));
        check("docker://20.10.7", None);
        check("containerd://Unknown", None);
        check("containerd", None);
        check("", None);
    }
}
