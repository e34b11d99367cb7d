//! ND-022 to ND-031: who can change the static pods that are the control plane, and the network
//! plugins.

use crate::example::{Example, ExampleFile, Expected};
use crate::rights::{FilesRule, Place, Wanted};
use crate::{Check, Fix, Judge, Practice, Reference, Severity, Span};

/// A check of the mode, and one of the owner, of one manifest.
macro_rules! manifest {
    ($program:literal, $mode:literal, $owner:literal, $name:literal, $cis_mode:literal, $cis_owner:literal) => {
        [
            Check {
                id: $mode,
                name: concat!($name, "-manifest-mode"),
                title: concat!("Others may read or write the manifest of ", $program),
                judge: Judge::Whole(|seen| {
                    mode(&[Place::File(path!($program))], concat!("manifest of ", $program))
                        .judge(seen)
                }),
                references: &[Reference::Cis($cis_mode), Reference::Mitre("T1611")],
                examples: &[
                    Example::of(
                        "writable for its group",
                        Expected::Fail(Severity::High),
                        &[file!($program, 0o664, 0)],
                    ),
                    Example::of("for root alone", Expected::Pass, &[file!($program, 0o600, 0)]),
                    Example::of(
                        "a copy that lost its rights",
                        Expected::Unknown,
                        &[ExampleFile::at(path!($program), POD)],
                    ),
                    Example::of("a node of workers", Expected::NotApplicable, &[FOLDER]),
                    Example::of("no node was looked at", Expected::Unknown, &[]),
                ],
                ..MODE
            },
            Check {
                id: $owner,
                name: concat!($name, "-manifest-owner"),
                title: concat!("The manifest of ", $program, " belongs to somebody else than root"),
                judge: Judge::Whole(|seen| {
                    owner(&[Place::File(path!($program))], concat!("manifest of ", $program))
                        .judge(seen)
                }),
                references: &[Reference::Cis($cis_owner), Reference::Mitre("T1611")],
                examples: &[
                    Example::of(
                        "a person's",
                        Expected::Fail(Severity::High),
                        &[file!($program, 0o600, 1000)],
                    ),
                    Example::of("root's", Expected::Pass, &[file!($program, 0o644, 0)]),
                    Example::of(
                        "a copy that lost its owner",
                        Expected::Unknown,
                        &[ExampleFile::at(path!($program), POD)],
                    ),
                    Example::of("a node of workers", Expected::NotApplicable, &[FOLDER]),
                ],
                ..OWNER
            },
        ]
    };
}

macro_rules! path {
    ($program:literal) => {
        concat!("/etc/kubernetes/manifests/", $program, ".yaml")
    };
}

macro_rules! file {
    ($program:literal, $mode:literal, $owner:literal) => {
        ExampleFile::at(path!($program), POD).rights($mode, $owner, $owner)
    };
}

pub(crate) const API_SERVER: &[Check] =
    &manifest!("kube-apiserver", "ND-022", "ND-023", "apiserver", "1.1.1", "1.1.2");
pub(crate) const CONTROLLER_MANAGER: &[Check] = &manifest!(
    "kube-controller-manager",
    "ND-024",
    "ND-025",
    "controller-manager",
    "1.1.3",
    "1.1.4"
);
pub(crate) const SCHEDULER: &[Check] =
    &manifest!("kube-scheduler", "ND-026", "ND-027", "scheduler", "1.1.5", "1.1.6");
pub(crate) const ETCD: &[Check] = &manifest!("etcd", "ND-028", "ND-029", "etcd", "1.1.7", "1.1.8");

pub(crate) const CNI: &[Check] = &[
    Check {
        id: "ND-030",
        name: "cni-mode",
        title: "Others may read or write the configuration of the network plugin",
        severities: &[Severity::Medium],
        why: "Whoever writes there chooses a program that the runtime starts as root for every pod; credentials of the plugin lie beside it.",
        fails: "The mode of a file in /etc/cni/net.d gives anything to group or others (more than 600), or a folder above it can be written by others.",
        judge: Judge::Whole(|seen| {
            FilesRule { severity: Severity::Medium, ..mode(CNI_FILES, CNI_WHAT) }.judge(seen)
        }),
        references: &[Reference::Cis("1.1.9")],
        examples: &[
            Example::of(
                "readable for all",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::at("/etc/cni/net.d/10-calico.conflist", "{}\n").rights(0o644, 0, 0)],
            ),
            Example::of(
                "for root alone",
                Expected::Pass,
                &[ExampleFile::at("/etc/cni/net.d/10-calico.conflist", "{}\n").rights(0o600, 0, 0)],
            ),
            Example::of(
                "an empty folder",
                Expected::NotApplicable,
                &[ExampleFile::at("/etc/cni/net.d/", "").rights(0o755, 0, 0)],
            ),
        ],
        ..MODE
    },
    Check {
        id: "ND-031",
        name: "cni-owner",
        title: "The configuration of the network plugin belongs to somebody else than root",
        severities: &[Severity::Medium],
        why: "Its owner chooses a program that the runtime starts as root for every pod.",
        fails: "A file in /etc/cni/net.d does not belong to root:root.",
        judge: Judge::Whole(|seen| {
            FilesRule { severity: Severity::Medium, ..owner(CNI_FILES, CNI_WHAT) }.judge(seen)
        }),
        references: &[Reference::Cis("1.1.10")],
        examples: &[
            Example::of(
                "a person's",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::at("/etc/cni/net.d/10-calico.conflist", "{}\n")
                    .rights(0o600, 1000, 1000)],
            ),
            Example::of(
                "root's",
                Expected::Pass,
                &[ExampleFile::at("/etc/cni/net.d/10-calico.conflist", "{}\n").rights(0o600, 0, 0)],
            ),
        ],
        ..OWNER
    },
];

const CNI_FILES: &[Place] = &[Place::Named("/etc/cni/net.d", "")];
const CNI_WHAT: &str = "configuration of a network plugin";

const fn mode(places: &'static [Place], what: &'static str) -> FilesRule {
    FilesRule { places, wanted: &[Wanted::Mode(0o600)], severity: Severity::High, what }
}

const fn owner(places: &'static [Place], what: &'static str) -> FilesRule {
    FilesRule { places, wanted: &[Wanted::Root], severity: Severity::High, what }
}

/// What checks of modes have in common.
const MODE: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::Nodes,
    severities: &[Severity::High],
    versions: Span::ALL,
    why: "The kubelet runs whatever stands there, with the rights of the control plane; reading it shows where its keys are.",
    fails: "Its mode gives anything to group or others (more than 600), or a folder above it can be written by others. A node without it has no such question.",
    fix: Fix::Sometimes(
        "Sets the mode to 600. A folder that others can write to is closed by hand: chmod go-w.",
    ),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

/// What checks of owners have in common.
const OWNER: Check = Check {
    why: "The kubelet runs whatever its owner writes there, with the rights of the control plane.",
    fails: "It does not belong to root:root. A node without it has no such question.",
    fix: Fix::Automatic("Gives it to root:root."),
    ..MODE
};

const POD: &str = "apiVersion: v1\nkind: Pod\n";

const FOLDER: ExampleFile = ExampleFile::at("/etc/kubernetes/manifests/", "").rights(0o755, 0, 0);
