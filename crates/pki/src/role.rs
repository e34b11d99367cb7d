//! What a file is for, told by its place in kubeadm's layout, and what follows from that: what its
//! certificate must say ([`Needs`]) and how it is renewed ([`Renewal`]).

mod needs;
mod renewal;

pub use needs::{Name, Needs};
pub use renewal::Renewal;

/// What a certificate, key or kubeconfig of the control plane or of a node is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The cluster's authority.
    ClusterCa,
    /// The authority for front proxies.
    FrontProxyCa,
    /// The authority of etcd.
    EtcdCa,
    /// kube-apiserver as a server.
    ApiServerServing,
    /// kube-apiserver as a client of kubelets.
    ApiServerKubeletClient,
    /// kube-apiserver as a client of etcd.
    ApiServerEtcdClient,
    /// kube-apiserver as a client of extension servers.
    FrontProxyClient,
    /// etcd as a server.
    EtcdServer,
    /// etcd among its peers.
    EtcdPeer,
    /// The probe of etcd.
    EtcdHealthcheckClient,
    /// The key that signs and verifies service account tokens.
    ServiceAccountKey,
    /// A kubelet as a client.
    KubeletClient,
    /// A kubelet as a server.
    KubeletServing,
    /// The kubeconfig of the administrator.
    AdminKubeconfig,
    /// The kubeconfig that RBAC does not bind.
    SuperAdminKubeconfig,
    /// The kubeconfig of kube-controller-manager.
    ControllerManagerKubeconfig,
    /// The kubeconfig of kube-scheduler.
    SchedulerKubeconfig,
    /// The kubeconfig of a kubelet.
    KubeletKubeconfig,
    /// The kubeconfig a kubelet joins with.
    BootstrapKubeconfig,
}

/// Which part of a role a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A certificate.
    Certificate,
    /// A private key.
    PrivateKey,
    /// A public key.
    PublicKey,
    /// A certificate and its key in one file.
    CertificateAndKey,
    /// A kubeconfig.
    Kubeconfig,
}

/// What a path says of the file at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Placed {
    /// What it is for.
    pub role: Role,
    /// Which part of it the file holds.
    pub part: Part,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 19] = [
        Self::ClusterCa,
        Self::FrontProxyCa,
        Self::EtcdCa,
        Self::ApiServerServing,
        Self::ApiServerKubeletClient,
        Self::ApiServerEtcdClient,
        Self::FrontProxyClient,
        Self::EtcdServer,
        Self::EtcdPeer,
        Self::EtcdHealthcheckClient,
        Self::ServiceAccountKey,
        Self::KubeletClient,
        Self::KubeletServing,
        Self::AdminKubeconfig,
        Self::SuperAdminKubeconfig,
        Self::ControllerManagerKubeconfig,
        Self::SchedulerKubeconfig,
        Self::KubeletKubeconfig,
        Self::BootstrapKubeconfig,
    ];

    /// What it is, for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::ClusterCa => "cluster authority",
            Self::FrontProxyCa => "front proxy authority",
            Self::EtcdCa => "etcd authority",
            Self::ApiServerServing => "certificate of kube-apiserver",
            Self::ApiServerKubeletClient => "certificate of kube-apiserver towards kubelets",
            Self::ApiServerEtcdClient => "certificate of kube-apiserver towards etcd",
            Self::FrontProxyClient => "certificate of the front proxy",
            Self::EtcdServer => "certificate of etcd",
            Self::EtcdPeer => "certificate of etcd among its peers",
            Self::EtcdHealthcheckClient => "certificate of the etcd probe",
            Self::ServiceAccountKey => "service account key",
            Self::KubeletClient => "client certificate of the kubelet",
            Self::KubeletServing => "serving certificate of the kubelet",
            Self::AdminKubeconfig => "kubeconfig of the administrator",
            Self::SuperAdminKubeconfig => "kubeconfig of the super administrator",
            Self::ControllerManagerKubeconfig => "kubeconfig of kube-controller-manager",
            Self::SchedulerKubeconfig => "kubeconfig of kube-scheduler",
            Self::KubeletKubeconfig => "kubeconfig of the kubelet",
            Self::BootstrapKubeconfig => "bootstrap kubeconfig of the kubelet",
        }
    }
}

