//! RT-001, RT-002, RT-012: certificates that end soon, last too long, or do not hold yet.

use std::collections::BTreeSet;

use inventory::Unknown;
use pki::{Credential, Role, Rotation, Urgency};

use super::ROTATION;
use super::webhooks::is_blocking;
use crate::credentials::samples::certificates::{
    APISERVER, APISERVER_AHEAD, APISERVER_EXPIRED, APISERVER_FUTURE, APISERVER_LONG,
    APISERVER_SOON, CA, CA_ENDING, CA_LONG, KUBELET_CLIENT, KUBELET_CLIENT_STUCK,
};
use crate::credentials::samples::objects::{CLUSTER_INFO, TLS_SECRET_SOON, WEBHOOK};
use crate::credentials::{Certificate, Dated, Place, Sort, Use};
use crate::example::{Example, ExampleFile, Expected};
use crate::when::{self, away, date};
use crate::{
    Check, Confidence, Fix, Judge, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RT-001",
        name: "ending-certificate",
        title: "A certificate has ended or ends soon",
        severities: &[Severity::Critical, Severity::High, Severity::Medium],
        why: "When it ends, what uses it stops: the API server, etcd, nodes, webhooks.",
        fails: "It has ended (critical), ends within 30 days (high) or 90 days (medium). What lasts 90 days or less: when less than a fifth is left (high). What rotates by itself is not told at 90 days. Of a file that nothing names it is medium at most. An authority that stands in several places is told once. Certificates that a kubelet has replaced, and those that requests record, pass; webhooks that would block are told by RT-006.",
        fix: Fix::Steps("The finding names the command that renews it."),
        references: &[Reference::Kubernetes("tasks/administer-cluster/kubeadm/kubeadm-certs/")],
        judge: Judge::Whole(ending),
        examples: &[
            Example::of(
                "ended",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER_EXPIRED)],
            ),
            Example::of(
                "19 days left",
                Expected::Fail(Severity::High),
                &[ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER_SOON)],
            ),
            Example::of(
                "61 days left",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER_AHEAD)],
            ),
            Example::of(
                "a kubelet that did not renew in time",
                Expected::Fail(Severity::High),
                &[ExampleFile::at(
                    "/var/lib/kubelet/pki/kubelet-client-current.pem",
                    KUBELET_CLIENT_STUCK,
                )],
            ),
            Example::of(
                "in a Secret",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(TLS_SECRET_SOON)],
            ),
            Example::of(
                "ended, in a file that nothing names",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::at("testdata/server.crt", APISERVER_EXPIRED)],
            ),
            Example::of(
                "nine months left",
                Expected::Pass,
                &[ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER)],
            ),
            Example::of(
                "60 days left, but it renews itself",
                Expected::Pass,
                &[ExampleFile::at(
                    "/var/lib/kubelet/pki/kubelet-client-current.pem",
                    KUBELET_CLIENT,
                )],
            ),
            Example::of(
                "a certificate that the kubelet has replaced",
                Expected::Pass,
                &[
                    ExampleFile::at(
                        "/var/lib/kubelet/pki/kubelet-client-2026-04-08-00-00-00.pem",
                        KUBELET_CLIENT_STUCK,
                    ),
                    ExampleFile::at(
                        "/var/lib/kubelet/pki/kubelet-client-current.pem",
                        KUBELET_CLIENT,
                    ),
                ],
            ),
            Example::of(
                "authorities of webhooks and of whoever joins",
                Expected::Pass,
                &[ExampleFile::manifest(WEBHOOK), ExampleFile::at("info.yaml", CLUSTER_INFO)],
            ),
            Example::of("no certificates were seen", Expected::Unknown, &[]),
        ],
        ..ROTATION
    },
    Check {
        id: "RT-002",
        name: "long-lived-certificate",
        title: "A certificate lasts too long, or its authority is in its last year",
        severities: &[Severity::High, Severity::Medium],
        why: "Kubernetes revokes no certificate: whoever has the key is that user until it ends. An authority takes months to replace.",
        fails: "A certificate that is shown to others lasts more than 398 days, an authority of the cluster more than ten years, or it has a year or less left (high). kubeadm's 365 days and ten years pass.",
        fix: Fix::Steps(
            "Issue it again for a year or less (kubeadm: certificateValidityPeriod in ClusterConfiguration). Replace an authority with both in all files first; the finding names the steps.",
        ),
        references: &[
            Reference::Kubernetes("tasks/tls/manual-rotation-of-ca-certificates/"),
            Reference::Owasp("K09"),
        ],
        judge: Judge::Whole(lasting),
        examples: &[
            Example::of(
                "825 days",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER_LONG)],
            ),
            Example::of(
                "an authority for twenty years",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::at("/etc/kubernetes/pki/ca.crt", CA_LONG)],
            ),
            Example::of(
                "an authority in its last year",
                Expected::Fail(Severity::High),
                &[ExampleFile::at("/etc/kubernetes/pki/ca.crt", CA_ENDING)],
            ),
            Example::of(
                "as kubeadm makes them",
                Expected::Pass,
                &[
                    ExampleFile::at("/etc/kubernetes/pki/ca.crt", CA),
                    ExampleFile::at("/etc/kubernetes/pki/apiserver.crt", APISERVER),
                ],
            ),
            Example::of("no certificates were seen", Expected::Unknown, &[]),
        ],
        ..ROTATION
    },
    Check {
        id: "RT-012",
        name: "future-credential",
        title: "A credential does not hold yet",
        why: "A clock is wrong somewhere: where it is made or where it is looked at. Wrong clocks let ended credentials in.",
        fails: "A certificate or token starts to hold after now. Certificates of the control plane are told by TL-025.",
        fix: Fix::Steps(
            "Compare the clocks of the nodes: timedatectl status and chronyc tracking on each; set NTP right, then issue the credential again.",
        ),
        references: &[Reference::Owasp("K09")],
        judge: Judge::Whole(future),
        examples: &[
            Example::of(
                "from next month on",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::at("/srv/app/server.crt", APISERVER_FUTURE)],
            ),
            Example::of(
                "holds",
                Expected::Pass,
                &[ExampleFile::at("/srv/app/server.crt", APISERVER)],
            ),
            Example::of("no credentials were seen", Expected::Unknown, &[]),
        ],
        ..ROTATION
    },
];

