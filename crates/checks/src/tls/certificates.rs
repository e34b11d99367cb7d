//! TL-022, TL-023, TL-024, TL-027: what certificates of the control plane say of themselves.

use std::collections::{BTreeMap, BTreeSet};

use inventory::Unknown;
use pki::{Role, SpkiHash};

use super::TLS;
use super::authority_keys::no_certificates;
use crate::credentials::samples::certificates::{
    APISERVER, APISERVER_AS_CA, APISERVER_WEAK, CA, CA_THAT_IS_NONE, ETCD_PEER, ETCD_PEER_SERVING,
    FRONT_PROXY_CLIENT, FRONT_PROXY_CLIENT_OF_APISERVER,
};
use crate::credentials::{Certificate, Place, Use, reissue};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Confidence, Fix, Judge, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "TL-022",
        name: "weak-certificate",
        title: "A certificate has a weak key or signature",
        severities: &[Severity::High, Severity::Medium],
        why: "Such keys and signatures can be forged by somebody with means, who then is whom the certificate names.",
        fails: "It is signed with SHA-1 or MD5, or its key is RSA below 2048 bits, a curve below 256 bits, or DSA. The signature of an authority on itself does not count: nobody relies on it. Of a file that nothing names it is medium.",
        fix: REISSUE,
        references: &[Reference::Mitre("T1557"), Reference::Owasp("K07")],
        judge: Judge::Whole(|seen| each(seen, weak)),
        examples: &[
            Example::of(
                "a key on P-224",
                Expected::Fail(Severity::High),
                &[ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER_WEAK)],
            ),
            Example::of(
                "a key on P-224, in a file that nothing names",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::at("testdata/server.crt", APISERVER_WEAK)],
            ),
            Example::of(
                "as kubeadm makes it",
                Expected::Pass,
                &[ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER)],
            ),
            Example::of("no certificates were seen", Expected::Unknown, &[]),
        ],
        ..TLS
    },
    Check {
        id: "TL-023",
        name: "wrong-authority",
        title: "A certificate may issue others and must not, or must and may not",
        severities: &[Severity::Critical],
        why: "Whoever gets the key of a server that may issue certificates makes one for anybody; an authority that may not issue breaks what it issued.",
        fails: "A certificate of a component says CA:TRUE, or an authority of the cluster does not or may not sign certificates. A server's certificate that signed itself in a Secret passes: nobody else trusts it.",
        fix: REISSUE,
        references: &[Reference::Mitre("T1649"), Reference::Owasp("K07")],
        judge: Judge::Whole(|seen| each(seen, authority)),
        examples: &[
            Example::of(
                "kube-apiserver as an authority",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER_AS_CA)],
            ),
            Example::of(
                "an authority that is none",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::at("/etc/kubernetes/pki/ca.crt", CA_THAT_IS_NONE)],
            ),
            Example::of(
                "as kubeadm makes them",
                Expected::Pass,
                &[
                    ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER),
                    ExampleFile::at("/etc/kubernetes/pki/ca.crt", CA),
                ],
            ),
            Example::of("no certificates were seen", Expected::Unknown, &[]),
        ],
        ..TLS
    },
    Check {
        id: "TL-024",
        name: "wrong-key-usage",
        title: "A certificate may not be used for what it is there for",
        severities: &[Severity::Medium],
        why: "The other side refuses it, or has been told not to look; the latter lets any certificate of the authority in.",
        fails: "Of what its role needs (serverAuth of a server, clientAuth of a client, both of etcd), an extended key usage is missing. A certificate without the extension may be used for all.",
        fix: REISSUE,
        references: &[Reference::Kubernetes("setup/best-practices/certificates/")],
        judge: Judge::Whole(|seen| each(seen, usage)),
        examples: &[
            Example::of(
                "a peer of etcd that can only serve",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::at("/etc/kubernetes/pki/etcd/peer.crt", ETCD_PEER_SERVING)],
            ),
            Example::of(
                "as kubeadm makes it",
                Expected::Pass,
                &[ExampleFile::at("/etc/kubernetes/pki/etcd/peer.crt", ETCD_PEER)],
            ),
            Example::of("no certificates were seen", Expected::Unknown, &[]),
        ],
        ..TLS
    },
    Check {
        id: "TL-027",
        name: "shared-key",
        title: "One key serves two purposes",
        severities: &[Severity::Medium],
        why: "Whoever gets the key from the weaker of the two has the other as well, and neither can be replaced alone.",
        fails: "Certificates or keys of two roles have the same public key. A certificate and its own key, and copies of one certificate, pass.",
        fix: Fix::Steps(
            "Delete certificate and key of one of the two and make it anew: kubeadm init phase certs with the name of the certificate.",
        ),
        references: &[Reference::Mitre("T1552.004")],
        judge: Judge::Whole(shared),
        examples: &[
            Example::of(
                "kube-apiserver and the front proxy",
                Expected::Fail(Severity::Medium),
                &[
                    ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER),
                    ExampleFile::at(
                        "/etc/kubernetes/pki/front-proxy-client.crt",
                        FRONT_PROXY_CLIENT_OF_APISERVER,
                    ),
                ],
            ),
            Example::of(
                "a key for each",
                Expected::Pass,
                &[
                    ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER),
                    ExampleFile::at(
                        "/etc/kubernetes/pki/front-proxy-client.crt",
                        FRONT_PROXY_CLIENT,
                    ),
                ],
            ),
            Example::of("no certificates were seen", Expected::Unknown, &[]),
        ],
        ..TLS
    },
];

