//! RL-001 to RL-004: how many requests may be in flight at once.

use inventory::{Component, ComponentKind, Kind};

use crate::control_plane::gates::{drop_gate, given};
use crate::control_plane::known::gate_in;
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{flag_problem, is_off, remove_flag, set_flag, started};
use crate::{
    Check, Fix, Judge, JudgeComponent, Judged, Practice, Problem, Reference, Seen, Severity, Span,
    Verdict,
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "RL-001",
        name: "unlimited-requests",
        title: "Reads of the API are not limited",
        fails: "--max-requests-inflight is 0 with priority and fairness off, which is no limit; or both limits are 0 with it on, or this one is negative, and the server does not start. With priority and fairness on, 0 beside another limit passes: the two are added. Not given it is 400.",
        fix: Fix::Automatic("Sets --max-requests-inflight=400."),
        judge: Judge::Components(ComponentKind::ApiServer, &READS),
        examples: &[
            Example::of("no limit", Expected::Fail(Severity::High), &[ExampleFile::manifest(started!("kube-apiserver" "--enable-priority-and-fairness=false" "--max-requests-inflight=0"))]),
            Example::of("nothing in sum", Expected::Fail(Severity::High), &[ExampleFile::manifest(started!("kube-apiserver" "--max-requests-inflight=0" "--max-mutating-requests-inflight=0"))]),
            Example::of("0, and the other limit counts for both", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--max-requests-inflight=0" "--max-mutating-requests-inflight=800"))]).on(36),
            Example::of("not given", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--enable-priority-and-fairness=false"))]),
        ],
        ..IN_FLIGHT
    },
    Check {
        id: "RL-002",
        name: "unlimited-writes",
        title: "Writes to the API are not limited",
        fails: "--max-mutating-requests-inflight is 0 with priority and fairness off, which is no limit; or both limits are 0 with it on, or this one is negative, and the server does not start. Not given it is 200.",
        fix: Fix::Automatic("Sets --max-mutating-requests-inflight=200."),
        judge: Judge::Components(ComponentKind::ApiServer, &WRITES),
        examples: &[
            Example::of("no limit", Expected::Fail(Severity::High), &[ExampleFile::manifest(started!("kube-apiserver" "--enable-priority-and-fairness=false" "--max-mutating-requests-inflight" "0"))]),
            Example::of("off by its gate, in 1.24", Expected::Fail(Severity::High), &[ExampleFile::manifest(started!("kube-apiserver" "--feature-gates=APIPriorityAndFairness=false" "--max-mutating-requests-inflight=0"))]).on(24),
            Example::of("0 with priority and fairness", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--max-mutating-requests-inflight=0"))]).on(36),
        ],
        ..IN_FLIGHT
    },
    Check {
        id: "RL-003",
        name: "odd-limits",
        title: "The limits of requests in flight are far from what a node bears",
        severities: &[Severity::Medium],
        why: "Too high, the limits hold nothing back before memory ends; too low, a few callers keep all others waiting.",
        fails: "--max-requests-inflight is more than 3000 or less than 100, or --max-mutating-requests-inflight more than 1000 or less than 50; 0 is RL-001 and RL-002. From 3000 nodes on high limits pass.",
        fix: Fix::Steps("By the number of nodes: up to 1000 nodes 400 and 200, up to 3000 nodes 1500 and 500, above 3000 and 1000. Each request in flight may take several MB; watch apiserver_flowcontrol_current_inqueue_requests and the memory of the process."),
        judge: Judge::Components(ComponentKind::ApiServer, &Sizes),
        examples: &[
            Example::of("very many", Expected::Fail(Severity::Medium), &[ExampleFile::manifest(started!("kube-apiserver" "--max-requests-inflight=20000"))]),
            Example::of("very few", Expected::Fail(Severity::Medium), &[ExampleFile::manifest(started!("kube-apiserver" "--max-mutating-requests-inflight=10"))]),
            Example::of("for a thousand nodes", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--max-requests-inflight=1500" "--max-mutating-requests-inflight=500"))]),
            Example::of("not given", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--v=2"))]),
        ],
        ..IN_FLIGHT
    },
    Check {
        id: "RL-004",
        name: "no-fairness",
        title: "Priority and fairness are switched off",
        why: "All callers share one queue: one that asks without end keeps nodes, controllers and administrators out.",
        fails: "--enable-priority-and-fairness is false, or the feature gate APIPriorityAndFairness is, in a version that has it. Not given both are true.",
        fix: Fix::Automatic("Takes the flag, or the gate, away."),
        judge: Judge::Components(ComponentKind::ApiServer, &Fairness),
        examples: &[
            Example::of("off", Expected::Fail(Severity::High), &[ExampleFile::manifest(started!("kube-apiserver" "--enable-priority-and-fairness=False"))]),
            Example::of("off by its gate", Expected::Fail(Severity::High), &[ExampleFile::manifest(started!("kube-apiserver" "--feature-gates=APIPriorityAndFairness=false"))]).on(28),
            Example::of("not given", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--v=2"))]),
        ],
        ..IN_FLIGHT
    },
];

/// What they have in common.
const IN_FLIGHT: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::RateLimits,
    severities: &[Severity::High],
    versions: Span::ALL,
    why: "Whoever may ask anything can ask so much at once that the server ends for want of memory.",
    fails: "",
    fix: Fix::Steps(""),
    references: &[
        Reference::Mitre("T1499"),
        Reference::Owasp("K06"),
        Reference::Kubernetes("concepts/cluster-administration/flow-control/"),
    ],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

/// A limit: its flag, what it is where it is not given, and between which values it makes sense.
struct Limit {
    flag: &'static str,
    default: i64,
    least: i64,
    most: i64,
}

const READS: Limit = Limit { flag: "max-requests-inflight", default: 400, least: 100, most: 3000 };
const WRITES: Limit =
    Limit { flag: "max-mutating-requests-inflight", default: 200, least: 50, most: 1000 };

impl Limit {
    /// The value that counts; none of what is no number.
    fn value(&self, component: &Component) -> Option<i64> {
        component.flags.value(self.flag).map_or(Some(self.default), |value| value.parse().ok())
    }
}

/// How many requests one API server works on at once, where priority and fairness share them out.
pub(super) fn total_seats(component: &Component) -> i64 {
    [READS, WRITES].iter().filter_map(|limit| limit.value(component)).fold(0, i64::saturating_add)
}

/// The same where no API server was seen: the sum of the defaults.
pub(super) const USUAL_SEATS: i64 = READS.default + WRITES.default;

impl JudgeComponent for Limit {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        let message = match (self.value(component), has_fairness(seen, component)) {
            (Some(value), _) if value < 0 => "A negative limit keeps kube-apiserver from starting.",
            (Some(0), false) => "Without priority and fairness 0 means that there is no limit.",
            (Some(0), true) if total_seats(component) <= 0 => {
                "The limits must add up to more than 0; kube-apiserver does not start."
            }
            (Some(_) | None, _) => return Ok(Verdict::Pass),
        };
        let wanted = self.default.to_string();
        let remedy = set_flag(seen.inventory(), component, self.flag, &wanted);
        let problem = flag_problem(component, self.flag, Severity::High, message);
        Ok(Verdict::fail(problem.mended_by(remedy)))
    }
}

fn has_fairness(seen: &Seen<'_>, component: &Component) -> bool {
    !is_off(component.flags.value(FAIRNESS).unwrap_or("true")) && !is_gate_off(seen, component)
}

/// Whether the gate is set to false in a version where that counts.
fn is_gate_off(seen: &Seen<'_>, component: &Component) -> bool {
    let set = given(component).into_iter().rev().find(|(name, _)| *name == GATE);
    set.is_some_and(|(_, on)| !on)
        && gate_in(GATE, seen.minor_of(component)).is_some_and(|gate| !gate.is_locked)
}

struct Fairness;

impl JudgeComponent for Fairness {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        let message = "Nothing keeps one caller from taking every seat.";
        let mut problems: Vec<Problem> = Vec::new();
        if is_off(component.flags.value(FAIRNESS).unwrap_or("true")) {
            let problem = flag_problem(component, FAIRNESS, Severity::High, message);
            problems.push(problem.mended_by(remove_flag(component, FAIRNESS)));
        }
        if is_gate_off(seen, component) {
            let problem = flag_problem(component, "feature-gates", Severity::High, message);
            problems.push(problem.detail(GATE).mended_by(drop_gate(seen, component, GATE)));
        }
        Ok(Verdict::of(problems))
    }
}

struct Sizes;

impl JudgeComponent for Sizes {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        let is_large = seen.inventory().of(Kind::NODE).len() >= 3000;
        let problems = [READS, WRITES].into_iter().filter_map(|limit| {
            let value = limit.value(component)?;
            let (what, bound) = if value > limit.most && !is_large {
                ("more", limit.most)
            } else if (1..limit.least).contains(&value) {
                ("less", limit.least)
            } else {
                return None;
            };
            let message = format!("{value} requests at once are {what} than {bound}.");
            Some(flag_problem(component, limit.flag, Severity::Medium, message))
        });
        Ok(Verdict::of(problems.collect()))
    }
}

const FAIRNESS: &str = "enable-priority-and-fairness";
const GATE: &str = "APIPriorityAndFairness";
