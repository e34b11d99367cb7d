//! FL-013 and FL-014: where the controller manager and the scheduler listen.

use inventory::ComponentKind;

use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{FlagRule, Mend, started};
use crate::{Check, Fix, Judge, Practice, Reference, Severity, Span};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "FL-013",
        name: "controller-manager-bind-address",
        title: "kube-controller-manager listens on every address",
        judge: Judge::Components(ComponentKind::ControllerManager, &RULE),
        references: &[Reference::Cis("1.3.7"), Reference::Owasp("K06")],
        examples: &[
            Example::of(
                "not given: every address is the default",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::manifest(started!("kube-controller-manager" "--leader-elect=true"))],
            ),
            Example::of(
                "every address",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::manifest(started!("kube-controller-manager" "--bind-address=::"))],
            ),
            Example::of(
                "as kubeadm has it",
                Expected::Pass,
                &[ExampleFile::manifest(
                    started!("kube-controller-manager" "--bind-address=127.0.0.1"),
                )],
            ),
        ],
        ..BIND
    },
    Check {
        id: "FL-014",
        name: "scheduler-bind-address",
        title: "kube-scheduler listens on every address",
        judge: Judge::Components(ComponentKind::Scheduler, &RULE),
        references: &[Reference::Cis("1.4.2"), Reference::Owasp("K06")],
        examples: &[
            Example::of(
                "not given: every address is the default",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::manifest(started!("kube-scheduler" "--leader-elect=true"))],
            ),
            Example::of(
                "loopback of IPv6",
                Expected::Pass,
                &[ExampleFile::manifest(started!("kube-scheduler" "--bind-address" "::1"))],
            ),
        ],
        ..BIND
    },
];

/// What they have in common.
const BIND: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::ControlPlane,
    severities: &[Severity::Medium],
    versions: Span::ALL,
    why: "Whoever reaches the node reaches its metrics and health, and any weakness of what serves them; nobody but the node itself needs to.",
    fails: "--bind-address is no loopback address. Not given it is 0.0.0.0.",
    fix: Fix::Automatic(
        "Sets --bind-address=127.0.0.1. Check first that no monitoring scrapes the port from other nodes, and that the probes of the pod ask 127.0.0.1.",
    ),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

const RULE: FlagRule = FlagRule {
    flag: "bind-address",
    is_right: is_loopback,
    default: |_minor| Some("0.0.0.0"),
    severity: Severity::Medium,
    message: "Its port can be reached from outside the node.",
    mend: Mend::Set("127.0.0.1"),
};

/// Whether an address is of this host alone.
pub(super) fn is_loopback(address: &str) -> bool {
    let address = address.trim_matches(['[', ']']);
    address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        || address == "localhost"
}
