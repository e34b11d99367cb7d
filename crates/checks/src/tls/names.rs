//! TL-026: the names by which kube-apiserver is called are in its certificate.

use std::net::IpAddr;

use inventory::{ComponentKind, Kind, Unknown};
use pki::{Facts, Role};

use super::TLS;
use super::certificates::at;
use super::setting::{host, is_loopback, value};
use crate::credentials::kubeconfigs;
use crate::credentials::samples::certificates::{APISERVER, APISERVER_NARROW};
use crate::credentials::samples::objects::ADMIN_KUBECONFIG;
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Problem, Reference, Remedy, Seen, Severity, Tally};

pub(crate) const CHECKS: &[Check] = &[Check {
    id: "TL-026",
    name: "missing-server-name",
    title: "The certificate of kube-apiserver lacks a name it is called by",
    severities: &[Severity::Medium],
    why: "Clients that call it so cannot verify it, and are then told not to verify at all.",
    fails: "It lacks kubernetes.default.svc, the first address of --service-cluster-ip-range, --advertise-address, the controlPlaneEndpoint of kubeadm, or the host of a kubeconfig of the control plane. Names of other kubeconfigs do not count: they may be of other clusters.",
    fix: Fix::Steps(
        "Add the name to apiServer.certSANs in kubeadm's ClusterConfiguration, move apiserver.crt and apiserver.key away, and kubeadm init phase certs apiserver --config FILE.",
    ),
    references: &[Reference::Kubernetes("setup/best-practices/certificates/")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "without the names that pods use",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER_NARROW)],
        ),
        Example::of(
            "another address of services",
            Expected::Fail(Severity::Medium),
            &[
                ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER),
                ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, --service-cluster-ip-range=172.20.0.0/16]\n",
                ),
            ],
        ),
        Example::of(
            "as kubeadm makes it",
            Expected::Pass,
            &[
                ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER),
                ExampleFile::at("/etc/kubernetes/admin.conf", ADMIN_KUBECONFIG),
                ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, --service-cluster-ip-range=10.96.0.0/12, --advertise-address=192.168.0.10]\n",
                ),
            ],
        ),
        Example::of(
            "a kubeconfig of another cluster",
            Expected::Pass,
            &[
                ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER),
                ExampleFile::at(
                    "/srv/dev/.kube/config",
                    "apiVersion: v1\nkind: Config\nclusters: [{name: other, cluster: {server: \"https://other.example.com\"}}]\nusers: []\n",
                ),
            ],
        ),
        Example::of("it was not seen", Expected::Unknown, &[]),
    ],
    ..TLS
}];

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let wanted = wanted(seen)?;
    let mut tally = Tally::new();
    for certificate in seen.credentials().of_role(Role::ApiServerServing) {
        let facts = &certificate.inspection.facts;
        let missing: Vec<&str> =
            wanted.iter().map(String::as_str).filter(|name| !covers(facts, name)).collect();
        let problem = (!missing.is_empty()).then(|| {
            let list = missing.join(", ");
            let message = format!("{} lacks {list}.", certificate.place.text);
            at(Problem::new(Severity::Medium, message), &certificate.place)
                .evidence(names(facts))
                .mended_by(Remedy::Steps(steps(&missing)))
        });
        tally.add(certificate.place.about.clone(), Ok(problem.into()));
    }
    if tally.is_empty() {
        return Err(Unknown::new(
            "the certificate of kube-apiserver was not seen",
            "scan /etc/kubernetes/pki of a control plane node",
        ));
    }
    Ok(tally)
}

/// The names it is called by, as far as they are known.
fn wanted(seen: &Seen<'_>) -> Result<Vec<String>, Unknown> {
    let mut names = vec!["kubernetes.default.svc".to_owned()];
    // Servers of several nodes advertise addresses of their own, each in its own certificate.
    let servers: Vec<_> = seen.components(ComponentKind::ApiServer).collect();
    if let [server] = servers.as_slice() {
        let range = value(seen, server, "service-cluster-ip-range")?.unwrap_or_default();
        names.extend(first(range.split(',').next().unwrap_or_default()).map(|one| one.to_string()));
        names.extend(value(seen, server, "advertise-address")?.map(str::to_owned));
    }
    for object in seen.of(Kind::CLUSTER_CONFIGURATION) {
        names.push(host(object.tree().get("controlPlaneEndpoint").str()).to_owned());
    }
    let admin = [Some(Role::AdminKubeconfig), Some(Role::SuperAdminKubeconfig)];
    for object in seen.of(Kind::KUBECONFIG) {
        if admin.contains(&kubeconfigs::role(&kubeconfigs::about(seen, object))) {
            let clusters = object.tree().get("clusters").items().iter();
            let servers = clusters.map(|one| one.at(&["cluster", "server"]).str());
            names.extend(servers.filter(|url| !is_loopback(url)).map(|url| host(url).to_owned()));
        }
    }
    names.retain(|name| !name.is_empty());
    names.sort();
    names.dedup();
    Ok(names)
}

/// The first address of a range, which the Service `kubernetes` has.
fn first(range: &str) -> Option<IpAddr> {
    let (network, _) = range.trim().split_once('/')?;
    match network.parse().ok()? {
        IpAddr::V4(address) => Some(IpAddr::V4(u32::from(address).checked_add(1)?.into())),
        IpAddr::V6(address) => Some(IpAddr::V6(u128::from(address).checked_add(1)?.into())),
    }
}

fn covers(facts: &Facts, name: &str) -> bool {
    if let Ok(address) = name.parse::<IpAddr>() {
        return facts.ip_addresses.contains(&address);
    }
    facts.dns_names.iter().any(|pattern| {
        let below = pattern.strip_prefix("*.").zip(name.split_once('.'));
        pattern.eq_ignore_ascii_case(name)
            || below.is_some_and(|(domain, (_, rest))| domain.eq_ignore_ascii_case(rest))
    })
}

fn names(facts: &Facts) -> String {
    let addresses = facts.ip_addresses.iter().map(ToString::to_string);
    facts.dns_names.iter().cloned().chain(addresses).collect::<Vec<_>>().join(", ")
}

fn steps(missing: &[&str]) -> String {
    format!(
        "kubectl -n kube-system get configmap kubeadm-config -o jsonpath='{{.data.ClusterConfiguration}}' > kubeadm.yaml\nAdd to apiServer.certSANs in kubeadm.yaml: {}\nmkdir -p /var/backups/kubernetes && mv /etc/kubernetes/pki/apiserver.crt /etc/kubernetes/pki/apiserver.key /var/backups/kubernetes/\nkubeadm init phase certs apiserver --config kubeadm.yaml\nRestart the static pod kube-apiserver, then: kubeadm init phase upload-config kubeadm --config kubeadm.yaml",
        missing.join(", ")
    )
}
