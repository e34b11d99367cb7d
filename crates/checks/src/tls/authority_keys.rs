//! TL-036: private keys of authorities on the nodes.

use inventory::Unknown;
use pki::Role;

use super::TLS;
use crate::credentials::samples::certificates::CA;
use crate::example::{Example, ExampleFile, Expected};
use crate::{About, Check, Fix, Judge, Problem, Reference, Seen, Severity, Tally, Verdict};

pub(crate) const CHECKS: &[Check] = &[Check {
    id: "TL-036",
    name: "authority-key-on-node",
    title: "The private key of an authority lies on a control plane node",
    severities: &[Severity::Info],
    why: "Whoever gets onto that node makes certificates for anybody, and they hold until they end: none can be revoked.",
    fails: "The key of ca.crt, front-proxy-ca.crt or etcd/ca.crt was seen. kubeadm puts them there; worth knowing, nothing is wrong.",
    fix: Fix::Steps(
        "Keep the keys elsewhere: move ca.key, front-proxy-ca.key and etcd/ca.key to a safe place. kubeadm then works in its mode with an external authority, and certificates are signed from kubeadm certs generate-csr. kube-controller-manager signs kubelet certificates with ca.key: give it another signer first.",
    ),
    references: &[
        Reference::Mitre("T1552.004"),
        Reference::Kubernetes("tasks/administer-cluster/kubeadm/kubeadm-certs/"),
    ],
    judge: Judge::Whole(keys),
    examples: &[
        Example::of(
            "a key as kubeadm leaves it",
            Expected::Fail(Severity::Info),
            &[
                ExampleFile::at("/etc/kubernetes/pki/ca.crt", CA),
                ExampleFile::at("/etc/kubernetes/pki/ca.key", NO_KEY),
            ],
        ),
        Example::of(
            "certificates only",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/pki/ca.crt", CA)],
        ),
        Example::of("no certificates were seen", Expected::Unknown, &[]),
    ],
    ..TLS
}];

fn keys(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let is_authority =
        |role| matches!(role, Some(Role::ClusterCa | Role::FrontProxyCa | Role::EtcdCa));
    let mut tally = Tally::new();
    for key in &seen.credentials().keys {
        if key.is_private && is_authority(key.role) {
            let message = format!("{} is the key of an authority.", key.place.text);
            let problem = Problem::new(Severity::Info, message).detail("key");
            tally.add(key.place.about.clone(), Ok(Verdict::fail(problem)));
        }
    }
    let certificates = seen.credentials().certificates.iter();
    if tally.is_empty() && !certificates.map(|one| one.role).any(is_authority) {
        return Err(no_certificates());
    }
    if tally.is_empty() {
        tally.add(About::cluster(), Ok(Verdict::Pass));
    }
    Ok(tally)
}

/// No certificates were seen.
pub(super) fn no_certificates() -> Unknown {
    Unknown::new(
        "no certificates were seen",
        "scan /etc/kubernetes and /var/lib/kubelet/pki of a control plane node, as root",
    )
}

/// Not a key, but what stands where one would.
const NO_KEY: &str = "-----BEGIN EC PRIVATE KEY-----\nbm90IGEga2V5\n-----END EC PRIVATE KEY-----\n";
