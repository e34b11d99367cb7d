//! FL-023: feature gates that take a protection away, or switch on what is unfinished.

use inventory::{Component, ComponentKind, Minor, Unknown};

use super::apiserver::each;
use super::gates::{drop_gate, given};
use super::known::gate_in;
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{flag_problem, started};
use crate::{
    Check, Fix, Judge, Judged, Practice, Problem, Reference, Seen, Severity, Span, Tally, Verdict,
};

pub(super) const FL_023: Check = Check {
    id: "FL-023",
    name: "unsafe-feature-gates",
    title: "A feature gate takes a protection away, or switches on what is unfinished",
    practice: Practice::ControlPlane,
    severities: &[Severity::High],
    versions: Span::ALL,
    why: "The gates that protect close known ways to more rights; what is alpha has known faults, and AllAlpha switches on whatever the next version brings.",
    fails: "AllAlpha or AllBeta is true; KMSv1 or DynamicKubeletConfig is true; or one of AuthorizePodWebsocketUpgradeCreatePermission, KubeletFineGrainedAuthz, AuthorizeNodeWithSelectors, ServiceAccountTokenNodeBinding and LegacyServiceAccountTokenNoAutoGeneration is false, in a version that has the gate and does not lock it. A gate that the version does not have or locks is FL-026; UnauthenticatedHTTP2DOSMitigation is RL-013, RotateKubeletServerCertificate FL-018.",
    fix: Fix::Sometimes("Takes the gate out of --feature-gates where a manifest gives it; elsewhere, by hand. KMSv1 stays in use until the encryption configuration says apiVersion: v2; change that first."),
    references: &[Reference::Owasp("K07"), Reference::Kubernetes("reference/command-line-tools-reference/feature-gates/")],
    judge: Judge::Whole(gates),
    examples: &[
        Example::of("all that is alpha", Expected::Fail(Severity::High), &[ExampleFile::manifest(started!("kube-apiserver" "--feature-gates=AllAlpha=true,APIServerIdentity=true"))]).on(36),
        Example::of("kubelets may ask about all nodes", Expected::Fail(Severity::High), &[ExampleFile::manifest(started!("kube-apiserver" "--feature-gates" "AuthorizeNodeWithSelectors=false"))]).on(33),
        Example::of("a kubelet", Expected::Fail(Severity::High), &[ExampleFile::at("/etc/default/kubelet", "KUBELET_EXTRA_ARGS=\"--feature-gates=KubeletFineGrainedAuthz=false\"\n")]).on(34),
        Example::of("the last setting counts", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--feature-gates=AllAlpha=true" "--feature-gates=AllAlpha=false"))]).on(36),
        Example::of("off before it is on by default", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--feature-gates=AuthorizeNodeWithSelectors=false"))]).on(31),
        Example::of("another gate", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--feature-gates=APIServerTracing=true"))]).on(30),
        Example::of("no component was seen", Expected::Unknown, &[]),
    ],
};

fn gates(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    each(seen, &KINDS, |component| judge(seen, component))
}

fn judge(seen: &Seen<'_>, component: &Component) -> Judged {
    let given = given(component);
    let last = given.iter().enumerate().filter(|(at, (name, _))| {
        let later = given.iter().skip(at.saturating_add(1));
        !later.into_iter().any(|(other, _)| other == name)
    });
    let problems = last.filter_map(|(_, (name, on))| wrong(seen, component, name, *on));
    Ok(Verdict::of(problems.collect()))
}

fn wrong(seen: &Seen<'_>, component: &Component, name: &str, on: bool) -> Option<Problem> {
    let is_listed = if on { UNSAFE_ON.contains(&name) } else { UNSAFE_OFF.contains(&name) };
    if !is_listed || !(name.starts_with("All") || is_free(name, on, seen.minor_of(component))) {
        return None;
    }
    let message = format!("The feature gate {name} is set to {on}.");
    let problem = flag_problem(component, "feature-gates", Severity::High, message);
    Some(
        problem
            .detail(name)
            .evidence(format!("--feature-gates={name}={on}"))
            .mended_by(drop_gate(seen, component, name)),
    )
}

/// Whether a version has a gate and lets it be set to what it is not by default.
fn is_free(name: &str, on: bool, minor: Minor) -> bool {
    gate_in(name, minor).is_some_and(|gate| !gate.is_locked && gate.is_on != on)
}

const KINDS: [ComponentKind; 4] = [
    ComponentKind::ApiServer,
    ComponentKind::ControllerManager,
    ComponentKind::Scheduler,
    ComponentKind::Kubelet,
];

const UNSAFE_ON: [&str; 4] = ["AllAlpha", "AllBeta", "KMSv1", "DynamicKubeletConfig"];

const UNSAFE_OFF: [&str; 5] = [
    "AuthorizePodWebsocketUpgradeCreatePermission",
    "KubeletFineGrainedAuthz",
    "AuthorizeNodeWithSelectors",
    "ServiceAccountTokenNodeBinding",
    "LegacyServiceAccountTokenNoAutoGeneration",
];
