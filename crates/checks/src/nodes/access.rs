//! ND-001 to ND-005: who may ask a kubelet for what.

use super::kubelet::{Right, Rule, Setting, judge};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Practice, Reference, Severity, Span};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "ND-001",
        name: "kubelet-anonymous",
        title: "A kubelet answers callers without credentials",
        severities: &[Severity::Critical],
        why: "Whoever reaches port 10250 is system:anonymous there, and with AlwaysAllow may run commands in every container.",
        fails: "authentication.anonymous.enabled is true: by flag, by configuration, or because a kubelet without --config has it on. Not set in a configuration file passes.",
        fix: Fix::Sometimes(
            "Sets authentication.anonymous.enabled: false in the configuration file. Flags are taken away by hand.",
        ),
        references: &[Reference::Cis("4.2.1"), Reference::Mitre("T1609"), Reference::Owasp("K09")],
        judge: Judge::Whole(|seen| judge(seen, &ANONYMOUS)),
        examples: &[
            kubelet!(
                "on",
                Expected::Fail(Severity::Critical),
                "authentication:\n  anonymous: {enabled: true} # for now\n"
            ),
            kubelet!("not set in a configuration file", Expected::Pass, ""),
            Example::of(
                "no --config, so the default is that of the flag",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::at(UNIT, BARE)],
            ),
            Example::of(
                "the flag wins over the file",
                Expected::Fail(Severity::Critical),
                &[
                    ExampleFile::at(
                        ENVIRONMENT,
                        "KUBELET_KUBEADM_ARGS=\"--anonymous-auth=true --v=2\"\n",
                    ),
                    ExampleFile::at(
                        CONFIG,
                        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication: {anonymous: {enabled: false}}\n",
                    ),
                ],
            ),
            Example::of(
                "the last drop-in wins over the file",
                Expected::Pass,
                &[
                    ExampleFile::at(
                        UNIT,
                        "[Service]\nExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml --config-dir=/etc/kubernetes/kubelet.d\n",
                    ),
                    ExampleFile::at(
                        CONFIG,
                        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication: {anonymous: {enabled: true}}\n",
                    ),
                    ExampleFile::at(
                        "/etc/kubernetes/kubelet.d/10-a.conf",
                        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication: {anonymous: {enabled: true}}\n",
                    ),
                    ExampleFile::at(
                        "/etc/kubernetes/kubelet.d/20-b.conf",
                        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication: {anonymous: {enabled: false}}\n",
                    ),
                ],
            ),
            Example::of(
                "its configuration file was not seen",
                Expected::Unknown,
                &[ExampleFile::at(UNIT, KUBEADM_UNIT)],
            ),
            Example::of("no kubelet was seen", Expected::Unknown, &[]),
        ],
        ..ACCESS
    },
    Check {
        id: "ND-002",
        name: "kubelet-always-allow",
        title: "A kubelet allows every request",
        severities: &[Severity::Critical],
        why: "Every caller it knows, and anonymous ones if they are let in, may run commands in every container and read their logs.",
        fails: "authorization.mode is AlwaysAllow: by flag, by configuration, or because a kubelet without --config has it so. Not set in a configuration file passes.",
        fix: Fix::Sometimes(
            "Sets authorization.mode: Webhook in the configuration file. Flags are taken away by hand.",
        ),
        references: &[Reference::Cis("4.2.2"), Reference::Mitre("T1609"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| judge(seen, &AUTHORIZATION)),
        examples: &[
            kubelet!(
                "allows all",
                Expected::Fail(Severity::Critical),
                "authorization: {mode: AlwaysAllow}\n"
            ),
            kubelet!("asks the API server", Expected::Pass, "authorization: {mode: Webhook}\n"),
            Example::of(
                "no --config, so the default is that of the flag",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::at(UNIT, BARE)],
            ),
            Example::of(
                "kubeadm's unit and what it starts",
                Expected::Pass,
                &[ExampleFile::at(UNIT, KUBEADM_UNIT), ExampleFile::at(CONFIG, KUBEADM_FILE)],
            ),
            Example::of(
                "in the cluster's ConfigMap",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::manifest(MAP)],
            ),
        ],
        ..ACCESS
    },
    Check {
        id: "ND-003",
        name: "kubelet-webhook-authentication",
        title: "A kubelet does not check tokens with the API server",
        severities: &[Severity::Medium],
        why: "Service accounts cannot prove who they are to it, so that monitoring falls back on client certificates with more rights, or on no authentication.",
        fails: "authentication.webhook.enabled is false: by flag, by configuration, or because a kubelet without --config has it off.",
        fix: Fix::Sometimes(
            "Sets authentication.webhook.enabled: true in the configuration file. Flags are taken away by hand.",
        ),
        references: &[Reference::Nsa("Authentication and authorization"), Reference::Owasp("K09")],
        judge: Judge::Whole(|seen| judge(seen, &WEBHOOK)),
        examples: &[
            kubelet!(
                "off",
                Expected::Fail(Severity::Medium),
                "authentication: {webhook: {enabled: false}}\n"
            ),
            kubelet!("not set in a configuration file", Expected::Pass, ""),
            Example::of(
                "no --config, so the default is that of the flag",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::at(UNIT, BARE)],
            ),
        ],
        ..ACCESS
    },
    Check {
        id: "ND-004",
        name: "kubelet-client-ca",
        title: "A kubelet takes no client certificates",
        severities: &[Severity::High],
        why: "The API server proves to the kubelet who it is by a certificate; without an authority to check it the kubelet serves it as anonymous, or not at all.",
        fails: "authentication.x509.clientCAFile is not set, by flag or by configuration. In what kubeadm is given, it passes unset: kubeadm fills it in.",
        fix: Fix::Sometimes(
            "Sets clientCAFile to the cluster's authority, /etc/kubernetes/pki/ca.crt, in the configuration file.",
        ),
        references: &[Reference::Cis("4.2.3"), Reference::Owasp("K09")],
        judge: Judge::Whole(|seen| judge(seen, &CLIENT_CA)),
        examples: &[
            kubelet!(
                "not set",
                Expected::Fail(Severity::High),
                "authentication: {anonymous: {enabled: false}}\n"
            ),
            kubelet!(
                "set",
                Expected::Pass,
                "authentication: {x509: {clientCAFile: /etc/kubernetes/pki/ca.crt}}\n"
            ),
            Example::of(
                "what kubeadm is given",
                Expected::Pass,
                &[ExampleFile::manifest(KUBEADM_INPUT)],
            ),
        ],
        ..ACCESS
    },
    Check {
        id: "ND-005",
        name: "kubelet-read-only-port",
        title: "A kubelet serves its pods to anybody, unencrypted",
        severities: &[Severity::High],
        why: "The read-only port asks for no credentials: names, images, arguments and environments of all pods of the node can be read.",
        fails: "readOnlyPort is not 0: by flag, by configuration, or because a kubelet without --config opens 10255. Not set in a configuration file passes.",
        fix: Fix::Sometimes(
            "Sets readOnlyPort: 0 in the configuration file. Flags are taken away by hand.",
        ),
        references: &[Reference::Cis("4.2.4"), Reference::Mitre("T1613"), Reference::Owasp("K06")],
        judge: Judge::Whole(|seen| judge(seen, &READ_ONLY_PORT)),
        examples: &[
            kubelet!("open", Expected::Fail(Severity::High), "readOnlyPort: 10255\n"),
            kubelet!("not set in a configuration file", Expected::Pass, ""),
            Example::of(
                "no --config, so the default is that of the flag",
                Expected::Fail(Severity::High),
                &[ExampleFile::at(UNIT, BARE)],
            ),
            Example::of(
                "a flag, and two environments",
                Expected::Pass,
                &[
                    ExampleFile::at(
                        UNIT,
                        "[Service]\nExecStart=/usr/bin/kubelet --read-only-port=10255\n",
                    ),
                    ExampleFile::at(
                        ENVIRONMENT,
                        "KUBELET_KUBEADM_ARGS=\"--read-only-port=10256\"\n",
                    ),
                    ExampleFile::at(
                        "/etc/default/kubelet",
                        "KUBELET_EXTRA_ARGS=--read-only-port=0\n",
                    ),
                ],
            ),
            Example::of(
                "only kubeadm's environment, and no configuration",
                Expected::Unknown,
                &[ExampleFile::at(ENVIRONMENT, "KUBELET_KUBEADM_ARGS=\"--v=2\"\n")],
            ),
        ],
        ..ACCESS
    },
];

