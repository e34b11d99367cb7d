//! TL-001, TL-005, TL-006, TL-007, TL-011, TL-018: certificates and keys that must be named.

use inventory::{Component, ComponentKind, Unknown};

use super::TLS;
use super::setting::{is_loopback, name_file, placed, setting};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Fix, Judge, JudgeComponent, Judged, Problem, Reference, Seen, Severity, Verdict,
};

/// Flags that a component must be given, each with the file that kubeadm names.
struct Given {
    flags: &'static [(&'static str, &'static str)],
    why_not: fn(&Seen<'_>, &Component) -> Result<Option<String>, Unknown>,
    message: &'static str,
    steps: &'static str,
}

impl JudgeComponent for Given {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        if let Some(why) = (self.why_not)(seen, component)? {
            return Ok(Verdict::NotApplicable(why));
        }
        let mut problems = Vec::new();
        for (flag, file) in self.flags {
            let given = setting(seen, component, flag)?;
            if given.as_ref().is_some_and(|given| !given.value.is_empty()) {
                continue;
            }
            let evidence = given.as_ref().map(|given| given.evidence.clone());
            let problem = Problem::new(Severity::High, self.message)
                .detail(*flag)
                .evidence(evidence.unwrap_or_else(|| format!("--{flag} is not given")))
                .mended_by(name_file(seen, component, flag, file, self.steps));
            problems.push(placed(problem, seen, component, given.as_ref()));
        }
        Ok(Verdict::of(problems))
    }
}

/// Why peers need no certificate: there are none, and nobody from elsewhere gets there.
pub(super) fn alone(seen: &Seen<'_>, etcd: &Component) -> Result<Option<String>, Unknown> {
    let members = setting(seen, etcd, "initial-cluster")?;
    let members = members.map_or(1, |given| given.value.split(',').count());
    let urls = setting(seen, etcd, "listen-peer-urls")?;
    let is_local = urls.is_none_or(|given| given.value.split(',').all(is_loopback));
    Ok((members <= 1 && is_local)
        .then(|| "etcd has one member and listens for peers on its own machine only".to_owned()))
}

fn always(_seen: &Seen<'_>, _component: &Component) -> Result<Option<String>, Unknown> {
    Ok(None)
}

const SERVING: Given = Given {
    flags: &[
        ("tls-cert-file", "/etc/kubernetes/pki/apiserver.crt"),
        ("tls-private-key-file", "/etc/kubernetes/pki/apiserver.key"),
    ],
    why_not: always,
    message: "kube-apiserver serves with a certificate that it signed itself, which no client can verify.",
    steps: "kubeadm init phase certs apiserver",
};

const ETCD_CA: Given = Given {
    flags: &[("etcd-cafile", "/etc/kubernetes/pki/etcd/ca.crt")],
    why_not: always,
    message: "kube-apiserver does not say which authority the certificate of etcd must come from.",
    steps: "kubeadm init phase certs etcd-ca",
};

const ETCD_CLIENT: Given = Given {
    flags: &[
        ("etcd-certfile", "/etc/kubernetes/pki/apiserver-etcd-client.crt"),
        ("etcd-keyfile", "/etc/kubernetes/pki/apiserver-etcd-client.key"),
    ],
    why_not: always,
    message: "kube-apiserver shows etcd no certificate, so etcd must let anybody in.",
    steps: "kubeadm init phase certs apiserver-etcd-client",
};

const ETCD_SERVING: Given = Given {
    flags: &[
        ("cert-file", "/etc/kubernetes/pki/etcd/server.crt"),
        ("key-file", "/etc/kubernetes/pki/etcd/server.key"),
    ],
    why_not: always,
    message: "etcd has no certificate to serve clients with.",
    steps: "kubeadm init phase certs etcd-server",
};

