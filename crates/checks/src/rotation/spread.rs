//! RT-011: one client key in several places.

use std::collections::{BTreeMap, BTreeSet};

use inventory::{Origin, Unknown};
use pki::SpkiHash;

use super::ROTATION;
use crate::credentials::samples::objects::ADMIN_KUBECONFIG;
use crate::credentials::{Certificate, Use};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Confidence, Fix, Judge, Problem, Reference, Seen, Severity, Tally, Verdict};

pub(crate) const CHECKS: &[Check] = &[Check {
    id: "RT-011",
    name: "spread-client-key",
    title: "One client key is used in several places",
    why: "Nobody can tell who of its holders did something, and it cannot be replaced for one of them alone.",
    fails: "Kubeconfigs on several nodes, or below several of the folders that were given, hold certificates with the same key. Copies on one machine pass: kubeadm tells people to make one in ~/.kube/config.",
    fix: Fix::Steps(
        "Give each holder a credential of their own: kubeadm kubeconfig user --client-name NAME --validity-period 720h, or OpenID Connect; then let the shared one end.",
    ),
    references: &[Reference::Mitre("T1078"), Reference::Owasp("K09")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "in two repositories",
            Expected::Fail(Severity::Medium),
            &[
                ExampleFile::at("shop/ci/kubeconfig.yaml", ADMIN_KUBECONFIG),
                ExampleFile::at("billing/ci/kubeconfig.yaml", ADMIN_KUBECONFIG),
            ],
        ),
        Example::of(
            "a copy on the same machine",
            Expected::Pass,
            &[
                ExampleFile::at("/etc/kubernetes/admin.conf", ADMIN_KUBECONFIG),
                ExampleFile::at("/srv/admin/.kube/config", ADMIN_KUBECONFIG),
            ],
        ),
        Example::of("no kubeconfig was seen", Expected::Unknown, &[]),
    ],
    ..ROTATION
}];

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut holders: BTreeMap<SpkiHash, BTreeMap<String, &Certificate>> = BTreeMap::new();
    for certificate in &seen.credentials().certificates {
        if let Some(host) = host(seen, certificate) {
            let places = holders.entry(certificate.inspection.spki).or_default();
            places.entry(host).or_insert(certificate);
        }
    }
    if holders.is_empty() {
        return Err(Unknown::new(
            "no kubeconfig with a client certificate was seen",
            "scan the folders where kubeconfigs are kept",
        ));
    }
    let mut tally = Tally::new();
    for places in holders.values() {
        let Some((_, last)) = places.last_key_value().filter(|_| places.len() > 1) else {
            tally.passes = tally.passes.saturating_add(1);
            continue;
        };
        let names: BTreeSet<&str> = places.values().map(|one| one.place.text.as_str()).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let subject = &last.inspection.facts.subject;
        let message = format!(
            "The key of {subject} is used in {} places: {}.",
            places.len(),
            names.join("; ")
        );
        let problem = Problem::new(Severity::Medium, message)
            .detail(subject.clone())
            .evidence(subject.clone())
            .confidence(Confidence::Medium);
        tally.add(last.place.about.clone(), Ok(Verdict::fail(problem)));
    }
    Ok(tally)
}

/// The machine or repository of a client certificate in a kubeconfig: what stands before its path
/// on the node, or the folder it was given in.
fn host(seen: &Seen<'_>, certificate: &Certificate) -> Option<String> {
    let place = &certificate.place;
    let Some(Origin::Document { file, .. }) = &place.about.origin else { return None };
    if place.about.kind != "Config" || certificate.used != Use::Shown {
        return None;
    }
    let file = seen.file_at(*file)?;
    let before = file.path().strip_suffix(file.path_on_node()).unwrap_or_default();
    if !before.is_empty() || file.path().starts_with('/') {
        return Some(before.to_owned());
    }
    let (folder, _) = file.path().split_once('/').unwrap_or_default();
    Some(folder.to_owned())
}