const REISSUE: Fix = Fix::Steps(
    "Issue it again: kubeadm certs renew for what kubeadm made, openssl from its authority for the rest; the finding names the command.",
);

/// Judges each certificate that is in use.
pub(super) fn each(
    seen: &Seen<'_>,
    judge: fn(&Certificate) -> Option<Problem>,
) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    let used = seen.credentials().certificates.iter().filter(|one| one.used != Use::Issued);
    for certificate in used {
        let problem = judge(certificate).map(|problem| at(problem, &certificate.place));
        tally.add(certificate.place.about.clone(), Ok(problem.into()));
    }
    if tally.is_empty() { Err(no_certificates()) } else { Ok(tally) }
}

/// The problem at its place.
pub(super) fn at(problem: Problem, place: &Place) -> Problem {
    let problem = problem.detail(place.detail.clone());
    match &place.path {
        Some(path) => problem.at(path.clone()),
        None => problem,
    }
}

fn weak(certificate: &Certificate) -> Option<Problem> {
    let read = &certificate.inspection;
    let (what, evidence) = if read.key.is_weak() {
        ("key", read.key.to_string())
    } else if read.signature.is_weak && !read.is_self_signed {
        ("signature", read.signature.to_string())
    } else {
        return None;
    };
    let message = format!(
        "The {} in {} has a weak {what}: {evidence}.",
        certificate.what(),
        certificate.place.text
    );
    let (severity, confidence) = if certificate.used == Use::Untold {
        (Severity::Medium, Confidence::Low)
    } else {
        (Severity::High, Confidence::High)
    };
    Some(
        Problem::new(severity, message)
            .confidence(confidence)
            .evidence(evidence)
            .mended_by(Remedy::Steps(reissue(certificate))),
    )
}

fn authority(certificate: &Certificate) -> Option<Problem> {
    let needs = certificate.role?.needs()?;
    let read = &certificate.inspection;
    let may_sign =
        read.facts.key_usages.is_empty() || read.facts.key_usages.contains(&"keyCertSign");
    let what = match (needs.is_authority, read.facts.is_authority) {
        (false, true) => "may issue certificates",
        (true, false) => "may not issue certificates: it lacks CA:TRUE",
        (true, true) if !may_sign => "may not issue certificates: it lacks keyCertSign",
        (true | false, _) => return None,
    };
    let message = format!("The {} in {} {what}.", certificate.what(), certificate.place.text);
    let told = [if read.facts.is_authority { "CA:TRUE" } else { "CA:FALSE" }];
    let told: Vec<_> = told.iter().chain(&read.facts.key_usages).copied().collect();
    Some(
        Problem::new(Severity::Critical, message)
            .evidence(told.join(", "))
            .mended_by(Remedy::Steps(reissue(certificate))),
    )
}

fn usage(certificate: &Certificate) -> Option<Problem> {
    let missing = certificate.role?.needs()?.missing_usages(&certificate.inspection).join(", ");
    if missing.is_empty() {
        return None;
    }
    let place = &certificate.place.text;
    Some(
        Problem::new(
            Severity::Medium,
            format!("The {} in {place} lacks {missing}.", certificate.what()),
        )
        .evidence(certificate.inspection.facts.extended_key_usages.join(", "))
        .mended_by(Remedy::Steps(reissue(certificate))),
    )
}

fn shared(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let credentials = seen.credentials();
    let certificates = credentials
        .certificates
        .iter()
        .filter_map(|one| Some((one.inspection.spki, one.role?, &one.place)));
    let keys = credentials.keys.iter().filter_map(|one| Some((one.spki?, one.role?, &one.place)));
    let mut holders: BTreeMap<SpkiHash, BTreeMap<Role, &Place>> = BTreeMap::new();
    for (spki, role, place) in certificates.chain(keys) {
        holders.entry(spki).or_default().entry(kubelet_as_one(role)).or_insert(place);
    }
    if holders.is_empty() {
        return Err(no_certificates());
    }
    let mut tally = Tally::new();
    for roles in holders.values() {
        let ours: BTreeSet<Role> =
            roles.keys().copied().filter(|role| !is_authority(*role)).collect();
        let (Some((_, place)), true) =
            (roles.last_key_value(), roles.len() > 1 && !ours.is_empty())
        else {
            tally.passes = tally.passes.saturating_add(1);
            continue;
        };
        let titles: Vec<&str> = roles.keys().map(|role| role.title()).collect();
        let places: Vec<&str> = roles.values().map(|place| place.text.as_str()).collect();
        let message = format!("One key serves as {}.", titles.join(" and as "));
        let problem = Problem::new(Severity::Medium, message)
            .detail(titles.join(", "))
            .evidence(places.join(", "));
        tally.add(place.about.clone(), Ok(Verdict::fail(problem)));
    }
    Ok(tally)
}

/// A kubelet's kubeconfig holds, or names, its client certificate.
fn kubelet_as_one(role: Role) -> Role {
    if role == Role::KubeletKubeconfig { Role::KubeletClient } else { role }
}

/// Authorities that are one are told by other checks.
fn is_authority(role: Role) -> bool {
    role.needs().is_some_and(|needs| needs.is_authority)
}
