//! RT-006: webhooks that block the cluster when their certificate ends.

use inventory::{Kind, Object};
use pki::Urgency;

use super::ROTATION;
use crate::credentials::bundles::callers;
use crate::credentials::samples::objects::{WEBHOOK, WEBHOOK_SOON, WEBHOOK_SOON_IGNORED};
use crate::credentials::{Dated, Place};
use crate::example::{Example, ExampleFile, Expected};
use crate::when::{away, date};
use crate::{
    About, Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict,
};

pub(crate) const CHECKS: &[Check] = &[Check {
    id: "RT-006",
    name: "blocking-webhook-ends",
    title: "A webhook that may block every change has an authority that ends soon",
    severities: &[Severity::High],
    why: "On that day the API server trusts the webhook no more, and refuses whatever it is asked about: pods, nodes, even the repair.",
    fails: "A certificate in caBundle has 30 days or less left (of 90 days or less: a fifth) and failurePolicy is Fail, which it is by default. With Ignore RT-001 tells it.",
    fix: Fix::Steps(
        "Reissue the authority and the certificate of the webhook before that day; the finding names who does.",
    ),
    references: &[Reference::Kubernetes(
        "reference/access-authn-authz/extensible-admission-controllers/#failure-policy",
    )],
    judge: Judge::Objects(&[Kind::VALIDATING_WEBHOOK, Kind::MUTATING_WEBHOOK], &judge),
    examples: &[
        Example::of(
            "17 days left",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(WEBHOOK_SOON)],
        ),
        Example::of(
            "17 days left, but it may fail",
            Expected::Pass,
            &[ExampleFile::manifest(WEBHOOK_SOON_IGNORED)],
        ),
        Example::of("seven months left", Expected::Pass, &[ExampleFile::manifest(WEBHOOK)]),
        Example::of("no webhook was seen", Expected::Unknown, &[]).partial(),
    ],
    ..ROTATION
}];

fn judge(seen: &Seen<'_>, object: &Object) -> Judged {
    let about = About::object(object);
    let soon = seen.credentials().dated.iter().filter(|dated| {
        dated.place.about == about
            && dated.credential.urgency(seen.now()) == Urgency::Soon
            && blocks(object, &dated.place)
    });
    Ok(Verdict::of(soon.filter_map(|dated| problem(seen, dated)).collect()))
}

fn problem(seen: &Seen<'_>, dated: &Dated) -> Option<Problem> {
    let end = dated.credential.ends?;
    let message = format!(
        "The {} in {} ends on {}, {}, and the webhook then refuses everything.",
        dated.credential.what,
        dated.place.text,
        date(end),
        away(end, seen.now())
    );
    let problem = Problem::new(Severity::High, message)
        .detail(dated.place.detail.clone())
        .evidence(format!("notAfter {}", date(end)))
        .mended_by(Remedy::Steps(dated.credential.renew.clone()));
    Some(match &dated.place.path {
        Some(path) => problem.at(path.clone()),
        None => problem,
    })
}

/// Whether a place is the bundle of a webhook that must not fail.
pub(super) fn is_blocking(seen: &Seen<'_>, place: &Place) -> bool {
    let kinds = [Kind::VALIDATING_WEBHOOK, Kind::MUTATING_WEBHOOK];
    let kind = kinds.into_iter().find(|kind| kind.kind == place.about.kind);
    let object = kind.and_then(|kind| seen.find(kind, "", &place.about.name));
    object.is_some_and(|object| blocks(object, place))
}

fn blocks(object: &Object, place: &Place) -> bool {
    callers(object).into_iter().any(|caller| {
        place.path.as_ref() == Some(&caller.path.then("caBundle"))
            && caller.whole.get("failurePolicy").text() != Some("Ignore")
    })
}
