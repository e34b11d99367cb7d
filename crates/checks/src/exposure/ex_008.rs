//! EX-008: an API server that lets Services claim addresses.

use inventory::{Component, ComponentKind, Minor};

use super::api::EXPOSURE;
use crate::example::{Example, ExampleFile, Expected};
use crate::plugins::{ENABLE, Plugins, enable};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Span, Verdict};

pub(crate) const EX_008: Check = Check {
    id: "EX-008",
    name: "external-ips-allowed",
    title: "Services may claim addresses outside of the cluster",
    severities: &[Severity::Low],
    versions: Span::from(21),
    why: "Whoever may create Services in one namespace takes over what all nodes send to an address of their choice (CVE-2020-8554).",
    fails: "The admission plugin DenyServiceExternalIPs, which is no default, does not run. It is a plugin, not a flag of its own.",
    fix: Fix::Automatic(
        "Adds DenyServiceExternalIPs to --enable-admission-plugins. Services that have externalIPs keep them.",
    ),
    references: &[
        Reference::Cis("1.2.3"),
        Reference::Cve("CVE-2020-8554"),
        Reference::Mitre("T1557"),
    ],
    judge: Judge::Components(ComponentKind::ApiServer, &judge),
    examples: &[
        Example::of("what kubeadm writes", Expected::Fail(Severity::Low), &[KUBEADM]).on(36),
        Example::of("it runs", Expected::Pass, &[RUNS]).on(36),
        Example::of("a version without it", Expected::NotApplicable, &[KUBEADM]).on(20),
        Example::of("the API server was not seen", Expected::Unknown, &[]),
    ],
    ..EXPOSURE
};

fn judge(seen: &Seen<'_>, component: &Component) -> Judged {
    if Plugins::of(component, Minor::NEWEST).runs("DenyServiceExternalIPs") {
        return Ok(Verdict::Pass);
    }
    let given = component.flags.value(ENABLE).unwrap_or_default();
    Ok(Verdict::fail(
        Problem::new(Severity::Low, "The plugin DenyServiceExternalIPs does not run.")
            .detail("DenyServiceExternalIPs")
            .evidence(format!("--{ENABLE}={given}"))
            .mended_by(enable(seen.inventory(), component, "DenyServiceExternalIPs")),
    ))
}

const KUBEADM: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --enable-admission-plugins=NodeRestriction\n",
);
const RUNS: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --enable-admission-plugins=NodeRestriction,DenyServiceExternalIPs\n",
);
