//! Practice 2: TLS everywhere, etcd included.

mod authorities;
mod authority_keys;
mod certificates;
mod chains;
mod ciphers;
mod etcd;
mod given;
mod hsts;
mod ingress;
mod kubeconfigs;
mod kubelets;
mod names;
mod servers;
pub(crate) mod setting;
mod suites;
mod urls;
mod versions;

use crate::{Check, Fix, Judge, Practice, Severity, Span};

pub(crate) const CHECKS: &[&[Check]] = &[
    authorities::CHECKS,
    authority_keys::CHECKS,
    certificates::CHECKS,
    chains::CHECKS,
    ciphers::CHECKS,
    etcd::CHECKS,
    given::CHECKS,
    hsts::CHECKS,
    ingress::CHECKS,
    kubeconfigs::CHECKS,
    kubelets::CHECKS,
    names::CHECKS,
    servers::CHECKS,
    urls::CHECKS,
    versions::CHECKS,
    &[HANDSHAKE],
];

/// What the checks of this practice have in common.
const TLS: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::Tls,
    severities: &[Severity::High],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

const HANDSHAKE: Check = Check {
    id: "TL-034",
    name: "live-handshake",
    title: "A server accepts old TLS, or serves another certificate than is on disk",
    why: "A renewed certificate that was not loaded ends as the old one does, and what is accepted may be more than flags say.",
    fails: "A handshake with TLS 1.0, 1.1 or a weak suite succeeds, or the certificate that is served is not that of the file.",
    fix: Fix::Steps(
        "openssl s_client -connect HOST:6443 -tls1_1 </dev/null must fail; compare openssl s_client -connect HOST:6443 </dev/null | openssl x509 -noout -fingerprint -sha256 with the file, and restart what serves the old one.",
    ),
    judge: Judge::NotImplemented("a scan makes no connections of its own"),
    ..TLS
};
