//! AC-007: admission plugins that the version does not have; the API server does not start.

use inventory::{Component, ComponentKind};

use super::flags::placed;
use crate::example::{Example, ExampleFile, Expected};
use crate::plugins::{DISABLE, ENABLE, Standing, standing, strike};
use crate::{
    Check, Confidence, Fix, Judge, Judged, Practice, Problem, Reference, Seen, Severity, Span,
    Verdict,
};

pub(crate) const AC_007: Check = Check {
    id: "AC-007",
    name: "removed-admission-plugin",
    title: "An admission plugin is named that this version does not have",
    practice: Practice::Admission,
    severities: &[Severity::Critical],
    versions: Span::ALL,
    why: "kube-apiserver refuses to start with a plugin it does not know: at the next restart or upgrade the cluster has no API.",
    fails: "--enable-admission-plugins or --disable-admission-plugins names a plugin that was removed (PodSecurityPolicy in 1.25, SecurityContextDeny in 1.30), comes with a later version, or never was. Names with a slash are those of a distribution and pass.",
    fix: Fix::Automatic("Takes it off the list."),
    references: &[
        Reference::Kubernetes("reference/access-authn-authz/admission-controllers/"),
        Reference::Owasp("K07"),
    ],
    judge: Judge::Components(ComponentKind::ApiServer, &judge),
    examples: &[
        Example::of("PodSecurityPolicy on 1.25", Expected::Fail(Severity::Critical), &[PSP]).on(25),
        Example::of("PodSecurityPolicy on 1.24", Expected::Pass, &[PSP]).on(24),
        Example::of("SecurityContextDeny on 1.30", Expected::Fail(Severity::Critical), &[DENY])
            .on(30),
        Example::of("SecurityContextDeny on 1.29", Expected::Pass, &[DENY]).on(29),
        Example::of("a name that never was", Expected::Fail(Severity::Critical), &[TYPO]),
        Example::of("no version is known", Expected::Unknown, &[PSP]),
        Example::of("a plugin of a distribution", Expected::Pass, &[VENDOR]),
    ],
};

fn judge(seen: &Seen<'_>, component: &Component) -> Judged {
    let mut problems = Vec::new();
    for flag in [ENABLE, DISABLE] {
        let listed: Vec<&str> = component.flags.values(flag).collect();
        if listed.iter().all(|plugin| standing_of(seen, component, plugin) == Standing::There) {
            continue;
        }
        let wrong: Vec<(&str, Standing)> = listed
            .iter()
            .map(|plugin| (*plugin, standing_of(seen, component, plugin)))
            .filter(|(_, standing)| *standing != Standing::There)
            .collect();
        let names: Vec<&str> = wrong.iter().map(|(plugin, _)| *plugin).collect();
        let remedy = strike(seen.inventory(), component, flag, &names);
        problems.extend(wrong.into_iter().map(|(plugin, standing)| {
            let problem = Problem::new(Severity::Critical, said(plugin, standing));
            placed(problem, component, flag)
                .detail(format!("{flag} {plugin}"))
                .confidence(sureness(standing))
                .mended_by(remedy.clone())
        }));
    }
    Ok(Verdict::of(problems))
}

/// The version is asked for only where it makes a difference.
fn standing_of(seen: &Seen<'_>, component: &Component, plugin: &str) -> Standing {
    let newest = standing(plugin, inventory::Minor::NEWEST);
    let oldest = standing(plugin, inventory::Minor::OLDEST);
    if newest == oldest { newest } else { standing(plugin, seen.minor_of(component)) }
}

fn said(plugin: &str, standing: Standing) -> String {
    match standing {
        Standing::RemovedIn(minor) => format!("The plugin {plugin} was removed in 1.{minor}."),
        Standing::ComesWith(minor) => format!("The plugin {plugin} comes with 1.{minor} only."),
        Standing::NeverHeardOf | Standing::There => {
            format!("No version of Kubernetes has a plugin {plugin}.")
        }
    }
}

fn sureness(standing: Standing) -> Confidence {
    match standing {
        Standing::RemovedIn(_) | Standing::ComesWith(_) | Standing::There => Confidence::High,
        Standing::NeverHeardOf => Confidence::Medium,
    }
}

const PSP: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --enable-admission-plugins=NodeRestriction,PodSecurityPolicy\n",
);
const DENY: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --enable-admission-plugins=SecurityContextDeny\n",
);
const TYPO: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --enable-admission-plugins=NodeRestrictions\n",
);
const VENDOR: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --enable-admission-plugins=security.openshift.io/SecurityContextConstraint\n",
);