fn ending(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut told = BTreeSet::new();
    let mut tally = Tally::new();
    for dated in &seen.credentials().dated {
        let used = match &dated.sort {
            Sort::Certificate(Use::Issued, _) | Sort::Token | Sort::Joining | Sort::Key => continue,
            Sort::Certificate(Use::Trusted, print) if !told.insert(print.as_str()) => continue,
            Sort::Certificate(used, _) => *used,
            Sort::Kept => Use::Shown,
        };
        let problem = urgent(seen, dated, used);
        tally.add(dated.place.about.clone(), Ok(problem.into()));
    }
    if tally.is_empty() { Err(nothing()) } else { Ok(tally) }
}

fn urgent(seen: &Seen<'_>, dated: &Dated, used: Use) -> Option<Problem> {
    let (credential, now) = (&dated.credential, seen.now());
    let severity = match credential.urgency(now) {
        Urgency::Endless | Urgency::Calm => return None,
        Urgency::Ahead => Severity::Medium,
        Urgency::Soon if is_blocking(seen, &dated.place) => return None,
        Urgency::Soon => Severity::High,
        Urgency::Expired => Severity::Critical,
    };
    let (severity, confidence) = if used == Use::Untold {
        (severity.min(Severity::Medium), Confidence::Low)
    } else {
        (severity, Confidence::High)
    };
    let ends = credential.ends?;
    let verb = if ends < now { "ended" } else { "ends" };
    let message = format!(
        "The {} in {} {verb} on {}, {}.",
        credential.what,
        dated.place.text,
        date(ends),
        away(ends, now)
    );
    let problem = Problem::new(severity, message)
        .confidence(confidence)
        .evidence(format!("notAfter {}", date(ends)))
        .mended_by(Remedy::Steps(renewal(credential, &dated.place)));
    Some(at(problem, &dated.place))
}