/// What the file at `path` is for, by where kubeadm puts it: under a directory `kubernetes/pki`,
/// `kubernetes` or `kubelet/pki`, wherever that is mounted.
pub fn of_path(path: &str) -> Option<Placed> {
    let mut steps = path.split('/').filter(|step| !step.is_empty() && *step != ".").rev();
    let (name, parent) = (steps.next()?, steps.next()?);
    let (above, beyond) = (steps.next(), steps.next());
    match (beyond, above, parent) {
        (_, Some("kubernetes"), "pki") => in_pki(name),
        (Some("kubernetes"), Some("pki"), "etcd") => in_pki(&format!("etcd/{name}")),
        (_, Some("kubelet"), "pki") => in_kubelet(name),
        (_, _, "kubernetes") => {
            let role = kubeconfig(name)?;
            Some(Placed { role, part: Part::Kubeconfig })
        }
        _ => None,
    }
}

/// What a file of kubeadm's `certificatesDir` is for, by its path in there (`etcd/server.crt`).
pub fn in_pki(path: &str) -> Option<Placed> {
    if path == "sa.pub" {
        return Some(Placed { role: Role::ServiceAccountKey, part: Part::PublicKey });
    }
    let (stem, ending) = path.rsplit_once('.')?;
    let role = stem_role(stem)?;
    match ending {
        "crt" if role != Role::ServiceAccountKey => Some(Placed { role, part: Part::Certificate }),
        "key" => Some(Placed { role, part: Part::PrivateKey }),
        _ => None,
    }
}

fn stem_role(stem: &str) -> Option<Role> {
    match stem {
        "ca" => Some(Role::ClusterCa),
        "front-proxy-ca" => Some(Role::FrontProxyCa),
        "etcd/ca" => Some(Role::EtcdCa),
        "apiserver" => Some(Role::ApiServerServing),
        "apiserver-kubelet-client" => Some(Role::ApiServerKubeletClient),
        "apiserver-etcd-client" => Some(Role::ApiServerEtcdClient),
        "front-proxy-client" => Some(Role::FrontProxyClient),
        "etcd/server" => Some(Role::EtcdServer),
        "etcd/peer" => Some(Role::EtcdPeer),
        "etcd/healthcheck-client" => Some(Role::EtcdHealthcheckClient),
        "sa" => Some(Role::ServiceAccountKey),
        _ => None,
    }
}

/// The kubelet keeps what it was issued in files with the time in their names, and a link to the
/// current one.
fn in_kubelet(name: &str) -> Option<Placed> {
    let (role, part) = match name {
        "kubelet.crt" => (Role::KubeletServing, Part::Certificate),
        "kubelet.key" => (Role::KubeletServing, Part::PrivateKey),
        _ => {
            let stem = name.strip_suffix(".pem")?;
            let role = if stem.starts_with("kubelet-client-") {
                Role::KubeletClient
            } else if stem.starts_with("kubelet-server-") {
                Role::KubeletServing
            } else {
                return None;
            };
            (role, Part::CertificateAndKey)
        }
    };
    Some(Placed { role, part })
}

