//! AD-005: manifests that a newer Kubernetes will not take.

use inventory::{Kind, Minor, Object, Origin, Unknown};
use tree::Path;

use super::removed::{Removed, removed};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Confidence, Fix, Judge, Practice, Problem, Reference, Remedy, Seen, Severity,
    Span, Tally, Verdict,
};

pub(crate) const AD_005: Check = Check {
    id: "AD-005",
    name: "removed-apis",
    title: "A version of an API is in use that Kubernetes took away, or will",
    practice: Practice::Patching,
    severities: &[Severity::Medium, Severity::Low],
    versions: Span::ALL,
    why: "Such manifests keep a cluster from being upgraded, or are refused after it was: a policy or a role that is then missing is noticed late.",
    fails: "The apiVersion of a manifest is not served any more by the version of the cluster, or by the newest one where nothing tells it (medium); or it is served there and gone in a later one (low). Of a cluster, who last wrote an object by which version counts.",
    fix: Fix::Sometimes(
        "Writes the version that took its place, where the same fields mean the same there. Else kubectl convert shows the object as it must be.",
    ),
    references: &[
        Reference::Kubernetes("reference/using-api/deprecation-guide/"),
        Reference::Nsa("Upgrading"),
        Reference::Owasp("K07"),
    ],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "gone from this version",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(CRON_JOB)],
        )
        .on(30),
        Example::of(
            "gone from the next ones",
            Expected::Fail(Severity::Low),
            &[ExampleFile::manifest(CRON_JOB)],
        )
        .on(24),
        Example::of(
            "nothing tells the version",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(
                "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: web, namespace: apps}\n",
            )],
        ),
        Example::of(
            "a kind of the same version that is still served",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: clean, namespace: apps}\n",
            )],
        )
        .on(30),
        Example::of("no object was seen", Expected::Unknown, &[]),
    ],
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let inventory = seen.inventory();
    let minor = inventory.minor().unwrap_or(Minor::NEWEST);
    let is_guess = inventory.minor().is_none();
    let mut tally = Tally::new();
    for object in inventory.objects() {
        let found = match object.origin() {
            Origin::Live => written_as(object).map(|one| (one, Confidence::Medium)),
            Origin::Document { .. } | Origin::Within { .. } => {
                let sure = if is_guess { Confidence::Medium } else { Confidence::High };
                removed(object.api_version(), object.kind().kind).map(|one| (one, sure))
            }
        };
        match found {
            Some((one, sure)) => {
                let problem = problem(object, one, minor).confidence(sure);
                tally.add(About::object(object), Ok(Verdict::fail(problem)));
            }
            None => tally.passes = tally.passes.saturating_add(1),
        }
    }
    if tally.is_empty() {
        return Err(Unknown::new("no object was seen", "give manifests, or scan a cluster"));
    }
    Ok(tally)
}

/// The removed version by which somebody last wrote a live object.
fn written_as(object: &Object) -> Option<&'static Removed> {
    let managers = object.tree().at(&["metadata", "managedFields"]).items();
    let kind = object.kind().kind;
    managers.iter().find_map(|manager| removed(manager.get("apiVersion").str(), kind))
}

fn problem(object: &Object, one: &Removed, minor: Minor) -> Problem {
    let is_gone = minor.number() >= one.since;
    let (severity, verb) =
        if is_gone { (Severity::Medium, "is") } else { (Severity::Low, "will be") };
    let kind = object.kind().kind;
    let message =
        format!("{kind} of {} {verb} gone from Kubernetes 1.{} on.", one.version, one.since);
    Problem::new(severity, message)
        .detail("apiVersion")
        .evidence(format!("apiVersion: {}", one.version))
        .at(Path::of(&["apiVersion"]))
        .mended_by(remedy(object, one))
}

fn remedy(object: &Object, one: &Removed) -> Remedy {
    let is_file = matches!(object.origin(), Origin::Document { .. });
    let kind = object.kind().kind;
    if one.instead.is_empty() {
        let what = if kind == "PodSecurityPolicy" {
            "label namespaces pod-security.kubernetes.io/enforce instead, and delete this"
        } else {
            "nothing takes its place: delete it"
        };
        return Remedy::Steps(what.to_owned());
    }
    if !is_file {
        return Remedy::Steps(format!(
            "whoever writes it by {} is to write {}: kubectl -n {} get {} {} -o yaml --show-managed-fields",
            one.version,
            one.instead,
            object.namespace(),
            kind.to_lowercase(),
            object.name()
        ));
    }
    if one.is_same || is_whole(object, one) {
        return Remedy::set(Path::of(&["apiVersion"]), one.instead);
    }
    Remedy::Steps(format!("kubectl convert -f FILE --output-version {}", one.instead))
}

/// Whether a workload of an old version has all that `apps/v1` asks for.
fn is_whole(object: &Object, one: &Removed) -> bool {
    const SAME: [Kind<'static>; 4] =
        [Kind::DEPLOYMENT, Kind::DAEMON_SET, Kind::REPLICA_SET, Kind::STATEFUL_SET];
    one.instead == "apps/v1"
        && SAME.iter().any(|kind| kind.kind == object.kind().kind)
        && object.tree().at(&["spec", "selector"]).is_map()
}

const CRON_JOB: &str = "\
apiVersion: batch/v1beta1 # old
kind: CronJob
metadata: {name: clean, namespace: apps}
spec: {schedule: \"0 0 * * *\"}
";
