//! FL-010 to FL-012: profiling endpoints that nobody uses.

use inventory::ComponentKind;

use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{FlagRule, Mend};
use crate::{Check, Fix, Judge, Practice, Reference, Severity, Span};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "FL-010",
        name: "apiserver-profiling",
        title: "kube-apiserver serves profiles",
        judge: Judge::Components(ComponentKind::ApiServer, &RULE),
        references: &[Reference::Cis("1.2.15"), Reference::Owasp("K07")],
        examples: &[
            Example::of(
                "not given: the default is on",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    image: registry.k8s.io/kube-apiserver:v1.36.0\n    command:\n    - kube-apiserver # the program\n    - --secure-port=6443\n",
                )],
            ),
            Example::of(
                "off, among the args",
                Expected::Pass,
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver]\n    args: [--profiling=false]\n",
                )],
            ),
            Example::of("no control plane was seen", Expected::Unknown, &[]),
        ],
        ..PROFILING
    },
    Check {
        id: "FL-011",
        name: "controller-manager-profiling",
        title: "kube-controller-manager serves profiles",
        judge: Judge::Components(ComponentKind::ControllerManager, &RULE),
        references: &[Reference::Cis("1.3.2"), Reference::Owasp("K07")],
        examples: &[
            Example::of(
                "on, and said twice",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-controller-manager, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-controller-manager\n    command:\n    - kube-controller-manager\n    - --profiling=false\n    - --profiling\n    - --leader-elect=true\n",
                )],
            ),
            Example::of(
                "off",
                Expected::Pass,
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-controller-manager, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-controller-manager\n    command: [kube-controller-manager, --profiling=false]\n",
                )],
            ),
        ],
        ..PROFILING
    },
    Check {
        id: "FL-012",
        name: "scheduler-profiling",
        title: "kube-scheduler serves profiles",
        judge: Judge::Components(ComponentKind::Scheduler, &RULE),
        references: &[Reference::Cis("1.4.1"), Reference::Owasp("K07")],
        examples: &[
            Example::of(
                "on",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-scheduler, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-scheduler\n    command: [kube-scheduler, --profiling=true]\n",
                )],
            ),
            Example::of(
                "off",
                Expected::Pass,
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-scheduler, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-scheduler\n    command: [kube-scheduler, --profiling=false]\n",
                )],
            ),
        ],
        ..PROFILING
    },
];

/// What the three have in common.
const PROFILING: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::ControlPlane,
    severities: &[Severity::Low],
    versions: Span::ALL,
    why: "Profiles show what the process works on, and taking one costs it time; whoever may read /debug/pprof can slow it down.",
    fails: "--profiling is not false. Not given it is true.",
    fix: Fix::Automatic("Sets --profiling=false."),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

const RULE: FlagRule = FlagRule {
    flag: "profiling",
    is_right: |value| value == "false",
    default: |_minor| Some("true"),
    severity: Severity::Low,
    message: "Profiles are served at /debug/pprof.",
    mend: Mend::Set("false"),
};