const ETCD_PEER: Given = Given {
    flags: &[
        ("peer-cert-file", "/etc/kubernetes/pki/etcd/peer.crt"),
        ("peer-key-file", "/etc/kubernetes/pki/etcd/peer.key"),
    ],
    why_not: alone,
    message: "Members of etcd talk to each other without certificates.",
    steps: "kubeadm init phase certs etcd-peer",
};

const KUBELET_CLIENT: Given = Given {
    flags: &[
        ("kubelet-client-certificate", "/etc/kubernetes/pki/apiserver-kubelet-client.crt"),
        ("kubelet-client-key", "/etc/kubernetes/pki/apiserver-kubelet-client.key"),
    ],
    why_not: always,
    message: "kube-apiserver shows kubelets no certificate, so they must let anybody in or refuse logs and exec.",
    steps: "kubeadm init phase certs apiserver-kubelet-client",
};

/// What they have in common.
const GIVEN: Check = Check {
    fix: Fix::Sometimes(
        "Names the file that kubeadm makes, if it was seen and its folder is mounted. Else the command that makes it is named.",
    ),
    ..TLS
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "TL-001",
        name: "apiserver-certificate",
        title: "kube-apiserver is given no certificate to serve",
        why: "Clients then skip verification, and whoever stands between takes their tokens.",
        fails: "--tls-cert-file or --tls-private-key-file is not given or empty; kube-apiserver then signs one itself.",
        references: &[Reference::Cis("1.2.24"), Reference::Owasp("K07")],
        judge: Judge::Components(ComponentKind::ApiServer, &SERVING),
        examples: &[
            Example::of("no key", Expected::Fail(Severity::High), &[ExampleFile::manifest(NO_KEY)]),
            Example::of(
                "nothing, but the files are there and mounted",
                Expected::Fail(Severity::High),
                &[
                    ExampleFile::manifest(BARE),
                    ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", "\n"),
                    ExampleFile::at("/etc/kubernetes/pki/apiserver.key", "\n"),
                ],
            ),
            Example::of("as kubeadm writes it", Expected::Pass, &[ExampleFile::manifest(KUBEADM)]),
            Example::of("no control plane was seen", Expected::Unknown, &[]),
        ],
        ..GIVEN
    },
    Check {
        id: "TL-005",
        name: "etcd-authority",
        title: "kube-apiserver does not say whose certificate etcd must have",
        why: "Whoever gets between kube-apiserver and etcd with any certificate reads and writes all of the cluster's state.",
        fails: "--etcd-cafile is not given or empty.",
        references: &[Reference::Cis("1.2.26"), Reference::Owasp("K07")],
        judge: Judge::Components(ComponentKind::ApiServer, &ETCD_CA),
        examples: &[
            Example::of(
                "not given",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(BARE)],
            ),
            Example::of("as kubeadm writes it", Expected::Pass, &[ExampleFile::manifest(KUBEADM)]),
        ],
        ..GIVEN
    },
    Check {
        id: "TL-006",
        name: "etcd-client-certificate",
        title: "kube-apiserver shows etcd no certificate",
        why: "An etcd that serves such a kube-apiserver serves anybody who reaches it.",
        fails: "--etcd-certfile or --etcd-keyfile is not given or empty.",
        references: &[Reference::Cis("1.2.23"), Reference::Owasp("K07")],
        judge: Judge::Components(ComponentKind::ApiServer, &ETCD_CLIENT),
        examples: &[
            Example::of(
                "not given",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(BARE)],
            ),
            Example::of("as kubeadm writes it", Expected::Pass, &[ExampleFile::manifest(KUBEADM)]),
        ],
        ..GIVEN
    },
    Check {
        id: "TL-007",
        name: "etcd-certificate",
        title: "etcd is given no certificate to serve",
        why: "Everything of the cluster, secrets included, then crosses the network in plain text or to whoever poses as etcd.",
        fails: "--cert-file or --key-file of etcd is given neither as a flag nor as ETCD_CERT_FILE or ETCD_KEY_FILE.",
        references: &[Reference::Cis("2.1"), Reference::Owasp("K07")],
        judge: Judge::Components(ComponentKind::Etcd, &ETCD_SERVING),
        examples: &[
            Example::of(
                "not given",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(ETCD)],
            ),
            Example::of("by its environment", Expected::Pass, &[ExampleFile::manifest(ETCD_ENV)]),
            Example::of("by a file", Expected::Unknown, &[ExampleFile::manifest(ETCD_FILE)]),
        ],
        ..GIVEN
    },
    Check {
        id: "TL-011",
        name: "etcd-peer-certificate",
        title: "Members of etcd have no certificates for each other",
        why: "Whoever reaches the peer port joins the cluster's state, or reads what is copied between members.",
        fails: "--peer-cert-file or --peer-key-file is not given. One member that listens for peers on its own machine only needs none.",
        references: &[Reference::Cis("2.4"), Reference::Owasp("K07")],
        judge: Judge::Components(ComponentKind::Etcd, &ETCD_PEER),
        examples: &[
            Example::of(
                "listens on the network",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(ETCD)],
            ),
            Example::of("given", Expected::Pass, &[ExampleFile::manifest(ETCD_ENV)]),
            Example::of("alone", Expected::NotApplicable, &[ExampleFile::manifest(ETCD_ALONE)]),
        ],
        ..GIVEN
    },
    Check {
        id: "TL-018",
        name: "kubelet-client-certificate",
        title: "kube-apiserver shows kubelets no certificate",
        why: "Kubelets that answer such a kube-apiserver answer anybody, and run what anybody asks for in their containers.",
        fails: "--kubelet-client-certificate or --kubelet-client-key is not given or empty.",
        references: &[Reference::Cis("1.2.4"), Reference::Owasp("K07")],
        judge: Judge::Components(ComponentKind::ApiServer, &KUBELET_CLIENT),
        examples: &[
            Example::of(
                "not given",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(BARE)],
            ),
            Example::of("as kubeadm writes it", Expected::Pass, &[ExampleFile::manifest(KUBEADM)]),
        ],
        ..GIVEN
    },
];

