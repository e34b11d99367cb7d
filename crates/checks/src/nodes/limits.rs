//! ND-006, ND-007, ND-009 to ND-012, ND-015 and ND-018: what a kubelet lets pods and callers do.

use super::kubelet::{Right, Rule, Setting, judge};
use crate::example::Expected;
use crate::{Check, Fix, Judge, Practice, Reference, Severity, Span};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "ND-006",
        name: "kubelet-idle-streams",
        title: "Idle streams to a kubelet are never closed",
        severities: &[Severity::Low],
        versions: Span::until(33),
        why: "A forgotten exec session holds a connection and its memory, and stays usable for whoever takes it over.",
        fails: "streamingConnectionIdleTimeout is 0. Not set is four hours, and passes. From 1.34 the field has no effect.",
        fix: Fix::Sometimes("Sets streamingConnectionIdleTimeout: 5m in the configuration file."),
        references: &[Reference::Cis("4.2.5")],
        judge: Judge::Whole(|seen| judge(seen, &IDLE)),
        examples: &[
            kubelet!(
                "never",
                Expected::Fail(Severity::Low),
                "streamingConnectionIdleTimeout: 0s\n"
            )
            .on(33),
            kubelet!("after four hours, the default", Expected::Pass, "").on(33),
            kubelet!(
                "the same, where it has no effect",
                Expected::NotApplicable,
                "streamingConnectionIdleTimeout: 0s\n"
            )
            .on(34),
        ],
        ..LIMIT
    },
    Check {
        id: "ND-007",
        name: "kubelet-iptables",
        title: "A kubelet does not set up the chains of iptables",
        severities: &[Severity::Low],
        why: "Packets that should be dropped or masqueraded are not, if nothing else sets those rules up.",
        fails: "makeIPTablesUtilChains is false. Not set is true.",
        fix: Fix::Sometimes("Sets makeIPTablesUtilChains: true in the configuration file."),
        references: &[Reference::Cis("4.2.6")],
        judge: Judge::Whole(|seen| judge(seen, &IPTABLES)),
        examples: &[
            kubelet!("off", Expected::Fail(Severity::Low), "makeIPTablesUtilChains: false\n"),
            kubelet!("on, the default", Expected::Pass, ""),
        ],
        ..LIMIT
    },
    Check {
        id: "ND-009",
        name: "kubelet-pids",
        title: "A pod may start any number of processes",
        severities: &[Severity::Medium],
        why: "One pod that forks without end takes the process numbers of the whole node, and with them its kubelet.",
        fails: "podPidsLimit is not set, or not above 0.",
        fix: Fix::Sometimes("Sets podPidsLimit: 4096 in the configuration file."),
        references: &[Reference::Cis("4.2.13"), Reference::Mitre("T1499")],
        judge: Judge::Whole(|seen| judge(seen, &PIDS)),
        examples: &[
            kubelet!("not set", Expected::Fail(Severity::Medium), ""),
            kubelet!(
                "no limit by name",
                Expected::Fail(Severity::Medium),
                "podPidsLimit: -1 # all\n"
            ),
            kubelet!("a limit", Expected::Pass, "podPidsLimit: 4096\n"),
        ],
        ..LIMIT
    },
    Check {
        id: "ND-010",
        name: "kubelet-seccomp-default",
        title: "Pods that name no seccomp profile run without one",
        severities: &[Severity::Medium],
        versions: Span::from(25),
        why: "Such a pod may make every system call; most ways out of a container begin with a rare one.",
        fails: "seccompDefault is not true. That it is there says nothing: false fails.",
        fix: Fix::Sometimes("Sets seccompDefault: true in the configuration file."),
        references: &[Reference::Cis("4.2.14"), Reference::Mitre("T1611")],
        judge: Judge::Whole(|seen| judge(seen, &SECCOMP)),
        examples: &[
            kubelet!("not set", Expected::Fail(Severity::Medium), "").on(36),
            kubelet!(
                "there, and false",
                Expected::Fail(Severity::Medium),
                "seccompDefault: false\n"
            )
            .on(36),
            kubelet!("on", Expected::Pass, "seccompDefault: true\n").on(36),
            kubelet!("before it was on without a gate", Expected::NotApplicable, "").on(24),
        ],
        ..LIMIT
    },
    Check {
        id: "ND-011",
        name: "kubelet-kernel-defaults",
        title: "A kubelet changes settings of the kernel",
        severities: &[Severity::Low],
        versions: Span::until(24),
        why: "Where the kernel is not set as the kubelet wants it, it changes it without telling anybody.",
        fails: "protectKernelDefaults is not true. The benchmark asks for it up to 1.24.",
        fix: Fix::Sometimes(
            "Sets protectKernelDefaults: true in the configuration file. Check vm.overcommit_memory=1, vm.panic_on_oom=0, kernel.panic=10 and kernel.panic_on_oops=1 first: else the kubelet does not start.",
        ),
        references: &[Reference::Cis("4.2.6 (1.6 to 1.24)")],
        judge: Judge::Whole(|seen| judge(seen, &KERNEL)),
        examples: &[
            kubelet!("not set", Expected::Fail(Severity::Low), "").on(24),
            kubelet!("on", Expected::Pass, "protectKernelDefaults: true\n").on(24),
            kubelet!("not asked for any more", Expected::NotApplicable, "").on(25),
        ],
        ..LIMIT
    },
    Check {
        id: "ND-012",
        name: "kubelet-unsafe-sysctls",
        title: "Pods may change settings of the kernel that are shared",
        severities: &[Severity::Medium],
        why: "Unsafe sysctls are not kept apart between pods: one pod can slow down or crash the others of its node.",
        fails: "allowedUnsafeSysctls names any.",
        fix: Fix::Sometimes("Takes allowedUnsafeSysctls out of the configuration file."),
        references: &[Reference::Nsa("Pod security"), Reference::Owasp("K01")],
        judge: Judge::Whole(|seen| judge(seen, &SYSCTLS)),
        examples: &[
            kubelet!(
                "a family of them",
                Expected::Fail(Severity::Medium),
                "allowedUnsafeSysctls:\n- net.*\n"
            ),
            kubelet!("an empty list", Expected::Pass, "allowedUnsafeSysctls: []\n"),
        ],
        ..LIMIT
    },
    Check {
        id: "ND-015",
        name: "kubelet-debugging-handlers",
        title: "A kubelet serves exec, attach, logs and port-forward",
        severities: &[Severity::Info],
        why: "Where nobody needs them, they are one more way into containers. Turned off, kubectl exec and logs stop working.",
        fails: "enableDebuggingHandlers is true, which is the default.",
        fix: Fix::Steps(
            "Where neither exec nor logs are needed: enableDebuggingHandlers: false in the file of --config, then systemctl restart kubelet.",
        ),
        references: &[Reference::Mitre("T1609")],
        judge: Judge::Whole(|seen| judge(seen, &HANDLERS)),
        examples: &[
            kubelet!("on, the default", Expected::Fail(Severity::Info), ""),
            kubelet!("off", Expected::Pass, "enableDebuggingHandlers: false\n"),
        ],
        ..LIMIT
    },
    Check {
        id: "ND-018",
        name: "kubelet-pull-credentials",
        title: "Pods may use private images that others pulled",
        severities: &[Severity::Low],
        versions: Span::from(33),
        why: "A pod without credentials starts from a private image as soon as another pod brought it to the node.",
        fails: "imagePullCredentialsVerificationPolicy is NeverVerify. Not set it is NeverVerifyPreloadedImages, which passes.",
        fix: Fix::Sometimes(
            "Sets imagePullCredentialsVerificationPolicy: NeverVerifyPreloadedImages in the configuration file.",
        ),
        references: &[Reference::Owasp("K03")],
        judge: Judge::Whole(|seen| judge(seen, &PULLS)),
        examples: &[
            kubelet!(
                "never",
                Expected::Fail(Severity::Low),
                "imagePullCredentialsVerificationPolicy: NeverVerify\n"
            )
            .on(35),
            kubelet!("the default", Expected::Pass, "").on(35),
            kubelet!("before there was a choice", Expected::NotApplicable, "").on(32),
        ],
        ..LIMIT
    },
];

