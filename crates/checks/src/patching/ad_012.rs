//! AD-012: whether what is known of vulnerabilities is fresh.

use inventory::Unknown;

use super::ad_001::today;
use crate::example::{Example, Expected};
use crate::{
    Check, Fix, Judge, Practice, Problem, Reference, Remedy, Seen, Severity, Span, Tally, Verdict,
};

pub(crate) const AD_012: Check = Check {
    id: "AD-012",
    name: "advisories-age",
    title: "The table of advisories is old",
    practice: Practice::Patching,
    severities: &[Severity::Info],
    versions: Span::ALL,
    why: "What was published since is not found by AD-002 and AD-003.",
    fails: "The newest change in the table is more than 30 days before the scan.",
    fix: Fix::Steps("ravelin advisories update"),
    references: &[Reference::Nsa("Upgrading"), Reference::Owasp("K07")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of("months later", Expected::Fail(Severity::Info), &[]).later(300),
        Example::of("fresh", Expected::Pass, &[]),
    ],
};

const MOST: i32 = 30;

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let Some(date) = seen.advisories().date() else {
        return Err(Unknown::new(
            "the table of advisories has no date",
            "ravelin advisories update",
        ));
    };
    let age = (today(seen) - date).get_days();
    if age <= MOST {
        return Ok(Verdict::Pass.into());
    }
    Ok(Verdict::fail(
        Problem::new(Severity::Info, format!("The newest advisory that is known is of {date}."))
            .evidence(format!("{age} days old"))
            .mended_by(Remedy::Steps("ravelin advisories update".to_owned())),
    )
    .into())
}
