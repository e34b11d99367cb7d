//! TL-004, TL-014, TL-015: etcd in plain text.

use inventory::{Component, ComponentKind};

use super::TLS;
use super::setting::{host, is_loopback, is_plain, placed, setting};
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::set_flag;
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "TL-004",
        name: "etcd-in-plain-text",
        title: "kube-apiserver talks to etcd in plain text",
        severities: &[Severity::Critical],
        why: "All of the cluster's state, Secrets and tokens included, can be read and changed on the way.",
        fails: "An address in --etcd-servers or --etcd-servers-overrides begins with http://, on this machine too: an etcd that takes it takes anybody on the node.",
        fix: Fix::Steps(
            "Give etcd --cert-file, --key-file, --client-cert-auth=true and --trusted-ca-file and https:// in --listen-client-urls and --advertise-client-urls first; then give kube-apiserver https:// in --etcd-servers with --etcd-cafile, --etcd-certfile and --etcd-keyfile.",
        ),
        references: &[
            Reference::Nsa("Authentication and authorization"),
            Reference::Mitre("T1040"),
            Reference::Owasp("K07"),
        ],
        judge: Judge::Components(ComponentKind::ApiServer, &servers),
        examples: &[
            Example::of(
                "one of two",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, \"--etcd-servers=https://10.0.0.1:2379,http://10.0.0.2:2379\"]\n",
                )],
            ),
            Example::of(
                "only for events",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, \"--etcd-servers=https://10.0.0.1:2379\", \"--etcd-servers-overrides=/events#http://10.0.0.2:2379\"]\n",
                )],
            ),
            Example::of(
                "encrypted",
                Expected::Pass,
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, \"--etcd-servers=https://10.0.0.1:2379\"]\n",
                )],
            ),
        ],
        ..TLS
    },
    Check {
        id: "TL-014",
        name: "etcd-listens-in-plain-text",
        title: "etcd serves clients from elsewhere in plain text",
        severities: &[Severity::Critical],
        why: "Whoever reaches the port needs no certificate and reads every Secret.",
        fails: "--listen-client-urls or --advertise-client-urls of etcd has an http:// address that is not of this machine itself. The default http://localhost:2379 passes.",
        fix: Fix::Steps(
            "Give etcd --cert-file and --key-file, write https:// in --listen-client-urls and --advertise-client-urls, and in --etcd-servers of every kube-apiserver.",
        ),
        references: &[Reference::Mitre("T1040"), Reference::Owasp("K07")],
        judge: Judge::Components(ComponentKind::Etcd, &listening),
        examples: &[
            Example::of(
                "on every address",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n  - name: etcd\n    command: [etcd, \"--listen-client-urls=https://10.0.0.1:2379,http://0.0.0.0:2379\"]\n",
                )],
            ),
            Example::of(
                "in plain text for itself only",
                Expected::Pass,
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n  - name: etcd\n    command: [etcd, \"--listen-client-urls=http://127.0.0.1:2379,https://10.0.0.1:2379\"]\n",
                )],
            ),
        ],
        ..TLS
    },
    Check {
        id: "TL-015",
        name: "etcd-metrics-in-plain-text",
        title: "etcd shows its metrics to everybody",
        severities: &[Severity::Medium],
        why: "Metrics and /health tell how the cluster is used, and answer without a certificate.",
        fails: "--listen-metrics-urls has an http:// address that is not of this machine itself. kubeadm's http://127.0.0.1:2381 passes.",
        fix: Fix::Automatic(
            "Serves them on 127.0.0.1. Whoever gathers them from elsewhere must then use https:// with a certificate.",
        ),
        references: &[Reference::Owasp("K07")],
        judge: Judge::Components(ComponentKind::Etcd, &metrics),
        examples: &[
            Example::of(
                "on every address",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n  - name: etcd\n    command:\n    - etcd\n    - --listen-metrics-urls=http://0.0.0.0:2381\n",
                )],
            ),
            Example::of(
                "as kubeadm writes it",
                Expected::Pass,
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n  - name: etcd\n    command: [etcd, \"--listen-metrics-urls=http://127.0.0.1:2381\"]\n",
                )],
            ),
        ],
        ..TLS
    },
];

fn servers(seen: &Seen<'_>, server: &Component) -> Judged {
    let mut problems = Vec::new();
    for flag in ["etcd-servers", "etcd-servers-overrides"] {
        let Some(given) = setting(seen, server, flag)? else { continue };
        let urls = given.value.split([',', ';', '#']).map(str::trim);
        for url in urls.filter(|url| is_plain(url)) {
            let message = format!("kube-apiserver talks to etcd at {} in plain text.", host(url));
            let problem = Problem::new(Severity::Critical, message).detail(url).evidence(url);
            problems.push(placed(problem, seen, server, Some(&given)));
        }
    }
    Ok(Verdict::of(problems))
}

fn listening(seen: &Seen<'_>, etcd: &Component) -> Judged {
    let mut problems = Vec::new();
    for flag in ["listen-client-urls", "advertise-client-urls"] {
        let Some(given) = setting(seen, etcd, flag)? else { continue };
        for url in open(given.value) {
            let message = format!("etcd serves clients at {url} in plain text (--{flag}).");
            let detail = format!("{flag} {url}");
            let problem = Problem::new(Severity::Critical, message).detail(detail).evidence(url);
            problems.push(placed(problem, seen, etcd, Some(&given)));
        }
    }
    Ok(Verdict::of(problems))
}

fn metrics(seen: &Seen<'_>, etcd: &Component) -> Judged {
    const FLAG: &str = "listen-metrics-urls";
    let Some(given) = setting(seen, etcd, FLAG)? else { return Ok(Verdict::Pass) };
    if open(given.value).next().is_none() {
        return Ok(Verdict::Pass);
    }
    let urls: Vec<String> = given.value.split(',').map(|url| at_home(url.trim())).collect();
    let remedy = match etcd.flags.get(FLAG) {
        Some(_) => set_flag(seen.inventory(), etcd, FLAG, &urls.join(",")),
        None => {
            Remedy::Steps(format!("Give ETCD_LISTEN_METRICS_URLS the value {}", urls.join(",")))
        }
    };
    let message =
        format!("etcd shows its metrics at {} without asking who reads them.", given.value);
    let problem = Problem::new(Severity::Medium, message)
        .detail(FLAG)
        .evidence(&given.evidence)
        .mended_by(remedy);
    Ok(Verdict::fail(placed(problem, seen, etcd, Some(&given))))
}

/// Addresses in plain text that others can reach.
fn open(urls: &str) -> impl Iterator<Item = &str> {
    urls.split(',').map(str::trim).filter(|url| is_plain(url) && !is_loopback(url))
}

fn at_home(url: &str) -> String {
    if !is_plain(url) || is_loopback(url) {
        return url.to_owned();
    }
    let port = url.trim_end_matches('/').rsplit(':').next().unwrap_or("2381");
    format!("http://127.0.0.1:{port}")
}