/// What they have in common.
const ACCESS: Check = Check {
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

const ANONYMOUS: Rule = Rule {
    setting: Setting {
        field: &["authentication", "anonymous", "enabled"],
        flag: "anonymous-auth",
        with_config: "false",
        without: "true",
        by_kubeadm: None,
    },
    is_right: |value| value == "false",
    severity: Severity::Critical,
    message: "The kubelet answers callers without credentials, as system:anonymous.",
    right: Right::Bool(false),
};

const AUTHORIZATION: Rule = Rule {
    setting: Setting {
        field: &["authorization", "mode"],
        flag: "authorization-mode",
        with_config: "Webhook",
        without: "AlwaysAllow",
        by_kubeadm: None,
    },
    is_right: |value| value != "AlwaysAllow",
    severity: Severity::Critical,
    message: "The kubelet allows every request, whoever sends it.",
    right: Right::Text("Webhook"),
};

const WEBHOOK: Rule = Rule {
    setting: Setting {
        field: &["authentication", "webhook", "enabled"],
        flag: "authentication-token-webhook",
        with_config: "true",
        without: "false",
        by_kubeadm: None,
    },
    is_right: |value| value == "true",
    severity: Severity::Medium,
    message: "The kubelet has no way to check the token of a service account.",
    right: Right::Bool(true),
};

const CLIENT_CA: Rule = Rule {
    setting: Setting {
        field: &["authentication", "x509", "clientCAFile"],
        flag: "client-ca-file",
        with_config: "",
        without: "",
        by_kubeadm: Some("/etc/kubernetes/pki/ca.crt"),
    },
    is_right: |value| !value.is_empty(),
    severity: Severity::High,
    message: "The kubelet knows no authority whose client certificates it would take.",
    right: Right::Text("/etc/kubernetes/pki/ca.crt"),
};

const READ_ONLY_PORT: Rule = Rule {
    setting: Setting {
        field: &["readOnlyPort"],
        flag: "read-only-port",
        with_config: "0",
        without: "10255",
        by_kubeadm: None,
    },
    is_right: |value| value == "0",
    severity: Severity::High,
    message: "The kubelet serves its pods on a port that asks for no credentials.",
    right: Right::Number(0),
};

const CONFIG: &str = "/var/lib/kubelet/config.yaml";
const ENVIRONMENT: &str = "/var/lib/kubelet/kubeadm-flags.env";
const UNIT: &str = "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf";

const BARE: &str =
    "[Service]\nExecStart=/usr/bin/kubelet --kubeconfig=/etc/kubernetes/kubelet.conf\n";

const KUBEADM_UNIT: &str = "\
[Service]
Environment=\"KUBELET_KUBECONFIG_ARGS=--kubeconfig=/etc/kubernetes/kubelet.conf\"
Environment=\"KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml\"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS
";

const KUBEADM_FILE: &str = "\
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: /etc/kubernetes/pki/ca.crt}
authorization: {mode: Webhook}
readOnlyPort: 0
";

const MAP: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: kubelet-config, namespace: kube-system}
data:
  kubelet: |
    apiVersion: kubelet.config.k8s.io/v1beta1
    kind: KubeletConfiguration
    authorization: {mode: AlwaysAllow}
";

const KUBEADM_INPUT: &str = "\
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
";
