//! TL-013, TL-020, TL-021, TL-037: authorities that must not be one.

use std::collections::BTreeSet;

use inventory::{Component, ComponentKind, Unknown};
use pki::{PemItem, SpkiHash};

use super::TLS;
use super::setting::{placed, setting, value};
use crate::credentials::samples::certificates::{CA, ETCD_CA, FRONT_PROXY_CA, FRONT_PROXY_CLIENT};
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::set_flag;
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "TL-013",
        name: "etcd-shares-cluster-authority",
        title: "etcd takes clients of the cluster's own authority",
        why: "Every client certificate of the cluster, a node's too, then opens etcd with all that is in it.",
        fails: "A certificate in --trusted-ca-file of etcd has the key of one in --client-ca-file of kube-apiserver, whatever the files are called.",
        fix: Fix::Steps(
            "kubeadm init phase certs etcd-ca, then etcd-server, etcd-peer, etcd-healthcheck-client and apiserver-etcd-client; let --trusted-ca-file, --peer-trusted-ca-file and --etcd-cafile name the new authority; restart etcd and kube-apiserver, node by node, with both authorities in the file until all are done.",
        ),
        references: &[
            Reference::Cis("2.7"),
            Reference::Mitre("T1552.007"),
            Reference::Owasp("K07"),
        ],
        judge: Judge::Components(ComponentKind::Etcd, &etcd),
        examples: &[
            Example::of(
                "the same file",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(API), ExampleFile::at("etcd.yaml", ETCD_SHARED)],
            ),
            Example::of(
                "a copy of it",
                Expected::Fail(Severity::High),
                &[
                    ExampleFile::manifest(API),
                    ExampleFile::at("etcd.yaml", ETCD),
                    ExampleFile::at("/etc/kubernetes/pki/ca.crt", CA),
                    ExampleFile::at("/etc/kubernetes/pki/etcd/ca.crt", CA),
                ],
            ),
            Example::of(
                "as kubeadm has it",
                Expected::Pass,
                &[
                    ExampleFile::manifest(API),
                    ExampleFile::at("etcd.yaml", ETCD),
                    ExampleFile::at("/etc/kubernetes/pki/ca.crt", CA),
                    ExampleFile::at("/etc/kubernetes/pki/etcd/ca.crt", ETCD_CA),
                ],
            ),
            Example::of(
                "the files were not seen",
                Expected::Unknown,
                &[ExampleFile::manifest(API), ExampleFile::at("etcd.yaml", ETCD)],
            ),
        ],
        ..TLS
    },
    Check {
        id: "TL-020",
        name: "any-client-is-a-front-proxy",
        title: "Every client certificate may say who its caller is",
        severities: &[Severity::Critical],
        why: "Whoever has any certificate of the cluster becomes whoever they name in a header, system:masters included.",
        fails: "The file of --requestheader-client-ca-file has a key that --client-ca-file has too, and --requestheader-allowed-names names nobody.",
        fix: Fix::Steps(
            "kubeadm init phase certs front-proxy-ca and front-proxy-client; let --requestheader-client-ca-file name /etc/kubernetes/pki/front-proxy-ca.crt and --requestheader-allowed-names be front-proxy-client; restart kube-apiserver.",
        ),
        references: &[
            Reference::Mitre("T1078"),
            Reference::Owasp("K09"),
            Reference::Kubernetes("tasks/extend-kubernetes/configure-aggregation-layer/"),
        ],
        judge: Judge::Components(ComponentKind::ApiServer, &front_proxy),
        examples: &[
            Example::of(
                "one authority for both",
                Expected::Fail(Severity::Critical),
                &[
                    ExampleFile::manifest(PROXY),
                    ExampleFile::at("/etc/kubernetes/pki/ca.crt", CA),
                    ExampleFile::at("/etc/kubernetes/pki/front-proxy-ca.crt", CA),
                ],
            ),
            Example::of(
                "an authority of its own",
                Expected::Pass,
                &[
                    ExampleFile::manifest(PROXY),
                    ExampleFile::at("/etc/kubernetes/pki/ca.crt", CA),
                    ExampleFile::at("/etc/kubernetes/pki/front-proxy-ca.crt", FRONT_PROXY_CA),
                ],
            ),
            Example::of(
                "one authority, but one name only",
                Expected::Pass,
                &[ExampleFile::manifest(NAMED)],
            ),
            Example::of(
                "the files were not seen",
                Expected::Unknown,
                &[ExampleFile::manifest(PROXY)],
            ),
            Example::of("no front proxy", Expected::NotApplicable, &[ExampleFile::manifest(API)]),
        ],
        ..TLS
    },
    Check {
        id: "TL-021",
        name: "front-proxy-names",
        title: "Every certificate of the front proxy's authority may say who its caller is",
        why: "A second certificate from that authority, made for another purpose, becomes a way to be anybody.",
        fails: "--requestheader-client-ca-file is given and --requestheader-allowed-names is empty. Without the former nobody can say so.",
        fix: Fix::Sometimes(
            "Allows the name in the certificate of --proxy-client-cert-file, if that was seen.",
        ),
        references: &[
            Reference::Owasp("K09"),
            Reference::Kubernetes("tasks/extend-kubernetes/configure-aggregation-layer/"),
        ],
        judge: Judge::Components(ComponentKind::ApiServer, &names),
        examples: &[
            Example::of(
                "nobody is named",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(PROXY)],
            ),
            Example::of(
                "nobody is named, and the certificate was seen",
                Expected::Fail(Severity::High),
                &[
                    ExampleFile::manifest(PROXY),
                    ExampleFile::at(
                        "/etc/kubernetes/pki/front-proxy-client.crt",
                        FRONT_PROXY_CLIENT,
                    ),
                ],
            ),
            Example::of("as kubeadm writes it", Expected::Pass, &[ExampleFile::manifest(NAMED)]),
            Example::of("no front proxy", Expected::NotApplicable, &[ExampleFile::manifest(API)]),
        ],
        ..TLS
    },
    Check {
        id: "TL-037",
        name: "signer-is-another-authority",
        title: "Certificate requests are signed by the authority of etcd or of the front proxy",
        severities: &[Severity::Medium],
        why: "Whoever gets a request approved gets a certificate that opens etcd, or that may say who its caller is.",
        fails: "--cluster-signing-cert-file of kube-controller-manager is the file, or has the key, of --etcd-cafile or --requestheader-client-ca-file of kube-apiserver.",
        fix: Fix::Steps(
            "Let --cluster-signing-cert-file and --cluster-signing-key-file of kube-controller-manager name /etc/kubernetes/pki/ca.crt and ca.key, give etcd and the front proxy authorities of their own, and reissue what the shared one has signed.",
        ),
        references: &[Reference::Owasp("K07")],
        judge: Judge::Components(ComponentKind::ControllerManager, &signer),
        examples: &[
            Example::of(
                "that of etcd",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::manifest(API), ExampleFile::at("manager.yaml", SIGNER_ETCD)],
            ),
            Example::of(
                "that of the cluster",
                Expected::Pass,
                &[
                    ExampleFile::manifest(API),
                    ExampleFile::at("manager.yaml", SIGNER),
                    ExampleFile::at("/etc/kubernetes/pki/ca.crt", CA),
                    ExampleFile::at("/etc/kubernetes/pki/etcd/ca.crt", ETCD_CA),
                ],
            ),
            Example::of(
                "the files were not seen",
                Expected::Unknown,
                &[ExampleFile::manifest(API), ExampleFile::at("manager.yaml", SIGNER)],
            ),
        ],
        ..TLS
    },
];