/// The renewal that its role tells holds where kubeadm put it; elsewhere its file is named.
fn renewal(credential: &Credential, place: &Place) -> String {
    let is_kubeadms = [&place.about.file, &place.about.name]
        .into_iter()
        .any(|path| pki::role::of_path(path).is_some());
    if is_kubeadms || place.path.is_some() || credential.rotates == Rotation::ByItself {
        return credential.renew.clone();
    }
    format!(
        "openssl x509 -in {0} -noout -subject -issuer -dates -ext subjectAltName shows what it says.\nIssue it again from that issuer with the same names, put it into {0}, and restart what reads it.",
        place.text
    )
}

fn at(problem: Problem, place: &Place) -> Problem {
    let problem = problem.detail(place.detail.clone());
    match &place.path {
        Some(path) => problem.at(path.clone()),
        None => problem,
    }
}

fn lasting(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut told = BTreeSet::new();
    let mut tally = Tally::new();
    for certificate in &seen.credentials().certificates {
        let print = &certificate.inspection.facts.fingerprint;
        let problem = match certificate.used {
            Use::Shown => shown(certificate),
            Use::Trusted if is_authority(certificate.role) && told.insert(print) => {
                authority(seen, certificate)
            }
            Use::Trusted | Use::Linking | Use::Issued | Use::Untold => continue,
        };
        let problem = problem.map(|problem| at(problem, &certificate.place));
        tally.add(certificate.place.about.clone(), Ok(problem.into()));
    }
    if tally.is_empty() { Err(nothing()) } else { Ok(tally) }
}

fn shown(certificate: &Certificate) -> Option<Problem> {
    let life = certificate.inspection.lifetime();
    (life > when::days(398)).then(|| long(certificate, "more than 398"))
}

fn authority(seen: &Seen<'_>, certificate: &Certificate) -> Option<Problem> {
    let read = &certificate.inspection;
    let left = read.remaining(seen.now());
    // What ends within 90 days is told by RT-001.
    if left <= when::days(365) && left > when::days(90) {
        let (what, place, end) =
            (certificate.what(), &certificate.place.text, read.facts.not_after);
        let steps = certificate.role.map(|role| role.renewal().text()).unwrap_or_default();
        let message = format!(
            "The {what} in {place} ends on {}, {}, and everything it issued with it.",
            date(end),
            away(end, seen.now())
        );
        return Some(
            Problem::new(Severity::High, message)
                .evidence(format!("notAfter {}", date(end)))
                .mended_by(Remedy::Steps(steps)),
        );
    }
    (read.lifetime() > when::days(3653)).then(|| long(certificate, "more than ten years"))
}

fn long(certificate: &Certificate, than: &str) -> Problem {
    let days = certificate.inspection.lifetime().as_secs() / when::DAY.as_secs();
    let (what, place) = (certificate.what(), &certificate.place.text);
    Problem::new(Severity::Medium, format!("The {what} in {place} lasts {days} days, {than}."))
        .evidence(format!("{days} days"))
}

fn is_authority(role: Option<Role>) -> bool {
    role.and_then(Role::needs).is_some_and(|needs| needs.is_authority)
}

fn future(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for dated in &seen.credentials().dated {
        let of_control_plane =
            dated.credential.role.and_then(Role::needs).is_some_and(|needs| needs.issuer.is_some());
        let Some(start) = dated.credential.not_before.filter(|_| !of_control_plane) else {
            continue;
        };
        let problem = (start > seen.now()).then(|| {
            let message = format!(
                "The {} in {} holds from {} on, {}.",
                dated.credential.what,
                dated.place.text,
                date(start),
                away(start, seen.now())
            );
            let problem = Problem::new(Severity::Medium, message);
            at(problem.evidence(format!("notBefore {}", date(start))), &dated.place)
        });
        tally.add(dated.place.about.clone(), Ok(problem.into()));
    }
    if tally.is_empty() && !seen.credentials().dated.is_empty() {
        return Ok(Verdict::Pass.into());
    }
    if tally.is_empty() { Err(nothing()) } else { Ok(tally) }
}

fn nothing() -> Unknown {
    Unknown::new(
        "no certificates were seen",
        "scan /etc/kubernetes and /var/lib/kubelet/pki of a control plane node, as root",
    )
}