/// What they have in common.
const LIMIT: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::Nodes,
    severities: &[],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

/// A setting whose default is the same with a configuration file and without.
const fn setting(
    field: &'static [&'static str],
    flag: &'static str,
    default: &'static str,
) -> Setting {
    Setting { field, flag, with_config: default, without: default, by_kubeadm: None }
}

const IDLE: Rule = Rule {
    setting: setting(
        &["streamingConnectionIdleTimeout"],
        "streaming-connection-idle-timeout",
        "4h0m0s",
    ),
    is_right: |value| value.contains(|letter| ('1'..='9').contains(&letter)),
    severity: Severity::Low,
    message: "The kubelet never closes a stream that nobody uses.",
    right: Right::Text("5m"),
};

const IPTABLES: Rule = Rule {
    setting: setting(&["makeIPTablesUtilChains"], "make-iptables-util-chains", "true"),
    is_right: |value| value == "true",
    severity: Severity::Low,
    message: "The kubelet does not set up the chains of iptables that services rely on.",
    right: Right::Bool(true),
};

const PIDS: Rule = Rule {
    setting: setting(&["podPidsLimit"], "pod-max-pids", "-1"),
    is_right: |value| value.parse::<i64>().is_ok_and(|limit| limit > 0),
    severity: Severity::Medium,
    message: "A pod may start any number of processes.",
    right: Right::Number(4096),
};

const SECCOMP: Rule = Rule {
    setting: setting(&["seccompDefault"], "seccomp-default", "false"),
    is_right: |value| value == "true",
    severity: Severity::Medium,
    message: "Pods that name no seccomp profile run unconfined.",
    right: Right::Bool(true),
};

const KERNEL: Rule = Rule {
    setting: setting(&["protectKernelDefaults"], "protect-kernel-defaults", "false"),
    is_right: |value| value == "true",
    severity: Severity::Low,
    message: "The kubelet changes the settings of the kernel where they are not as it wants them.",
    right: Right::Bool(true),
};

const SYSCTLS: Rule = Rule {
    setting: setting(&["allowedUnsafeSysctls"], "allowed-unsafe-sysctls", ""),
    is_right: str::is_empty,
    severity: Severity::Medium,
    message: "Pods may set sysctls that are not kept apart between them.",
    right: Right::Absent,
};

const HANDLERS: Rule = Rule {
    setting: setting(&["enableDebuggingHandlers"], "enable-debugging-handlers", "true"),
    is_right: |value| value == "false",
    severity: Severity::Info,
    message: "The kubelet serves exec, attach, logs and port-forward.",
    right: Right::Choose("enableDebuggingHandlers: false, where neither exec nor logs are needed"),
};

const PULLS: Rule = Rule {
    setting: setting(&["imagePullCredentialsVerificationPolicy"], "", "NeverVerifyPreloadedImages"),
    is_right: |value| value != "NeverVerify",
    severity: Severity::Low,
    message: "Pods may use private images that others pulled, without credentials of their own.",
    right: Right::Text("NeverVerifyPreloadedImages"),
};