fn etcd(seen: &Seen<'_>, etcd: &Component) -> Judged {
    let Some(given) = setting(seen, etcd, "trusted-ca-file")? else {
        return Ok(Verdict::NotApplicable("etcd asks clients for no certificate".to_owned()));
    };
    let Some(clients) = of_server(seen, "client-ca-file")? else {
        return Ok(Verdict::NotApplicable(
            "kube-apiserver takes no client certificates".to_owned(),
        ));
    };
    if !shares(seen, given.value, &clients)? {
        return Ok(Verdict::Pass);
    }
    let message = format!(
        "etcd trusts {}, whose key is that of {clients}, the authority of all clients.",
        given.value
    );
    let problem =
        Problem::new(Severity::High, message).detail("trusted-ca-file").evidence(&given.evidence);
    Ok(Verdict::fail(placed(problem, seen, etcd, Some(&given))))
}

fn front_proxy(seen: &Seen<'_>, server: &Component) -> Judged {
    let Some(proxies) = setting(seen, server, "requestheader-client-ca-file")? else {
        return Ok(Verdict::NotApplicable("no front proxy is trusted".to_owned()));
    };
    let Some(clients) = value(seen, server, "client-ca-file")? else { return Ok(Verdict::Pass) };
    if names_somebody(seen, server)? || !shares(seen, proxies.value, clients)? {
        return Ok(Verdict::Pass);
    }
    let message = format!(
        "{} and {clients} hold one authority, and no name is asked for: every client may act as anybody.",
        proxies.value
    );
    let problem = Problem::new(Severity::Critical, message)
        .detail("requestheader-client-ca-file")
        .evidence(&proxies.evidence);
    Ok(Verdict::fail(placed(problem, seen, server, Some(&proxies))))
}

