//! RB-016 and RB-017: who talks to kubelets, pods and services through the API server.

use super::RIGHT;
use super::need::{Asks, Need};
use super::row::{Row, Weight};
use super::samples::{everywhere, example, inside};
use crate::example::Expected;
use crate::{Check, Fix, Judge, Reference, Severity};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-016",
        name: "nodes-proxy",
        title: "Kubelets can be called through nodes/proxy",
        severities: &[Severity::Critical],
        why: "The kubelet runs commands in every container of its node for whoever may proxy to it. A read is enough: a WebSocket upgrade is a GET. Neither admission nor the audit log of the API sees the command.",
        fails: "A binding that holds everywhere gives any verb on nodes/proxy, by its name, as */proxy or as *. A RoleBinding passes: nodes are in no namespace. nodes/metrics, nodes/stats and the like pass.",
        fix: Fix::Steps(
            "Give monitoring what it reads: nodes/metrics for /metrics, nodes/stats for /stats, nodes/log, nodes/pods, nodes/healthz, nodes/configz (from 1.33 on kubelets ask for these first); take nodes/proxy away.",
        ),
        references: &[Reference::Cis("5.1.10"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| NODES.judge(seen)),
        examples: &[
            example!(
                "get alone",
                Expected::Fail(Severity::Critical),
                everywhere!("{apiGroups: [\"\"], resources: [nodes/proxy], verbs: [get]}")
            ),
            example!(
                "as a subresource of anything",
                Expected::Fail(Severity::Critical),
                everywhere!("{apiGroups: [\"\"], resources: [\"*/proxy\"], verbs: [create]}")
            ),
            example!(
                "metrics and stats",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [\"\"], resources: [nodes/metrics, nodes/stats], verbs: [get]}"
                )
            ),
            example!(
                "in a namespace it means nothing",
                Expected::Pass,
                inside!("apps", "{apiGroups: [\"\"], resources: [nodes/proxy], verbs: [\"*\"]}")
            ),
            example!(
                "nodes/* is nothing",
                Expected::Pass,
                everywhere!("{apiGroups: [\"\"], resources: [\"nodes/*\"], verbs: [get]}")
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-017",
        name: "pods-proxy",
        title: "Pods and services can be called through the API server",
        severities: &[Severity::Medium],
        why: "The call comes from the control plane: past network policies, to ports that nobody meant to publish.",
        fails: "A binding gives any verb on pods/proxy or services/proxy, by its name, as */proxy or as *.",
        references: &[Reference::Nsa("Network separation"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| PODS.judge(seen)),
        examples: &[
            example!(
                "services",
                Expected::Fail(Severity::Medium),
                inside!("apps", "{apiGroups: [\"\"], resources: [services/proxy], verbs: [get]}")
            ),
            example!(
                "services alone",
                Expected::Pass,
                inside!("apps", "{apiGroups: [\"\"], resources: [services, pods], verbs: [get]}")
            ),
        ],
        ..RIGHT
    },
];

pub(crate) const NODES_PROXY: &[Need] =
    &[Need::cluster(&[], "", &["nodes/proxy"]).asking(Asks::AnyVerb)];

const NODES: Row = Row {
    needs: NODES_PROXY,
    can: "run commands through kubelets",
    weigh: |_| Some(Weight::of(Severity::Critical)),
};

const PODS: Row = Row {
    needs: &[Need::inside(&[], "", &["pods/proxy", "services/proxy"]).asking(Asks::AnyVerb)],
    can: "call pods and services through the API server",
    weigh: |_| Some(Weight::of(Severity::Medium)),
};
