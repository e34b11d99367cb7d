//! FL-021, FL-025, FL-029, FL-030, FL-033: single flags of the control plane.

use inventory::{Component, ComponentKind, Unknown};

use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{
    FlagRule, Mend, flag_problem, is_off, is_on, remove_flag, seconds, set_flag, started, unset,
};
use crate::{
    About, Check, Fix, Judge, JudgeComponent, Judged, Practice, Reference, Seen, Severity, Span,
    Tally, Verdict,
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "FL-021",
        name: "always-allow-paths",
        title: "Paths beyond health checks are allowed to everybody",
        severities: &[Severity::Medium],
        why: "Whoever reaches the port reads there, metrics for example, without being asked who they are.",
        fails: "--authorization-always-allow-paths of the controller manager or the scheduler holds another path than /healthz, /livez, /readyz and those below. Not given it is /healthz,/readyz,/livez.",
        fix: Fix::Automatic("Keeps the health paths alone."),
        references: &[Reference::Owasp("K02")],
        judge: Judge::Whole(always_allowed),
        examples: &[
            Example::of(
                "metrics",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::manifest(
                    started!("kube-scheduler" "--authorization-always-allow-paths=/healthz,/metrics"),
                )],
            ),
            Example::of(
                "everything",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::manifest(
                    started!("kube-controller-manager" "--authorization-always-allow-paths=/*"),
                )],
            ),
            Example::of(
                "health",
                Expected::Pass,
                &[ExampleFile::manifest(
                    started!("kube-controller-manager" "--authorization-always-allow-paths=/healthz,/livez/*"),
                )],
            ),
            Example::of("no control plane was seen", Expected::Unknown, &[]),
        ],
        ..SINGLE
    },
    Check {
        id: "FL-025",
        name: "request-timeout",
        title: "Requests may take very long",
        severities: &[Severity::Low],
        why: "Requests that hang hold their seat; enough of them keep everybody else out.",
        fails: "--request-timeout is more than 5m, or 0. Not given it is 1m.",
        fix: Fix::Automatic("Sets --request-timeout=300s."),
        references: &[Reference::Cis("1.2.20"), Reference::Mitre("T1499")],
        judge: Judge::Components(ComponentKind::ApiServer, &TIMEOUT),
        examples: &[
            Example::of(
                "an hour",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(started!("kube-apiserver" "--request-timeout=1h"))],
            ),
            Example::of(
                "none",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(started!("kube-apiserver" "--request-timeout=0"))],
            ),
            Example::of(
                "five minutes",
                Expected::Pass,
                &[ExampleFile::manifest(started!("kube-apiserver" "--request-timeout=300s"))],
            ),
            Example::of(
                "not given",
                Expected::Pass,
                &[ExampleFile::manifest(started!("kube-apiserver" "--v=2"))],
            ),
        ],
        ..SINGLE
    },
    Check {
        id: "FL-029",
        name: "allow-privileged",
        title: "kube-apiserver allows privileged containers",
        severities: &[Severity::Info],
        why: "It is worth knowing: network plugins and kube-proxy need it, so what keeps others from it is Pod Security admission.",
        fails: "--allow-privileged is true. Not given it is false.",
        fix: Fix::Steps(
            "Leave the flag as it is if anything privileged runs in kube-system, and label the other namespaces:\nkubectl label namespace NAME pod-security.kubernetes.io/enforce=baseline",
        ),
        references: &[Reference::Nsa("Pod security")],
        judge: Judge::Components(ComponentKind::ApiServer, &PRIVILEGED),
        examples: &[
            Example::of(
                "as kubeadm has it",
                Expected::Fail(Severity::Info),
                &[ExampleFile::manifest(started!("kube-apiserver" "--allow-privileged=true"))],
            ),
            Example::of(
                "not given",
                Expected::Pass,
                &[ExampleFile::manifest(started!("kube-apiserver" "--v=2"))],
            ),
        ],
        ..SINGLE
    },
    Check {
        id: "FL-030",
        name: "debug-endpoints",
        title: "A part of the control plane serves debugging data",
        severities: &[Severity::Low],
        why: "The debug socket asks nobody who they are, and profiling of locks costs time on every lock.",
        fails: "--debug-socket-path is set, or --contention-profiling is true, for kube-apiserver, kube-controller-manager or kube-scheduler. Neither is by default for the API server and the controller manager; for the scheduler --contention-profiling is true by default and only counts where it is given.",
        fix: Fix::Automatic("Takes the flag away, or sets it to false."),
        references: &[Reference::Owasp("K07")],
        judge: Judge::Whole(debugging),
        examples: &[
            Example::of(
                "a socket",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(
                    started!("kube-apiserver" "--debug-socket-path=/run/debug.sock"),
                )],
            ),
            Example::of(
                "locks",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(
                    started!("kube-controller-manager" "--contention-profiling"),
                )],
            ),
            Example::of(
                "off",
                Expected::Pass,
                &[ExampleFile::manifest(started!("kube-apiserver" "--contention-profiling=false"))],
            ),
        ],
        ..SINGLE
    },
    Check {
        id: "FL-033",
        name: "legacy-endpoint-reconciler",
        title: "API servers that are gone stay in the endpoints of the service",
        severities: &[Severity::Low],
        why: "Clients in the cluster go on being sent to an address that is no API server any more, and may become somebody else's.",
        fails: "--endpoint-reconciler-type is master-count or none, or --apiserver-count is given. Not given the type is lease.",
        fix: Fix::Automatic(
            "Sets --endpoint-reconciler-type=lease, and takes --apiserver-count away.",
        ),
        references: &[Reference::Kubernetes(
            "reference/command-line-tools-reference/kube-apiserver/",
        )],
        judge: Judge::Components(ComponentKind::ApiServer, &Reconciler),
        examples: &[
            Example::of(
                "a count",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(
                    started!("kube-apiserver" "--apiserver-count=3" "--endpoint-reconciler-type=master-count"),
                )],
            ),
            Example::of(
                "leases",
                Expected::Pass,
                &[ExampleFile::manifest(
                    started!("kube-apiserver" "--endpoint-reconciler-type=lease"),
                )],
            ),
            Example::of(
                "not given",
                Expected::Pass,
                &[ExampleFile::manifest(started!("kube-apiserver" "--v=2"))],
            ),
        ],
        ..SINGLE
    },
];

