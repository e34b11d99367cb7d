//! Client certificates that kube-apiserver takes: in kubeconfigs, in files its authority signed,
//! and those it signed on request.

pub(crate) mod samples;

use std::time::Duration;

use inventory::{Kind, Object};
use pki::Inspection;
use tree::Path;

use super::kubeconfigs;
use crate::credentials::decoded;
use crate::{About, Problem, Seen};

/// A client certificate.
#[derive(Debug)]
pub(crate) struct ClientCertificate {
    /// What holds it.
    pub(crate) about: About,
    /// Where in that it stands.
    pub(crate) at: Option<Path>,
    /// The file that holds it, as its node knows it; empty if none does.
    pub(crate) file: String,
    /// What it says.
    pub(crate) facts: pki::Facts,
    /// How long it holds from start to end.
    pub(crate) lifetime: Duration,
}

impl ClientCertificate {
    fn of(pem: &str) -> Option<Self> {
        let inspection = Inspection::of_pem(pem).ok()?;
        let (lifetime, facts) = (inspection.lifetime(), inspection.facts);
        Some(Self { about: About::cluster(), at: None, file: String::new(), facts, lifetime })
    }

    /// Whether it gives everything, past authorization.
    pub(crate) fn is_of_masters(&self) -> bool {
        self.facts.organizations.iter().any(|one| one == "system:masters")
    }

    /// Whether it is a person's: neither its name nor a group of it is of the system, and it is
    /// none that the control plane itself shows.
    pub(crate) fn is_of_a_person(&self) -> bool {
        let is_system = |name: &String| name.starts_with("system:");
        !is_system(&self.facts.common_name)
            && !self.facts.organizations.iter().any(is_system)
            && !CONTROL_PLANE.contains(&self.facts.common_name.as_str())
    }

    /// Whether it is the one that kubeadm makes for the administrator, where kubeadm puts it.
    pub(crate) fn is_of_kubeadm(&self) -> bool {
        matches!(
            (self.file.as_str(), self.facts.common_name.as_str()),
            ("/etc/kubernetes/admin.conf", "kubernetes-admin")
                | ("/etc/kubernetes/super-admin.conf", "kubernetes-super-admin")
        )
    }

    /// A problem with it, at its place.
    pub(crate) fn place(&self, problem: Problem) -> Problem {
        let detail = format!("CN={}", self.facts.common_name);
        let problem =
            problem.detail(detail).evidence(self.facts.subject.clone()).about(self.about.clone());
        match &self.at {
            Some(path) => problem.at(path.clone()),
            None => problem,
        }
    }
}

/// Names in certificates that kubeadm issues to the control plane.
const CONTROL_PLANE: [&str; 4] = [
    "kube-apiserver-kubelet-client",
    "kube-apiserver-etcd-client",
    "kube-etcd-healthcheck-client",
    "front-proxy-client",
];

/// Those that were seen, are taken by kube-apiserver, and have not ended.
pub(crate) fn client_certificates(seen: &Seen<'_>) -> Vec<ClientCertificate> {
    let mut found = of_kubeconfigs(seen);
    found.extend(of_files(seen));
    found.extend(of_requests(seen));
    found.retain(|one| {
        one.facts.not_after >= seen.now() && !ELSEWHERE.contains(&one.facts.issuer.as_str())
    });
    found
}

/// Authorities of kubeadm whose certificates kube-apiserver takes from no user.
const ELSEWHERE: [&str; 2] = ["CN=etcd-ca", "CN=front-proxy-ca"];

fn of_kubeconfigs(seen: &Seen<'_>) -> Vec<ClientCertificate> {
    let mut found = Vec::new();
    for object in seen.of(Kind::KUBECONFIG) {
        let about = kubeconfigs::about(seen, object);
        for user in kubeconfigs::users(object) {
            let inside = user.user.get("client-certificate-data").text();
            let beside = user.user.get("client-certificate").text();
            let (pem, key) = match (inside, beside) {
                (Some(data), _) => (decoded(data), "client-certificate-data"),
                (None, Some(path)) => (text_of(seen, path), "client-certificate"),
                (None, None) => continue,
            };
            let certificate = pem.and_then(|pem| ClientCertificate::of(&pem));
            found.extend(certificate.map(|one| ClientCertificate {
                file: about.name.clone(),
                about: about.clone(),
                at: Some(user.path.then(key)),
                ..one
            }));
        }
    }
    found
}

fn of_files(seen: &Seen<'_>) -> Vec<ClientCertificate> {
    let mut found = Vec::new();
    for file in seen.files() {
        let Some(text) = file.text.as_deref().filter(|text| text.contains("CERTIFICATE")) else {
            continue;
        };
        let Some(certificate) = ClientCertificate::of(text) else { continue };
        let facts = &certificate.facts;
        let is_client = facts.extended_key_usages.iter().any(|one| one == "clientAuth");
        if is_client && !facts.is_authority && facts.issuer == AUTHORITY {
            let file_name = file.path_on_node().to_owned();
            found.push(ClientCertificate {
                about: About::file(file),
                file: file_name,
                ..certificate
            });
        }
    }
    found
}

/// The name of the cluster's authority, as kubeadm gives it.
const AUTHORITY: &str = "CN=kubernetes";

fn of_requests(seen: &Seen<'_>) -> Vec<ClientCertificate> {
    let requests = seen.of(Kind::CERTIFICATE_SIGNING_REQUEST).iter();
    let for_clients = requests.filter(|request| {
        request.tree().at(&["spec", "signerName"]).str() == "kubernetes.io/kube-apiserver-client"
    });
    for_clients.filter_map(of_request).collect()
}

fn of_request(request: &Object) -> Option<ClientCertificate> {
    let pem = decoded(request.tree().at(&["status", "certificate"]).text()?)?;
    let at = Some(Path::of(&["status", "certificate"]));
    Some(ClientCertificate { about: About::object(request), at, ..ClientCertificate::of(&pem)? })
}

fn text_of(seen: &Seen<'_>, path: &str) -> Option<String> {
    seen.file(path)?.text.as_deref().map(str::to_owned)
}
