//! The commands that make a certificate anew.

use pki::Role;

use super::Certificate;

/// How to make it anew: kubeadm where kubeadm made it, else openssl with what is in it now.
pub(crate) fn reissue(certificate: &Certificate) -> String {
    let place = &certificate.place.text;
    let is_kubeadms = pki::role::of_path(&certificate.place.about.file).is_some()
        || pki::role::of_path(&certificate.place.about.name).is_some();
    match certificate.role.filter(|_| is_kubeadms) {
        Some(role) => phase(role).unwrap_or_else(|| role.renewal().text()),
        None if certificate.place.path.is_none() => by_openssl(place),
        None => format!(
            "Issue the certificate in {place} again from {}, and put it there.",
            certificate.inspection.facts.issuer
        ),
    }
}

/// kubeadm renews a certificate as it is; what is wrong with it goes only if it is made anew.
fn phase(role: Role) -> Option<String> {
    let name = match role {
        Role::ApiServerServing => "apiserver",
        Role::ApiServerKubeletClient => "apiserver-kubelet-client",
        Role::ApiServerEtcdClient => "apiserver-etcd-client",
        Role::FrontProxyClient => "front-proxy-client",
        Role::EtcdServer => "etcd/server",
        Role::EtcdPeer => "etcd/peer",
        Role::EtcdHealthcheckClient => "etcd/healthcheck-client",
        Role::ClusterCa
        | Role::FrontProxyCa
        | Role::EtcdCa
        | Role::ServiceAccountKey
        | Role::KubeletClient
        | Role::KubeletServing
        | Role::AdminKubeconfig
        | Role::SuperAdminKubeconfig
        | Role::ControllerManagerKubeconfig
        | Role::SchedulerKubeconfig
        | Role::KubeletKubeconfig
        | Role::BootstrapKubeconfig => return None,
    };
    let folder = "/etc/kubernetes/pki";
    let phase = name.replace('/', "-");
    let restart = role.renewal().restart.map(|pod| format!("\nRestart the static pod {pod}."));
    Some(format!(
        "mkdir -p /var/backups/kubernetes && mv {folder}/{name}.crt {folder}/{name}.key /var/backups/kubernetes/\nkubeadm init phase certs {phase}{}",
        restart.unwrap_or_default()
    ))
}

fn by_openssl(place: &str) -> String {
    let stem = super::stem(place);
    format!(
        "openssl ecparam -name prime256v1 -genkey -noout -out {stem}.new.key\nopenssl x509 -x509toreq -in {place} -signkey {stem}.new.key -copy_extensions copyall -out {stem}.csr\nSign {stem}.csr with its authority, and put the answer and the new key in place."
    )
}