const KUBEADM: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command:
    - kube-apiserver
    - --etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt
    - --etcd-certfile=/etc/kubernetes/pki/apiserver-etcd-client.crt
    - --etcd-keyfile=/etc/kubernetes/pki/apiserver-etcd-client.key
    - --kubelet-client-certificate=/etc/kubernetes/pki/apiserver-kubelet-client.crt
    - --kubelet-client-key=/etc/kubernetes/pki/apiserver-kubelet-client.key
    - --tls-cert-file=/etc/kubernetes/pki/apiserver.crt
    - --tls-private-key-file=/etc/kubernetes/pki/apiserver.key
";

const NO_KEY: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, --tls-cert-file=/etc/kubernetes/pki/apiserver.crt]\n";

const BARE: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command:
    - kube-apiserver
    - --etcd-servers=https://127.0.0.1:2379
    volumeMounts:
    - {name: pki, mountPath: /etc/kubernetes/pki, readOnly: true}
";

const ETCD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n  - name: etcd\n    command: [etcd, --data-dir=/var/lib/etcd, --listen-peer-urls=http://192.168.0.10:2380]\n";

const ETCD_ENV: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: etcd, namespace: kube-system}
spec:
  containers:
  - name: etcd
    command: [etcd, --peer-cert-file=/pki/peer.crt, --peer-key-file=/pki/peer.key, --listen-peer-urls=https://192.168.0.10:2380]
    env:
    - {name: ETCD_CERT_FILE, value: /pki/server.crt}
    - {name: ETCD_KEY_FILE, value: /pki/server.key}
";

const ETCD_FILE: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n  - name: etcd\n    command: [etcd, --config-file=/etc/etcd.yaml]\n";

const ETCD_ALONE: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n  - name: etcd\n    command: [etcd, --initial-cluster=cp-1=http://127.0.0.1:2380, \"--listen-peer-urls=http://127.0.0.1:2380\"]\n";
