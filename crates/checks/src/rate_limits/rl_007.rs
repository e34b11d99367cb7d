//! RL-007: priority levels that can starve others, or be starved.

use inventory::{ComponentKind, Kind, Object, Unknown};
use tree::Path;

use super::in_flight::{USUAL_SEATS, total_seats};
use super::priorities::{bootstrap, flows};
use super::shares::{Seats, others, seats};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Confidence, Fix, Judge, Practice, Problem, Reference, Remedy, Seen, Severity,
    Span, Tally, Verdict,
};

pub(super) const RL_007: Check = Check {
    id: "RL-007",
    name: "unfair-shares",
    title: "A priority level can take most of what others lend, or has nothing",
    practice: Practice::RateLimits,
    severities: &[Severity::Medium],
    versions: Span::from(26),
    why: "Callers of such a level keep those of other levels at the least they have; callers of a level without seats get 429 whenever the others are busy.",
    fails: "A level that is not one of those every cluster has can borrow more than half of the seats that all others lend, or has more than half of all seats; or global-default or catch-all has no seats. The evidence holds the seats of every level, from the limits of the API server that was seen, else from the defaults. The levels every cluster has pass with their own values.",
    fix: Fix::Sometimes(
        "Sets borrowingLimitPercent so that half of what others lend stays for them, and shares of levels without any. How large a level should be that has more than half of all seats is for a person to say.",
    ),
    references: &[
        Reference::Kubernetes("concepts/cluster-administration/flow-control/"),
        Reference::Mitre("T1499"),
    ],
    judge: Judge::Whole(shares),
    examples: &[
        Example::of(
            "may borrow everything",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(BORROWS)],
        )
        .on(36),
        Example::of(
            "most of all seats",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(MOST)],
        )
        .on(36),
        Example::of(
            "users without an own level have nothing",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(NOTHING)],
        )
        .on(36),
        Example::of("borrows little", Expected::Pass, &[ExampleFile::manifest(LITTLE)]).on(36),
        Example::of("as every cluster has it", Expected::Pass, &[ExampleFile::manifest(USUAL)])
            .on(36),
        Example::of("nothing was seen", Expected::Unknown, &[]).on(36).partial(),
    ],
};

fn shares(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let levels = seen.inventory().of(Kind::PRIORITY_LEVEL);
    if levels.is_empty() {
        seen.inventory().all(Kind::PRIORITY_LEVEL)?;
        return Ok(Verdict::Pass.into());
    }
    let servers = seen.inventory().components(ComponentKind::ApiServer);
    let total = servers.map(total_seats).min().unwrap_or(USUAL_SEATS);
    let flows = flows(seen);
    let all = seats(flows.trees("PriorityLevelConfiguration"), total);
    let kept = bootstrap(seen.minor());
    let mut tally = Tally::new();
    for object in levels {
        let is_kept = kept.iter().any(|tree| {
            tree.get("kind").str() == object.kind().kind
                && tree.at(&["metadata", "name"]).str() == object.name()
        });
        let one = all.iter().find(|one| one.level == object.name());
        let problem = one.and_then(|one| unfair(object, one, &all, total, is_kept));
        tally.add(About::object(object), Ok(Verdict::from(problem)));
    }
    tally.passes = tally.passes.max(1);
    Ok(tally)
}

fn unfair(
    object: &Object,
    one: &Seats,
    all: &[Seats],
    total: i64,
    is_kept: bool,
) -> Option<Problem> {
    let (name, lent) = (object.name(), others(one, all));
    let limited = Path::of(&["spec", "limited"]);
    if object.tree().at(&["spec", "type"]).str() == "Exempt" {
        return None;
    }
    if is_kept {
        let is_empty = one.nominal == 0 && matches!(name, "global-default" | "catch-all");
        let usual = if name == "catch-all" { 5 } else { 20 };
        let shares = limited.then("nominalConcurrencyShares");
        return is_empty.then(|| {
            let message = format!("Callers of the level {name} have no seat of their own.");
            told(message, "none", all).at(shares.clone()).mended_by(Remedy::set(shares, usual))
        });
    }
    if one.nominal.saturating_mul(2) > total {
        let message = format!("The level {name} has {} of {total} seats.", one.nominal);
        return Some(told(message, "nominal", all).at(limited.then("nominalConcurrencyShares")));
    }
    let borrowed = one.most(all).saturating_sub(one.nominal);
    (borrowed.saturating_mul(2) > lent).then(|| {
        let limit = limited.then("borrowingLimitPercent");
        let fair = lent.saturating_mul(50).checked_div(one.nominal.max(1)).unwrap_or(0);
        let message =
            format!("The level {name} can borrow {borrowed} of the {lent} seats that others lend.");
        told(message, "borrowed", all).at(limit.clone()).mended_by(Remedy::set(limit, fair))
    })
}

fn told(message: String, detail: &str, all: &[Seats]) -> Problem {
    let lines = all.iter().map(|one| {
        let least = one.nominal.saturating_sub(one.lendable);
        format!("{}: {} seats, at least {least}, at most {}", one.level, one.nominal, one.most(all))
    });
    Problem::new(Severity::Medium, message)
        .detail(detail)
        .evidence(lines.collect::<Vec<_>>().join("; "))
        .confidence(Confidence::Medium)
}

const BORROWS: &str = "\
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
metadata: {name: tenants}
spec:
  type: Limited
  limited:
    nominalConcurrencyShares: 30
    lendablePercent: 50 # while idle
    limitResponse: {type: Reject}
";

const MOST: &str = "\
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
metadata: {name: tenants}
spec:
  type: Limited
  limited: {nominalConcurrencyShares: 500, borrowingLimitPercent: 0, limitResponse: {type: Reject}}
";

const NOTHING: &str = "\
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
metadata:
  name: global-default
  annotations: {apf.kubernetes.io/autoupdate-spec: \"false\"}
spec:
  type: Limited
  limited: {nominalConcurrencyShares: 0, limitResponse: {type: Reject}}
";

const LITTLE: &str = "\
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
metadata: {name: tenants}
spec:
  type: Limited
  limited: {nominalConcurrencyShares: 30, borrowingLimitPercent: 50, limitResponse: {type: Reject}}
";

const USUAL: &str = "\
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
metadata: {name: workload-low}
spec:
  type: Limited
  limited: {nominalConcurrencyShares: 100, lendablePercent: 90, limitResponse: {type: Reject}}
";
