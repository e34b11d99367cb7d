//! RB-036, RB-038, RB-040 and RB-045: who redirects traffic or removes traces.

use paths::Subject;

use super::RIGHT;
use super::need::{self, Need};
use super::row::{Case, Row, Weight};
use super::samples::{everywhere, example, inside};
use crate::example::Expected;
use crate::{Check, Judge, Reference, Severity};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-036",
        name: "write-network-policies",
        title: "Network policies can be changed",
        severities: &[Severity::Medium],
        why: "Without its policies a namespace is open to every pod of the cluster, and its pods reach the world.",
        fails: "A binding gives a write or deletion on networkpolicies.",
        references: &[
            Reference::Mitre("T1562.007"),
            Reference::Nsa("Network separation"),
            Reference::Owasp("K05"),
        ],
        judge: Judge::Whole(|seen| POLICIES.judge(seen)),
        examples: &[
            example!(
                "delete",
                Expected::Fail(Severity::Medium),
                everywhere!(
                    "{apiGroups: [networking.k8s.io], resources: [networkpolicies], verbs: [delete]}"
                )
            ),
            example!(
                "reading",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [networking.k8s.io], resources: [networkpolicies], verbs: [get, list, watch]}"
                )
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-038",
        name: "write-endpoints",
        title: "Traffic of services can be redirected",
        severities: &[Severity::Medium],
        why: "Endpoints send a service's traffic anywhere, to pods of other namespaces and past network policies (CVE-2021-25740); external addresses of a service take over traffic to any address (CVE-2020-8554).",
        fails: "A binding gives create, update or patch on endpoints, endpointslices, services or services/status.",
        references: &[
            Reference::Cve("CVE-2020-8554"),
            Reference::Cve("CVE-2021-25740"),
            Reference::Mitre("T1557"),
            Reference::Owasp("K05"),
        ],
        judge: Judge::Whole(|seen| ENDPOINTS.judge(seen)),
        examples: &[
            example!(
                "endpoint slices",
                Expected::Fail(Severity::Medium),
                inside!(
                    "apps",
                    "{apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [patch]}"
                )
            ),
            example!(
                "the status of services",
                Expected::Fail(Severity::Medium),
                everywhere!("{apiGroups: [\"\"], resources: [services/status], verbs: [update]}")
            ),
            example!(
                "slices are not in the core group",
                Expected::Pass,
                inside!("apps", "{apiGroups: [\"\"], resources: [endpointslices], verbs: [patch]}")
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-040",
        name: "delete-events",
        title: "Events can be deleted",
        severities: &[Severity::Low],
        why: "Events show what happened; whoever deletes them covers its tracks.",
        fails: "A binding gives delete or deletecollection on events, of the core group or of events.k8s.io. Writing events passes.",
        references: &[Reference::Mitre("T1070"), Reference::Owasp("K10")],
        judge: Judge::Whole(|seen| EVENTS.judge(seen)),
        examples: &[
            example!(
                "delete",
                Expected::Fail(Severity::Low),
                everywhere!("{apiGroups: [\"\"], resources: [events], verbs: [delete]}")
            ),
            example!(
                "all at once, of the other group",
                Expected::Fail(Severity::Low),
                inside!(
                    "apps",
                    "{apiGroups: [events.k8s.io], resources: [events], verbs: [deletecollection]}"
                )
            ),
            example!(
                "writing",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [\"\", events.k8s.io], resources: [events], verbs: [create, patch]}"
                )
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-045",
        name: "write-ingresses",
        title: "Entries to all namespaces can be made",
        severities: &[Severity::Medium],
        why: "An ingress or gateway takes over a host name and its traffic, or publishes a service that was meant to stay inside.",
        fails: "A binding that holds everywhere gives create or patch on ingresses or gateways. A service account that also writes their status passes: that is a controller at work.",
        references: &[Reference::Mitre("T1557"), Reference::Owasp("K06")],
        judge: Judge::Whole(|seen| INGRESSES.judge(seen)),
        examples: &[
            example!(
                "ingresses everywhere",
                Expected::Fail(Severity::Medium),
                everywhere!(
                    "{apiGroups: [networking.k8s.io], resources: [ingresses], verbs: [create]}"
                )
            ),
            example!(
                "gateways everywhere",
                Expected::Fail(Severity::Medium),
                everywhere!(
                    "{apiGroups: [gateway.networking.k8s.io], resources: [gateways], verbs: [patch]}"
                )
            ),
            example!(
                "of a namespace",
                Expected::Pass,
                inside!(
                    "apps",
                    "{apiGroups: [networking.k8s.io], resources: [ingresses], verbs: [create]}"
                )
            ),
            example!(
                "a controller",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [networking.k8s.io], resources: [ingresses, ingresses/status], verbs: [patch]}"
                )
            ),
        ],
        ..RIGHT
    },
];

const POLICIES: Row = Row {
    needs: &[Need::inside(
        &["create", "update", "patch", "delete", "deletecollection"],
        "networking.k8s.io",
        &["networkpolicies"],
    )],
    can: "change network policies",
    weigh: |_| Some(Weight::of(Severity::Medium)),
};

const ENDPOINTS: Row = Row {
    needs: &[
        Need::inside(WRITE, "", &["endpoints", "services", "services/status"]),
        Need::inside(WRITE, "discovery.k8s.io", &["endpointslices"]),
    ],
    can: "redirect traffic of services",
    weigh: |_| Some(Weight::of(Severity::Medium)),
};

const EVENTS: Row = Row {
    needs: &[
        Need::inside(&["delete", "deletecollection"], "", &["events"]),
        Need::inside(&["delete", "deletecollection"], "events.k8s.io", &["events"]),
    ],
    can: "delete events",
    weigh: |_| Some(Weight::of(Severity::Low)),
};

const INGRESSES: Row = Row {
    needs: &[
        Need::inside(&["create", "patch"], "networking.k8s.io", &["ingresses"]),
        Need::inside(&["create", "patch"], "gateway.networking.k8s.io", &["gateways"]),
    ],
    can: "make entries to services",
    weigh: |case| {
        let is_risky = case.is_everywhere() && !is_controller(case);
        is_risky.then(|| Weight::of(Severity::Medium))
    },
};

/// Whether service accounts alone hold it and write the status of what they make.
fn is_controller(case: &Case<'_, '_>) -> bool {
    let is_account = |one: &Subject| matches!(one, Subject::ServiceAccount { .. });
    case.bound.subjects.iter().all(is_account)
        && need::gives(&case.role.rules, STATUS, &case.bound.scope)
}

const WRITE: &[&str] = &["create", "update", "patch"];
const STATUS: &[Need] = &[
    Need::inside(&["update", "patch"], "networking.k8s.io", &["ingresses/status"]),
    Need::inside(&["update", "patch"], "gateway.networking.k8s.io", &["gateways/status"]),
];
