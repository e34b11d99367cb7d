//! RB-011 to RB-014: who gets into running containers.

use super::RIGHT;
use super::need::Need;
use super::row::{Row, Weight};
use super::samples::{everywhere, example, inside};
use crate::example::Expected;
use crate::{Check, Judge, Reference, Severity};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-011",
        name: "exec",
        title: "Commands can be run in containers",
        why: "A command in a container has its token, its secrets and its network, and in a privileged one the node. Up to 1.34 get is enough: a WebSocket upgrade is a GET.",
        fails: "A binding gives create on pods/exec, or up to Kubernetes 1.34 get, by its name, as */exec or as *. From 1.35 on get alone passes: create is asked for too, unless the feature gate AuthorizePodWebsocketUpgradeCreatePermission is off. A right on pods does not cover pods/exec.",
        references: &[Reference::Mitre("T1609"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| EXEC.judge(seen)),
        examples: &[
            example!(
                "create",
                Expected::Fail(Severity::High),
                everywhere!("{apiGroups: [\"\"], resources: [pods/exec], verbs: [create]}")
            ),
            example!(
                "create, as a subresource of anything",
                Expected::Fail(Severity::High),
                inside!("apps", "{apiGroups: [\"\"], resources: [\"*/exec\"], verbs: [create]}")
            ),
            example!(
                "get, on 1.34",
                Expected::Fail(Severity::High),
                everywhere!("{apiGroups: [\"\"], resources: [pods/exec], verbs: [get]}")
            )
            .on(34),
            example!(
                "get, on 1.35",
                Expected::Pass,
                everywhere!("{apiGroups: [\"\"], resources: [pods/exec], verbs: [get]}")
            )
            .on(35),
            example!(
                "get, on 1.36 with the gate switched off",
                Expected::Fail(Severity::High),
                everywhere!("{apiGroups: [\"\"], resources: [pods/exec], verbs: [get]}"),
                GATE_OFF
            )
            .on(36),
            example!(
                "get, on who knows which version",
                Expected::Unknown,
                everywhere!("{apiGroups: [\"\"], resources: [pods/exec], verbs: [get]}")
            ),
            example!(
                "pods alone",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [\"\"], resources: [pods, pods/log], verbs: [get, create]}"
                )
            )
            .on(34),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-012",
        name: "attach",
        title: "Containers can be attached to",
        why: "A terminal attached to a container types into its first process: a shell there obeys. Up to 1.34 get is enough.",
        fails: "A binding gives create on pods/attach, or up to Kubernetes 1.34 get.",
        references: &[Reference::Mitre("T1609"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| ATTACH.judge(seen)),
        examples: &[
            example!(
                "create",
                Expected::Fail(Severity::High),
                everywhere!("{apiGroups: [\"\"], resources: [pods/attach], verbs: [create]}")
            ),
            example!(
                "get, on 1.34",
                Expected::Fail(Severity::High),
                inside!("apps", "{apiGroups: [\"\"], resources: [pods/attach], verbs: [get]}")
            )
            .on(34),
            example!(
                "get, on 1.36",
                Expected::Pass,
                inside!("apps", "{apiGroups: [\"\"], resources: [pods/attach], verbs: [get]}")
            )
            .on(36),
            example!(
                "exec alone",
                Expected::Pass,
                everywhere!("{apiGroups: [\"\"], resources: [pods/exec], verbs: [create]}")
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-013",
        name: "portforward",
        title: "Ports of pods can be forwarded",
        severities: &[Severity::Medium],
        why: "A forwarded port reaches what listens on localhost in the pod, past every network policy.",
        fails: "A binding gives create on pods/portforward, or up to Kubernetes 1.34 get.",
        references: &[Reference::Nsa("Network separation"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| FORWARD.judge(seen)),
        examples: &[
            example!(
                "create",
                Expected::Fail(Severity::Medium),
                inside!(
                    "apps",
                    "{apiGroups: [\"\"], resources: [pods/portforward], verbs: [create]}"
                )
            ),
            example!(
                "get, on 1.33",
                Expected::Fail(Severity::Medium),
                inside!("apps", "{apiGroups: [\"\"], resources: [pods/portforward], verbs: [get]}")
            )
            .on(33),
            example!(
                "get, on 1.35",
                Expected::Pass,
                inside!("apps", "{apiGroups: [\"\"], resources: [pods/portforward], verbs: [get]}")
            )
            .on(35),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-014",
        name: "ephemeral-containers",
        title: "Containers can be added to running pods",
        why: "An ephemeral container shares the processes, volumes and token of the pod, with any image.",
        fails: "A binding gives update or patch on pods/ephemeralcontainers, by its name, as */ephemeralcontainers or as *.",
        references: &[Reference::Mitre("T1611"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| EPHEMERAL.judge(seen)),
        examples: &[
            example!(
                "patch",
                Expected::Fail(Severity::High),
                inside!(
                    "apps",
                    "{apiGroups: [\"\"], resources: [pods/ephemeralcontainers], verbs: [patch]}"
                )
            ),
            example!(
                "every subresource of pods and more",
                Expected::Fail(Severity::High),
                everywhere!(
                    "{apiGroups: [\"\"], resources: [\"*/ephemeralcontainers\"], verbs: [update]}"
                )
            ),
            example!(
                "looking at them",
                Expected::Pass,
                inside!(
                    "apps",
                    "{apiGroups: [\"\"], resources: [pods/ephemeralcontainers], verbs: [get]}"
                )
            ),
        ],
        ..RIGHT
    },
];

const EXEC: Row = Row {
    needs: &[
        Need::inside(&["create"], "", &["pods/exec"]),
        Need::inside(&["get"], "", &["pods/exec"]).until(34),
    ],
    can: "run commands in containers",
    weigh: |_| Some(Weight::of(Severity::High)),
};

const ATTACH: Row = Row {
    needs: &[
        Need::inside(&["create"], "", &["pods/attach"]),
        Need::inside(&["get"], "", &["pods/attach"]).until(34),
    ],
    can: "attach to containers",
    weigh: |_| Some(Weight::of(Severity::High)),
};

const FORWARD: Row = Row {
    needs: &[
        Need::inside(&["create"], "", &["pods/portforward"]),
        Need::inside(&["get"], "", &["pods/portforward"]).until(34),
    ],
    can: "forward ports of pods",
    weigh: |_| Some(Weight::of(Severity::Medium)),
};

const EPHEMERAL: Row = Row {
    needs: &[Need::inside(&["update", "patch"], "", &["pods/ephemeralcontainers"])],
    can: "add containers to running pods",
    weigh: |_| Some(Weight::of(Severity::High)),
};

const GATE_OFF: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [kube-apiserver, --feature-gates=AuthorizePodWebsocketUpgradeCreatePermission=false]
";
