//! TL-025: certificates, their keys and their authorities belong together.

use std::time::SystemTime;

use inventory::Unknown;
use pki::{ChainFault, Link, Role, chain};

use super::TLS;
use super::authority_keys::no_certificates;
use super::certificates::at;
use crate::credentials::samples::certificates::{
    APISERVER, APISERVER_EXPIRED, APISERVER_FUTURE, APISERVER_OF_OTHER, CA,
};
use crate::credentials::{Certificate, Credentials, Key, Use, reissue};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict,
};

pub(crate) const CHECKS: &[Check] = &[Check {
    id: "TL-025",
    name: "broken-chain",
    title: "A certificate does not belong to its key or its authority",
    why: "Components fail at their next start, or somebody has put a certificate of another authority in place.",
    fails: "A certificate of the control plane was not signed by its authority, does not hold yet, or the key beside it is another's. What has ended is told by RT-001; a kubelet's own certificate by TL-019.",
    fix: Fix::Steps("Issue it again from its authority; the finding names the command."),
    references: &[
        Reference::Mitre("T1649"),
        Reference::Kubernetes("setup/best-practices/certificates/"),
    ],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "another authority of the same name",
            Expected::Fail(Severity::High),
            &[
                ExampleFile::at("/etc/kubernetes/pki/ca.crt", CA),
                ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER_OF_OTHER),
            ],
        ),
        Example::of(
            "from next month on",
            Expected::Fail(Severity::High),
            &[
                ExampleFile::at("/etc/kubernetes/pki/ca.crt", CA),
                ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER_FUTURE),
            ],
        ),
        Example::of(
            "as kubeadm makes it",
            Expected::Pass,
            &[
                ExampleFile::at("/etc/kubernetes/pki/ca.crt", CA),
                ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER),
            ],
        ),
        Example::of(
            "ended, but of its authority",
            Expected::Pass,
            &[
                ExampleFile::at("/etc/kubernetes/pki/ca.crt", CA),
                ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER_EXPIRED),
            ],
        ),
        Example::of(
            "its authority was not seen",
            Expected::Unknown,
            &[ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER)],
        ),
    ],
    ..TLS
}];

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let credentials = seen.credentials();
    let mut tally = Tally::new();
    for certificate in &credentials.certificates {
        if let Some(issuer) = issuer(certificate) {
            let judged = follows(credentials, certificate, issuer, seen.now());
            tally.add(certificate.place.about.clone(), judged);
        }
    }
    for key in credentials.keys.iter().filter(|key| key.is_private) {
        if let Some(problem) = mismatch(credentials, key) {
            tally.add(key.place.about.clone(), Ok(Verdict::fail(problem)));
        }
    }
    if tally.is_empty() { Err(no_certificates()) } else { Ok(tally) }
}

/// Whose signature it must bear. A kubelet without a certificate of the cluster signs its own.
fn issuer(certificate: &Certificate) -> Option<Role> {
    if certificate.place.about.file.ends_with("/kubelet.crt") {
        return None;
    }
    certificate.role?.needs()?.issuer
}

fn follows(
    credentials: &Credentials,
    certificate: &Certificate,
    issuer: Role,
    now: SystemTime,
) -> Judged {
    let authorities: Vec<&Certificate> = credentials.of_role(issuer).collect();
    if authorities.is_empty() {
        let what = format!("the {} was not seen", issuer.title());
        return Err(Unknown::new(what, "scan /etc/kubernetes/pki of a control plane node"));
    }
    let linking = credentials
        .certificates
        .iter()
        .filter(|one| one.used == Use::Linking && one.place.about == certificate.place.about);
    let links: Vec<&Certificate> = linking
        .filter(|link| authorities.iter().any(|one| fault(link, one, now).is_none()))
        .collect();
    let mut faults = Vec::new();
    for authority in authorities.iter().chain(&links) {
        let Some(found) = fault(certificate, authority, now) else { return Ok(Verdict::Pass) };
        faults.push(found);
    }
    // The fault that comes last in checking is the one of the nearest match.
    let nearest = faults.into_iter().max_by_key(weight);
    let Some(found) = nearest else { return Ok(Verdict::Pass) };
    let place = &certificate.place;
    let message = format!(
        "The {} in {} does not follow from the {}: {found}.",
        certificate.what(),
        place.text,
        issuer.title()
    );
    let problem = Problem::new(Severity::High, message)
        .evidence(format!("issued by {}", certificate.inspection.facts.issuer))
        .mended_by(Remedy::Steps(reissue(certificate)));
    Ok(Verdict::fail(at(problem, place)))
}

/// What is wrong between the two, other than that one has ended.
fn fault(
    certificate: &Certificate,
    authority: &Certificate,
    now: SystemTime,
) -> Option<ChainFault> {
    let read = &certificate.inspection.facts;
    // An expired one is judged as it was while it held.
    let when = if read.not_after < now { read.not_after } else { now };
    match chain::verify(&certificate.der, &authority.der, when) {
        Ok(()) | Err(ChainFault::Expired(_) | ChainFault::Unknown(_)) => None,
        Err(ChainFault::NotYetValid(Link::Issuer)) if when < now => None,
        Err(found) => Some(found),
    }
}

fn weight(fault: &ChainFault) -> u8 {
    if matches!(fault, ChainFault::Malformed(_)) {
        0
    } else if matches!(fault, ChainFault::WrongIssuer { .. }) {
        1
    } else if *fault == ChainFault::OtherKey {
        2
    } else {
        3
    }
}

fn mismatch(credentials: &Credentials, key: &Key) -> Option<Problem> {
    let spki = key.spki?;
    let beside = |one: &&Certificate| {
        one.place.pair == key.place.pair
            && one.used != Use::Linking
            && one.place.detail.find('#').is_none()
    };
    let certificate = credentials.certificates.iter().find(beside)?;
    (certificate.inspection.spki != spki).then(|| {
        let message = format!(
            "The key in {} does not belong to the {} in {}.",
            key.place.text,
            certificate.what(),
            certificate.place.text
        );
        let problem = Problem::new(Severity::High, message)
            .evidence(format!("certificate {}", certificate.inspection.spki))
            .mended_by(Remedy::Steps(reissue(certificate)));
        let detail = format!("key {}", key.place.detail);
        at(problem, &key.place).detail(detail.trim_end())
    })
}

#[cfg(test)]
mod tests {
    use inventory::{File, Inventory};

    use super::*;
    use crate::when;

    #[test]
    fn a_key_that_is_anothers_is_told() {
        let at = |day: &str| when::parse(day).unwrap();
        let span =
            || pki::Validity::new(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")).unwrap();
        let one = pki::Authority::new("kubernetes", span()).unwrap();
        let other = pki::Authority::new("kubernetes", span()).unwrap();
        let server = one.server(&["kubernetes.default.svc"], span()).unwrap();
        let check = |key: &str, expected: usize| {
            let mut builder = Inventory::builder();
            builder.add_file(File::new("/etc/kubernetes/pki/ca.crt"), one.certificate());
            builder.add_file(File::new("/etc/kubernetes/pki/apiserver.crt"), &server.certificate);
            builder.add_file(File::new("/etc/kubernetes/pki/apiserver.key"), key);
            let inventory = builder.build();
            let tally = judge(&Seen::new(&inventory, Example::now())).unwrap();
            assert_eq!(tally.problems.len(), expected, "{tally:#?}");
        };
        check(server.key.expose(), 0);
        check(other.key().expose(), 1);
    }
}
