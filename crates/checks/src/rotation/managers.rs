//! RT-013: certificates that cert-manager keeps, or should.

use std::time::Duration;

use inventory::{Object, Origin};
use tree::Path;

use super::ROTATION;
use crate::credentials::CERT_MANAGER_CERTIFICATE;
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};

pub(crate) const CHECKS: &[Check] = &[Check {
    id: "RT-013",
    name: "cert-manager-certificate",
    title: "cert-manager does not keep a certificate as it should",
    why: "A certificate that is not renewed ends; one that is renewed too often runs into the limits of its issuer, and then ends too.",
    fails: "The condition Ready of a Certificate is not True, or renewBefore is more than half of duration (2160h if it is not given). A manifest has no condition.",
    fix: Fix::Sometimes(
        "Sets renewBefore to a third of duration. Of a Certificate that is not ready the finding names the command that tells why.",
    ),
    references: &[Reference::Owasp("K09")],
    judge: Judge::Objects(&[CERT_MANAGER_CERTIFICATE], &judge),
    examples: &[
        Example::of(
            "not ready",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(
                "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: web, namespace: apps}\nspec: {secretName: web-tls}\nstatus: {conditions: [{type: Ready, status: \"False\", reason: DoesNotExist}]}\n",
            )],
        ),
        Example::of(
            "renewed most of the time",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(
                "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: web, namespace: apps}\nspec:\n  secretName: web-tls\n  duration: 720h\n  renewBefore: 600h # early\n",
            )],
        ),
        Example::of(
            "as it should be",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: web, namespace: apps}\nspec: {secretName: web-tls, duration: 2160h0m0s, renewBefore: 720h}\nstatus: {conditions: [{type: Ready, status: \"True\"}]}\n",
            )],
        ),
        Example::of("none was seen", Expected::Unknown, &[]).partial(),
    ],
    ..ROTATION
}];

fn judge(_seen: &Seen<'_>, certificate: &Object) -> Judged {
    Ok(Verdict::of(not_ready(certificate).into_iter().chain(too_early(certificate)).collect()))
}

fn not_ready(certificate: &Object) -> Option<Problem> {
    let conditions = certificate.tree().at(&["status", "conditions"]).items();
    let ready = conditions.iter().find(|one| one.get("type").str() == "Ready");
    let (name, namespace) = (certificate.name(), certificate.namespace());
    let what = match ready {
        Some(ready) if ready.get("status").str() == "True" => return None,
        Some(ready) => {
            format!("Ready is {} ({})", ready.get("status").str(), ready.get("reason").str())
        }
        None if *certificate.origin() == Origin::Live => "there is no condition Ready".to_owned(),
        None => return None,
    };
    Some(
        Problem::new(Severity::Medium, format!("Certificate {namespace}/{name}: {what}."))
            .detail("Ready")
            .evidence(what)
            .at(Path::of(&["status", "conditions"]))
            .mended_by(Remedy::Steps(format!("cmctl status certificate {name} -n {namespace}"))),
    )
}

fn too_early(certificate: &Object) -> Option<Problem> {
    let spec = certificate.tree().get("spec");
    let before = spec.get("renewBefore").text()?;
    let life = spec.get("duration").text().map_or(Some(DEFAULT), duration)?;
    let early = duration(before)?;
    if early <= life / 2 {
        return None;
    }
    let path = Path::of(&["spec", "renewBefore"]);
    let third = format!("{}h", life.as_secs() / 3 / 3600);
    let message = format!("renewBefore {before} is more than half of {}h.", life.as_secs() / 3600);
    Some(
        Problem::new(Severity::Medium, message)
            .detail("renewBefore")
            .evidence(before)
            .at(path.clone())
            .mended_by(Remedy::set(path, third)),
    )
}

/// A duration as Go writes it.
fn duration(text: &str) -> Option<Duration> {
    model::duration::parse(text).ok()
}

const DEFAULT: Duration = Duration::from_hours(2160);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_writes_them() {
        let check = |text: &str, expected: Option<u64>| {
            assert_eq!(duration(text).map(|one| one.as_secs()), expected, "{text}");
        };
        check("2160h0m0s", Some(7_776_000));
        check("90m", Some(5400));
        check("1h30m", Some(5400));
        check("90d", None);
        check("90", None);
        check("h", None);
    }
}
