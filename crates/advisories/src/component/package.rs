//! Package names of feeds: Go modules, their sub-modules and major versions, and bare names.

use super::Component;
use crate::Version;
use crate::version::Minor;

/// What a package name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) component: Component,
    pub(crate) line: Line,
    shift: Shift,
}

/// Which versions of a product a package stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Line {
    /// All of them: the name is the product's, not a module's.
    Every,
    /// A module path without a suffix: majors 0 and 1.
    Base,
    /// A module path that ends in `/vN`.
    Major(u64),
}

/// Whether a module is numbered apart from Kubernetes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shift {
    None,
    /// `0.N.P` goes into Kubernetes `1.N.P`.
    Staging,
}

impl Package {
    /// Reads a package name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let (path, line) = cut_major(name);
        let module = MODULES.iter().find(|(module, _)| is_at_or_below(path, module));
        if let Some((module, component)) = module {
            let is_staged = component.is_core() && *module != "k8s.io/kubernetes";
            let shift = if is_staged { Shift::Staging } else { Shift::None };
            return Some(Self { component: *component, line, shift });
        }
        let component = Component::named(name.trim_start_matches('/'))?;
        Some(Self { component, line: Line::Every, shift: Shift::None })
    }

    /// The product's version of a version of the package.
    pub(crate) fn product_version(self, version: Version) -> Version {
        let Minor { major, minor } = version.minor();
        match (self.shift, major) {
            (Shift::Staging, 0) if minor >= FIRST_STAGED => {
                version.moved_to(Minor { major: 1, minor })
            }
            // client-go 2 to 12 went with Kubernetes 1.5 to 1.15.
            (Shift::Staging, 2..=12) => {
                version.moved_to(Minor { major: 1, minor: major.saturating_add(3) })
            }
            (Shift::Staging | Shift::None, _) => version,
        }
    }
}

fn cut_major(name: &str) -> (&str, Line) {
    let Some((path, last)) = name.rsplit_once('/') else { return (name, Line::Base) };
    let digits = last.strip_prefix('v').filter(|digits| !digits.is_empty());
    match digits.and_then(|digits| digits.parse().ok()) {
        Some(major) => (path, Line::Major(major)),
        None => (name, Line::Base),
    }
}

