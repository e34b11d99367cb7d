//! ND-014: what a kubelet serves to people who look for faults.

use inventory::Unknown;

use super::kubelet::{Kubelet, Right, Rule, Setting, kubelets, no_kubelet};
use crate::example::Expected;
use crate::{Check, Fix, Judge, Judged, Practice, Reference, Seen, Severity, Span, Tally, Verdict};

pub(crate) const ND_014: Check = Check {
    id: "ND-014",
    name: "kubelet-fault-finding",
    title: "A kubelet serves logs of its node, profiles or its log level",
    practice: Practice::Nodes,
    severities: &[Severity::Medium, Severity::Low],
    versions: Span::ALL,
    why: "With nodes/proxy or nodes/log one can read the journal of the node, slow the kubelet down by profiles, or make it write tokens into its log.",
    fails: "enableSystemLogQuery is true (medium), or enableProfilingHandler or enableDebugFlagsHandler is not false (low: they are on by default). With enableDebuggingHandlers: false none of them is served, and all pass.",
    fix: Fix::Sometimes("Sets the field to false in the configuration file."),
    references: &[Reference::Nsa("Upgrading"), Reference::Owasp("K06")],
    judge: Judge::Whole(judge),
    examples: &[
        kubelet!(
            "logs of the node",
            Expected::Fail(Severity::Medium),
            "enableSystemLogQuery: true\nenableProfilingHandler: false\nenableDebugFlagsHandler: false\n"
        ),
        kubelet!(
            "profiles, by default",
            Expected::Fail(Severity::Low),
            "enableDebugFlagsHandler: false\n"
        ),
        kubelet!(
            "none",
            Expected::Pass,
            "enableProfilingHandler: false\nenableDebugFlagsHandler: false\n"
        ),
        kubelet!(
            "no handler at all",
            Expected::Pass,
            "enableDebuggingHandlers: false\nenableSystemLogQuery: true\n"
        ),
    ],
};

const HANDLERS: Setting =
    setting(&["enableDebuggingHandlers"], "enable-debugging-handlers", "true");

const RULES: [Rule; 3] = [
    rule(
        setting(&["enableSystemLogQuery"], "", "false"),
        Severity::Medium,
        "The kubelet serves the logs of its node's services to whoever has nodes/log.",
    ),
    rule(
        setting(&["enableProfilingHandler"], "", "true"),
        Severity::Low,
        "The kubelet serves profiles of itself.",
    ),
    rule(
        setting(&["enableDebugFlagsHandler"], "", "true"),
        Severity::Low,
        "The kubelet lets callers change how much it logs.",
    ),
];

const fn setting(
    field: &'static [&'static str],
    flag: &'static str,
    default: &'static str,
) -> Setting {
    Setting { field, flag, with_config: default, without: default, by_kubeadm: None }
}

const fn rule(setting: Setting, severity: Severity, message: &'static str) -> Rule {
    Rule {
        setting,
        is_right: |value| value == "false",
        severity,
        message,
        right: Right::Bool(false),
    }
}

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let kubelets = kubelets(seen);
    if kubelets.is_empty() {
        return Err(no_kubelet());
    }
    let mut tally = Tally::new();
    for kubelet in kubelets {
        tally.add(kubelet.about.clone(), one(seen, &kubelet));
    }
    Ok(tally)
}

fn one(seen: &Seen<'_>, kubelet: &Kubelet<'_>) -> Judged {
    let mut problems = Vec::new();
    if HANDLERS.of(kubelet)?.text == "false" {
        return Ok(Verdict::Pass);
    }
    for rule in &RULES {
        if let Verdict::Fail(found) = rule.judge(seen, kubelet)? {
            problems.extend(found);
        }
    }
    Ok(Verdict::of(problems))
}
