//! ND-022 to ND-029: who can change the static pods that are the control plane.

use inventory::Unknown;

use crate::example::{Example, ExampleFile, Expected};
use crate::rights::{FileRule, Wanted};
use crate::{Check, Fix, Judge, Practice, Reference, Seen, Severity, Span, Tally};

pub(crate) const CHECKS: &[Check] = &[Check {
    id: "ND-022",
    name: "apiserver-manifest-mode",
    title: "Others may read or write the manifest of kube-apiserver",
    judge: Judge::Whole(|seen| mode(seen, "/etc/kubernetes/manifests/kube-apiserver.yaml")),
    references: &[Reference::Cis("1.1.1")],
    examples: &[
        Example::of(
            "writable for its group",
            Expected::Fail(Severity::High),
            &[ExampleFile::at(
                "/etc/kubernetes/manifests/kube-apiserver.yaml",
                "apiVersion: v1\nkind: Pod\n",
            )
            .rights(0o664, 0, 0)],
        ),
        Example::of(
            "for root alone",
            Expected::Pass,
            &[ExampleFile::at(
                "/etc/kubernetes/manifests/kube-apiserver.yaml",
                "apiVersion: v1\nkind: Pod\n",
            )
            .rights(0o600, 0, 0)],
        ),
        Example::of(
            "a copy that lost its rights",
            Expected::Unknown,
            &[ExampleFile::at(
                "/etc/kubernetes/manifests/kube-apiserver.yaml",
                "apiVersion: v1\nkind: Pod\n",
            )],
        ),
        Example::of("not on this node", Expected::Unknown, &[]),
    ],
    ..MODE
}];

fn mode(seen: &Seen<'_>, path: &str) -> Result<Tally, Unknown> {
    FileRule { path, wanted: Wanted::Mode(0o600), severity: Severity::High }.judge(seen)
}

/// What they have in common.
const MODE: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::Nodes,
    severities: &[Severity::High],
    versions: Span::ALL,
    why: "The kubelet runs whatever stands there, with the rights of the control plane; reading it shows where its keys are.",
    fails: "Its mode gives anything to group or others (more than 600), or a folder above it can be written by others.",
    fix: Fix::Automatic("Sets the mode to 600."),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};