fn is_at_or_below(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Kubernetes 1.15 was the first whose parts were also tagged as 0.15.
const FIRST_STAGED: u64 = 15;

const MODULES: [(&str, Component); 48] = [
    ("k8s.io/kubernetes", Component::Kubernetes),
    ("k8s.io/apimachinery", Component::Kubernetes),
    ("k8s.io/apiserver", Component::KubeApiserver),
    ("k8s.io/apiextensions-apiserver", Component::KubeApiserver),
    ("k8s.io/kube-apiserver", Component::KubeApiserver),
    ("k8s.io/kube-aggregator", Component::KubeApiserver),
    ("k8s.io/controller-manager", Component::KubeControllerManager),
    ("k8s.io/kube-controller-manager", Component::KubeControllerManager),
    ("k8s.io/kube-scheduler", Component::KubeScheduler),
    ("k8s.io/kubelet", Component::Kubelet),
    ("k8s.io/kube-proxy", Component::KubeProxy),
    ("k8s.io/kubectl", Component::Kubectl),
    ("k8s.io/client-go", Component::ClientGo),
    ("k8s.io/legacy-cloud-providers", Component::CloudProviderAzure),
    ("sigs.k8s.io/cloud-provider-azure", Component::CloudProviderAzure),
    ("k8s.io/ingress-nginx", Component::IngressNginx),
    ("sigs.k8s.io/secrets-store-csi-driver", Component::SecretsStoreCsiDriver),
    ("sigs.k8s.io/secrets-store-sync-controller", Component::SecretsStoreSyncController),
    ("sigs.k8s.io/image-builder", Component::ImageBuilder),
    ("github.com/kubernetes-sigs/image-builder", Component::ImageBuilder),
    ("k8s.io/minikube", Component::Minikube),
    ("k8s.io/kube-state-metrics", Component::KubeStateMetrics),
    ("sigs.k8s.io/aws-iam-authenticator", Component::AwsIamAuthenticator),
    ("k8s.io/kops", Component::Kops),
    ("github.com/kubernetes-csi/csi-proxy", Component::CsiProxy),
    ("sigs.k8s.io/azurefile-csi-driver", Component::AzurefileCsiDriver),
    ("github.com/kubernetes-csi/csi-driver-nfs", Component::CsiDriverNfs),
    ("github.com/kubernetes-csi/csi-driver-smb", Component::CsiDriverSmb),
    ("github.com/argoproj/argo-cd", Component::ArgoCd),
    ("github.com/projectcalico/calico", Component::Calico),
    ("github.com/projectcalico/calicoctl", Component::Calico),
    ("github.com/cert-manager/cert-manager", Component::CertManager),
    ("github.com/jetstack/cert-manager", Component::CertManager),
    ("github.com/cilium/cilium", Component::Cilium),
    ("github.com/cilium/cilium-cli", Component::Cilium),
    ("github.com/containerd/containerd", Component::Containerd),
    ("github.com/coredns/coredns", Component::CoreDns),
    ("github.com/cri-o/cri-o", Component::CriO),
    ("github.com/dexidp/dex", Component::Dex),
    ("go.etcd.io/etcd", Component::Etcd),
    ("github.com/etcd-io/etcd", Component::Etcd),
    ("github.com/external-secrets/external-secrets", Component::ExternalSecrets),
    ("helm.sh/helm", Component::Helm),
    ("istio.io/istio", Component::Istio),
    ("github.com/kyverno/kyverno", Component::Kyverno),
    ("github.com/opencontainers/runc", Component::Runc),
    ("github.com/traefik/traefik", Component::Traefik),
    ("github.com/containous/traefik", Component::Traefik),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_modules_to_products() {
        let check = |name: &str, expected: Option<(Component, Line)>| {
            let found = Package::named(name).map(|package| (package.component, package.line));
            assert_eq!(found, expected, "{name}");
        };
        check("go.etcd.io/etcd", Some((Component::Etcd, Line::Base)));
        check("go.etcd.io/etcd/server/v3", Some((Component::Etcd, Line::Major(3))));
        check("go.etcd.io/etcd/client/pkg/v3", Some((Component::Etcd, Line::Major(3))));
        check(
            "github.com/external-secrets/external-secrets/apis",
            Some((Component::ExternalSecrets, Line::Base)),
        );
        check("github.com/cilium/cilium-cli", Some((Component::Cilium, Line::Base)));
        check("github.com/projectcalico/calicoctl/v3", Some((Component::Calico, Line::Major(3))));
        check("github.com/traefik/traefik/v2", Some((Component::Traefik, Line::Major(2))));
        check("/ingress-nginx", Some((Component::IngressNginx, Line::Every)));
        check("kubelet", Some((Component::Kubelet, Line::Every)));
        check("k8s.io/kubernetes", Some((Component::Kubernetes, Line::Base)));
        check("github.com/traefik/yaegi", None);
        check("github.com/traefik/traefiker", None);
        check("github.com/someone/etcd", None);
        check("", None);
        check("/v3", None);
    }

    #[test]
    fn shifts_the_versions_of_staged_modules() {
        let check = |name: &str, version: &str, expected: &str| {
            let package = Package::named(name).unwrap();
            let found = package.product_version(Version::parse(version).unwrap());
            assert_eq!(found.to_string(), expected, "{name} {version}");
        };
        check("k8s.io/client-go", "0.17.0", "1.17.0");
        check("k8s.io/client-go", "0.20.0-alpha.2", "1.20.0-alpha.2");
        check("k8s.io/client-go", "v11.0.0", "1.14.0");
        check("k8s.io/client-go", "0.0.0", "0.0.0");
        check("k8s.io/apiserver", "0.29.3", "1.29.3");
        check("k8s.io/kubelet", "1.29.3", "1.29.3");
        check("k8s.io/kubernetes", "0.17.0", "0.17.0");
        check("github.com/external-secrets/external-secrets", "0.20.0", "0.20.0");
    }
}
