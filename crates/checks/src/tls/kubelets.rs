//! TL-017, TL-019: whether kube-apiserver knows the kubelet it talks to.

use inventory::{Component, ComponentKind, Object, Unknown};
use tree::Path;

use super::TLS;
use super::setting::{placed, setting, value};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "TL-017",
        name: "kubelet-authority",
        title: "kube-apiserver does not verify kubelets",
        why: "Whoever poses as a node gets what is typed into kubectl exec, and the requests of kube-apiserver with its rights.",
        fails: "--kubelet-certificate-authority is not given or empty.",
        fix: Fix::Steps(
            "Kubelets need certificates of the cluster's authority first (TL-019), or logs and exec stop working: set serverTLSBootstrap: true in /var/lib/kubelet/config.yaml of every node, restart the kubelets, approve their requests (kubectl get csr, kubectl certificate approve NAME), and only then start kube-apiserver with --kubelet-certificate-authority=/etc/kubernetes/pki/ca.crt.",
        ),
        references: &[
            Reference::Cis("1.2.5"),
            Reference::Mitre("T1557"),
            Reference::Owasp("K07"),
            Reference::Kubernetes(
                "tasks/administer-cluster/kubeadm/kubeadm-certs/#kubelet-serving-certs",
            ),
        ],
        judge: Judge::Components(ComponentKind::ApiServer, &authority),
        examples: &[
            Example::of(
                "as kubeadm leaves it",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, --kubelet-client-certificate=/etc/kubernetes/pki/apiserver-kubelet-client.crt]\n",
                )],
            ),
            Example::of(
                "given",
                Expected::Pass,
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, --kubelet-certificate-authority=/etc/kubernetes/pki/ca.crt]\n",
                )],
            ),
            Example::of("no control plane was seen", Expected::Unknown, &[]),
        ],
        ..TLS
    },
    Check {
        id: "TL-019",
        name: "kubelet-self-signed",
        title: "A kubelet serves with a certificate that it signed itself",
        severities: &[Severity::Medium],
        why: "Nobody can tell such a kubelet from somebody in between, so kube-apiserver and what gathers metrics do not look.",
        fails: "A KubeletConfiguration has neither tlsCertFile nor serverTLSBootstrap: true. The feature gate RotateKubeletServerCertificate does not count: it only allows what that field asks for.",
        fix: Fix::Steps(
            "Set serverTLSBootstrap: true and restart the kubelet; Kubernetes approves none of its requests, so approve them (kubectl get csr, kubectl certificate approve NAME) or run an approver for kubernetes.io/kubelet-serving. Until one is approved the kubelet serves nothing: node by node.",
        ),
        references: &[Reference::Cis("4.2.9"), Reference::Cis("4.2.11"), Reference::Owasp("K07")],
        judge: Judge::Whole(serving),
        examples: &[
            Example::of(
                "the gate alone",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::at(
                    "/var/lib/kubelet/config.yaml",
                    "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfeatureGates: {RotateKubeletServerCertificate: true}\n",
                )],
            ),
            Example::of(
                "from the cluster's authority",
                Expected::Pass,
                &[ExampleFile::at(
                    "/var/lib/kubelet/config.yaml",
                    "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nserverTLSBootstrap: true\n",
                )],
            ),
            Example::of(
                "from a file, by a flag",
                Expected::Pass,
                &[
                    ExampleFile::at(
                        "/var/lib/kubelet/config.yaml",
                        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
                    ),
                    ExampleFile::at(
                        "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
                        "[Service]\nExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml --tls-cert-file=/pki/kubelet.crt\n",
                    ),
                ],
            ),
            Example::of("no kubelet was seen", Expected::Unknown, &[]),
        ],
        ..TLS
    },
];

fn authority(seen: &Seen<'_>, server: &Component) -> Judged {
    const FLAG: &str = "kubelet-certificate-authority";
    if value(seen, server, FLAG)?.is_some() {
        return Ok(Verdict::Pass);
    }
    let waiting: Vec<String> = seen
        .kubelet_configurations()
        .filter(|object| is_self_signed(seen, object))
        .map(|object| origin(seen, object))
        .collect();
    let first = if waiting.is_empty() {
        "See that every kubelet has a certificate of the cluster's authority: kubectl get csr"
            .to_owned()
    } else {
        format!(
            "Set serverTLSBootstrap: true first in {}, restart those kubelets and approve their requests",
            waiting.join(", ")
        )
    };
    let ca = value(seen, server, "client-ca-file")?.unwrap_or("/etc/kubernetes/pki/ca.crt");
    let steps = format!("{first}\nThen start kube-apiserver with --{FLAG}={ca}");
    let given = setting(seen, server, FLAG)?;
    let problem = Problem::new(
        Severity::High,
        "kube-apiserver talks to whoever answers in place of a kubelet.",
    )
    .detail(FLAG)
    .evidence(format!("--{FLAG} is not given"))
    .mended_by(Remedy::Steps(steps));
    Ok(Verdict::fail(placed(problem, seen, server, given.as_ref())))
}

fn serving(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for object in seen.kubelet_configurations() {
        let problem = is_self_signed(seen, object).then(|| {
            Problem::new(
                Severity::Medium,
                "The kubelet signs its own serving certificate: serverTLSBootstrap is not true and tlsCertFile is not given.",
            )
            .detail("serverTLSBootstrap")
            .at(Path::of(&["serverTLSBootstrap"]))
        });
        tally.add(About::object(object), Ok(problem.into()));
    }
    if tally.is_empty() { Err(no_kubelet()) } else { Ok(tally) }
}

fn is_self_signed(seen: &Seen<'_>, object: &Object) -> bool {
    let tree = object.tree();
    let has_file = tree.get("tlsCertFile").text().is_some_and(|path| !path.is_empty());
    !has_file && !tree.get("serverTLSBootstrap").is_true() && !flags_say_so(seen, object)
}

/// A flag of the kubelet that reads this file overrides it.
fn flags_say_so(seen: &Seen<'_>, object: &Object) -> bool {
    let file = object.origin().file().and_then(|file| seen.file_at(file));
    file.is_some_and(|file| {
        seen.components(ComponentKind::Kubelet)
            .filter(|kubelet| kubelet.flags.value("config") == Some(file.path_on_node()))
            .any(|kubelet| {
                kubelet.flags.get("tls-cert-file").is_some()
                    || kubelet.flags.bool("rotate-server-certificates") == Some(true)
            })
    })
}

fn origin(seen: &Seen<'_>, object: &Object) -> String {
    let file = object.origin().file().and_then(|file| seen.file_at(file));
    file.map_or_else(|| "the ConfigMap kubelet-config".to_owned(), |file| file.path().to_owned())
}

fn no_kubelet() -> Unknown {
    Unknown::new(
        "the configuration of no kubelet was seen",
        "give /var/lib/kubelet/config.yaml of a node",
    )
}
