//! TL-008, TL-009, TL-010, TL-012: whom etcd lets in.

use inventory::{Component, ComponentKind};

use super::TLS;
use super::given::alone;
use super::setting::{is_true, name_file, placed, setting, value};
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{remove_flag, set_flag};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "TL-008",
        name: "etcd-client-cert-auth",
        title: "etcd lets clients in without a certificate",
        severities: &[Severity::Critical, Severity::Low],
        why: "Whoever reaches the port reads every Secret and writes any object, past all of Kubernetes' own checks.",
        fails: "--client-cert-auth is not true. With --trusted-ca-file etcd asks for certificates all the same: the finding is then low.",
        fix: Fix::Sometimes(
            "Sets --client-cert-auth=true if --trusted-ca-file is given or kubeadm's file was seen.",
        ),
        references: &[
            Reference::Cis("2.2"),
            Reference::Mitre("T1552.007"),
            Reference::Owasp("K07"),
        ],
        judge: Judge::Components(ComponentKind::Etcd, &client),
        examples: &[
            Example::of(
                "not given",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::manifest(BARE)],
            ),
            Example::of(
                "asked for because of the authority",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(WITH_CA)],
            ),
            Example::of("by its environment", Expected::Pass, &[ExampleFile::manifest(ENV)]),
        ],
        ..TLS
    },
    Check {
        id: "TL-009",
        name: "etcd-auto-tls",
        title: "etcd serves with a certificate that it signed itself",
        why: "No client can tell such an etcd from somebody in between, so clients are told not to look.",
        fails: "--auto-tls is true.",
        fix: Fix::Sometimes("Takes --auto-tls away if etcd has a certificate of its own."),
        references: &[Reference::Cis("2.3"), Reference::Owasp("K07")],
        judge: Judge::Components(ComponentKind::Etcd, &|seen: &Seen<'_>, one: &Component| {
            automatic(seen, one, "auto-tls", "cert-file")
        }),
        examples: &[
            Example::of(
                "beside files",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(AUTO)],
            ),
            Example::of(
                "by its environment",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(AUTO_ENV)],
            ),
            Example::of("false", Expected::Pass, &[ExampleFile::manifest(BARE)]),
        ],
        ..TLS
    },
    Check {
        id: "TL-010",
        name: "etcd-peer-auto-tls",
        title: "Members of etcd trust certificates that each signed itself",
        why: "Whoever reaches the peer port can pose as a member.",
        fails: "--peer-auto-tls is true.",
        fix: Fix::Sometimes("Takes --peer-auto-tls away if etcd has a peer certificate."),
        references: &[Reference::Cis("2.6"), Reference::Owasp("K07")],
        judge: Judge::Components(ComponentKind::Etcd, &|seen: &Seen<'_>, one: &Component| {
            automatic(seen, one, "peer-auto-tls", "peer-cert-file")
        }),
        examples: &[
            Example::of(
                "beside files",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(AUTO)],
            ),
            Example::of("not given", Expected::Pass, &[ExampleFile::manifest(BARE)]),
        ],
        ..TLS
    },
    Check {
        id: "TL-012",
        name: "etcd-peer-client-cert-auth",
        title: "etcd lets peers in without a certificate",
        why: "Whoever reaches the peer port can pose as a member and read or change all state.",
        fails: "--peer-client-cert-auth is not true. One member that listens for peers on its own machine only needs none.",
        fix: Fix::Sometimes(
            "Sets --peer-client-cert-auth=true if --peer-trusted-ca-file is given or kubeadm's file was seen.",
        ),
        references: &[Reference::Cis("2.5"), Reference::Owasp("K07")],
        judge: Judge::Components(ComponentKind::Etcd, &peer),
        examples: &[
            Example::of(
                "not given",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(BARE)],
            ),
            Example::of("given", Expected::Pass, &[ExampleFile::manifest(ENV)]),
            Example::of("alone", Expected::NotApplicable, &[ExampleFile::manifest(WITH_CA)]),
        ],
        ..TLS
    },
];