fn names(seen: &Seen<'_>, server: &Component) -> Judged {
    const FLAG: &str = "requestheader-allowed-names";
    if value(seen, server, "requestheader-client-ca-file")?.is_none() {
        return Ok(Verdict::NotApplicable("no front proxy is trusted".to_owned()));
    }
    if names_somebody(seen, server)? {
        return Ok(Verdict::Pass);
    }
    let own = value(seen, server, "proxy-client-cert-file")?;
    let own = own.and_then(|path| seen.file(path)).and_then(|file| file.text.as_deref());
    let name = own.and_then(|text| pki::Facts::of_pem(text).ok()).map(|facts| facts.common_name);
    let remedy = match name.filter(|name| !name.is_empty()) {
        Some(name) => set_flag(seen.inventory(), server, FLAG, &name),
        None => Remedy::Steps(
            "openssl x509 -in /etc/kubernetes/pki/front-proxy-client.crt -noout -subject\nStart kube-apiserver with --requestheader-allowed-names= and the CN it shows (front-proxy-client where kubeadm made it)"
                .to_owned(),
        ),
    };
    let given = setting(seen, server, FLAG)?;
    let evidence =
        given.as_ref().map_or_else(|| format!("--{FLAG} is not given"), |one| one.evidence.clone());
    let problem = Problem::new(
        Severity::High,
        "Whoever has a certificate of the front proxy's authority may act as anybody, whatever its name.",
    )
    .detail(FLAG)
    .evidence(evidence)
    .mended_by(remedy);
    Ok(Verdict::fail(placed(problem, seen, server, given.as_ref())))
}

fn names_somebody(seen: &Seen<'_>, server: &Component) -> Result<bool, Unknown> {
    let names = value(seen, server, "requestheader-allowed-names")?;
    Ok(names.is_some_and(|names| names.split(',').any(|name| !name.trim().is_empty())))
}

fn signer(seen: &Seen<'_>, manager: &Component) -> Judged {
    let Some(given) = setting(seen, manager, "cluster-signing-cert-file")? else {
        return Ok(Verdict::NotApplicable("kube-controller-manager signs no requests".to_owned()));
    };
    for (flag, whose) in
        [("etcd-cafile", "etcd"), ("requestheader-client-ca-file", "the front proxy")]
    {
        let Some(other) = of_server(seen, flag)? else { continue };
        if shares(seen, given.value, &other)? {
            let message = format!(
                "Requests are signed with {}, the authority of {whose} ({other}).",
                given.value
            );
            let problem =
                Problem::new(Severity::Medium, message).detail(flag).evidence(&given.evidence);
            return Ok(Verdict::fail(placed(problem, seen, manager, Some(&given))));
        }
    }
    Ok(Verdict::Pass)
}

/// A file that kube-apiserver names.
fn of_server(seen: &Seen<'_>, flag: &str) -> Result<Option<String>, Unknown> {
    let Some(server) = seen.components(ComponentKind::ApiServer).next() else {
        return Err(Unknown::new(
            "the flags of kube-apiserver were not seen",
            "give /etc/kubernetes/manifests of a control plane node",
        ));
    };
    Ok(value(seen, server, flag)?.map(str::to_owned))
}

/// Whether two files are one, or hold a certificate with the same key.
fn shares(seen: &Seen<'_>, one: &str, other: &str) -> Result<bool, Unknown> {
    Ok(one == other || !hashes(seen, one)?.is_disjoint(&hashes(seen, other)?))
}

fn hashes(seen: &Seen<'_>, path: &str) -> Result<BTreeSet<SpkiHash>, Unknown> {
    let text = seen.file(path).and_then(|file| file.text.as_deref());
    let text = text.ok_or_else(|| {
        Unknown::new(format!("{path} was not seen"), format!("scan {path} of that node too"))
    })?;
    let objects = pki::pem_objects(text);
    let certificates = objects.iter().filter(|one| matches!(one.item, PemItem::Certificate(_)));
    Ok(certificates.filter_map(|one| pki::key_facts(&one.item)).map(|facts| facts.spki).collect())
}

const API: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, --client-ca-file=/etc/kubernetes/pki/ca.crt, --etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt]\n";

const PROXY: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --client-ca-file=/etc/kubernetes/pki/ca.crt\n    - --requestheader-client-ca-file=/etc/kubernetes/pki/front-proxy-ca.crt\n    - --proxy-client-cert-file=/etc/kubernetes/pki/front-proxy-client.crt\n";

const NAMED: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, --client-ca-file=/etc/kubernetes/pki/ca.crt, --requestheader-client-ca-file=/etc/kubernetes/pki/ca.crt, --requestheader-allowed-names=front-proxy-client]\n";

const ETCD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n  - name: etcd\n    command: [etcd, --trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt]\n";

const ETCD_SHARED: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n  - name: etcd\n    command: [etcd, --trusted-ca-file=/etc/kubernetes/pki/ca.crt]\n";

const SIGNER: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-controller-manager, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-controller-manager\n    command: [kube-controller-manager, --cluster-signing-cert-file=/etc/kubernetes/pki/ca.crt, --cluster-signing-key-file=/etc/kubernetes/pki/ca.key]\n";

const SIGNER_ETCD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-controller-manager, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-controller-manager\n    command: [kube-controller-manager, --cluster-signing-cert-file=/etc/kubernetes/pki/etcd/ca.crt, --cluster-signing-key-file=/etc/kubernetes/pki/etcd/ca.key]\n";