fn kubeconfig(name: &str) -> Option<Role> {
    match name {
        "admin.conf" => Some(Role::AdminKubeconfig),
        "super-admin.conf" => Some(Role::SuperAdminKubeconfig),
        "controller-manager.conf" => Some(Role::ControllerManagerKubeconfig),
        "scheduler.conf" => Some(Role::SchedulerKubeconfig),
        "kubelet.conf" => Some(Role::KubeletKubeconfig),
        "bootstrap-kubelet.conf" => Some(Role::BootstrapKubeconfig),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_what_the_file_is_for() {
        let check = |path: &str, expected: Option<(Role, Part)>| {
            let found = of_path(path).map(|placed| (placed.role, placed.part));
            assert_eq!(found, expected, "{path}");
        };
        let certificate = |role| Some((role, Part::Certificate));
        check("/etc/kubernetes/pki/ca.crt", certificate(Role::ClusterCa));
        check("/host/etc/kubernetes/pki/ca.key", Some((Role::ClusterCa, Part::PrivateKey)));
        check("/etc/kubernetes/pki/front-proxy-ca.crt", certificate(Role::FrontProxyCa));
        check("/etc/kubernetes/pki/etcd/ca.crt", certificate(Role::EtcdCa));
        check("/etc/kubernetes//pki/./apiserver.crt", certificate(Role::ApiServerServing));
        check(
            "/etc/kubernetes/pki/apiserver-kubelet-client.crt",
            certificate(Role::ApiServerKubeletClient),
        );
        check(
            "/etc/kubernetes/pki/apiserver-etcd-client.crt",
            certificate(Role::ApiServerEtcdClient),
        );
        check("/etc/kubernetes/pki/front-proxy-client.crt", certificate(Role::FrontProxyClient));
        check("/etc/kubernetes/pki/etcd/server.crt", certificate(Role::EtcdServer));
        check("/etc/kubernetes/pki/etcd/peer.key", Some((Role::EtcdPeer, Part::PrivateKey)));
        check(
            "/etc/kubernetes/pki/etcd/healthcheck-client.crt",
            certificate(Role::EtcdHealthcheckClient),
        );
        check("/etc/kubernetes/pki/sa.pub", Some((Role::ServiceAccountKey, Part::PublicKey)));
        check("/etc/kubernetes/pki/sa.key", Some((Role::ServiceAccountKey, Part::PrivateKey)));
        let kubeconfig = |role| Some((role, Part::Kubeconfig));
        check("/etc/kubernetes/admin.conf", kubeconfig(Role::AdminKubeconfig));
        check("/etc/kubernetes/super-admin.conf", kubeconfig(Role::SuperAdminKubeconfig));
        check(
            "/etc/kubernetes/controller-manager.conf",
            kubeconfig(Role::ControllerManagerKubeconfig),
        );
        check("/etc/kubernetes/scheduler.conf", kubeconfig(Role::SchedulerKubeconfig));
        check("/etc/kubernetes/kubelet.conf", kubeconfig(Role::KubeletKubeconfig));
        check("/etc/kubernetes/bootstrap-kubelet.conf", kubeconfig(Role::BootstrapKubeconfig));
        let both = |role| Some((role, Part::CertificateAndKey));
        check("/var/lib/kubelet/pki/kubelet-client-current.pem", both(Role::KubeletClient));
        check(
            "/var/lib/kubelet/pki/kubelet-client-2026-01-02-03-04-05.pem",
            both(Role::KubeletClient),
        );
        check("/var/lib/kubelet/pki/kubelet-server-current.pem", both(Role::KubeletServing));
        check("/var/lib/kubelet/pki/kubelet.crt", certificate(Role::KubeletServing));
        check("/var/lib/kubelet/pki/kubelet.key", Some((Role::KubeletServing, Part::PrivateKey)));
    }

    #[test]
    fn other_paths_tell_nothing() {
        for path in [
            "",
            "/",
            "ca.crt",
            "/srv/app/pki/ca.crt",
            "/etc/kubernetes/pki/sa.crt",
            "/etc/kubernetes/pki/server.crt",
            "/etc/kubernetes/pki/ca.crt.bak",
            "/etc/kubernetes/pki/etcd/apiserver.crt",
            "/etc/kubernetes/manifests/admin.conf",
            "/var/lib/kubelet/pki/other.pem",
            "/var/lib/kubelet/pki/kubelet-client-current",
        ] {
            assert_eq!(of_path(path), None, "{path}");
        }
    }

    #[test]
    fn another_directory_of_certificates_is_read_by_the_path_within() {
        let expected = Placed { role: Role::EtcdServer, part: Part::Certificate };
        assert_eq!(in_pki("etcd/server.crt"), Some(expected));
        assert_eq!(in_pki("etcd/sa.pub"), None);
    }
}