/// What they have in common.
const SINGLE: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::ControlPlane,
    severities: &[],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

const TIMEOUT: FlagRule = FlagRule {
    flag: "request-timeout",
    is_right: |value| seconds(value).is_none_or(|seconds| (1..=300).contains(&seconds)),
    default: |_minor| Some("1m0s"),
    severity: Severity::Low,
    message: "Requests may take longer than five minutes.",
    mend: Mend::Set("300s"),
};

const PRIVILEGED: FlagRule = FlagRule {
    flag: "allow-privileged",
    is_right: |value| !is_on(value),
    default: |_minor| Some("false"),
    severity: Severity::Info,
    message: "Whether a pod may be privileged is left to admission.",
    mend: Mend::Choose,
};

const CONTENTION: FlagRule = FlagRule {
    flag: "contention-profiling",
    is_right: is_off,
    default: |_minor| Some("false"),
    severity: Severity::Low,
    message: "Waits for locks are recorded.",
    mend: Mend::Set("false"),
};

const SOCKET: FlagRule = FlagRule {
    flag: "debug-socket-path",
    is_right: str::is_empty,
    default: |_minor| Some(""),
    severity: Severity::Low,
    message: "A socket serves profiles to whoever may open it.",
    mend: Mend::Remove,
};

const RECONCILER: FlagRule = FlagRule {
    flag: "endpoint-reconciler-type",
    is_right: |value| value == "lease",
    default: |_minor| Some("lease"),
    severity: Severity::Low,
    message: "Addresses of API servers that are gone are not taken out of the endpoints.",
    mend: Mend::Set("lease"),
};

const COUNT: FlagRule = FlagRule {
    flag: "apiserver-count",
    is_right: |_value| false,
    default: unset,
    severity: Severity::Low,
    message: "--apiserver-count is for the older way only.",
    mend: Mend::Remove,
};

struct Reconciler;

impl JudgeComponent for Reconciler {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        let counts = component.flags.get(COUNT.flag).is_some();
        let rules: &[&FlagRule] = if counts { &[&RECONCILER, &COUNT] } else { &[&RECONCILER] };
        all_of(rules, seen, component)
    }
}

/// What several rules say of one component.
fn all_of(rules: &[&FlagRule], seen: &Seen<'_>, component: &Component) -> Judged {
    let mut problems = Vec::new();
    for rule in rules {
        match rule.judge(seen, component)? {
            Verdict::Fail(more) => problems.extend(more),
            Verdict::Pass | Verdict::Exempt(_) | Verdict::NotApplicable(_) => {}
        }
    }
    Ok(Verdict::of(problems))
}

fn debugging(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    each(seen, &CONTROL_PLANE, |component| {
        let is_given = component.flags.get(CONTENTION.flag).is_some();
        let is_quiet = component.kind == ComponentKind::Scheduler && !is_given;
        match (component.kind == ComponentKind::ApiServer, is_quiet) {
            (true, _) => all_of(&[&CONTENTION, &SOCKET], seen, component),
            (false, true) => Ok(Verdict::Pass),
            (false, false) => all_of(&[&CONTENTION], seen, component),
        }
    })
}

fn always_allowed(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let flag = "authorization-always-allow-paths";
    each(seen, &[ComponentKind::ControllerManager, ComponentKind::Scheduler], |component| {
        let (fine, more): (Vec<_>, Vec<_>) =
            component.flags.values(flag).partition(|path| is_health(path));
        if more.is_empty() {
            return Ok(Verdict::Pass);
        }
        let message = format!("Everybody may read {}.", more.join(", "));
        let remedy = if fine.is_empty() {
            remove_flag(component, flag)
        } else {
            set_flag(seen.inventory(), component, flag, &fine.join(","))
        };
        Ok(Verdict::fail(
            flag_problem(component, flag, Severity::Medium, message).mended_by(remedy),
        ))
    })
}

fn is_health(path: &str) -> bool {
    ["/healthz", "/livez", "/readyz"].into_iter().any(|health| {
        path.strip_prefix(health).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// Judges every component of some kinds.
pub(super) fn each(
    seen: &Seen<'_>,
    kinds: &[ComponentKind],
    judge: impl Fn(&Component) -> Judged,
) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for component in kinds.iter().flat_map(|kind| seen.inventory().components(*kind)) {
        tally.add(About::component(component, seen.inventory()), judge(component));
    }
    if tally.is_empty() {
        return Err(Unknown::new(
            "the flags of the control plane were not seen",
            "give /etc/kubernetes/manifests of a control plane node, or use --processes on it",
        ));
    }
    Ok(tally)
}

/// The programs of the control plane that are built from one source.
pub(super) const CONTROL_PLANE: [ComponentKind; 3] =
    [ComponentKind::ApiServer, ComponentKind::ControllerManager, ComponentKind::Scheduler];
