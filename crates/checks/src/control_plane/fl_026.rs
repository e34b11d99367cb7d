//! FL-026: flags and feature gates that a version does not have, and those the next takes away.

use inventory::{Component, ComponentKind, Minor, Unknown};

use super::apiserver::each;
use super::gates::{drop_gate, given};
use super::known::{GateIn, Known, flag_in, history_of_gate, removal_after};
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{flag_problem, remove_flag, started};
use crate::{
    Check, Confidence, Fix, Judge, Practice, Problem, Reference, Remedy, Seen, Severity, Span,
    Tally, Verdict,
};

pub(super) const FL_026: Check = Check {
    id: "FL-026",
    name: "unknown-flags",
    title: "A component does not start with a flag or feature gate it is given",
    practice: Practice::ControlPlane,
    severities: &[Severity::Critical, Severity::Medium],
    versions: Span::ALL,
    why: "A component that is given a flag it does not have ends at once: after the next restart, or the upgrade, the cluster is without it.",
    fails: "A flag of kube-apiserver, kube-controller-manager, kube-scheduler or kubelet is not in the version, never was, or is taken away by the next one (medium). A feature gate is set that the version does not have, or is set to what it is locked against. Versions before 1.20 and after 1.37 are judged as these. Insecure ports are FL-007 and FL-008. Gates of other components, and flags of other builds, are told with less confidence.",
    fix: Fix::Sometimes("Takes away flags that are gone and gates that are gone or locked. What a flag that never was should be is for a person to say."),
    references: &[Reference::Nsa("Upgrading"), Reference::Kubernetes("reference/command-line-tools-reference/")],
    judge: Judge::Whole(unknown_flags),
    examples: &[
        Example::of("a flag that went", Expected::Fail(Severity::Critical), &[ExampleFile::manifest(started!("kube-apiserver" "--cloud-provider=aws"))]).on(33),
        Example::of("a flag that goes next", Expected::Fail(Severity::Medium), &[ExampleFile::manifest(started!("kube-apiserver" "--cloud-provider=external"))]).on(32),
        Example::of("a flag that comes later", Expected::Fail(Severity::Critical), &[ExampleFile::manifest(started!("kube-apiserver" "--authentication-config=/etc/kubernetes/authn.yaml"))]).on(28),
        Example::of("a flag that never was", Expected::Fail(Severity::Critical), &[ExampleFile::manifest(started!("kube-apiserver" "--audit-policy=/etc/kubernetes/audit.yaml"))]).on(36),
        Example::of("a locked gate", Expected::Fail(Severity::Critical), &[ExampleFile::manifest(started!("kube-apiserver" "--feature-gates=KubeletFineGrainedAuthz=false"))]).on(36),
        Example::of("a gate that went", Expected::Fail(Severity::Critical), &[ExampleFile::manifest(started!("kube-scheduler" "--feature-gates=APIPriorityAndFairness=true"))]).on(31),
        Example::of("a kubelet of dockershim", Expected::Fail(Severity::Critical), &[ExampleFile::at("/var/lib/kubelet/kubeadm-flags.env", "KUBELET_KUBEADM_ARGS=\"--network-plugin=cni --container-runtime-endpoint=unix:///run/containerd/containerd.sock\"\n")]).on(24),
        Example::of("hidden flags, underscores, a locked gate at its value", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--apiserver-count=3" "--secure_port=6443" "--feature-gates=KubeletFineGrainedAuthz=true,AllBeta=false" "-v=2"))]).on(36),
        Example::of("gone in some versions, and none is told", Expected::Unknown, &[ExampleFile::manifest(started!("kube-apiserver" "--kubelet-https=true"))]),
        Example::of("no component was seen", Expected::Unknown, &[]),
    ],
};

fn unknown_flags(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    each(seen, &KINDS, |component| {
        let minor = seen.minor_of(component);
        let mut problems = Vec::new();
        for flag in names(component) {
            problems.extend(of_flag(component, flag, minor));
        }
        problems.extend(gates(seen, component, minor));
        Ok(Verdict::of(problems))
    })
}

/// The names of the flags that are given, each once.
fn names(component: &Component) -> Vec<&str> {
    let mut names: Vec<_> = component.flags.iter().map(|flag| flag.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| !(ELSEWHERE.contains(name) && component.kind != ComponentKind::Kubelet));
    names
}

fn of_flag(component: &Component, flag: &str, minor: Minor) -> Option<Problem> {
    let program = component.kind.program();
    let known = flag_in(component.kind, flag, minor)?;
    let (message, remedy) = match known {
        Known::Yes => return goes_next(component, flag, minor),
        Known::Until(gone) => (
            format!("--{flag} was taken away in 1.{gone}; {program} does not start."),
            remove_flag(component, flag),
        ),
        Known::From(from) => (
            format!("--{flag} comes with 1.{from}; {program} {minor} does not start."),
            Remedy::Explained,
        ),
        Known::Never => {
            (format!("{program} has no flag --{flag}, and does not start."), Remedy::Explained)
        }
    };
    let sure = if known == Known::Never { Confidence::Medium } else { Confidence::High };
    let problem = flag_problem(component, flag, Severity::Critical, message);
    Some(problem.confidence(sure).mended_by(remedy))
}

fn goes_next(component: &Component, flag: &str, minor: Minor) -> Option<Problem> {
    let gone = removal_after(component.kind, flag, minor)?;
    (gone == minor.number().saturating_add(1)).then(|| {
        let program = component.kind.program();
        let message = format!("--{flag} is taken away in 1.{gone}: after the upgrade {program} does not start.");
        let problem = flag_problem(component, flag, Severity::Medium, message);
        problem.mended_by(Remedy::Steps(format!(
            "replace what --{flag} does, then start {program} without it, before the upgrade to 1.{gone}"
        )))
    })
}

fn gates(seen: &Seen<'_>, component: &Component, minor: Minor) -> Vec<Problem> {
    let program = component.kind.program();
    let mut given = given(component);
    given.retain(|(name, _)| *name != "AllAlpha" && *name != "AllBeta");
    given.sort_unstable();
    given.dedup();
    let wrong = given.into_iter().filter_map(|(name, on)| {
        let what = match history_of_gate(name, minor) {
            GateIn::Known(gate) if gate.is_locked && gate.is_on != on => {
                format!("the feature gate {name} is locked to {}", gate.is_on)
            }
            GateIn::Known(_) => return None,
            GateIn::From(from) => format!("the feature gate {name} comes with 1.{from}"),
            GateIn::Until(gone) => format!("the feature gate {name} was taken away in 1.{gone}"),
            GateIn::Never => format!("there is no feature gate {name}"),
        };
        let message = format!("In {minor} {what}; {program} does not start.");
        let never = history_of_gate(name, minor) == GateIn::Never;
        let problem = flag_problem(component, "feature-gates", Severity::Critical, message)
            .detail(format!("feature-gates {name}"))
            .evidence(format!("--feature-gates={name}={on}"))
            .mended_by(drop_gate(seen, component, name));
        Some(if never { problem.confidence(Confidence::Medium) } else { problem })
    });
    wrong.filter(|problem| !is_backported(problem)).collect()
}

/// A gate that patch releases of older versions have too.
fn is_backported(problem: &Problem) -> bool {
    problem.detail.ends_with("UnauthenticatedHTTP2DOSMitigation")
}

const KINDS: [ComponentKind; 4] = [
    ComponentKind::ApiServer,
    ComponentKind::ControllerManager,
    ComponentKind::Scheduler,
    ComponentKind::Kubelet,
];

/// Flags that other checks judge by version.
const ELSEWHERE: [&str; 4] = ["insecure-port", "insecure-bind-address", "address", "port"];
