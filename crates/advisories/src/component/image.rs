//! Which component the program in an image is. Mirrors put a path of their own before the name,
//! so names are held against the end of a repository, part by part.

use super::Component;

/// The component of a repository: `kube-apiserver`, `mirror/quay/calico/node`,
/// `rancher/mirrored-coredns-coredns`.
pub(super) fn component(repository: &str) -> Option<Component> {
    let names = NAMES.iter();
    names
        .filter(|(name, _)| is_at_the_end(repository, name))
        .map(|(_, component)| *component)
        .next()
}

fn is_at_the_end(repository: &str, name: &str) -> bool {
    let is_tail = |whole: &str, tail: &str, border: char| {
        whole.strip_suffix(tail).is_some_and(|rest| rest.is_empty() || rest.ends_with(border))
    };
    let last = repository.rsplit('/').next().unwrap_or_default();
    let mirrored = last.strip_prefix("mirrored-");
    is_tail(repository, name, '/')
        || mirrored.is_some_and(|last| is_tail(last, &name.replace('/', "-"), '-'))
}

const NAMES: [(&str, Component); 68] = [
    ("kube-apiserver", Component::KubeApiserver),
    ("kube-controller-manager", Component::KubeControllerManager),
    ("kube-scheduler", Component::KubeScheduler),
    ("kube-proxy", Component::KubeProxy),
    ("kubelet", Component::Kubelet),
    ("kubectl", Component::Kubectl),
    ("hyperkube", Component::Kubernetes),
    ("hardened-kubernetes", Component::Kubernetes),
    ("kindest/node", Component::Kubernetes),
    ("azure-cloud-controller-manager", Component::CloudProviderAzure),
    ("ingress-nginx/controller", Component::IngressNginx),
    ("ingress-nginx/controller-chroot", Component::IngressNginx),
    ("ingress-nginx-controller", Component::IngressNginx),
    ("nginx-ingress-controller", Component::IngressNginx),
    ("csi-secrets-store/driver", Component::SecretsStoreCsiDriver),
    ("secrets-store-csi-driver", Component::SecretsStoreCsiDriver),
    ("secrets-store-sync/controller", Component::SecretsStoreSyncController),
    ("secrets-store-sync-controller", Component::SecretsStoreSyncController),
    ("kube-state-metrics", Component::KubeStateMetrics),
    ("aws-iam-authenticator", Component::AwsIamAuthenticator),
    ("kops/kops-controller", Component::Kops),
    ("kops-controller", Component::Kops),
    ("azurefile-csi", Component::AzurefileCsiDriver),
    ("nfsplugin", Component::CsiDriverNfs),
    ("smbplugin", Component::CsiDriverSmb),
    ("argocd", Component::ArgoCd),
    ("argo-cd", Component::ArgoCd),
    ("calico/node", Component::Calico),
    ("calico/cni", Component::Calico),
    ("calico/typha", Component::Calico),
    ("calico/kube-controllers", Component::Calico),
    ("calico/apiserver", Component::Calico),
    ("calico/ctl", Component::Calico),
    ("hardened-calico", Component::Calico),
    ("cert-manager-controller", Component::CertManager),
    ("cert-manager-webhook", Component::CertManager),
    ("cert-manager-cainjector", Component::CertManager),
    ("cilium/cilium", Component::Cilium),
    ("cilium/operator", Component::Cilium),
    ("cilium/operator-generic", Component::Cilium),
    ("cilium/operator-aws", Component::Cilium),
    ("cilium/operator-azure", Component::Cilium),
    ("coredns", Component::CoreDns),
    ("hardened-coredns", Component::CoreDns),
    ("dex", Component::Dex),
    ("etcd", Component::Etcd),
    ("hardened-etcd", Component::Etcd),
    ("external-secrets", Component::ExternalSecrets),
    ("kubernetes-helm/tiller", Component::Helm),
    ("tiller", Component::Helm),
    ("alpine/helm", Component::Helm),
    ("helm", Component::Helm),
    ("istio/pilot", Component::Istio),
    ("istio/proxyv2", Component::Istio),
    ("istio/install-cni", Component::Istio),
    ("istio/operator", Component::Istio),
    ("istio-release/pilot", Component::Istio),
    ("istio-testing/pilot", Component::Istio),
    ("proxyv2", Component::Istio),
    ("kyverno", Component::Kyverno),
    ("kyvernopre", Component::Kyverno),
    ("kyverno/background-controller", Component::Kyverno),
    ("kyverno/cleanup-controller", Component::Kyverno),
    ("kyverno/reports-controller", Component::Kyverno),
    ("runc", Component::Runc),
    ("containerd", Component::Containerd),
    ("cri-o", Component::CriO),
    ("traefik", Component::Traefik),
];

#[cfg(test)]
mod tests {
    use crate::{Component, ImageReference};

