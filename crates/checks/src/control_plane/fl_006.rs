//! FL-006: authorization flags that exclude or need each other.

use inventory::{Component, ComponentKind};

use super::known::gate_in;
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{flag_problem, remove_flag, started};
use crate::{
    Check, Fix, Judge, JudgeComponent, Judged, Practice, Problem, Reference, Remedy, Seen,
    Severity, Span, Verdict,
};

pub(super) const FL_006: Check = Check {
    id: "FL-006",
    name: "exclusive-authorization-flags",
    title: "Authorization flags exclude each other",
    practice: Practice::ControlPlane,
    severities: &[Severity::Critical],
    versions: Span::ALL,
    why: "The server does not start; after the next restart of the node there is no API.",
    fails: "--authorization-config is given with --authorization-mode or an --authorization-webhook flag; a mode is named twice, or is no mode; ABAC or Webhook is a mode without its file, or the file is given without the mode.",
    fix: Fix::Sometimes(
        "Takes the older flags away where --authorization-config is given, and files of modes that are not on. Which of two modes is meant, or where a missing file is, is for a person to say.",
    ),
    references: &[Reference::Kubernetes("reference/access-authn-authz/authorization/")],
    judge: Judge::Components(ComponentKind::ApiServer, &Exclusive),
    examples: &[
        Example::of("file and mode", Expected::Fail(Severity::Critical), &[ExampleFile::manifest(started!("kube-apiserver" "--authorization-mode=Node,RBAC" "--authorization-config=/etc/kubernetes/authz.yaml" "--authorization-webhook-cache-authorized-ttl=5m"))]).on(36),
        Example::of("a policy without ABAC", Expected::Fail(Severity::Critical), &[ExampleFile::manifest(started!("kube-apiserver" "--authorization-mode=Node,RBAC" "--authorization-policy-file=/etc/kubernetes/abac.jsonl"))]),
        Example::of("a webhook without its file, and a word twice", Expected::Fail(Severity::Critical), &[ExampleFile::manifest(started!("kube-apiserver" "--authorization-mode=Node,RBAC,Webhook,RBAC"))]),
        Example::of("the file before its gate was on", Expected::Fail(Severity::Critical), &[ExampleFile::manifest(started!("kube-apiserver" "--authorization-config=/etc/kubernetes/authz.yaml"))]).on(29),
        Example::of("a mode and its file", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--authorization-mode=Node,RBAC,Webhook" "--authorization-webhook-config-file=/etc/kubernetes/webhook.conf" "--authorization-webhook-version=v1"))]),
        Example::of("the file alone", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--authorization-config=/etc/kubernetes/authz.yaml"))]).on(30),
    ],
};

struct Exclusive;

impl JudgeComponent for Exclusive {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        let with_file =
            component.flags.value("authorization-config").is_some_and(|at| !at.is_empty());
        Ok(Verdict::of(if with_file {
            with_configuration(seen, component)
        } else {
            without_configuration(component)
        }))
    }
}

fn with_configuration(seen: &Seen<'_>, component: &Component) -> Vec<Problem> {
    let given = OLDER.iter().filter(|flag| component.flags.get(flag).is_some());
    let mut problems: Vec<_> = given
        .map(|flag| {
            stops(
                component,
                flag,
                &format!("--{flag} and --authorization-config exclude each other."),
            )
            .mended_by(remove_flag(component, flag))
        })
        .collect();
    let gates = super::gates::given(component);
    let gate = "StructuredAuthorizationConfiguration";
    let set = gates.iter().rev().find(|(name, _)| *name == gate).map(|(_, on)| *on);
    let minor = seen.minor_of(component);
    let is_on = set.or_else(|| gate_in(gate, minor).map(|state| state.is_on));
    if is_on == Some(false) {
        let what = format!("--authorization-config needs the feature gate {gate}, which is off.");
        problems.push(stops(component, "authorization-config", &what));
    }
    problems
}

fn without_configuration(component: &Component) -> Vec<Problem> {
    let modes: Vec<_> = component.flags.values("authorization-mode").collect();
    let mut problems = Vec::new();
    let mut known: Vec<&str> = Vec::new();
    for mode in &modes {
        if !MODES.contains(mode) {
            problems.push(mode_problem(component, mode, "is no authorization mode"));
        }
        if known.contains(mode) {
            problems.push(mode_problem(component, mode, "is named twice"));
        }
        known.push(mode);
    }
    for (mode, file) in FILES {
        let given = component.flags.value(file).is_some_and(|path| !path.is_empty());
        match (modes.contains(&mode), given) {
            (true, false) => {
                let what = format!("is a mode, but --{file} is not given");
                problems.push(mode_problem(component, mode, &what));
            }
            (false, true) => problems.push(
                stops(component, file, &format!("--{file} is given, but {mode} is no mode."))
                    .mended_by(remove_flag(component, file)),
            ),
            (true, true) | (false, false) => {}
        }
    }
    problems
}

fn mode_problem(component: &Component, mode: &str, what: &str) -> Problem {
    stops(component, "authorization-mode", &format!("{mode} {what}."))
        .detail(format!("authorization-mode {mode} {what}"))
}

fn stops(component: &Component, flag: &str, message: &str) -> Problem {
    let message = format!("{message} kube-apiserver does not start.");
    flag_problem(component, flag, Severity::Critical, message).mended_by(Remedy::Explained)
}

/// What `--authorization-config` excludes.
const OLDER: [&str; 5] = [
    "authorization-mode",
    "authorization-webhook-config-file",
    "authorization-webhook-version",
    "authorization-webhook-cache-authorized-ttl",
    "authorization-webhook-cache-unauthorized-ttl",
];

const MODES: [&str; 6] = ["AlwaysAllow", "AlwaysDeny", "ABAC", "Webhook", "RBAC", "Node"];

/// Modes that need a file, and its flag.
const FILES: [(&str, &str); 2] =
    [("ABAC", "authorization-policy-file"), ("Webhook", "authorization-webhook-config-file")];