fn client(seen: &Seen<'_>, etcd: &Component) -> Judged {
    let is_asked = value(seen, etcd, "trusted-ca-file")?.is_some();
    let (severity, message) = if is_asked {
        (
            Severity::Low,
            "etcd asks clients for certificates only because --trusted-ca-file is given; --client-cert-auth does not say so.",
        )
    } else {
        (Severity::Critical, "etcd lets anybody in who reaches it.")
    };
    required(
        seen,
        etcd,
        &Asked { flag: "client-cert-auth", ca: "trusted-ca-file", severity, message },
    )
}

fn peer(seen: &Seen<'_>, etcd: &Component) -> Judged {
    if let Some(why) = alone(seen, etcd)? {
        return Ok(Verdict::NotApplicable(why));
    }
    let (flag, ca) = ("peer-client-cert-auth", "peer-trusted-ca-file");
    let message = "etcd does not ask its peers for certificates.";
    required(seen, etcd, &Asked { flag, ca, severity: Severity::High, message })
}

struct Asked {
    flag: &'static str,
    ca: &'static str,
    severity: Severity,
    message: &'static str,
}

fn required(seen: &Seen<'_>, etcd: &Component, asked: &Asked) -> Judged {
    if is_true(seen, etcd, asked.flag)? {
        return Ok(Verdict::Pass);
    }
    let given = setting(seen, etcd, asked.flag)?;
    let evidence = given.as_ref().map(|given| given.evidence.clone());
    let problem = Problem::new(asked.severity, asked.message)
        .detail(asked.flag)
        .evidence(evidence.unwrap_or_else(|| format!("--{} is not given", asked.flag)))
        .mended_by(with_authority(seen, etcd, asked)?);
    Ok(Verdict::fail(placed(problem, seen, etcd, given.as_ref())))
}

/// Sets the flag, and names the authority where none is.
fn with_authority(
    seen: &Seen<'_>,
    etcd: &Component,
    asked: &Asked,
) -> Result<Remedy, inventory::Unknown> {
    let set = set_flag(seen.inventory(), etcd, asked.flag, "true");
    if value(seen, etcd, asked.ca)?.is_some() {
        return Ok(set);
    }
    let steps = format!("kubeadm init phase certs etcd-ca\nStart etcd with --{}=true", asked.flag);
    let name = name_file(seen, etcd, asked.ca, "/etc/kubernetes/pki/etcd/ca.crt", &steps);
    Ok(match (set, name) {
        (Remedy::Edit(mut changes), Remedy::Edit(more)) => {
            changes.extend(more);
            Remedy::Edit(changes)
        }
        (_, other) => other,
    })
}

fn automatic(seen: &Seen<'_>, etcd: &Component, flag: &str, certificate: &str) -> Judged {
    if !is_true(seen, etcd, flag)? {
        return Ok(Verdict::Pass);
    }
    let given = setting(seen, etcd, flag)?;
    let has_own = value(seen, etcd, certificate)?.is_some();
    let evidence = given.as_ref().map(|given| given.evidence.clone()).unwrap_or_default();
    let remedy = if has_own && etcd.flags.get(flag).is_some() {
        remove_flag(etcd, flag)
    } else {
        Remedy::Steps(format!(
            "kubeadm init phase certs all\nStart etcd with --{certificate} and its key, and without {evidence}"
        ))
    };
    let message = format!("etcd makes its own certificate: {evidence}.");
    let problem =
        Problem::new(Severity::High, message).detail(flag).evidence(evidence).mended_by(remedy);
    Ok(Verdict::fail(placed(problem, seen, etcd, given.as_ref())))
}

const BARE: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n  - name: etcd\n    command:\n    - etcd\n    - --auto-tls=false\n    - --listen-peer-urls=https://192.168.0.10:2380\n";

const WITH_CA: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n  - name: etcd\n    command:\n    - etcd\n    - --trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt # of etcd alone\n";

const AUTO: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n  - name: etcd\n    command:\n    - etcd\n    - --auto-tls\n    - --peer-auto-tls=true\n    - --cert-file=/pki/server.crt\n    - --peer-cert-file=/pki/peer.crt\n";

const AUTO_ENV: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n  - name: etcd\n    command: [etcd]\n    env: [{name: ETCD_AUTO_TLS, value: \"true\"}]\n";

const ENV: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n  - name: etcd\n    command: [etcd, --peer-client-cert-auth, --listen-peer-urls=https://192.168.0.10:2380]\n    env: [{name: ETCD_CLIENT_CERT_AUTH, value: \"true\"}]\n";