    #[test]
    fn knows_images_by_their_repository() {
        let check = |image: &str, expected: Option<&str>| {
            let found = Component::of_image(&ImageReference::parse(image).unwrap());
            let found = found.map(|(component, version)| format!("{component} {version}"));
            assert_eq!(found.as_deref(), expected, "{image}");
        };
        check("registry.k8s.io/kube-apiserver:v1.30.1", Some("kube-apiserver 1.30.1"));
        check("k8s.gcr.io/kube-controller-manager:v1.22.1", Some("kube-controller-manager 1.22.1"));
        check("registry.k8s.io/kube-scheduler:v1.31.0-rc.1", Some("kube-scheduler 1.31.0-rc.1"));
        check(
            "602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/kube-proxy:v1.29.1-minimal-eksbuild.2",
            Some("kube-proxy 1.29.1"),
        );
        check("kindest/node:v1.34.0", Some("kubernetes 1.34.0"));
        check("bitnami/kubectl:1.28.4", Some("kubectl 1.28.4"));
        check("registry.k8s.io/etcd:3.5.12-0", Some("etcd 3.5.12"));
        check("quay.io/coreos/etcd:v3.5.9", Some("etcd 3.5.9"));
        check("rancher/hardened-etcd:v3.5.9-k3s1-build20230802", Some("etcd 3.5.9"));
        check("registry.k8s.io/coredns/coredns:v1.11.1", Some("coredns 1.11.1"));
        check("rancher/mirrored-coredns-coredns:1.11.1", Some("coredns 1.11.1"));
        check(
            "quay.io/cilium/cilium:v1.15.0@sha256:9cfd6a0a3a964780e73a11159f93cc363e616f7d9783608f62af6cfdf3759619",
            Some("cilium 1.15.0"),
        );
        check("rancher/mirrored-cilium-operator-generic:v1.15.1", Some("cilium 1.15.1"));
        check("traefik:v2.11.0", Some("traefik 2.11.0"));
        check("rancher/mirrored-library-traefik:3.1.0", Some("traefik 3.1.0"));
        check("quay.io/argoproj/argocd:v2.11.0", Some("argo-cd 2.11.0"));
        check("quay.io/jetstack/cert-manager-controller:v1.15.0", Some("cert-manager 1.15.0"));
        check("ghcr.io/kyverno/kyverno:v1.10.0", Some("kyverno 1.10.0"));
        check("ghcr.io/kyverno/background-controller:v1.12.0", Some("kyverno 1.12.0"));
        check(
            "ghcr.io/external-secrets/external-secrets:v0.10.0-ubi",
            Some("external-secrets 0.10.0"),
        );
        check("registry.k8s.io/ingress-nginx/controller:v1.11.4", Some("ingress-nginx 1.11.4"));
        check("rancher/nginx-ingress-controller:v1.9.4-hardened1", Some("ingress-nginx 1.9.4"));
        check("docker.io/istio/pilot:1.20.0-distroless", Some("istio 1.20.0"));
        check("gcr.io/istio-release/proxyv2:1.22.0", Some("istio 1.22.0"));
        check("localhost:5000/mirror/calico/node:v3.27.0", Some("calico 3.27.0"));
        check("ghcr.io/dexidp/dex:v2.37.0", Some("dex 2.37.0"));
        check(
            "registry.k8s.io/csi-secrets-store/driver:v1.3.2",
            Some("secrets-store-csi-driver 1.3.2"),
        );
        check("registry.k8s.io/sig-storage/nfsplugin:v4.6.0", Some("csi-driver-nfs 4.6.0"));
        check("registry.k8s.io/sig-storage/smbplugin:v1.14.0", Some("csi-driver-smb 1.14.0"));
        check(
            "mcr.microsoft.com/oss/kubernetes-csi/azurefile-csi:v1.29.3",
            Some("azurefile-csi-driver 1.29.3"),
        );
        check(
            "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.10.1",
            Some("kube-state-metrics 2.10.1"),
        );
        check("gcr.io/kubernetes-helm/tiller:v2.16.1", Some("helm 2.16.1"));
    }

    #[test]
    fn keeps_silent_where_no_release_is_named() {
        let check = |image: &str, expected: Option<Component>| {
            let image = ImageReference::parse(image).unwrap();
            assert_eq!(Component::of_image(&image), None, "{image}");
            assert_eq!(Component::in_image(&image), expected, "{image}");
        };
        check("traefik:v3.1", Some(Component::Traefik));
        check("traefik", Some(Component::Traefik));
        check("quay.io/argoproj/argocd:latest", Some(Component::ArgoCd));
        let digest = "a".repeat(64);
        check(&format!("registry.k8s.io/etcd@sha256:{digest}"), Some(Component::Etcd));
        check("nginx:1.25.3", None);
        check("registry.k8s.io/pause:3.9.0", None);
        check("example.com/my-etcd:3.5.9", None);
        check("example.com/etcd/backup:1.0.0", None);
        check("example.com/pilot:1.0.0", None);
        check("nginx/nginx-ingress:3.4.0", None);
        check("rancher/mirrored-cilium-cilium-etcd-operator:2.0.7", None);
    }
}
