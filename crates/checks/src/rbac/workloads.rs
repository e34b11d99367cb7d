//! RB-009, RB-010, RB-015 and RB-042: who makes, changes and deletes what runs.

use super::RIGHT;
use super::need::Need;
use super::places::{self, KUBE_SYSTEM};
use super::row::{Row, Weight};
use super::samples::{bound, everywhere, example, inside, namespace};
use crate::example::Expected;
use crate::{Check, Judge, Reference, Severity};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-009",
        name: "create-pods",
        title: "Pods can be created",
        severities: &[Severity::High, Severity::Medium],
        why: "A new pod runs as any service account of its namespace and mounts any secret there; where privileged pods are admitted it is root on its node.",
        fails: "A binding gives create on pods. It is high everywhere, in kube-system, in a namespace that admits privileged pods, and where a service account with strong rights lives. Without having seen the namespace it is medium.",
        references: &[Reference::Cis("5.1.4"), Reference::Mitre("T1610"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| CREATE_PODS.judge(seen)),
        examples: &[
            example!(
                "everywhere",
                Expected::Fail(Severity::High),
                everywhere!("{apiGroups: [\"\"], resources: [pods], verbs: [create]}")
            ),
            example!(
                "in a namespace that was not seen",
                Expected::Fail(Severity::Medium),
                inside!("apps", "{apiGroups: [\"\"], resources: [pods], verbs: [create]}")
            ),
            example!(
                "where privileged pods are admitted",
                Expected::Fail(Severity::High),
                namespace!("apps", ""),
                inside!("apps", "{apiGroups: [\"\"], resources: [pods], verbs: [create]}")
            ),
            example!(
                "where only restricted pods are",
                Expected::Fail(Severity::Medium),
                namespace!("apps", "pod-security.kubernetes.io/enforce: restricted"),
                inside!("apps", "{apiGroups: [\"\"], resources: [pods], verbs: [create]}")
            ),
            example!(
                "beside a strong service account",
                Expected::Fail(Severity::High),
                inside!("ops", "{apiGroups: [\"\"], resources: [pods], verbs: [create]}"),
                bound!("cluster-admin", "{kind: ServiceAccount, name: deployer, namespace: ops}")
            ),
            example!(
                "creation takes no name, so that a name allows none",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [\"\"], resources: [pods], resourceNames: [web], verbs: [create]}"
                )
            ),
            example!(
                "pods/* is nothing",
                Expected::Pass,
                everywhere!("{apiGroups: [\"\"], resources: [\"pods/*\"], verbs: [create]}")
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-010",
        name: "write-workloads",
        title: "Workloads can be created or changed",
        severities: &[Severity::High, Severity::Medium],
        why: "Whoever writes the pod template of a workload creates pods, with all that follows, without the right to create pods.",
        fails: "A binding gives create, update or patch on deployments, daemonsets, statefulsets, replicasets, replicationcontrollers, jobs or cronjobs. It is high where it is for pods, see RB-009. Scaling (deployments/scale) passes.",
        references: &[
            Reference::Cis("5.1.4"),
            Reference::Mitre("T1053.007"),
            Reference::Owasp("K02"),
        ],
        judge: Judge::Whole(|seen| WRITE_WORKLOADS.judge(seen)),
        examples: &[
            example!(
                "deployments everywhere",
                Expected::Fail(Severity::High),
                everywhere!("{apiGroups: [apps], resources: [deployments], verbs: [patch]}")
            ),
            example!(
                "jobs in a namespace",
                Expected::Fail(Severity::Medium),
                inside!("apps", "{apiGroups: [batch], resources: [cronjobs], verbs: [create]}")
            ),
            example!(
                "scaling",
                Expected::Pass,
                everywhere!("{apiGroups: [apps], resources: [deployments/scale], verbs: [patch]}")
            ),
            example!(
                "reading",
                Expected::Pass,
                everywhere!("{apiGroups: [apps], resources: [\"*\"], verbs: [get, list, watch]}")
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-015",
        name: "change-pods",
        title: "Running pods can be changed",
        severities: &[Severity::High, Severity::Medium],
        why: "The image of a running container can be replaced: the new program has the pod's token, secrets and place.",
        fails: "A binding gives update or patch on pods without resourceNames. It is high everywhere and in kube-system. pods/status and metadata alone cannot be told apart from it: RBAC has no finer right.",
        references: &[Reference::Mitre("T1610"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| CHANGE_PODS.judge(seen)),
        examples: &[
            example!(
                "everywhere",
                Expected::Fail(Severity::High),
                everywhere!("{apiGroups: [\"\"], resources: [pods], verbs: [patch]}")
            ),
            example!(
                "in a namespace",
                Expected::Fail(Severity::Medium),
                inside!("apps", "{apiGroups: [\"\"], resources: [pods], verbs: [update]}")
            ),
            example!(
                "a pod by name",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [\"\"], resources: [pods], resourceNames: [web-0], verbs: [patch]}"
                )
            ),
            example!(
                "its status",
                Expected::Pass,
                everywhere!("{apiGroups: [\"\"], resources: [pods/status], verbs: [patch]}")
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-042",
        name: "delete-workloads",
        title: "Workloads or namespaces can be deleted",
        severities: &[Severity::Low],
        why: "Services stop; with a namespace all that is in it is gone, data claims included.",
        fails: "A binding gives delete or deletecollection on deployments, daemonsets, statefulsets, replicasets, replicationcontrollers, jobs, cronjobs or namespaces. Deleting pods passes: what runs them makes others.",
        references: &[Reference::Mitre("T1485"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| DELETE.judge(seen)),
        examples: &[
            example!(
                "namespaces",
                Expected::Fail(Severity::Low),
                everywhere!("{apiGroups: [\"\"], resources: [namespaces], verbs: [delete]}")
            ),
            example!(
                "all deployments at once",
                Expected::Fail(Severity::Low),
                inside!(
                    "apps",
                    "{apiGroups: [apps], resources: [deployments], verbs: [deletecollection]}"
                )
            ),
            example!(
                "pods",
                Expected::Pass,
                everywhere!("{apiGroups: [\"\"], resources: [pods], verbs: [delete]}")
            ),
        ],
        ..RIGHT
    },
];

const CREATE_PODS: Row =
    Row { needs: PODS, can: "create pods", weigh: |case| Some(places::running_pods(case)) };

const WRITE_WORKLOADS: Row = Row {
    needs: &[
        Need::inside(WRITE, "apps", APPS),
        Need::inside(WRITE, "", &["replicationcontrollers"]),
        Need::inside(WRITE, "batch", &["jobs", "cronjobs"]),
    ],
    can: "make workloads run what they like",
    weigh: |case| Some(places::running_pods(case)),
};

const CHANGE_PODS: Row = Row {
    needs: &[Need::inside(&["update", "patch"], "", &["pods"])],
    can: "replace the images of running pods",
    weigh: |case| {
        let is_wide = case.bound.reaches(KUBE_SYSTEM);
        let severity = if is_wide { Severity::High } else { Severity::Medium };
        (!case.is_named()).then(|| Weight::of(severity))
    },
};

const DELETE: Row = Row {
    needs: &[
        Need::inside(REMOVE, "apps", APPS),
        Need::inside(REMOVE, "", &["replicationcontrollers", "namespaces"]),
        Need::inside(REMOVE, "batch", &["jobs", "cronjobs"]),
    ],
    can: "delete workloads or namespaces",
    weigh: |_| Some(Weight::of(Severity::Low)),
};

pub(crate) const PODS: &[Need] = &[Need::inside(&["create"], "", &["pods"])];
const WRITE: &[&str] = &["create", "update", "patch"];
const REMOVE: &[&str] = &["delete", "deletecollection"];
const APPS: &[&str] = &["deployments", "daemonsets", "statefulsets", "replicasets"];
