//! FL-024: APIs that are served though they are unfinished.

use inventory::{Component, ComponentKind};

use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{flag_problem, is_off, remove_flag, set_flag, started};
use crate::{
    Check, Fix, Judge, JudgeComponent, Judged, Practice, Reference, Seen, Severity, Span, Verdict,
};

pub(super) const FL_024: Check = Check {
    id: "FL-024",
    name: "alpha-apis",
    title: "kube-apiserver serves unfinished APIs",
    practice: Practice::ControlPlane,
    severities: &[Severity::Medium],
    versions: Span::ALL,
    why: "Alpha APIs have known faults, few have looked at their authorization, and they vanish with the objects in them at an upgrade.",
    fails: "--runtime-config switches on api/all, api/alpha, or a group version whose version is alpha. Switching something off passes, and so does a beta or stable version.",
    fix: Fix::Automatic("Takes these entries out of --runtime-config."),
    references: &[Reference::Owasp("K07"), Reference::Kubernetes("reference/using-api/")],
    judge: Judge::Components(ComponentKind::ApiServer, &Apis),
    examples: &[
        Example::of(
            "all",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(started!("kube-apiserver" "--runtime-config=api/all=true"))],
        ),
        Example::of(
            "one group, no value",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(
                started!("kube-apiserver" "--runtime-config=resource.k8s.io/v1alpha3,batch/v1=true"),
            )],
        ),
        Example::of(
            "off",
            Expected::Pass,
            &[ExampleFile::manifest(
                started!("kube-apiserver" "--runtime-config=api/all=false,api/ga=true"),
            )],
        ),
        Example::of(
            "beta",
            Expected::Pass,
            &[ExampleFile::manifest(
                started!("kube-apiserver" "--runtime-config=networking.k8s.io/v1beta1=true"),
            )],
        ),
    ],
};

struct Apis;

impl JudgeComponent for Apis {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        let flag = "runtime-config";
        let (alpha, kept): (Vec<_>, Vec<_>) =
            component.flags.values(flag).partition(|entry| serves_alpha(entry));
        let remedy = if kept.is_empty() {
            remove_flag(component, flag)
        } else {
            set_flag(seen.inventory(), component, flag, &kept.join(","))
        };
        let problems = alpha.into_iter().map(|entry| {
            let message = format!("{entry} switches on what is not finished.");
            flag_problem(component, flag, Severity::Medium, message)
                .detail(format!("{flag} {entry}"))
                .mended_by(remedy.clone())
        });
        Ok(Verdict::of(problems.collect()))
    }
}

fn serves_alpha(entry: &str) -> bool {
    let (name, value) = entry.split_once('=').unwrap_or((entry, "true"));
    let version = name.split('/').nth(1).unwrap_or_default();
    let is_alpha = matches!(name, "api/all" | "api/alpha")
        || (version.starts_with('v') && version.contains("alpha"));
    is_alpha && !is_off(value)
}
