//! What the certificate of a role must say for the role to work and to be no more than that.

use super::Role;
use crate::Inspection;

/// A name a serving certificate must carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// This DNS name.
    Dns(&'static str),
    /// This IP address.
    Address(&'static str),
    /// The name of the node.
    NodeName,
    /// The address the node or API server advertises.
    AdvertisedAddress,
    /// The first address of the service range.
    ServiceAddress,
    /// `kubernetes.default.svc.` and the domain of the cluster.
    ServiceDomain,
    /// Whatever kubeconfigs call the API by, a load balancer for instance.
    Endpoint,
}

/// What the certificate of a role must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// Whether it must be an authority; if not, it must not.
    pub is_authority: bool,
    /// Extended key usages it must have.
    pub extended_key_usages: &'static [&'static str],
    /// The common name that is relied on.
    pub common_name: Option<&'static str>,
    /// The organization that is relied on.
    pub organization: Option<&'static str>,
    /// Names it must carry.
    pub names: &'static [Name],
    /// Whose signature it must bear; none of an authority, and of a key without a certificate.
    pub issuer: Option<Role>,
}

impl Needs {
    /// The extended key usages that `certificate` lacks. A certificate without the extension, or
    /// with `any`, may be used for all.
    pub fn missing_usages(&self, certificate: &Inspection) -> Vec<&'static str> {
        let present = &certificate.facts.extended_key_usages;
        if present.is_empty() || present.iter().any(|usage| usage == "any") {
            return Vec::new();
        }
        let lacks = |usage: &&str| !present.iter().any(|present| present == usage);
        self.extended_key_usages.iter().copied().filter(lacks).collect()
    }
}

impl Role {
    /// What the certificate of this role must say; none of a role that is only a key or a token.
    pub fn needs(self) -> Option<Needs> {
        match self {
            Self::ClusterCa | Self::FrontProxyCa | Self::EtcdCa => Some(AUTHORITY),
            Self::ApiServerServing => Some(serving(API_SERVER, Self::ClusterCa)),
            // The gateway inside etcd is its own client, with this very certificate.
            Self::EtcdServer | Self::EtcdPeer => {
                Some(Needs { extended_key_usages: BOTH, ..serving(ETCD, Self::EtcdCa) })
            }
            Self::KubeletServing => Some(serving(KUBELET, Self::ClusterCa)),
            Self::ApiServerKubeletClient => {
                Some(client(Some("kube-apiserver-kubelet-client"), None, Self::ClusterCa))
            }
            Self::ApiServerEtcdClient | Self::EtcdHealthcheckClient => {
                Some(client(None, None, Self::EtcdCa))
            }
            Self::FrontProxyClient => {
                Some(client(Some("front-proxy-client"), None, Self::FrontProxyCa))
            }
            Self::KubeletClient | Self::KubeletKubeconfig => {
                Some(client(None, Some("system:nodes"), Self::ClusterCa))
            }
            Self::AdminKubeconfig => Some(client(Some("kubernetes-admin"), None, Self::ClusterCa)),
            Self::SuperAdminKubeconfig => Some(client(
                Some("kubernetes-super-admin"),
                Some("system:masters"),
                Self::ClusterCa,
            )),
            Self::ControllerManagerKubeconfig => {
                Some(client(Some("system:kube-controller-manager"), None, Self::ClusterCa))
            }
            Self::SchedulerKubeconfig => {
                Some(client(Some("system:kube-scheduler"), None, Self::ClusterCa))
            }
            Self::ServiceAccountKey | Self::BootstrapKubeconfig => None,
        }
    }
}

const AUTHORITY: Needs = Needs {
    is_authority: true,
    extended_key_usages: &[],
    common_name: None,
    organization: None,
    names: &[],
    issuer: None,
};

fn serving(names: &'static [Name], issuer: Role) -> Needs {
    Needs {
        is_authority: false,
        extended_key_usages: &["serverAuth"],
        names,
        issuer: Some(issuer),
        ..AUTHORITY
    }
}

fn client(
    common_name: Option<&'static str>,
    organization: Option<&'static str>,
    issuer: Role,
) -> Needs {
    Needs {
        is_authority: false,
        extended_key_usages: &["clientAuth"],
        common_name,
        organization,
        issuer: Some(issuer),
        ..AUTHORITY
    }
}

const BOTH: &[&str] = &["serverAuth", "clientAuth"];

const API_SERVER: &[Name] = &[
    Name::Dns("kubernetes"),
    Name::Dns("kubernetes.default"),
    Name::Dns("kubernetes.default.svc"),
    Name::ServiceDomain,
    Name::NodeName,
    Name::ServiceAddress,
    Name::AdvertisedAddress,
    Name::Endpoint,
];

const ETCD: &[Name] = &[
    Name::Dns("localhost"),
    Name::NodeName,
    Name::AdvertisedAddress,
    Name::Address("127.0.0.1"),
    Name::Address("::1"),
];

const KUBELET: &[Name] = &[Name::NodeName, Name::AdvertisedAddress];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_serve_clients_ask_and_authorities_do_neither() {
        let check = |role: Role, usages: &[&str], issuer: Option<Role>| {
            let needs = role.needs().unwrap();
            assert_eq!(needs.extended_key_usages, usages, "{role:?}");
            assert_eq!(needs.issuer, issuer, "{role:?}");
            assert_eq!(needs.is_authority, issuer.is_none(), "{role:?}");
        };
        check(Role::ClusterCa, &[], None);
        check(Role::EtcdCa, &[], None);
        check(Role::FrontProxyCa, &[], None);
        check(Role::ApiServerServing, &["serverAuth"], Some(Role::ClusterCa));
        check(Role::KubeletServing, &["serverAuth"], Some(Role::ClusterCa));
        check(Role::EtcdServer, BOTH, Some(Role::EtcdCa));
        check(Role::EtcdPeer, BOTH, Some(Role::EtcdCa));
        check(Role::EtcdHealthcheckClient, &["clientAuth"], Some(Role::EtcdCa));
        check(Role::ApiServerEtcdClient, &["clientAuth"], Some(Role::EtcdCa));
        check(Role::ApiServerKubeletClient, &["clientAuth"], Some(Role::ClusterCa));
        check(Role::FrontProxyClient, &["clientAuth"], Some(Role::FrontProxyCa));
        check(Role::AdminKubeconfig, &["clientAuth"], Some(Role::ClusterCa));
        assert_eq!(Role::ServiceAccountKey.needs(), None);
        assert_eq!(Role::BootstrapKubeconfig.needs(), None);
    }

    #[test]
    fn only_what_serves_needs_names() {
        for role in Role::ALL {
            let Some(needs) = role.needs() else { continue };
            let serves = needs.extended_key_usages.contains(&"serverAuth");
            assert_eq!(serves, !needs.names.is_empty(), "{role:?}");
        }
    }
}
